"""``Jobs``: one thread that computes, one job after another, with a short queue before it.

Work that nobody has asked for by a click, such as pictures of tiles, gives way between two of its
steps to what a person waits for: that is done in between, on the same thread. So is everything,
while a job is paused.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from convscope.brief import Brief
from convscope.errors import ConvscopeError
from convscope.explorer.events import Events

WAITING = 8  # jobs beside the one that runs
REMEMBERED = 200  # jobs that are over
RATE = 0.1  # seconds between two events of the progress of a job
PATIENCE = 10.0  # seconds for the last step
LOOK = 0.1  # seconds between two looks at the queue, while a job is paused
KNOWN = 0.03  # the share that must be done before a time left is told

ENDED = ("done", "stopped", "failed")


class Full(Exception):
    """As many jobs wait as may wait."""


class Stop(Exception):
    """A person has stopped the job."""


@dataclass(eq=False)
class Job(Brief):
    """One piece of work, and how far it is.

    Args:
        id: random.
        kind: what is done: a name in the worker's table.
        title: the same in words.
        request: what is wanted, as plain data.
        page: the address of the page that shows the result.
    """

    id: str
    kind: str
    title: str
    request: Mapping[str, Any]
    page: str
    events: Events = field(repr=False)
    patient: bool = False  # gives way to jobs that are not
    state: str = "waiting"
    fraction: float = 0.0
    message: str = ""
    error: str = ""
    began: float | None = None
    result: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)
    _going: threading.Event = field(default_factory=threading.Event, repr=False)
    _told: float = field(default=0.0, repr=False)
    _paused_for: float = field(default=0.0, repr=False)
    _wait: Callable[[], None] = field(default=lambda: None, repr=False)  # while others go first

    def __post_init__(self) -> None:
        self._going.set()

    def check(self) -> None:
        """Wait while the job is paused, and while it gives way to others.

        Raises:
            Stop: it was stopped.
        """
        self._wait()
        if self._stopped.is_set():
            raise Stop

    def progress(self, fraction: float | None, message: str) -> None:
        """Note how far the job is; called between any two steps.

        Raises:
            Stop: it was stopped.
        """
        self.check()
        self.fraction = self.fraction if fraction is None else min(1.0, max(0.0, fraction))
        self.message = message
        now = time.monotonic()
        if now - self._told >= RATE:
            self._told = now
            self.tell()

    def stop(self) -> None:
        """Stop the job before its next step."""
        self._stopped.set()
        self._going.set()

    def pause(self) -> None:
        """Have the job wait before its next step."""
        self._going.clear()

    def resume(self) -> None:
        """Have the job go on."""
        self._going.set()

    @property
    def is_stopped(self) -> bool:
        """Whether it is to end before its next step."""
        return self._stopped.is_set()

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes, if it goes on as before; None before that can be told."""
        if self.began is None or self.fraction < KNOWN or self.state in ENDED:
            return None
        spent = time.monotonic() - self.began - self._paused_for
        return spent * (1 - self.fraction) / self.fraction

    def as_json(self) -> dict[str, Any]:
        """Return the job as plain data."""
        left = self.seconds_left
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "page": self.page,
            "state": self.state,
            "fraction": round(self.fraction, 4),
            "message": self.message,
            "error": self.error,
            "seconds_left": None if left is None else round(left, 1),
            "result": dict(self.result),
        }

    def tell(self) -> None:
        """Tell all pages how far the job is."""
        self.events.publish("job", self.as_json())

    def _change(self, state: str) -> None:
        self.state = state
        self.tell()

    def _brief(self) -> str:
        return f"{self.title}: {self.state}, {self.fraction:.0%}"


Work = Callable[[Job], Mapping[str, Any]]


class Jobs(Brief):
    """A thread that does one job after another.

    Args:
        events: where progress is told.
        work: does a job, and returns its result as plain data.
    """

    def __init__(self, events: Events, work: Work) -> None:
        self.events = events
        self._work = work
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._queue: list[Job] = []
        self._changed = threading.Condition()
        self._running: list[Job] = []  # the last one runs, the others give way to it
        self._over = False
        self._thread = threading.Thread(target=self._loop, name="explorer", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop the job that runs, and end the thread.

        The end of its step is waited for: a thread that is inside a framework when the process
        ends takes the process down with an abort.
        """
        with self._changed:
            self._over = True
            waiting = [*self._queue, *self._running]
            self._changed.notify_all()
        for job in waiting:
            job.stop()
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    def add(
        self,
        kind: str,
        title: str,
        page: str,
        request: Mapping[str, Any],
        *,
        patient: bool = False,
    ) -> Job:
        """Put a job into the queue, and return it; one that waits or runs already is not doubled.

        Args:
            kind: what is done.
            title: the same in words.
            page: the address of the page that shows the result.
            request: what is wanted.
            patient: whether it gives way to jobs that are not.

        Raises:
            Full: too many jobs wait.
        """
        with self._changed:
            for job in [*self._running, *self._queue]:
                same = (job.kind, job.request) == (kind, request)
                if same and not job.is_stopped and job.state not in ENDED:
                    return job
            # Tiles that wait do not keep a person from asking for something.
            if sum(patient or not each.patient for each in self._queue) >= WAITING:
                raise Full
            job = Job(
                secrets.token_urlsafe(9), kind, title, dict(request), page, self.events, patient
            )
            job._wait = lambda: self._wait(job)
            self._jobs[job.id] = job
            self._queue.append(job)
            over = [each for each in self._jobs.values() if each.state in ENDED]
            for old in over[: max(0, len(self._jobs) - REMEMBERED)]:
                del self._jobs[old.id]
            self._changed.notify_all()
        job.tell()
        return job

    def get(self, name: str) -> Job | None:
        """Return the job of an id."""
        return self._jobs.get(name)

    def all(self) -> list[Job]:
        """Return all jobs that are known, the latest first."""
        with self._changed:
            return list(reversed(self._jobs.values()))

    def stop(self, job: Job) -> None:
        """Stop a job, whether it runs or waits."""
        with self._changed:
            if job in self._queue:
                self._queue.remove(job)
            waits = job.state == "waiting"  # in the queue, or until another one is done
        job.stop()
        if waits:
            job._change("stopped")

    def _loop(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._over:
                    self._changed.wait()
                if self._over:
                    return
                job = self._take(patient=True)
            if job:
                self._do(job)

    def _wait(self, job: Job) -> None:
        """Do other jobs as long as a job is paused, and before a patient one goes on."""
        began, state = time.monotonic(), job.state
        while (paused := not job._going.is_set()) or job.patient:
            with self._changed:
                other = None if self._over else self._take(patient=paused)
            if other is None and not paused:
                break
            if job.state != (now := "paused" if paused else "waiting"):
                job._change(now)
            if other:
                self._do(other)
            else:
                job._going.wait(LOOK)
        job._paused_for += time.monotonic() - began
        if job.state != state and not job.is_stopped:
            job._change(state)

    def _take(self, *, patient: bool) -> Job | None:
        """Take the next job out of the queue, with the lock held; what a person waits for is first.

        Args:
            patient: whether a patient one may be taken, too.
        """
        found = next((each for each in self._queue if not each.patient), None)
        if found is None and patient and self._queue:
            found = self._queue[0]
        if found:
            self._queue.remove(found)
            self._running.append(found)
        return found

    def _do(self, job: Job) -> None:
        job.began = time.monotonic()
        try:
            job.check()  # it may have been stopped since it was taken from the queue
            job._change("running")
            job.result = self._work(job)
        except Stop:
            job._change("stopped")
        except ConvscopeError as error:
            job.error = str(error)
            job._change("failed")
        except Exception as error:  # whatever a framework raises: the server goes on
            said = " ".join(str(error).split())[:500]
            job.error = f"{type(error).__name__}: {said}"
            job._change("failed")
        else:
            job.fraction = 1.0
            job._change("done")
        finally:
            with self._changed:
                self._running.remove(job)

    def _brief(self) -> str:
        return f"{len(self._jobs)} jobs"
