"""The blocking transport: the standard library's `http.client` with a connection pool and deadlines of our own.

Why not urllib3: half of it had to be overridden to keep a total deadline per call, and it took most of the time to a
first call and of the CPU of a call over an open connection (see docs/benchmarks.md).
"""
