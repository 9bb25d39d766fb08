"""Volumes, their snapshots and their actions."""
