"""From results to a screen: formats, tables, columns, queries, progress."""
