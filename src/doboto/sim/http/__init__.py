"""The HTTP side of the simulator: the ASGI application, routes, scopes, rate limits, paging, the server."""
