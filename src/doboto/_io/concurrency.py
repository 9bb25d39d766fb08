"""How many requests of one call run side by side: fewer while the API slows or refuses, more again when it answers.

Additive increase, multiplicative decrease, as TCP does (RFC 5681, 3.1).
"""

from __future__ import annotations


class Concurrency:
    """A number of jobs, adapted to what comes back. Safe among threads: a lost step changes nothing that matters.

    Args:
        most: How many jobs there are at most.

    Attributes:
        most: How many there are at most.
        width: How many may run now, 1 or more.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.width = most

    def reduce(self) -> None:
        """Halve it: a request was refused, failed at the server, or timed out."""
        self.width = max(1, self.width // 2)

    def restore(self) -> None:
        """Add one: a request was answered."""
        self.width = min(self.most, self.width + 1)
