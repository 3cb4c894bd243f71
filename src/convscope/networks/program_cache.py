"""Compiled programs of a network, kept for the next one who needs the same."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

KEPT = 16  # a program holds its graph and its variables, some megabytes


class Programs:
    """A shelf: a program in use is not on it, so two users never share its variables.

    Threads may borrow from it at the same time.

    Args:
        kept: how many there is room for.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._idle: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def borrowed(self, key: Hashable, make: Callable[[], T]) -> Iterator[T]:
        """Take the idle program of this key, or make one; put it back afterwards."""
        with self._lock:
            program = self._idle.pop(key, None)
        if program is None:
            program = make()
        try:
            yield program
        finally:
            with self._lock:
                self._idle[key] = program
                while len(self._idle) > self._kept:
                    self._idle.popitem(last=False)

    def clear(self) -> None:
        """Drop the idle programs, and the memory they hold."""
        with self._lock:
            self._idle.clear()
