"""Droplets: what they are, what happens to them, how they are shown. The operations are in `sim.resources`."""
