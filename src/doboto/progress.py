"""The event that a poll is finished, where it was before there were others: see `doboto.events`."""

from .events import OnEvent, Progress

#: The one kind of callback that there is.
OnProgress = OnEvent

__all__ = ["OnProgress", "Progress"]
