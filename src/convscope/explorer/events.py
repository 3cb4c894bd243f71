"""``Events``: what happens in the worker, told to every open page as server-sent events."""

import asyncio
import json
import re
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator
from itertools import islice
from typing import Any

KEPT = 2000  # events that a page can be told again after it was away
QUIET = 15.0  # seconds without an event, after which a comment keeps the connection open
AGAIN = "again"  # tells a page that too much has happened since its last event


class Events:
    """A log of events: written by any thread, followed by any number of pages.

    Nothing is kept for a page but its place in the log, so a slow page costs no memory.
    """

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)  # another one after a restart
        self._log: deque[tuple[int, str]] = deque(maxlen=KEPT)
        self._count = 0
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._closed = False

    def publish(self, name: str, data: Any) -> None:
        """Tell all pages that something happened.

        Args:
            name: the kind of event.
            data: plain data.
        """
        text = json.dumps(data, separators=(",", ":"), allow_nan=False)
        with self._lock:
            self._count += 1
            self._log.append((self._count, self._written(name, text, self._count)))
            waiting = list(self._waiting)
        _wake(waiting)

    @property
    def now(self) -> str:
        """The place in the log: a page that is made now has seen all until here."""
        return f"{self._run}.{self._count}"

    def close(self) -> None:
        """End all streams."""
        with self._lock:
            self._closed = True
            waiting = list(self._waiting)
        _wake(waiting)

    async def stream(self, last: str = "") -> AsyncIterator[str]:
        """Yield the events after one that a page has seen, and then those to come.

        Args:
            last: the page's ``Last-Event-ID``, or ``now`` as the page was made; '' for none.
        """
        seen = self._place(last)
        if seen is None:
            seen = self._count
            yield self._written(AGAIN, "{}", seen)
        loop, bell = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._waiting.add((loop, bell))
        try:
            yield ": open\n\n"
            while not self._closed:
                bell.clear()
                for number, text in self._after(seen):
                    yield text
                    seen = number
                try:
                    await asyncio.wait_for(bell.wait(), QUIET)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            with self._lock:
                self._waiting.discard((loop, bell))

    def _after(self, seen: int) -> list[tuple[int, str]]:
        with self._lock:  # only the end is read: many pages do this at every event
            new = list(islice(reversed(self._log), self._count - seen))
        return new[::-1]

    def _place(self, last: str) -> int | None:
        """Return the number of the last event that was seen; None if what followed is lost."""
        if not last:
            return self._count
        run, _, number = last.partition(".")
        if run != self._run or not re.fullmatch(r"[0-9]{1,18}", number):
            return None
        with self._lock:
            oldest = self._log[0][0] if self._log else self._count + 1
        return int(number) if oldest - 1 <= int(number) <= self._count else None

    def _written(self, name: str, text: str, number: int) -> str:
        return f"id: {self._run}.{number}\nevent: {name}\ndata: {text}\n\n"


def _wake(waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
    for loop, bell in waiting:
        if not loop.is_closed():
            loop.call_soon_threadsafe(bell.set)
