"""All input and output: transports that carry a request, clocks that tell the time and sleep, and `IO` over both."""
