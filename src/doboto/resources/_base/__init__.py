"""What resources are built from: one request, lists, creates, actions, lifecycles, recovery after a lost response."""
