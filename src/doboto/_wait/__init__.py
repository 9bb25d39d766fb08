"""Waiting: rounds of polling, one or two requests each, however many things are waited for."""
