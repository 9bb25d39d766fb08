"""From operations to commands: the catalog of operations, their parameters, values, names and help text."""
