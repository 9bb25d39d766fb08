"""The metadata service of machines: the document, the HTTP server, and the way from a machine to it."""
