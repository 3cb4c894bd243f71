"""The options that several commands share, each said once."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from convscope.errors import InputError
from convscope.terminal.usage import completing

if TYPE_CHECKING:
    from convscope.networks.network import Network

EMBEDDED = "vgg16-tiny"  # the default; convscope.models.zoo.EMBEDDED, without loading it for --help

_MODEL = "Which network"

Model = Annotated[
    str,
    typer.Option(
        metavar="NAME|FILE",
        help="A name from 'convscope models', or a .keras or .h5 file.",
        autocompletion=completing("convscope.networks.loading.zoo", "ZOO"),
        rich_help_panel=_MODEL,
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|random",
        help="Of a named network: an official Keras .h5 file, or 'random' for an untrained one.",
        rich_help_panel=_MODEL,
    ),
]
Feed = Annotated[
    str | None,
    typer.Option(
        "--preprocessing",
        autocompletion=completing("convscope.networks.preprocessing", "PREPROCESSING"),
        metavar="NAME",
        help="How a model file wants its pictures, such as 'zero-to-one', or spelled: "
        "'BGR, 0..255, minus (104, 117, 123)'; 'convscope check' finds it out.",
        rich_help_panel=_MODEL,
    ),
]
Labels = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="What the classes are called, one a line.", rich_help_panel=_MODEL
    ),
]
InputSize = Annotated[
    str | None,
    typer.Option(
        metavar="N|HxW",
        help="The size of the network's own pictures, for a model file that takes any.",
        rich_help_panel=_MODEL,
    ),
]

Seed = Annotated[
    int | None, typer.Option(metavar="N", help="The one source of chance. Default: 0.")
]
Size = Annotated[
    str | None,
    typer.Option(
        metavar="N|HxW|fit",
        help="Pixels of the pictures made. Default: the network's own size; 'fit': as much as the "
        "unit sees.",
    ),
]
Photos = Annotated[
    list[Path],
    typer.Argument(metavar="PHOTO...", help="Picture files and folders of them, one or several."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


Stated = Mapping[str, Any]  # the options of a command line that were stated, by name


_EVIDENCE = "Evidence"

Card = Annotated[
    bool,
    typer.Option(
        "--card",
        help="Beside each picture, as .card.png and .card.json: how far it can be trusted. Takes "
        "some twenty times as long.",
        rich_help_panel=_EVIDENCE,
    ),
]
Natural = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR|ZIP",
        help="Photos of yours to compare with, at least 16; measured once, then remembered.",
        rich_help_panel=_EVIDENCE,
    ),
]
Second = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE",
        help=f"Another network to judge by. Default: {EMBEDDED}, unless it is the one judged.",
        rich_help_panel=_EVIDENCE,
    ),
]
SecondFeed = Annotated[
    str | None,
    typer.Option(
        "--second-preprocessing",
        metavar="NAME",
        help="How that one wants its pictures.",
        rich_help_panel=_EVIDENCE,
    ),
]
SecondLabels = Annotated[
    Path | None,
    typer.Option(
        "--second-labels",
        metavar="FILE",
        help="What its classes are called, one a line.",
        rich_help_panel=_EVIDENCE,
    ),
]
Control = Annotated[
    bool,
    typer.Option(
        "--control",
        help="Also make the picture of the untrained network.",
        rich_help_panel=_EVIDENCE,
    ),
]


@dataclass(frozen=True)
class Source:
    """Which network a command line asks for."""

    model: str = EMBEDDED
    weights: str | None = None
    preprocessing: str | None = None
    labels: Path | None = None
    input_size: str | None = None

    def load(self, listing: bool = False) -> "Network":
        """Load it; only to list what is inside, it may be unknown how it wants its pictures."""
        from convscope import backend
        from convscope.networks.loading.load import listed, load

        backend.start()
        if listing and self.preprocessing is None:
            return listed(self.model, **self.settings())
        return load(self.model, preprocessing=self.preprocessing, **self.settings())

    def settings(self) -> dict[str, Any]:
        """What ``load`` and ``check`` take besides the model and its preprocessing."""
        return {"weights": self.weights, "size": sized(self.input_size), "labels": self.labels}

    def spelled(self) -> list[str]:
        """The options again, as they were written: paths, too, so that the command runs."""
        options = {
            "--model": self.model if self.model != EMBEDDED else None,
            "--weights": self.weights,
            "--preprocessing": self.preprocessing,
            "--labels": self.labels and str(self.labels),
            "--input-size": self.input_size,
        }
        return [part for name, value in options.items() if value for part in (name, value)]

    def noted(self, result: Any, *others: str) -> Any:
        """A result whose provenance tells these options, and others, so it can be made again."""
        words = shlex.join([*self.spelled(), *others])
        source = {**result.source, "options": words} if words else result.source
        return replace(result, source=source)


def sized(text: str | None) -> tuple[int, int] | None:
    """Read a size such as '224' or '224x320', height first.

    Example:
        >>> sized("224x320")
        (224, 320)
    """
    if text is None:
        return None
    height, cross, width = text.lower().partition("x")
    if not (height.isdecimal() and (not cross or width.isdecimal())):
        raise InputError(f"Expected a size such as 224 or 224x320. Received: {text!r}.")
    size = int(height), int(width if cross else height)
    if min(size) < 1:
        raise InputError(f"Expected a size of at least 1 pixel. Received: {text!r}.")
    return size


def telling(canvas: str | None, seed: int | None) -> list[str]:
    """Parts of a default file name, for what was stated and makes another picture."""
    return [*([canvas] if canvas else []), *([f"seed-{seed}"] if seed else [])]


def shaped(text: str | None) -> tuple[int, int] | Literal["fit"] | None:
    """Read a size, or 'fit'."""
    return "fit" if text == "fit" else sized(text)


def given(**settings: Any) -> dict[str, Any]:
    """The settings that were stated; the others keep their defaults."""
    return {name: value for name, value in settings.items() if value is not None}


def assigned(texts: Sequence[str], option: str) -> dict[str, Any]:
    """Read NAME=VALUE: numbers, true, false, none and lists as JSON has them, all else as text.

    Example:
        >>> assigned(["steps=64", "layer=block5_conv3", "patience=none"], "--set")
        {'steps': 64, 'layer': 'block5_conv3', 'patience': None}
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals):
            raise InputError(f"Expected {option} NAME=VALUE. Received: {text!r}.")
        name = name.strip().replace("-", "_")
        if name in found:
            raise InputError(f"Expected {option} {name} once. Received: it twice.")
        found[name] = _value(value.strip())
    return found


def assignments(option: str, values: Mapping[str, Any]) -> list[str]:
    """Options as ``assigned`` reads them, for any values that JSON has.

    Example:
        >>> assignments("--set", {"steps": 64, "clip": True, "layer": "conv"})
        ['--set', 'steps=64', '--set', 'clip=true', '--set', 'layer=conv']
    """
    words = []
    for name, value in values.items():
        plain = isinstance(value, str) and _value(value) == value
        words += [option, f"{name}={value if plain else json.dumps(value)}"]
    return words


def _value(text: str) -> Any:
    if text.lower() in ("none", "true", "false"):
        return {"none": None, "true": True, "false": False}[text.lower()]
    try:
        return json.loads(text)
    except ValueError:
        return text


def spelled(**options: Any) -> list[str]:
    """Options as they are written, without those that were not stated; lists repeat theirs.

    Example:
        >>> spelled(layer="conv", kernels=True, count=None)
        ['--layer', 'conv', '--kernels']
    """
    words = []
    for name, value in options.items():
        for each in value if isinstance(value, list) else [value]:
            if each is not None and each is not False:
                words.append(f"--{name.replace('_', '-')}")
                words += [] if each is True else [str(each)]
    return words
