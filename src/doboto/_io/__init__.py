"""Input and output: the protocols of transports and clocks, and `IO` over both for each client."""
