"""The explanation target: the response of a unit, or of a sum of units, to one photo."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from convscope import backend
from convscope.backend import Tensor, ops, to_numpy
from convscope.brief import Brief
from convscope.images import Picture
from convscope.networks.network import Network, not_finite
from convscope.objectives import CompiledObjective, Objective, compile_objectives
from convscope.progress import Progress

# Of all pictures of a batch together: 8 at 224 x 224. Gradients keep every activation in memory.
BATCH_PIXELS = 8 * 224 * 224

Row = tuple[np.ndarray, ...]  # a picture, and what goes with it
Program = Callable[..., Sequence[Tensor]]  # (pictures, *objective.data) to arrays (n, ...)


@dataclass(frozen=True, eq=False)
class Explanation(Brief):
    """A network's response to a photo, before softmax or ReLU, and its scores and gradients nearby.

    Args:
        network: it is only run; weights and layers stay as they are.
        photo: (height, width, channels) in [0, 1], as the network is fed it.
        target: what is explained, in the network's own words: the response of a unit, or a
            weighted sum, such as one class less another.
        seed: the one source of chance.
        progress: called with the fraction of a long job that is done.
        count: called before each batch with how many pictures it has, and how many the whole job
            has where that is known: what a map costs. What it raises ends the job.
    """

    network: Network
    photo: Picture
    target: Objective
    seed: int = 0
    progress: Progress | None = None
    count: Callable[[int, int | None], None] | None = None

    @cached_property
    def score(self) -> float:
        """The target's response to the photo."""
        return float(self.scores([self.photo])[0])

    def scores(self, pictures: Iterable[np.ndarray], total: int | None = None) -> np.ndarray:
        """Return the target's response to each picture: (n,). ``total``: see ``run``."""
        network = self.network

        def make(objective: CompiledObjective) -> Program:
            return lambda some, *data: [
                objective.score(network.forward(some, objective.taps), data)
            ]

        (scores,) = self.run("scores", make, pictures, total)
        return scores

    def slopes(self, pictures: Iterable[np.ndarray], total: int | None = None) -> np.ndarray:
        """Return the gradient of the response to each picture: (n, height, width, channels).

        The pictures are in [0, 1]; the gradient includes the network's preprocessing.
        """
        network = self.network
        (slopes,) = self.run(
            "slopes", lambda goal: gradient_program(network, goal), pictures, total
        )
        return slopes

    def run(
        self,
        kind: Hashable,
        make: Callable[[CompiledObjective], Program],
        pictures: Iterable[np.ndarray],
        total: int | None = None,
        beside: Iterable[np.ndarray] | None = None,
    ) -> list[np.ndarray]:
        """Run a program over pictures, as many at once as fit into memory.

        Args:
            kind: equal for programs that are the same; compiled ones are kept by the network.
            make: from the objective to the program.
            pictures: each shaped like the photo.
            total: how many there are, where it takes long enough to say how far it is.
            beside: another array for each picture, which the program is given after the pictures.

        Returns:
            The program's arrays, each over all pictures: (n, ...) float32.

        Raises:
            ModelError: they have numbers that are not finite.
        """
        height, width = self.photo.shape[:2]
        size = max(1, BATCH_PIXELS // (height * width))

        def compiled() -> Program:
            program = make(self._bound(1))
            return backend.compiled(program, self.network.model.variables)

        parts = []
        key = ("attribution", kind, self._bound(1).kind)
        rows = zip(pictures, strict=True) if beside is None else zip(pictures, beside, strict=True)
        with self.network.cached_program(key, compiled) as program:
            for number, batch in enumerate(_batches(rows, size)):
                if self.count:
                    self.count(len(batch), total)
                # A smaller last batch would be another program to compile; fill it up.
                filled = batch + batch[-1:] * (size - len(batch) if number else 0)
                columns = zip(*filled, strict=True)
                arrays = (np.stack(column).astype("float32") for column in columns)
                answers = program(*arrays, *self._bound(len(filled)).data)
                parts.append([to_numpy(answer, "float32")[: len(batch)] for answer in answers])
                if self.progress and total:
                    self.progress(min(1.0, (number * size + len(batch)) / total), "maps")
        found = [np.concatenate(same) for same in zip(*parts, strict=True)]
        if not all(np.isfinite(array).all() for array in found):
            raise not_finite(self.network, self.target.layers[-1])
        return found

    def _bound(self, count: int) -> CompiledObjective:
        """Return the target's response as the score of so many pictures."""
        return compile_objectives([self.target] * count, self.network, self.photo.shape[:2])


def gradient_program(network: Network, objective: CompiledObjective) -> Program:
    """Return a program for the gradients of each picture's score."""

    def slopes(some: Tensor, *data: Tensor) -> Sequence[Tensor]:
        def total(point: Tensor) -> tuple[Tensor, Tensor]:
            scores = objective.score(network.forward(point, objective.taps), data)
            return ops.sum(scores), scores

        # No picture's score depends on another picture, so the sum's slopes are their own.
        _, slope = backend.value_and_gradient(total, some)
        return [slope]

    return slopes


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some
