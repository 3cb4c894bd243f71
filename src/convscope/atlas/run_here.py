"""Run the batches of a plan in this process, one after another."""

import time
from collections.abc import Iterable, Iterator

from convscope.atlas.edition import Edition
from convscope.atlas.entry import Painted
from convscope.atlas.paint import Painter
from convscope.atlas.plan import Batch
from convscope.networks.network import Network
from convscope.progress import Progress

Done = tuple[Batch, list[Painted], float]  # a batch, its pictures, and the seconds they took


def run_here(
    network: Network, edition: Edition, batches: Iterable[Batch], progress: Progress
) -> Iterator[Done]:
    """Yield each batch when its pictures are finished.

    Args:
        network: with the statistics of natural pictures that responses are compared with.
        edition: how the pictures are made.
        batches: what to make.
        progress: called with the fraction of the batch that is done, in [0, 1].
    """
    painter = Painter(network, edition)
    for batch in batches:
        began = time.monotonic()
        painted = painter.paint(batch, progress)
        yield batch, painted, time.monotonic() - began
