"""Commands written by hand: what people do and the API has no operation for."""
