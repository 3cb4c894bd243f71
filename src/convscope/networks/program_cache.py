"""The cache of a network's compiled programs."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

KEPT = 16  # a program holds its graph and its variables, some megabytes


class ProgramCache:
    """A cache of idle programs. A program in use is not in it, so no two users share its variables.

    Several threads may use it at the same time.

    Args:
        kept: how many there is room for.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._idle: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def cached_program(self, key: Hashable, make: Callable[[], T]) -> Iterator[T]:
        """Yield the idle program of this key, or a new one; put it back afterwards."""
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
        """Remove the idle programs, and free the memory that they use."""
        with self._lock:
            self._idle.clear()
