"""Projects, and which resource is in which."""
