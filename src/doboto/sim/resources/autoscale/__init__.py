"""Droplet autoscale pools: their configuration, their Droplets, how they scale."""
