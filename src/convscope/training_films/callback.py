"""A Keras callback that films what units look for while their network is trained."""

import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from convscope import backend, files
from convscope.backend import Model, to_numpy
from convscope.errors import InputError
from convscope.maximization.maximize import Size, tuned
from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import RECIPES
from convscope.networks.loading.load import Labels, load
from convscope.networks.preprocessing import Preprocessing
from convscope.objectives.parser import What
from convscope.training_films import formats
from convscope.training_films.budget import FLOOR, USUAL, Budget
from convscope.training_films.curve import VALIDATION, Recorder
from convscope.training_films.loggers.training_loggers import Loggers, TrainingLoggers
from convscope.training_films.recorder import FilmRecorder, Snapshot
from convscope.training_films.result import Cost, Learning
from convscope.training_films.samples import Natural
from convscope.training_films.schedule import Moments, Schedule, checked
from convscope.training_films.training_state import preserved_training

backend.choose()
import keras  # noqa: E402  a callback is a Keras class, and the backend is chosen first

COUNTS = "batch"
MEANS = "means since each epoch began, as Keras reports them"
CHANGED = "The last moment shows weights that were put in place after the last batch."
Path_ = str | os.PathLike[str]


class FeatureFilm(keras.callbacks.Callback):  # type: ignore[misc]
    """A Keras callback that films what units look for while ``model.fit`` trains them.

    At chosen moments the pictures of the same units are made with the weights of that moment,
    always from the same noise. The training is not affected: weights, optimizer and random numbers
    end byte for byte as they would without the film. The state before the first batch and the state
    at the end are always filmed. If another callback changes the weights at the end, as
    EarlyStopping may, put it before this one. The film is in ``.result``.

    Args:
        units: addresses or objectives; by default some from each part of the network, drawn by the
            seed.
        out: one path or several. A moving file (.webp, .gif, .mp4, .webm) gets the film, with the
            figure as .png beside it; .png, .pdf or .svg get the figure, .json the numbers. A folder
            gets PNGs at every moment, and must not have those of another training. None writes
            nothing.
        preprocessing: as for ``convscope.load``.
        labels: as for ``convscope.load``.
        input_size: as ``size`` for ``convscope.load``.
        moments: how many, evenly on a logarithmic scale of batches; or a list of batches; or
            'epochs', for the end of each. Where Keras does not know the number of batches, a number
            of moments stands for 1, 2, 4, 8, ... batches.
        share: how much time filming may take, as a share of the training's own. If not all moments
            fit, those that do are spread over the plan, and the others are left out. The first and
            the last moment are always filmed. Writing the film at the end is not counted. 'usual'
            is a tenth, or 20 seconds if that is more. None is no limit.
        size: of the pictures, as ``maximize`` takes it.
        natural: photos on which the layers' responses are compared with those at the end: a folder,
            a .zip, a list of photos or an array; two sample photos by default.
        loggers: what gets the pictures too, at each moment: 'wandb', 'mlflow' or 'trackio', whose
            current run is used (extras of these names), or a ``Logger`` of your own, an object with
            ``add(pictures, at)`` and ``close()``; one or several.
        tensorboard: a folder of TensorBoard's logs that gets the pictures too (extra tensorboard).
        recipe: the settings of the ascent; a quick recipe by default.
        name: the network's name in figures and files.
        verbose: whether to print one line about the film at the end.
        **settings: fields of ``Recipe`` to change: seed, steps, rate, ...

    Raises:
        InputError: a setting or a file format is not possible. What depends on the model is refused
            when the training begins.
        MissingExtra: the library of a logger is not installed.
        OutputError: a folder cannot be written to.

    Example:
        ``model.fit(x, y, callbacks=[cs.FeatureFilm(preprocessing="zero-to-one")])``
    """

    def __init__(
        self,
        units: What | Sequence[What] = (),
        out: Path_ | Sequence[Path_] | None = "learning.webp",
        *,
        preprocessing: str | Preprocessing | None = None,
        labels: Labels | None = None,
        input_size: int | tuple[int, int] | None = None,
        moments: Moments = 12,
        share: float | str | None = "usual",
        size: Size = None,
        natural: Natural = None,
        loggers: Loggers = (),
        tensorboard: Path_ | None = None,
        recipe: Recipe = RECIPES["training-draft"],
        name: str | None = None,
        verbose: bool = True,
        **settings: Any,
    ) -> None:
        super().__init__()
        self._units = _several(units)
        self._outs = [] if out is None else [Path(each) for each in _several(out)]
        self._load = partial(load, preprocessing=preprocessing, labels=labels, size=input_size)
        self._moments = checked(moments)
        self._share, self._floor = _checked_share(share)
        self._size, self._natural, self._name = size, natural, name
        self._recipe = tuned(recipe, settings)
        self._loggers = TrainingLoggers(loggers, tensorboard, self._warn)
        self._verbose = verbose
        self._clock: Callable[[], float] = time.perf_counter
        self._shots: list[Snapshot] = []
        self._result: Learning | None = None
        for path in self._outs:  # refused now, not when everything is trained
            formats.checked(path)
            files.writable(path if formats.is_folder(path) else path.parent)

    @property
    def result(self) -> Learning | None:
        """The film; after an interruption, as far as the training went; None before any moment."""
        if self._result is None and self._shots:
            return self._learning(self._budget.heard_last)
        return self._result

    # What Keras calls

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Set up the film; what cannot be filmed is refused before anything is trained."""
        self._result = None
        self._shots = []
        self._notes: list[str] = []
        self._recorder = Recorder()
        self._plan: Schedule | None = None
        self._done = self._before = 0
        self._handled = 0  # the last wanted moment that was made
        self._ends: list[int] = []  # of the epochs so far, if they are moments
        self._gave_up = False
        self._budget = Budget(self._share, self._clock, self._floor)
        for path in self._outs:
            if formats.is_folder(path):
                formats.refuse_others(path, COUNTS)
        model = self.model
        with self._filming(model, moment=False):
            name = self._name or model.name
            network = self._load(model, name=name)
            self._camera = FilmRecorder.on(
                network, self._units, size=self._size, recipe=self._recipe, natural=self._natural
            )
            goals = [subject.objective for subject in self._camera.subjects]
            self._loggers.open(tuple(goal.describe(network) for goal in goals))

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Before the first batch, plan the moments and film the untrained network."""
        self._before = self._done
        self._updates = self._count_updates()
        if self._plan is None:
            # Only now it is known which epoch is the first.
            steps = self.params.get("steps")
            epochs = self.params["epochs"] - epoch
            self._total = int(steps) * epochs if steps and steps > 0 else None
            self._plan = Schedule.of(self._moments, self._total)
            self._film()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Film, if a moment is due."""
        # The last batches of an epoch may be fewer than are trained in one call
        # (steps_per_execution), and Keras counts them as if they were not.
        steps = self.params.get("steps") or 0
        self._done = self._before + min(batch + 1, steps if steps > 0 else batch + 1)
        self._recorder.note(self._done, logs)
        self._budget.note(self._done)
        self._film_if_due()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Record the validation's measures, and film if the end of an epoch is a moment."""
        if not self.params.get("steps") and (made := self._count_updates() - self._updates) > 0:
            self._done = min(self._done, self._before + made)
        every = (logs or {}).items()
        validated = {name: value for name, value in every if name.startswith(VALIDATION)}
        self._recorder.add(self._done, validated)
        if self._plan and self._plan.epochs:
            self._ends.append(self._done)
            self._film_if_due()

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Film the end, write all files, and print what the film cost."""
        if self._shots:
            trained = self._budget.trained()
            self._film_the_end()
            self._result = self._learning(trained)
            self._write(self._result)
        self._loggers.close()

    def _count_updates(self) -> int:
        """Return how often the optimizer has changed the weights; 0 for a custom training loop."""
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is None:
            return 0
        return int(np.ravel(to_numpy(optimizer.iterations.value))[0])

    # Filming

    def _film_if_due(self) -> None:
        """Film the latest moment that is due, if time allows; earlier ones are left out."""
        assert self._plan is not None
        wanted = max(self._plan.latest(self._done), *self._ends, 0)
        if wanted <= self._handled or self._gave_up:
            return
        around = self._plan.around(self._handled, wanted, self._total)
        if self._budget.affords(self._done, self._total, *around):
            self._film(wanted)

    def _film(self, wanted: int = 0) -> None:
        """Film now. An error after the training has begun must not end the training."""
        if self._gave_up:
            return
        model = self.model  # on JAX, asking for the model is what brings its weights up to date
        _waited(model)
        late = None if wanted == self._done else wanted
        try:
            with self._filming(model):
                shot = self._camera.take(self._done, f"{COUNTS} {self._done}", wanted=late)
                self._shots.append(shot)
                self._show(shot)
        except Exception as error:
            if not self._done:
                raise
            self._gave_up = True
            self._warn(f"Filming stopped at {COUNTS} {self._done}: {' '.join(str(error).split())}")
        self._handled = wanted

    def _film_the_end(self) -> None:
        """Film the final weights, if the last shot is not of them."""
        last = self._shots[-1].moment
        if last.at != self._done:
            self._film(wanted=self._done)
            return
        with self._filming(self.model, moment=False):
            changed = not self._gave_up and self._camera.digest() != last.digest
        if changed:
            stale = self._shots.pop()
            self._film(wanted=self._done)
            if self._gave_up:
                self._shots.append(stale)
            else:
                self._notes.append(CHANGED)

    @contextmanager
    def _filming(self, model: Model, moment: bool = True) -> Iterator[None]:
        with self._budget.filming(moment), preserved_training(model):
            yield

    def _show(self, shot: Snapshot) -> None:
        """Write a moment's pictures to the folders and logs that are read during the training."""
        goals = tuple(subject.objective for subject in self._camera.subjects)
        for path in self._outs:
            if formats.is_folder(path):
                info = self._camera.learning([shot], COUNTS, None).info()
                shot.moment.save(goals, path, info)
        self._loggers.add(shot.moment)

    # The end

    def _missed(self) -> Iterator[str]:
        """Yield sentences about the moments that were left out or filmed late."""
        assert self._plan is not None
        late = [shot.moment for shot in self._shots if shot.moment.wanted is not None]
        made = {shot.moment.at for shot in self._shots} | {each.wanted for each in late}
        wanted = (*self._plan.until(self._done), *self._ends)
        missed = [batch for batch in wanted if batch not in made]
        if missed and not self._gave_up:
            listed = ", ".join(map(str, missed))
            yield (
                f"Left out, to stay within the limit: {COUNTS} {listed}. "
                "Try: share=None, fewer units or a smaller size."
            )
        if late:
            listed = ", ".join(f"{each.wanted} at {each.at}" for each in late)
            yield f"Filmed later than planned, to stay within the limit: {COUNTS} {listed}."

    def _learning(self, trained: float) -> Learning:
        """Return the film of all shots so far, after ``trained`` seconds of training."""
        model = self.model
        with self._filming(model, moment=False):
            made = self._camera.learning(self._shots, COUNTS, self._recorder.curve(COUNTS, MEANS))
        cost = Cost(self._budget.spent, trained, self._share, self._floor)
        return replace(made, cost=cost, notes=(*self._notes, *self._missed()))

    def _write(self, result: Learning) -> None:
        for path in self._outs:
            try:
                result.save(path)
                if formats.is_moving(path):
                    result.save(path.with_suffix(".png"))
            except Exception as error:
                self._warn(f"{error} What was to be written is in the callback's .result.")
        if self._verbose:
            where = ", ".join(map(str, self._outs)) or "not written"
            made = f"{len(result)} moments of {len(result.labels)} units"
            print("\n".join([f"FeatureFilm: {made}, {where}; {result.cost}.", *result.notes]))

    def _warn(self, text: str) -> None:
        self._notes.append(text)
        warnings.warn(f"FeatureFilm: {text}", stacklevel=3)


def _waited(model: Model) -> None:
    """Wait until the device has done what the training asked for; that time is the training's."""
    for variable in model.trainable_variables[:1]:
        to_numpy(variable.value)


def _several(given: Any) -> list[Any]:
    """Return a list of one value or of several."""
    return list(given) if isinstance(given, list | tuple) else [given]


def _checked_share(share: float | str | None) -> tuple[float | None, float]:
    """Return the share of time for filming, and the seconds that are always allowed."""
    if share == "usual":
        return USUAL, FLOOR
    if share is None or (isinstance(share, int | float) and share >= 0):
        return share, 0.0
    raise InputError.expected("a share of 0 or more, 'usual' or None", f"share={share!r}")
