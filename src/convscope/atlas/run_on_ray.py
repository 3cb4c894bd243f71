"""Run the batches of a plan on Ray: workers that load the network once and paint.

The head gives each worker one batch, and another when the first comes back. In place of a worker
that is lost, another one is started, and gets its batch; since a key is stored once, a batch that
comes back twice does no harm. Workers never write to the atlas: their pictures come back to the
head, the only writer.
"""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from convscope import backend
from convscope.atlas.edition import Edition
from convscope.atlas.entry import Painted
from convscope.atlas.paint import Painter
from convscope.atlas.plan import Batch
from convscope.atlas.run_here import Done
from convscope.errors import ConvscopeError, InputError, OutputError, need
from convscope.networks import batch_size
from convscope.networks.natural_statistics import Statistics
from convscope.networks.network import Network
from convscope.progress import Progress

EXTRA = "ray"
LOCAL = "local"  # a cluster of this machine alone
EACH = 3 * 2**30  # bytes of memory for one worker, with its framework and its batch
LOST = 3  # times that a batch may be lost before it is taken to be at fault
SILENT = 1800.0  # seconds without any batch, after which something must be wrong
PATIENCE = 10.0  # seconds for a cluster to answer
ASKED = 0.5  # seconds between two looks at what is finished

Loader = Callable[[], Network]


class Worker:
    """A network in a process of its own, which paints batches.

    Args:
        load: loads the network; called in that process.
        edition: how the pictures are made; the network must be that of the edition.
        natural: the statistics that responses are compared with, or None.
    """

    def __init__(self, load: Loader, edition: Edition, natural: Statistics | None) -> None:
        # Nothing that may fail: what fails here ends the process, and its reason is lost.
        self._made_of = load, edition, natural
        self._painter: Painter | None = None

    def paint(self, batch: Batch) -> tuple[list[Painted], float]:
        """Return the pictures of a batch, and how long they took.

        Raises:
            InputError: the network that was loaded is another one.
        """
        began = time.monotonic()
        self._painter = self._painter or self._start()
        return self._painter.paint(batch), time.monotonic() - began

    def _start(self) -> Painter:
        load, edition, natural = self._made_of
        backend.start()
        network = replace(load(), natural=natural)
        if network.digest != edition.digest:
            raise InputError.expected(
                f"the network {edition.digest} on every machine", f"{network.digest} on one of them"
            )
        return Painter(network, edition)


@dataclass(frozen=True)
class RayRunner:
    """A runner of ``build_atlas`` that gives batches to workers on Ray.

    Args:
        load: loads the network in each worker.
        address: of a cluster that is running; 'local' starts one on this machine.
        workers: how many; as many as cores and memory allow if None.
    """

    load: Loader
    address: str = LOCAL
    workers: int | None = None

    def __call__(
        self, network: Network, edition: Edition, batches: Sequence[Batch], progress: Progress
    ) -> Iterator[Done]:
        """Yield each batch when it has come back.

        Raises:
            MissingExtra: the extra 'ray' is not installed.
            OutputError: the cluster cannot be reached, or workers are lost again and again.
        """
        ray = need("ray", EXTRA)
        with _connected(ray, self.address):
            gpus = ray.cluster_resources().get("GPU", 0)
            count = min(self.workers or fitting(ray.cluster_resources()), len(batches))
            kind = ray.remote(num_cpus=1, num_gpus=1 if gpus else 0)(Worker)
            natural = ray.put(network.natural)

            def start() -> Any:
                return kind.remote(self.load, edition, natural)

            yield from _given_out(ray, start, count, batches, progress)


def run_on_ray(load: Loader, address: str = LOCAL, workers: int | None = None) -> RayRunner:
    """Return a runner of ``build_atlas`` that gives batches to workers on Ray.

    Args:
        load: loads the network in each worker, such as ``functools.partial(cs.load, "vgg16")``.
        address: of a cluster that is running; 'local' starts one on this machine.
        workers: how many; as many as cores and memory allow if not given.

    Returns:
        The runner, to be given as ``runner=``.

    Raises:
        MissingExtra: the extra 'ray' is not installed.

    Example:
        ``cs.build_atlas(network, "atlas", runner=cs.run_on_ray(cs.load, workers=2))``
    """
    need("ray", EXTRA)
    return RayRunner(load, address, workers)


def fitting(resources: dict[str, float]) -> int:
    """Return how many workers a cluster has room for.

    Each takes a core, or a GPU where there are any, and memory for a framework. A core is left for
    the head, if there are several.

    Example:
        >>> fitting({"CPU": 8.0, "memory": 64 * 2**30}), fitting({"CPU": 1.0})
        (7, 1)
        >>> fitting({"CPU": 64.0, "GPU": 2.0, "memory": 2**40})
        2
    """
    if resources.get("GPU"):
        return int(resources["GPU"])
    cores = int(resources.get("CPU", 1)) - 1
    memory = int(resources.get("memory", batch_size.free()) // EACH)
    return max(1, min(cores, memory))


def _given_out(
    ray: Any,
    start: Callable[[], Any],
    count: int,
    batches: Sequence[Batch],
    progress: Progress,
) -> Iterator[Done]:
    """Yield the batches in the order in which they come back, from so many workers at a time."""
    waiting, lost = list(batches), dict.fromkeys(batches, 0)
    running: dict[Any, tuple[Any, Batch]] = {}
    last = time.monotonic()

    def give(actor: Any) -> None:
        if waiting:
            batch = waiting.pop(0)
            running[actor.paint.remote(batch)] = actor, batch

    for _ in range(count):
        give(start())
    while running:
        finished, _ = ray.wait(list(running), num_returns=1, timeout=ASKED)
        progress(0.0, "")  # where Ctrl-C is heard
        if not finished and time.monotonic() - last > SILENT:
            raise OutputError(
                f"No batch came back from Ray for {SILENT / 60:.0f} minutes. What is finished is "
                "in the atlas; the same command goes on. Try: ray status."
            )
        for reference in finished:
            last = time.monotonic()
            actor, batch = running.pop(reference)
            try:
                painted, seconds = ray.get(reference)
            except ray.exceptions.RayTaskError as error:
                raise _cause(error) from error
            except ray.exceptions.RayError as error:
                lost[batch] += 1
                if lost[batch] > LOST:
                    raise OutputError(
                        f"A worker was lost {lost[batch]} times while it painted {batch.layer} "
                        f"({type(error).__name__}). Perhaps its memory was full. Try: fewer "
                        "workers, or a smaller batch."
                    ) from error
                waiting.insert(0, batch)
                give(start())
                continue
            give(actor)
            yield batch, painted, seconds


def _cause(error: Any) -> Exception:
    """Return what went wrong in a worker, as it would have here."""
    cause = error.cause
    while getattr(cause, "cause", None) is not None:
        cause = cause.cause
    if isinstance(cause, ConvscopeError):
        return cause
    said = " ".join(str(cause).split())[:300]
    return OutputError(f"A worker failed ({type(cause).__name__}: {said}).")


def _check_answers(address: str) -> None:
    """Refuse a machine and port where nothing listens; Ray itself would wait for it for minutes.

    Raises:
        OSError: nothing does.
    """
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()


@contextmanager
def _connected(ray: Any, address: str) -> Iterator[None]:
    """Be connected to a cluster; one of this machine alone ends with the block."""
    if ray.is_initialized():
        yield
        return
    settings: dict[str, Any] = {"address": address, "logging_level": "ERROR"}
    if address == LOCAL:
        settings["include_dashboard"] = False
    stop = signal.getsignal(signal.SIGTERM)
    try:
        _check_answers(address)
        ray.init(**settings, log_to_driver=False)
    except Exception as error:  # a machine too busy to start Ray in time is a plain Exception
        said = " ".join(str(error).split())[:200]
        verb = "start Ray here" if address == LOCAL else f"reach a Ray cluster at '{address}'"
        raise OutputError(
            f"Cannot {verb} ({said}). What is finished is in the atlas; the same command goes on."
        ) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)  # Ray sets one of its own, with another exit status
    try:
        yield
    finally:
        ray.shutdown()
