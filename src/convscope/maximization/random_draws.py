"""All random numbers of an ascent, drawn on the host and so the same on every backend."""

import zlib
from collections.abc import Sequence

import numpy as np

from convscope.canvas import Canvas
from convscope.maximization.recipe import Recipe
from convscope.objectives import Objective


class RandomDraws:
    """The random numbers of a batch of pictures, keyed by seed, objective and step.

    The numbers of a picture are the same in any batch.
    """

    def __init__(
        self, objectives: Sequence[Objective], seeds: Sequence[int], recipe: Recipe
    ) -> None:
        texts = [str(objective).encode() for objective in objectives]
        self._keys = list(zip(seeds, map(zlib.crc32, texts), strict=True))
        self._recipe = recipe

    def noise(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return what the pictures start from: (n, *shape) standard normal numbers."""
        draws = [self._at(0, key).standard_normal(shape) for key in range(len(self._keys))]
        return np.stack(draws).astype("float32")

    def steps(self, held: np.ndarray, steps: range, canvas: Canvas) -> tuple[np.ndarray, ...]:
        """Return what differs between steps, for some of the pictures: arrays (steps, ...).

        These are the detail, the leak, the random numbers of the transforms, and the backdrops, if
        any.
        """
        recipe = self._recipe
        shares = [step / recipe.steps for step in steps]
        details = np.array([recipe.detail_at(share) for share in shares], "float32")
        leaks = np.array([recipe.leak_at(share) for share in shares], "float32")
        drawn = [self._drawn(held, step + 1, canvas) for step in steps]
        return details, leaks, *map(np.stack, zip(*drawn, strict=True))

    def _drawn(self, held: np.ndarray, step: int, canvas: Canvas) -> tuple[np.ndarray, ...]:
        """Return the random numbers of one step: arrays (n, ...)."""
        chances = [self._at(step, place) for place in held]
        shape = canvas.background_shape
        colors = canvas.channels - (shape is not None)
        drawn = self._recipe.transforms.draws(chances, canvas.size, colors)
        if shape is None:
            return drawn
        # Drawn after the transforms, which are the same on every canvas.
        behind = np.stack([chance.uniform(size=shape) for chance in chances])
        return *drawn, behind.astype("float32")

    def _at(self, step: int, place: int) -> np.random.Generator:
        seed, key = self._keys[place]
        return np.random.default_rng([seed, step, key])
