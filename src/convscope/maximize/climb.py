"""The loop, and only the loop: a climb is a generator of steps."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from convscope import gradients, transforms
from convscope.canvas import Canvas, backed
from convscope.maximize.recipe import SMALLEST, Recipe
from convscope.models.network import Network, not_finite
from convscope.objectives import Objective


@dataclass(frozen=True)
class Step:
    """One moment of a climb; asking for numbers or pictures waits for the device.

    ``number`` counts from 1 to ``total``; step 0 is the start, without scores.
    """

    number: int
    total: int
    device_scores: Any  # (n,), on the device
    paint: Callable[[], np.ndarray]

    def scores(self) -> np.ndarray:
        """What each picture scored just before this step, under its transforms: (n,)."""
        from keras import ops

        return np.asarray(ops.convert_to_numpy(self.device_scores), "float64")

    def pictures(self) -> np.ndarray:
        """The pictures after this step, without their transforms: (n, height, width, channels)."""
        return self.paint()


def climb(
    network: Network,
    objective: Objective,
    canvas: Canvas,
    recipe: Recipe,
    *,
    sizes: Sequence[tuple[int, int]] = (),
    boost: float = 1.0,
) -> Iterator[Step]:
    """Yield the start, and then a Step after each move uphill; stop asking to stop climbing.

    Args:
        network: whose response is climbed; its weights stay as they are.
        objective: one score a picture.
        canvas: what paints the pictures, at their final size.
        recipe: everything else that decides.
        sizes: the sizes climbed at, one after the other; only the canvas's own by default.
        boost: multiplies the recipe's rate, as the canvas's own pace does, on canvases that are
            ``boosted``.
    """
    keys = [zlib.crc32(label.encode()) for label in objective.labels]

    def chance(step: int) -> list[np.random.Generator]:
        # Keyed by what a picture is of, not by its place: the same picture in any batch.
        return [np.random.default_rng([recipe.seed, step, key]) for key in keys]

    sizes = tuple(sizes) or (canvas.size,)
    stage = canvas.at(sizes[0])
    noise = np.stack([draw.standard_normal(stage.noise_shape) for draw in chance(0)])
    numbers = stage.fresh(noise.astype("float32"))
    done = 0
    for place, size in enumerate(sizes):
        numbers, stage = stage.grown(numbers, size), canvas.at(size)
        speed = stage.pace * (boost if stage.boosted else 1.0)
        until = round(recipe.steps * (place + 1) / len(sizes))
        key = ("climb", objective.key, stage, len(keys))
        make = partial(_Program, network, objective, stage, len(keys))
        with network.programs.borrowed(key, make) as program:
            program.start(numbers)
            if place == 0:
                first = np.full(len(keys), np.nan)
                yield Step(0, recipe.steps, first, program.painter(recipe.detail_at(0.0)))
            while done < until:
                share = done / recipe.steps
                done += 1
                detail = recipe.detail_at(share)
                draws = chance(done)
                placements = np.stack([recipe.transforms.draw(draw) for draw in draws])
                # Drawn after the placements, which are the same on every canvas.
                behind = np.stack([draw.uniform(size=stage.backdrop_shape or 0) for draw in draws])
                scores = program.move(
                    speed * recipe.rate_at(share),
                    np.float32(detail),
                    np.float32(recipe.leak_at(share)),
                    placements,
                    behind.astype("float32"),
                    *objective.data,
                )
                yield Step(done, recipe.steps, scores, program.painter(detail))
            numbers = program.numbers()
        if not np.isfinite(numbers).all():
            raise not_finite(network, ", ".join(sorted(tap.layer for tap in objective.taps)))


def growing(
    network: Network, layers: Sequence[str], canvas: Canvas, recipe: Recipe
) -> list[tuple[int, int]]:
    """The sizes to climb at: small ones first, where the network and the layers allow it."""
    height, width = canvas.size
    smaller = [
        (round(height * share), round(width * share))
        for share in recipe.grow[:-1]
        if min(height, width) * share >= SMALLEST
    ]
    fitting = [size for size in smaller if all(network.shape_at(name, size) for name in layers)]
    return [*fitting, canvas.size]


class _Program:
    """One compiled step with the variables it moves."""

    def __init__(self, network: Network, objective: Objective, canvas: Canvas, count: int) -> None:
        import keras
        from keras import ops

        self._numbers = keras.Variable(np.zeros((count, *canvas.noise_shape), "float32"))
        self._optimizer = keras.optimizers.Adam()
        self._optimizer.build([self._numbers])
        self._fresh = [ops.convert_to_numpy(memory) for memory in self._optimizer.variables]

        def score(
            numbers: Any, detail: Any, leak: Any, placements: Any, behind: Any, *data: Any
        ) -> tuple[Any, Any]:
            painted = canvas.paint(numbers, detail)
            if backed(canvas):
                painted = canvas.seen(painted, behind)
            pictures = transforms.apply(painted, placements)
            scores = objective.score(network.see(pictures, objective.taps, leak), data)
            return ops.sum(scores), scores

        self._step = gradients.climber(
            score, self._numbers, self._optimizer, network.model.variables
        )
        self._paint = gradients.compiled(canvas.paint, [])

    def start(self, numbers: np.ndarray) -> None:
        """Begin a new climb."""
        self._numbers.assign(numbers)
        for memory, value in zip(self._optimizer.variables, self._fresh, strict=True):
            memory.assign(value)

    def move(self, rate: float, *data: Any) -> Any:
        """One step uphill; returns the scores before it."""
        self._optimizer.learning_rate = rate
        return self._step(*data)

    def painter(self, detail: float) -> Callable[[], np.ndarray]:
        """What paints the pictures as they are when it is called."""
        from keras import ops

        return lambda: np.asarray(
            ops.convert_to_numpy(self._paint(self._numbers.value, np.float32(detail)))
        )

    def numbers(self) -> np.ndarray:
        """A copy of the numbers."""
        from keras import ops

        return np.array(ops.convert_to_numpy(self._numbers))
