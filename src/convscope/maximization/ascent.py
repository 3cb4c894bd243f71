"""``ascend``: gradient ascent on a batch of pictures, as a generator of steps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from convscope.backend import Tensor, to_numpy
from convscope.canvas import Canvas
from convscope.maximization.early_stopping import EarlyStopping
from convscope.maximization.program import Arrays, Program, cached_program
from convscope.maximization.random_draws import RandomDraws
from convscope.maximization.recipe import OPEN, Recipe
from convscope.networks.network import Network, not_finite
from convscope.objectives import Objective, compile_objectives

CHUNK = 8  # steps in one call of a program, and between two checks for convergence


@dataclass(frozen=True)
class Step:
    """One moment of an ascent; asking for scores or pictures waits for the device.

    ``number`` counts from 1 to ``total``. Step 0 is the start and has no scores.
    """

    number: int
    total: int
    read_history: Callable[[], np.ndarray]
    paint: Callable[[], np.ndarray]
    measure: Callable[[], np.ndarray]

    def history(self) -> np.ndarray:
        """Return the scores before each of the updates since the last ``Step``: (updates, n).

        Each is under the transforms of its update. It is NaN for a picture that is finished.
        """
        return self.read_history()

    def distance(self) -> np.ndarray:
        """Return, for each picture, the largest change of a parameter since the start: (n,).

        For a picture without a gradient it stays zero.
        """
        return self.measure()

    def scores(self) -> np.ndarray:
        """Return the score of each picture just before this step: (n,)."""
        scores: np.ndarray = self.history()[-1]
        return scores

    def pictures(self) -> np.ndarray:
        """Return the pictures after this step, without transforms: (n, height, width, channels)."""
        return self.paint()


def ascend(
    network: Network,
    objectives: Sequence[Objective],
    canvas: Canvas,
    recipe: Recipe,
    *,
    seeds: Sequence[int] = (),
    boost: float = 1.0,
    every: int = CHUNK,
) -> Iterator[Step]:
    """Yield the start, and then a Step after every few updates; to stop, stop iterating.

    The last Step has number ``total``, or a smaller one if the score of no picture rises any more.

    Args:
        network: whose response is maximized; its weights stay as they are.
        objectives: one a picture, all of one kind.
        canvas: what paints the pictures.
        recipe: everything else that decides.
        seeds: one a picture; the recipe's by default.
        boost: multiplies the recipe's rate, as the canvas's own ``rate_scale`` does, on canvases
            that are ``is_boosted``.
        every: how many moves a Step stands for, at most ``CHUNK``; a film wants 1.
    """
    yield from _Batch(network, objectives, canvas, recipe, seeds, boost).steps(every)


class _Batch:
    """The pictures of one ascent, from its first step to its last."""

    def __init__(
        self,
        network: Network,
        objectives: Sequence[Objective],
        canvas: Canvas,
        recipe: Recipe,
        seeds: Sequence[int],
        boost: float,
    ) -> None:
        self._network, self._objectives, self._recipe = network, objectives, recipe
        self._count = len(objectives)
        self._chance = RandomDraws(objectives, seeds or [recipe.seed] * self._count, recipe)
        self._speed = canvas.rate_scale * (boost if canvas.is_boosted else 1.0)
        self._canvas = canvas
        self._numbers = self._canvas.initial(self._chance.noise(self._canvas.noise_shape))
        self._start = self._numbers.copy()
        # The pictures of a set are scored together, so they also end together.
        self._patience = 0 if objectives[0].coupled else recipe.patience
        self._plateau = EarlyStopping(self._count, self._patience)
        self._done = 0

    def steps(self, every: int) -> Iterator[Step]:
        """Yield steps until all are made or every picture is finished."""
        canvas, until = self._canvas, self._recipe.steps
        goal = compile_objectives(self._objectives, self._network, canvas.size)
        held = np.arange(self._count)  # the pictures in the program
        memory = None
        while self._done < until and self._plateau.active.any():
            with cached_program(self._network, goal, canvas, len(held), self._recipe) as program:
                program.start(self._numbers[held], memory)
                if self._done == 0:
                    yield self._step(program, held, lambda: np.full((1, self._count), np.nan))
                data = tuple(array[held] for array in goal.data)
                yield from self._moved(program, held, data, every)
                self._numbers[held] = program.numbers()
                staying = self._staying(held)
                memory = program.memory(np.isin(held, staying))
                held = staying
        if not np.isfinite(self._numbers).all():
            raise not_finite(self._network, ", ".join(self._objectives[0].layers))

    def _moved(
        self, program: Program, held: np.ndarray, data: Arrays, every: int
    ) -> Iterator[Step]:
        """Yield steps until enough pictures are finished to continue with a smaller program."""
        recipe, until = self._recipe, self._recipe.steps
        pending: list[Callable[[], np.ndarray]] = []
        while self._done < until and len(self._staying(held)) == len(held):
            last = min(self._done + every, self._done // CHUNK * CHUNK + CHUNK, until)
            steps = range(self._done, last)
            rates = [self._speed * recipe.rate_at(step / recipe.steps) for step in steps]
            each = self._chance.steps(held, steps, self._canvas)
            scores = program.move(rates, each, data, room=CHUNK)
            self._done = last
            history = partial(self._spread, scores, len(steps), held, self._plateau.active)
            pending.append(history)
            if self._patience and (last % CHUNK == 0 or last == until):
                self._look(held, np.concatenate([some() for some in pending]), program.numbers())
                pending = []
            yield self._step(program, held, history)

    def _look(self, held: np.ndarray, scores: np.ndarray, numbers: np.ndarray) -> None:
        """Check for convergence, once the full detail is in use."""
        self._plateau.start(scores)
        if self._done / self._recipe.steps > OPEN:
            self._plateau.update(held, scores[:, held], numbers)

    def _staying(self, held: np.ndarray) -> np.ndarray:
        """Return the pictures that stay in the program; half of them once half are finished."""
        active = self._plateau.active[held]
        room = len(held)
        while room > 1 and active.sum() <= room // 2:
            room //= 2
        first = np.argsort(~active, kind="stable")[:room]
        return held[np.sort(first)]

    def _spread(
        self, scores: Tensor, moves: int, held: np.ndarray, active: np.ndarray
    ) -> np.ndarray:
        """Return the scores of the program's pictures in an array for all: (updates, n)."""
        everyone = np.full((moves, self._count), np.nan)
        everyone[:, held] = to_numpy(scores)[:moves]
        everyone[:, ~active] = np.nan
        return everyone

    def _step(self, program: Program, held: np.ndarray, history: Callable[[], np.ndarray]) -> Step:
        recipe, number = self._recipe, self._done
        detail = recipe.detail_at(max(0, number - 1) / recipe.steps)
        over = number == recipe.steps or not self._plateau.active.any()

        def numbers_now() -> np.ndarray:
            numbers = self._numbers.copy()
            numbers[held] = program.numbers()
            return numbers

        def distance() -> np.ndarray:
            change = np.abs(numbers_now() - self._start)
            return change.reshape(len(change), -1).max(axis=1)

        def paint() -> np.ndarray:
            numbers = numbers_now()
            finished = np.full(self._count, True) if over else ~self._plateau.active
            return program.pictures(self._plateau.best(numbers, finished), detail)

        return Step(number, recipe.steps, history, paint, distance)
