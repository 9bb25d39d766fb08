"""Waiting: polls of one or two requests each, however many resources are waited for."""
