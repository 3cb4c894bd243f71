"""The number of pictures in a batch, by the memory that is free."""

import math
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from convscope import backend

if TYPE_CHECKING:
    from convscope.networks.network import Network

ON_PROCESSOR, ON_ACCELERATOR = 16, 256  # more at once are no faster
# Pixels of a whole batch on a processor: larger batches are no faster.
PIXELS = ON_PROCESSOR * 128 * 128
SHARE = 0.5  # of the free memory; the rest is for weights, the optimizer and other programs
# Each layer's output is kept for the way back, beside its gradient and a scratch copy.
COPIES = 3


def max_batch_size(network: "Network", layers: Sequence[str], size: tuple[int, int]) -> int:
    """Return how many pictures to compute in one batch: at least one.

    Args:
        network: the network.
        layers: the last of those in it is as far as it runs.
        size: of the pictures, (height, width).
    """
    known = list(network.layers)
    reached = known[: max((known.index(layer) + 1 for layer in layers), default=0)]
    area = math.prod(size) / math.prod(network.size)
    values = sum(math.prod(network.layers[name].shape) for name in reached) * area
    needed = 4 * COPIES * max(values, math.prod(size) * network.channels)
    accelerator = backend.free_memory()
    if accelerator is not None:
        return max(1, min(int(SHARE * accelerator / needed), ON_ACCELERATOR))
    fitting = int(SHARE * free() / needed)
    return max(1, min(fitting, ON_PROCESSOR, PIXELS // math.prod(size)))


def free() -> float:
    """Return how many bytes of the machine's memory are free; infinite if that is not known."""
    with suppress(OSError, LookupError, ValueError):  # on Linux: counts what only caches files
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        known = dict(line.split(":", 1) for line in lines)
        return 1024.0 * int(known["MemAvailable"].split()[0])
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return math.inf
