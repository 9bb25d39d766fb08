"""Decisions about Droplets: what a create asks for, when one is ready, what an action is aimed at and leaves to see."""
