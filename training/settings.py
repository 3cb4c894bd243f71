"""The settings of a training run: a TOML file, read once into frozen values."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from convscope.errors import InputError, unknown

Record = TypeVar("Record")

DEFAULT = Path(__file__).with_name("settings.toml")


@dataclass(frozen=True)
class Phase:
    """Epochs at one picture size with one head."""

    epochs: int
    side: int
    head: str  # a name in network.HEADS
    dropout: float


@dataclass(frozen=True)
class Augmentation:
    """The ranges that random views are drawn from; `augment.draw` draws them."""

    area: tuple[float, float]
    aspect: tuple[float, float]
    contrast: tuple[float, float]
    shift: float
    softness: tuple[float, float]
    quality: tuple[int, int] | None = None  # of JPEG: half the views are of copies so compressed


@dataclass(frozen=True)
class Adversary:
    """Who changes the pictures before they are learned from; `adversary.attack` does.

    Args:
        radius: the longest change of a picture, its L2 norm; pictures in [0, 1] at 64x64.
        steps: how many steps it takes.
        stride: the length of a step, as a share of the radius.
        share: of each batch that is attacked; the rest is learned as it is.
    """

    radius: float
    steps: int
    stride: float
    share: float = 1.0


@dataclass(frozen=True)
class Settings:
    """All that decides a training run, next to its pictures. `settings.toml` explains each."""

    seed: int
    arithmetic: str
    classes: int
    width: int
    norm_momentum: float
    norm_epsilon: float
    batch: int
    peak_rate: float
    warm_up: float
    momentum: float
    weight_decay: float
    clip_norm: float
    label_smoothing: float
    phases: tuple[Phase, ...]
    augmentation: Augmentation
    adversary: Adversary | None = None  # without one, pictures are learned as they are
    average: float = 0.0  # the weights exported are a mean over steps, each weighing so much less
    teaching: float = 0.0  # how much of what is right is a teacher's answer


def read_settings(path: Path = DEFAULT) -> Settings:
    """Read a settings file; every setting that has no default must be there, and no other."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"Expected a TOML file. Received: {path} ({error}).") from error
    phases = table.get("phases")
    if not (isinstance(phases, list) and phases and all(isinstance(one, dict) for one in phases)):
        raise InputError(
            f"Expected at least one [[phases]], each with {_listed(Phase)}. "
            f"Received: {path.name} with {phases!r}."
        )
    table["phases"] = tuple(_record(Phase, phase) for phase in phases)
    table["augmentation"] = _record(Augmentation, table.get("augmentation", {}))
    if "adversary" in table:
        table["adversary"] = _record(Adversary, table["adversary"])
    return _record(Settings, table)


def _listed(kind: type[Record]) -> str:
    return ", ".join(field.name for field in fields(kind))  # type: ignore[arg-type]


def _record(kind: type[Record], table: Mapping[str, Any]) -> Record:
    """Build a frozen value from a table of its fields; lists become tuples.

    A field without default must be there.
    """
    needed = {field.name: field.default is MISSING for field in fields(kind)}  # type: ignore[arg-type]
    for name in table:
        if name not in needed:
            raise unknown("setting", name, needed)
    missing = [name for name in needed if needed[name] and name not in table]
    if missing:
        raise InputError(
            f"Expected the settings {', '.join(needed)}. Missing: {', '.join(missing)}. "
            f"Try: a copy of training/settings.toml, changed."
        )
    return kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in table.items()})
