"""Room for so many connections, given to those who wait for it in the order in which they came."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from queue import Empty, SimpleQueue


class ConnectionSlot:
    """Room for one connection. Lost, it comes back: Ctrl-C may strike between any two lines.

    Args:
        places: Which it is one of.
    """

    def __init__(self, places: ConnectionSlots) -> None:
        self._places = weakref.ref(places)

    def give_back(self) -> None:
        """Leave it to the next one; after a fork there are others in its stead."""
        places = self._places()
        if places is not None:
            places.put(self)

    def __del__(self) -> None:
        places = self._places()
        if places is not None:
            places.put(ConnectionSlot(places))


class ConnectionSlots:
    """All that there is.

    Args:
        size: For how many connections.
    """

    def __init__(self, size: int) -> None:
        self.free = deque(ConnectionSlot(self) for _ in range(size))
        self._waiting: deque[SimpleQueue[ConnectionSlot]] = deque()
        # For a place that is lost while others are given, in the same thread. Ctrl-C can't leave it locked.
        self._lock = threading.RLock()

    def take(self, timeout: float) -> ConnectionSlot:
        """Wait for one. A semaphore would give it to whoever asks at the right moment, and let others wait for ever.

        Raises:
            TimeoutError: None became free in time.
        """
        mine: SimpleQueue[ConnectionSlot] = SimpleQueue()
        self._waiting.append(mine)
        self._match()
        try:
            return mine.get(timeout=timeout)
        except Empty:  # a place that `mine` is still given is lost with it, and so comes back
            raise TimeoutError("no connection became free in time") from None

    def put(self, place: ConnectionSlot) -> None:
        """Leave it to the next one."""
        self.free.append(place)
        self._match()

    def _match(self) -> None:
        with self._lock:
            while self.free and self._waiting:
                self._waiting.popleft().put(self.free.popleft())
