"""The most that natural pictures excite a unit, averaged over space, before its activation."""

import argparse
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.networks import Entry

Highest = Callable[[str], float | None]

COUNT = 1000
BATCH = 25


def highest(network: Any, entry: Entry, given: argparse.Namespace) -> Highest:
    """The statistics that a network ships with, or those of ``--natural``, measured once."""
    if network.natural:
        arrays = {
            layer: network.natural.arrays[f"{network.layer(layer).address}/channel/quantiles"][-1]
            for layer in entry.layers
        }
    elif given.natural:
        kept = given.work / f"natural-{network.digest}-{entry.size}.npz"
        if not kept.exists():
            np.savez(kept, **_measured(network, entry, given.natural))
        with np.load(kept) as file:
            arrays = dict(file)
    else:
        return lambda unit: None

    def of(unit: str) -> float:
        layer, _, channel = unit.rpartition(":")
        return float(arrays[layer][int(channel)])

    return of


def _measured(network: Any, entry: Entry, source: Path) -> dict[str, np.ndarray]:
    from convscope.networks.patches.capture import Tap

    taps = {layer: Tap(network.layer(layer).address) for layer in entry.layers}
    found: dict[str, np.ndarray] = {}
    for batch in _batches(source, entry.size):
        seen = network.activations(batch, list(taps.values()), batch=BATCH)
        for layer, tap in taps.items():
            values = seen[tap].reshape(len(batch), -1, seen[tap].shape[-1]).mean(1).max(0)
            found[layer] = np.maximum(found.get(layer, -np.inf), values)
    return found


def _batches(source: Path, side: int) -> Iterator[np.ndarray]:
    """The first pictures by name, each cropped to a square and scaled: (BATCH, side, side, 3)."""
    from PIL import Image

    suffixes = (".jpg", ".jpeg", ".png")
    if source.is_dir():
        paths = sorted(p for p in source.rglob("*") if p.suffix.lower() in suffixes)
        openers: list[Any] = [path.open for path in paths]
        archive = None
    else:
        archive = zipfile.ZipFile(source)
        names = sorted(n for n in archive.namelist() if n.lower().endswith(suffixes))
        openers = [lambda mode, name=name: archive.open(name) for name in names]
    batch: list[np.ndarray] = []
    for opener in openers[:COUNT]:
        with opener("rb") as file, Image.open(file) as image:
            square = min(image.size)
            left, top = ((edge - square) // 2 for edge in image.size)
            part = image.convert("RGB").crop((left, top, left + square, top + square))
            small = part.resize((side, side), Image.Resampling.BICUBIC)
        batch.append(np.asarray(small, "float32") / 255)
        if len(batch) == BATCH:
            yield np.stack(batch)
            batch = []
    if batch:
        yield np.stack(batch)
    if archive:
        archive.close()
