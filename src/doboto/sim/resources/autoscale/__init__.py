"""Droplet autoscale pools: what they are told, whom they hold, how they scale."""
