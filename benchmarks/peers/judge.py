"""Who got how far: the same measures for every tool's pictures, taken from the saved 8 bits.

Definitions:

- The *response* is the unit's, before its activation function, averaged over space.
- The *robust response* is the mean response over 32 fixed transforms of the picture: shifts by up
  to 1/16 of the side, scales from 0.9 to 1.1, rotations by up to 10 degrees (the ranges of Lucid's
  recipe), mirrored at the edges. They are drawn once, by a seed, and are no tool's own.
- *Q* is the robust response that Lucid's recipe reaches after its 512 steps.
- Pictures of more RMS contrast than Q's are scaled about their mean colour to it, in 8 bits again.
- The *quality* is (r - gray) / (Q - gray), where gray is the response to plain gray. For responses
  that start near zero this is r / Q; it also orders those of units whose responses, or Q itself,
  are negative. Where Lucid's recipe does not rise above gray, no quality is defined.
- An ascent has *reached* quality at its first picture of 0.95 or more. One that never does is
  censored: its time is infinite, in medians too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

ENOUGH = 0.95
TRANSFORMS = 32
SHIFT, SCALE, ROTATE = 1 / 16, 1.1, 10.0
SEED = 2024


def placements(count: int = TRANSFORMS, seed: int = SEED) -> np.ndarray:
    """Where the judge looks: (count, 2, 3) matrices from output to input, centred, in sides."""
    chance = np.random.default_rng(seed)
    angles = np.radians(chance.uniform(-ROTATE, ROTATE, count))
    factors = chance.uniform(2 - SCALE, SCALE, count)
    shifts = chance.uniform(-SHIFT, SHIFT, (count, 2))
    turned = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
    return np.concatenate([(turned / factors).transpose(2, 0, 1), shifts[:, :, None]], axis=2)


def transformed(picture: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """Look at a picture (side, side, 3) through each placement, bilinearly: (n, side, side, 3)."""
    side = len(picture)
    middle = (np.arange(side) + 0.5) / side - 0.5
    grid = np.stack([*(axis.ravel() for axis in np.meshgrid(middle, middle, indexing="ij"))])
    where = matrices[:, :, :2] @ grid + matrices[:, :, 2:]
    place = _mirrored((where + 0.5) * side - 0.5, side)
    low = np.clip(np.floor(place).astype(int), 0, side - 2)
    down, across = (place - low)[..., None].transpose(1, 0, 2, 3)
    top, left = low.transpose(1, 0, 2)
    upper = picture[top, left] * (1 - across) + picture[top, left + 1] * across
    lower = picture[top + 1, left] * (1 - across) + picture[top + 1, left + 1] * across
    seen = upper * (1 - down) + lower * down
    return seen.reshape(len(matrices), *picture.shape).astype("float32")


def _mirrored(place: np.ndarray, side: int) -> np.ndarray:
    last = side - 1
    return np.clip(last - np.abs(last - np.abs(place)), 0, last)


def contrast(picture: np.ndarray) -> float:
    """RMS distance of a picture in [0, 1] from its mean colour."""
    return float(np.sqrt(np.mean((picture - picture.mean((0, 1))) ** 2)))


def limited(picture: np.ndarray, most: float) -> np.ndarray:
    """Scale an 8-bit picture about its mean colour to at most this contrast, in 8 bits again."""
    numbers = picture / 255.0
    own = contrast(numbers)
    if own <= most:
        return picture
    mean = numbers.mean((0, 1))
    return np.rint((mean + (numbers - mean) * (most / own)) * 255).astype("uint8")


@dataclass(frozen=True)
class Seen:
    """What one picture does to its unit."""

    response: float
    robust: float
    contrast: float


class Judge:
    """Asks our network; the same 33 looks at each picture, in one batch."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._matrices = placements()

    def see(self, unit: str, picture: np.ndarray, most: float = math.inf) -> Seen:
        """Judge an 8-bit picture: the response as it is, the robust one at limited contrast."""
        allowed = limited(picture, most) / 255.0
        looks = [(picture / 255.0)[None], transformed(allowed, self._matrices)]
        responses = self._responses(unit, np.concatenate(looks).astype("float32"))
        return Seen(float(responses[0]), float(responses[1:].mean()), contrast(picture / 255.0))

    def gray(self, unit: str, side: int) -> float:
        """The response to plain gray, transformed or not."""
        return self.see(unit, np.full((side, side, 3), 128, "uint8")).response

    def _responses(self, unit: str, pictures: np.ndarray) -> np.ndarray:
        from convscope.networks.patches.capture import Tap

        layer, _, channel = unit.rpartition(":")
        tap = Tap(self._network.layer(layer).address)
        values = self._network.activations(pictures, [tap], batch=len(pictures))[tap]
        return values.reshape(len(values), -1, values.shape[-1]).mean(1)[:, int(channel)]


def quality(robust: float, gray: float, reference: float) -> float:
    """How far a robust response is from gray's to the reference; not a number if that is no way."""
    return (robust - gray) / (reference - gray) if reference > gray else math.nan


def first(times: Sequence[float], values: Sequence[float], enough: float) -> float:
    """The time of the first value that is enough; infinite if none is."""
    return next((t for t, value in zip(times, values, strict=True) if value >= enough), math.inf)


def median(times: Sequence[float]) -> float:
    """The median with censored times as infinite; of an even number the later of the middle two.

    Example:
        >>> median([1.0, 2.0, float("inf")])
        2.0
    """
    return sorted(times)[len(times) // 2] if times else math.nan
