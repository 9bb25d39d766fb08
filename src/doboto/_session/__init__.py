"""The path of one request: limiter, send, read, retry or raise, within a deadline; what is logged of it."""

from .session import RecoveryTag, Session, log_interruption

__all__ = ["RecoveryTag", "Session", "log_interruption"]
