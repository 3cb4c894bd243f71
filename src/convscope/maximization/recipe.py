"""``Recipe``: all settings of an ascent as a frozen value."""

import json
import math
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from convscope import files, images, validation
from convscope.canvas import CANVASES
from convscope.errors import ConvscopeError, InputError, refuse_unknown
from convscope.maximization.optimizer import Optimizer
from convscope.maximization.schedule import SCHEDULES
from convscope.networks.patches.precision import PRECISIONS
from convscope.transforms import Rotate, Scale, Shift, Transforms

OPEN = 0.5  # the share of the steps after which the full detail is in use
MOVED = Transforms(Shift(1 / 16), Scale(1.1), Rotate(5))

AT_ONE_SIZE = [1.0]  # the value of `grow` in recipes of earlier versions, which had this setting


@dataclass(frozen=True)
class Recipe:
    """All settings of an ascent: what decides a picture besides network, unit, size and backend.

    Args:
        steps: how many steps of gradient ascent, each one forward and one backward pass.
        rate: the optimizer's learning rate at its highest.
        schedule: a name in ``SCHEDULES``: how the rate changes, in most of them down to a
            twentieth.
        optimizer: one of Keras's optimizers, as text such as 'sgd(momentum=0.9)' or as an object,
            of which the text is kept.
        seed: all random numbers depend on it and on nothing else.
        canvas: a name in ``CANVASES``.
        decay: how fast the waves of a Fourier canvas weaken with frequency.
        detail: the highest spatial frequency in use, as a share of the highest possible one: at the
            first step, and from half of the steps on. Large forms are found first, then refined.
        contrast: the largest contrast of the picture, as the root mean square of its distance from
            mid gray, at most 0.5; 0 for no bound. A bound keeps a unit of few weights from plain
            colours at their ends: what counts then is the pattern, not its strength.
        boost: how much higher the rate is for units with a small receptive field: it is multiplied
            by (side / receptive field) to this power, since such units respond to fine, faint
            waves.
        leak: the slope that inactive units of dense layers pass back at the first step, so that the
            ascent can start; it falls to zero within the first quarter of the steps.
        patience: a picture is finished when its score has not risen for so many steps, once the
            full detail is in use; its best moment is kept. 0 makes all the steps.
        precision: what the network computes in: 'float32', 'bfloat16', or 'auto', the faster one
            on this machine. Canvas and score are always float32.
        transforms: random changes of the picture at every step; a picture that depends on its exact
            pixels does not survive them.

    Raises:
        InputError: a setting is out of its range.
        UnknownName: there is no such schedule, optimizer, canvas or precision.

    Example:
        >>> Recipe(steps=32, rate=0.1).rate_at(0.0)
        0.1
    """

    steps: int = 96
    rate: float = 0.075
    schedule: str = "linear"
    optimizer: str = "nadam"
    seed: int = 0
    canvas: str = "fourier"
    decay: float = 1.0
    detail: tuple[float, float] = (0.25, 0.75)
    contrast: float = 0.0
    boost: float = 0.75
    leak: float = 1.0
    patience: int = 16
    precision: str = "auto"
    transforms: Transforms = MOVED

    def __post_init__(self) -> None:
        # NumPy's integers and lists are converted, so that a frozen value holds plain ones.
        for name in ("steps", "seed", "patience"):
            value = getattr(self, name)
            whole = int(value) if isinstance(value, np.integer) else value
            object.__setattr__(self, name, whole)
        if isinstance(self.detail, list):
            object.__setattr__(self, "detail", tuple(self.detail))
        if not isinstance(self.steps, int) or self.steps < 1:
            raise InputError.expected("at least one step", f"steps={self.steps}")
        if not 0 < self.rate < math.inf:
            raise InputError.expected("a rate above zero", f"rate={self.rate}")
        validation.seed(self.seed)
        if not isinstance(self.patience, int) or self.patience < 0:
            raise InputError.expected("zero steps or more", f"patience={self.patience}")
        refuse_unknown("precision", [self.precision], PRECISIONS)
        if not isinstance(self.transforms, Transforms):
            raise InputError.expected("convscope.Transforms", repr(self.transforms))
        if not (isinstance(self.detail, tuple) and len(self.detail) == 2 and min(self.detail) > 0):
            raise InputError.expected(
                "two shares above zero, first and last", f"detail={self.detail}"
            )
        if not 0 <= self.contrast <= 0.5:
            raise InputError(f"Expected 0 to 0.5. Received: contrast={self.contrast}.")
        if self.contrast and self.canvas == "transparent":
            raise InputError("Expected a canvas without opacity for a bound on the contrast.")
        for name, value in (("decay", self.decay), ("boost", self.boost), ("leak", self.leak)):
            if not 0 <= value < math.inf:
                raise InputError.expected("zero or more", f"{name}={value}")
        refuse_unknown("schedule", [self.schedule], SCHEDULES)
        object.__setattr__(self, "optimizer", str(Optimizer.of(self.optimizer)))
        refuse_unknown("canvas", [self.canvas], CANVASES)

    def rate_at(self, share: float) -> float:
        """Return the learning rate after a share of the steps, 0 to 1, before ``boost``."""
        return self.rate * SCHEDULES[self.schedule](share)

    def detail_at(self, share: float) -> float:
        """Return the highest spatial frequency in use after a share of the steps, 0 to 1."""
        first, last = self.detail
        return first + (last - first) * min(1.0, share / OPEN)

    def leak_at(self, share: float) -> float:
        """Return the slope of inactive units after a share of the steps, 0 to 1."""
        return self.leak * max(0.0, 1 - 4 * share)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the recipe as JSON and return the path.

        Args:
            path: the file to write; missing folders are made.

        Raises:
            OutputError: the file cannot be written.
        """
        return files.put_json(path, self.as_json())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Return the recipe in a JSON file, or in a picture or film that Convscope saved.

        Args:
            path: the file. The recipe of a film is in the .json file beside it.

        Raises:
            InputError: the file cannot be read, has no recipe, or has one that is not possible.
        """
        path = Path(path)
        beside = path.with_name(f"{path.name}.json")
        path = beside if beside.is_file() else path
        try:
            if path.exists() and not path.is_file():
                raise ValueError("a folder, a device or a pipe")
            if path.suffix.lower() == ".json":
                found = json.loads(path.read_text(encoding="utf-8"))
            else:
                found = json.loads(images.read_info(path)["recipe"])
            found = found.get("picture", found)  # of a card
            values = found.get("recipe", found)
            return cls.from_json(values)
        except (ValueError, LookupError, AttributeError, OSError, RecursionError) as error:
            if isinstance(error, ConvscopeError):
                raise
            raise InputError.expected(
                "a recipe as JSON, or a picture that Convscope saved", f"'{path}', which has none"
            ) from error

    def as_json(self) -> dict[str, Any]:
        """Return the recipe as plain numbers and names."""
        return {**asdict(self), "transforms": str(self.transforms)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Return a recipe from what ``as_json`` gave; missing settings have their defaults.

        Args:
            values: the settings by name.

        Raises:
            InputError: these are no settings of a recipe, or a setting is out of its range.
        """
        read: dict[str, Callable[[Any], Any]] = {
            "detail": tuple,
            "transforms": Transforms.parse,
        }
        try:
            if not values:
                raise TypeError("nothing there")
            if values.get("grow", AT_ONE_SIZE) != AT_ONE_SIZE:
                raise InputError.expected(
                    "a picture that was made at one size",
                    f"a recipe with grow={values['grow']}, which earlier versions could make",
                )
            stated = {name: own for name, own in values.items() if name != "grow"}
            return cls(
                **{name: read[name](own) if name in read else own for name, own in stated.items()}
            )
        except (TypeError, AttributeError) as error:
            raise InputError.expected("a recipe's settings", repr(values)) from error
