"""HTTP/1.1 for both clients: `plain` has usual messages, h11 all others; sockets carry them, a pool keeps connections.

Everything but waiting is written once, as coroutines: `DO` runs them over blocking sockets, where they never suspend,
and `AsyncDO` over asyncio's. So a request is sent once per attempt, framing is judged alike and a deadline bounds the
whole call in both.

Why no HTTP library: urllib3 has no deadline for a whole call; aiohttp sends idempotent requests again by itself,
reads framing leniently and takes 0.2 to 0.9 seconds to import; httpx and httpcore bound single reads only. h11 is the
parser that httpx and uvicorn use; it does no input or output.
"""
