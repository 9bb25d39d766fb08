"""VPCs, their members and address ranges."""
