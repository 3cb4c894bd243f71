"""Objectives as text: '0.7 * block4_conv2:17 + predictions:bee - 20 * total-variation'."""

import itertools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from pathlib import Path

import numpy as np

from convscope.brief import Brief
from convscope.errors import InputError
from convscope.networks.units import QUOTED, Address, Unit, parted, unquoted
from convscope.objectives.direction import Direction
from convscope.objectives.feature_matching import Caricature, Inversion
from convscope.objectives.objective import Objective
from convscope.objectives.penalties import PENALTIES, Penalty
from convscope.objectives.sets import Alignment, Diversity
from convscope.objectives.targets import Box, Like, Mask
from convscope.objectives.term import Term
from convscope.objectives.units import UnitTerm

What = str | Unit | Objective

LONGEST = 10_000  # letters

_SIGN = re.compile(r"\s+([+-])\s+(?![^()]*\))")  # not inside brackets
_TERM = re.compile(r"(?:(?P<weight>\d+(?:\.\d*)?(?:e[+-]?\d+)?)\s*\*\s*)?(?P<what>.+)", re.I)
_MASK = re.compile("\0(\\d+)\0")
_CALL = re.compile(r"(?P<name>[a-z][a-z0-9-]*)(?:\((?P<inside>.*)\))?")


def objective(what: What) -> Objective:
    """Return an objective from its text or from a unit.

    Raises:
        InputError: it is neither of these, nor an objective.
    """
    if isinstance(what, Objective):
        return what
    if not isinstance(what, str | Unit):
        raise InputError.expected(
            "a unit's address, a convscope.Unit or an objective", type(what).__name__
        )
    return parse(str(what))


def parse(text: str) -> Objective:
    """Return the objective that a text describes; the inverse of ``str``.

    Args:
        text: a weighted sum of addresses and of terms in ``TERMS``.

    Returns:
        The objective. The file of a direction is read now, a photo when the objective is used.

    Raises:
        InputError: the text is not an objective.

    Example:
        >>> print(parse("0.5*conv:0 -  2 * blur"))
        0.5 * conv:0 - 2 * blur
    """
    return Objective(tuple((written.weight, written.term()) for written in read(text)))


@dataclass(frozen=True)
class Written(Brief):
    """A term as it is written: a unit, or a row of ``TERMS`` with its arguments."""

    weight: float
    text: str
    name: str | None = None
    arguments: tuple[str, ...] = ()

    @property
    def aligned(self) -> bool:
        """Whether every place of the picture counts, as in the term itself."""
        return self.name is not None and getattr(TERMS[self.name][0], "aligned", False)

    @property
    def is_whole(self) -> bool:
        """Whether the text alone describes the term; a vector from Python is only a digest."""
        files = self.name in ("direction", "cosine")
        return not files or self.arguments[1].endswith(".npy")

    def term(self) -> Term:
        """Return the term; a file that it names is opened now."""
        if self.name is None:
            return UnitTerm(self.text)
        layer, others = self.arguments[:1], self.arguments[1:]
        return TERMS[self.name][0](*map(unquoted, layer), *others)


def read(text: str) -> list[Written]:
    """Return the terms of an objective as they are written, without opening the files they name."""
    if len(text) > LONGEST:
        raise InputError.expected(f"an objective of at most {LONGEST:,} letters", f"{len(text):,}")
    plain, names = _masked(text.strip())
    parts = _SIGN.split(plain)
    signs = ["+", *parts[1::2]]
    terms = []
    for sign, part in zip(signs, parts[::2], strict=True):
        minus = part.startswith("-")
        found = _TERM.fullmatch(part.removeprefix("-").strip())
        weight = float(found["weight"] or 1) if found else math.nan
        if not (found and math.isfinite(weight)) or part.endswith((" +", " -", " *")):
            raise InputError(
                "Expected an objective such as 'block5_conv3:17' or '0.5 * block4_conv1:3 - 10 * "
                f"total-variation'. Received: {text!r}."
            )
        what = _MASK.sub(lambda mark: names[int(mark[1])], found["what"])
        terms.append(_written(-weight if (sign == "-") != minus else weight, what))
    return terms


def _masked(text: str) -> tuple[str, list[str]]:
    """Return the text with a mark in place of each quoted name, to hide signs inside."""
    names = re.findall(QUOTED, text)
    numbers = itertools.count()
    return re.sub(QUOTED, lambda _: f"\0{next(numbers)}\0", text.replace("\0", "")), names


def _written(weight: float, text: str) -> Written:
    call = _CALL.fullmatch(text)
    if call and call["name"] == "own" and call["inside"]:
        raise InputError.expected("what a text can say", f"{text}, a function of Python's")
    if not call or call["name"] not in TERMS:
        Address.parse(text)  # refused here, before a network is loaded
        return Written(weight, text.strip())
    make, form = TERMS[call["name"]]
    # A file at the end may have commas in its name.
    most = form.count(",") if form.endswith(("PHOTO)", ".npy)")) else -1
    arguments = tuple(part for part in parted(call["inside"] or "", most) if part)
    try:
        signature(make).bind(*arguments)
    except TypeError as error:  # another number of arguments
        raise InputError.expected(form, text) from error
    return Written(weight, text, call["name"], arguments)


def _direction(layer: str, file: str) -> Direction:
    return Direction(layer, _vector(file), name=file)


def _cosine(layer: str, file: str, power: str = "2") -> Direction:
    return Direction(layer, _vector(file), _number(power), name=file)


def _vector(file: str) -> np.ndarray:
    try:
        if not Path(file).is_file():
            raise OSError("no ordinary file")
        return np.asarray(np.load(Path(file), allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise InputError.expected(
            "a direction in an .npy file", f"{file!r}, which cannot be read"
        ) from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InputError.expected("a power such as 2", repr(text)) from error


def _mask(layer_or_class: str, name: str | None = None) -> Mask:
    return Mask(layer_or_class, unquoted(name)) if name else Mask("", layer_or_class)


def _box(layer_or_number: str, number: str | None = None) -> Box:
    layer, text = (layer_or_number, number) if number else ("", layer_or_number)
    if not text.isdecimal():
        raise InputError.expected("the number of a box, such as box(3)", repr(text))
    return Box(layer, int(text))


def _like(layer_or_photo: str, photo: str | None = None) -> Like:
    return Like(layer_or_photo, photo) if photo else Like("", layer_or_photo)


def _penalty(name: str) -> Callable[[], Term]:
    return lambda: Penalty(name)


# By name: the function that makes the term from its arguments, and how the term is written.
TERMS: dict[str, tuple[Callable[..., Term], str]] = {
    "direction": (_direction, "direction(LAYER, FILE.npy)"),
    "cosine": (_cosine, "cosine(LAYER, FILE.npy[, POWER])"),
    "inversion": (Inversion, "inversion(LAYER, PHOTO)"),
    "caricature": (Caricature, "caricature(LAYER, PHOTO)"),
    "mask": (_mask, "mask([LAYER, ]CLASS)"),
    "box": (_box, "box([LAYER, ]NUMBER)"),
    "like": (_like, "like([LAYER, ]PHOTO)"),
    "diversity": (Diversity, "diversity(LAYER)"),
    "alignment": (Alignment, "alignment"),
    **{name: (_penalty(name), name) for name in PENALTIES},
}
