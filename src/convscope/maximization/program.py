"""The compiled program that makes gradient steps on the parameters of a batch of pictures."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from convscope import backend
from convscope.backend import Tensor, keras, ops, to_numpy
from convscope.canvas import Canvas, has_opacity
from convscope.canvas.color import bounded
from convscope.maximization.optimizer import Optimizer
from convscope.maximization.recipe import Recipe
from convscope.networks.network import Network
from convscope.networks.patches.capture import PICTURE
from convscope.objectives import CompiledObjective

Arrays = tuple[np.ndarray, ...]


class Program:
    """A compiled ascent for pictures on one canvas and objectives of one kind, with its variables.

    Args:
        network: whose response is maximized.
        bound: the objectives; of their data only the shapes count.
        canvas: what paints the pictures.
        count: how many pictures.
        recipe: its optimizer, transforms and precision count.
    """

    def __init__(
        self, network: Network, bound: CompiledObjective, canvas: Canvas, count: int, recipe: Recipe
    ) -> None:
        self._numbers = keras.Variable(np.zeros((count, *canvas.noise_shape), "float32"))
        self._optimizer = Optimizer.parse(recipe.optimizer).make()
        self._optimizer.build([self._numbers])
        self._fresh = [to_numpy(memory) for memory in self._optimizer.variables]
        taps, transforms = bound.taps - {PICTURE}, recipe.transforms
        drawn = len(transforms.plan)

        def paint(numbers: Tensor, detail: Tensor) -> Tensor:
            return bounded(canvas.decode(numbers, detail), recipe.contrast)

        def score(
            numbers: Tensor, detail: Tensor, leak: Tensor, *data: Tensor
        ) -> tuple[Tensor, Tensor]:
            draws, data = data[:drawn], data[drawn:]
            clean = pictures = paint(numbers, detail)
            if has_opacity(canvas):
                behind, data = data[0], data[1:]
                clean = canvas.seen(pictures, ops.full_like(behind, 0.5))
                pictures = canvas.seen(pictures, behind)
            seen: dict[Any, Any] = {PICTURE: clean}
            if taps:
                moved = transforms.apply(pictures, draws)
                seen |= network.forward(moved, taps, leak, recipe.precision)
            scores = bound.score(seen, data)
            return ops.sum(scores), scores

        self._steps = backend.ascent_program(
            score, self._numbers, self._optimizer, network.model.variables
        )
        self._paint = backend.compiled(paint, [])

    def start(self, numbers: np.ndarray, memory: Sequence[np.ndarray] | None = None) -> None:
        """Set the parameters, and the optimizer's state if there is one to continue from."""
        self._numbers.assign(numbers)
        for variable, value in zip(self._optimizer.variables, memory or self._fresh, strict=True):
            variable.assign(value)

    def move(self, rates: Sequence[float], each: Arrays, always: Arrays, room: int) -> Tensor:
        """Make a step for each rate and return the scores before each step, (room, n).

        ``each`` holds arrays with a row for each step. They are filled up to ``room`` rows, so that
        any number of steps up to ``room`` runs the same compiled program.
        """
        count = len(rates)
        filled = [
            np.pad(array, [(0, room - count), *[(0, 0)] * (array.ndim - 1)], "edge")
            for array in (np.asarray(rates, "float32"), *each)
        ]
        return self._steps(np.int32(count), filled[0], tuple(filled[1:]), always)

    def pictures(self, numbers: np.ndarray, detail: float) -> np.ndarray:
        """Return the pictures of some parameters: (n, height, width, channels)."""
        return to_numpy(self._paint(numbers, np.float32(detail)))

    def numbers(self) -> np.ndarray:
        """Return a copy of the parameters."""
        return to_numpy(self._numbers)

    def memory(self, kept: np.ndarray) -> list[np.ndarray]:
        """Return a copy of the optimizer's state for the pictures where the mask, (n,), is true."""
        return [
            value[kept] if value.shape[:1] == kept.shape else value
            for value in map(to_numpy, self._optimizer.variables)
        ]


def cached_program(
    network: Network, bound: CompiledObjective, canvas: Canvas, count: int, recipe: Recipe
) -> AbstractContextManager[Program]:
    """Yield a program, one of an earlier ascent if there is one of the same kind."""
    settings = recipe.transforms.plan, recipe.optimizer, recipe.precision, recipe.contrast
    key = ("ascent", bound.kind, canvas, count, settings)
    return network.cached_program(key, lambda: Program(network, bound, canvas, count, recipe))
