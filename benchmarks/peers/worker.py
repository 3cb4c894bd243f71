"""A tool in a process of its own: one JSON line in, one out; pictures go by files.

Imported in every tool's environment, so it needs nothing but NumPy.
"""

import itertools
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

SNAPSHOTS = 16
WARMING = 3  # the first steps of an ascent, in which programs are compiled
THREADS = 2


class Enough(BaseException):
    """Ends an ascent from inside a callback; not an Exception, so that no library swallows it."""


def moments(total: int, count: int = SNAPSHOTS) -> list[int]:
    """Step numbers from the first to the last, evenly spaced on a logarithmic scale.

    Example:
        >>> moments(512, 4)
        [1, 8, 64, 512]
    """
    if total <= count:
        return list(range(1, total + 1))
    return sorted({round(number) for number in np.geomspace(1, total, count)})


@dataclass
class Watch:
    """Times an ascent, and keeps its clean pictures at chosen steps with the seconds until then.

    The time taken for looking is not counted.

    Args:
        total: how many steps the ascent has.
        budget: seconds after which it is stopped, not counting the first step, which compiles.
        most: steps after which it is stopped.
    """

    total: int
    budget: float = float("inf")
    most: int | None = None
    steps: list[int] = field(default_factory=list)
    pictures: list[np.ndarray] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    marks: list[tuple[int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._last = min(self.total, self.most or self.total)
        self._due = moments(self._last)
        self._looking = 0.0
        self._began = time.perf_counter()

    def __call__(self, step: int, paint: Callable[[], np.ndarray]) -> None:
        """Note that so many steps are done; ``paint`` gives the clean picture in [0, 1].

        Raises:
            Enough: the budget is spent, or there are ``most`` steps.
        """
        now = time.perf_counter()
        elapsed = now - self._began - self._looking
        self.marks.append((step, elapsed))
        stop = step < self.total and (self._spent() or step >= self._last)
        if stop or (self._due and step >= self._due[0]):
            self._due = [number for number in self._due if number > step]
            self.steps.append(step)
            self.seconds.append(elapsed)
            self.pictures.append(to_bytes(paint()))
        self._looking += time.perf_counter() - now
        if stop:
            raise Enough

    def _spent(self) -> bool:
        return self.marks[-1][1] - self.marks[0][1] > self.budget

    def run(self, ascent: Callable[[], Any]) -> "Watch":
        """Run until the end, or until it is enough."""
        self._began = time.perf_counter()
        with suppress(Enough):
            ascent()
        return self

    def rate_scale(self) -> list[float]:
        """Seconds a step, between one mark and the next."""
        marks = [(0, 0.0), *self.marks]
        return [
            (after - before) / (step - last)
            for (last, before), (step, after) in itertools.pairwise(marks)
            if step > last
        ]

    def compiling(self) -> float:
        """Seconds by which the first steps exceed a usual one."""
        rate_scale = self.rate_scale()
        usual = float(np.median(rate_scale))
        return sum(max(0.0, seconds - usual) for seconds in rate_scale[:WARMING])


def to_bytes(picture: np.ndarray) -> np.ndarray:
    """Map [0, 1] to 0…255."""
    return np.rint(np.clip(picture, 0.0, 1.0) * 255).astype(np.uint8)


def result_of(
    watch: Watch, *, passes: int = 1, warm: Sequence[float] | None = None
) -> dict[str, Any]:
    """One unit's answer: everything that is later judged and reported.

    Args:
        watch: of the ascent.
        passes: through the network in each step.
        warm: seconds until each snapshot when everything is compiled; without the time by which
            the first steps exceed a usual one, if not given.
    """
    compiling = watch.compiling()
    rate_scale = watch.rate_scale()
    return {
        "steps": watch.steps,
        "seconds": watch.seconds,
        "warm": list(warm) if warm is not None else [s - compiling for s in watch.seconds],
        "made": watch.steps[-1],
        "total": watch.total,
        "passes": passes * watch.total,
        # The last quarter, at the full size of the picture: some tools begin with smaller ones.
        "step_seconds": float(np.median(rate_scale[-max(1, len(rate_scale) // 4) :])),
        "pictures": np.stack(watch.pictures),
    }


def serve(setup: Callable[[], Callable[[dict[str, Any]], list[dict[str, Any]]]]) -> None:
    """Answer requests until there are no more.

    ``setup`` does the imports and returns a function that makes pictures: a request in, one
    answer a unit out. Arrays in an answer go into files in the request's ``folder``.
    """
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer

    def say(answer: dict[str, Any]) -> None:
        print(json.dumps(answer), file=channel, flush=True)

    began = time.perf_counter()
    ascent = setup()
    say({"imports": time.perf_counter() - began})
    for line in sys.stdin:
        request = json.loads(line)
        forget_peak()
        try:
            answers = ascent(request)
        except Exception as error:
            say({"error": f"{type(error).__name__}: {str(error)[:300]}"})
            continue
        for number, answer in enumerate(answers):
            for name, array in answer.items():
                if isinstance(array, np.ndarray):
                    path = Path(request["folder"]) / f"{name}-{number}.npy"
                    np.save(path, array)
                    answer[name] = str(path)
            answer["peak_mib"] = peak_mib()
        say({"answers": answers})


def forget_peak() -> None:
    """Let the peak of the memory begin anew, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mib() -> float:
    """The most memory that this process has held."""
    try:  # getrusage would also count what the process was forked from
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 2**10
    except (OSError, StopIteration):
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


class Worker:
    """A running tool.

    Where its time is of no interest it has one thread: several, on a busy machine, spend most of
    it waiting for each other.
    """

    def __init__(
        self,
        python: str,
        module: str,
        arguments: Sequence[str],
        log: Path,
        threads: int = THREADS,
    ) -> None:
        # Plainly inherited, but for the threads; Keras tools all run on TensorFlow.
        counts = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
        environment = {
            **os.environ,
            **dict.fromkeys(counts, str(threads)),
            "TF_NUM_INTEROP_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "KERAS_BACKEND": "tensorflow",
            "PYTHONPATH": os.environ.get("PYTHONPATH", "") if python == sys.executable else "",
        }
        self._log = log
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [python, "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
                cwd=Path(__file__).parents[2],
            )
        self.hello = self._read(600.0)

    def ask(self, request: dict[str, Any], patience: float) -> dict[str, Any]:
        """Send a request; the answer says ``error`` if there is no better one."""
        if "error" in self.hello:
            return self.hello
        try:
            print(json.dumps(request), file=self._process.stdin, flush=True)
        except OSError:
            return self._died()
        return self._read(patience)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _read(self, patience: float) -> dict[str, Any]:
        assert self._process.stdout
        late = threading.Timer(patience, self._process.kill)
        late.start()
        line = self._process.stdout.readline()
        if not late.is_alive():
            return {"error": f"no answer in {patience:.0f} s"}
        late.cancel()
        return json.loads(line) if line else self._died()

    def _died(self) -> dict[str, Any]:
        self._process.wait()
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return {"error": f"ended: {lines[-1][:300] if lines else 'no reason given'}"}


def versions(*names: str) -> dict[str, str]:
    """The versions of what runs."""
    return {name: version(name) for name in names}
