"""Firewalls: their rules, what they protect, and how long a change takes to arrive at the Droplets."""
