"""What a client is made from: its settings, their checks, and how it reaches another process."""
