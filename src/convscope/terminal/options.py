"""The options that commands of several rooms share, each defined once."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol, TypeVar

import typer

from convscope.errors import InputError
from convscope.terminal.completion import completed
from convscope.terminal.usage import completing

if TYPE_CHECKING:
    from convscope.networks.network import Network

EMBEDDED = "vgg16-tiny"  # networks.loading.zoo.EMBEDDED, without loading it for --help


class Noted(Protocol):
    """What verbs return: it says what it was made of, and can be saved."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def source(self) -> Mapping[str, str]: ...
    def save(self, path: Path, /) -> object: ...


Made = TypeVar("Made", bound=Noted)

NETWORK = "Which network"  # a title in the help


def option(metavar: str, help: str, *names: str, **more: Any) -> Any:
    """Return an option that takes a value: what it is called in the help, and what it is for.

    A shell completes it by what it is called: LAYER by layers, UNIT by layers and classes.
    """
    return typer.Option(*names, metavar=metavar, help=help, **completed(metavar, more))


def flag(name: str, help: str) -> Any:
    """Return an option without a value."""
    return typer.Option(name, help=help)


def argument(metavar: str, help: str, **more: Any) -> Any:
    """Return what a command is given without a name; it is completed as options are."""
    return typer.Argument(metavar=metavar, help=help, **completed(metavar, more))


Weights = Annotated[
    str | None,
    option("FILE|random", "Weights for a named network: an official Keras .h5 file, or 'random'."),
]
Labels = Annotated[
    Path | None,
    option("FILE", "A text file with the names of the classes, one a line."),
]
Head = Annotated[
    str | None,
    option("NAME", "Of a model with several outputs, the one that holds the classes."),
]
InputSize = Annotated[
    str | None,
    option("N|HxW", "The input size, for a model file that accepts any size."),
]
ModelPreprocessing = Annotated[
    str | None,
    option(
        "NAME",
        "The preprocessing of a model file, such as 'zero-to-one', or as text: "
        "'BGR, 0..255, minus (104, 117, 123)'; if unknown, run 'convscope check'.",
        "--preprocessing",
        autocompletion=completing("convscope.networks.preprocessing", "PREPROCESSING"),
    ),
]
Seed = Annotated[int | None, option("N", "The seed of all random numbers. Default: 0.")]
Photos = Annotated[
    list[Path],
    argument("PHOTO...", "Picture files and folders of them, one or several."),
]
FigureOut = Annotated[
    Path | None,
    option(
        "FILE",
        "A figure as .png, .pdf or .svg, the arrays as .npz, or the numbers as .json; of "
        "with several photos, a folder. Default: PHOTO-COMMAND.png in the current folder.",
        "--out",
    ),
]
TabledOut = Annotated[
    Path | None,
    option(
        "FILE",
        "A figure as .png, .pdf or .svg, the arrays as .npz, or the numbers as .csv or "
        ".json; with several photos, a folder. Default: PHOTO-COMMAND.png in the current folder.",
        "--out",
    ),
]
AsJson = Annotated[bool, flag("--json", "Print the result as JSON.")]


@dataclass(frozen=True)
class NetworkOptions:
    """Which network a command line asks for."""

    PANEL: ClassVar[str] = NETWORK

    model: Annotated[
        str,
        option(
            "NAME|FILE",
            "A name from 'convscope models', such as efficientnet-lite0, or a .keras or .h5 file.",
            autocompletion=completing("convscope.networks.loading.zoo", "ZOO"),
        ),
    ] = EMBEDDED
    weights: Weights = None
    preprocessing: ModelPreprocessing = None
    labels: Labels = None
    head: Head = None
    input_size: InputSize = None

    def load(self, listing: bool = False) -> "Network":
        """Load it; only to list what is inside, it may be unknown how it wants its pictures."""
        from convscope import backend
        from convscope.networks.listing import remember
        from convscope.networks.loading.load import listed, load

        backend.start()
        if listing and self.preprocessing is None:
            network = listed(self.model, **self.settings())
        else:
            network = load(self.model, preprocessing=self.preprocessing, **self.settings())
        remember(self.model, network)
        return network

    def settings(self) -> dict[str, Any]:
        """What ``load`` and ``check`` take besides the model and its preprocessing."""
        return {
            "weights": self.weights,
            "size": sized(self.input_size),
            "labels": self.labels,
            "head": self.head,
        }

    def spelled(self) -> list[str]:
        """The options again, as they were written: paths, too, so that the command runs."""
        model = None if self.model == EMBEDDED else self.model
        return spelled(**{**vars(self), "model": model})

    def noted(self, result: Made, *others: str, command: str = "") -> Made:
        """Return a result whose provenance tells these options, so that it can be made again.

        Args:
            result: what a verb has returned.
            others: further options, as they are written.
            command: the command, where it is not the one that such results are usually made by.
        """
        words = shlex.join([*self.spelled(), *others])
        more = {"made by": command, "options": words}
        source = {**result.source, **{name: text for name, text in more.items() if text}}
        return replace(result, source=source)


@dataclass(frozen=True)
class ModelOptions:
    """What is known of a model besides how it wants its pictures."""

    PANEL: ClassVar[str] = NETWORK

    weights: Weights = None
    labels: Labels = None
    head: Head = None
    input_size: InputSize = None


@dataclass(frozen=True)
class SecondNetworkOptions:
    """Another network."""

    PANEL: ClassVar[str] = "Another network"

    second: Annotated[str | None, option("NAME|FILE", "Its name, or its .keras or .h5 file.")] = (
        None
    )
    second_preprocessing: Annotated[str | None, option("NAME", "Its preprocessing.")] = None
    second_labels: Annotated[
        Path | None, option("FILE", "A text file with the names of its classes, one a line.")
    ] = None

    def check(self) -> None:
        """Refuse options of a network that is not named."""
        if self.second is None and (words := self.spelled()):
            raise InputError.expected(f"--second beside {words[0]}", f"{words[0]} alone")

    def network(self) -> NetworkOptions | None:
        """Return the options of the network, if there is one."""
        if self.second is None:
            return None
        return NetworkOptions(
            self.second, preprocessing=self.second_preprocessing, labels=self.second_labels
        )

    def load(self) -> "Network | None":
        """Load it, if there is one."""
        other = self.network()
        return other.load() if other else None

    def spelled(self) -> list[str]:
        """The options again, as they were written."""
        return spelled(**vars(self))


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
        raise InputError.expected("a size such as 224 or 224x320", repr(text))
    size = int(height), int(width if cross else height)
    if min(size) < 1:
        raise InputError.expected("a size of at least 1 pixel", repr(text))
    return size


def shaped(text: str | None) -> tuple[int, int] | Literal["fit"] | None:
    """Read a size, or 'fit'."""
    return "fit" if text == "fit" else sized(text)


def given(**settings: Any) -> dict[str, Any]:
    """The settings that were stated; the others keep their defaults."""
    return {name: value for name, value in settings.items() if value is not None}


def one_layer(given: list[str] | None) -> str | None:
    """Return the layer of a command that looks at one, if one was given."""
    if given and len(given) > 1:
        raise InputError.expected("one layer", ", ".join(given))
    return given[0] if given else None


def spelled(**options: object) -> list[str]:
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
