"""The deeper views of ``convscope layers``: each is asked for by an option of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from convscope.cli import compare, factors, options, output, places
from convscope.cli.progress import Show, progress
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.models.network import Network

Stated = Mapping[str, Any]  # the options of a command line that were stated, by name


class Result(Protocol):
    """What a view makes."""

    def save(self, path: Path) -> Path:
        """Write it; the suffix chooses what."""

    def numbers(self) -> dict[str, Any]:
        """Everything but the arrays."""

    def lines(self) -> list[tuple[str, ...]]:
        """What is printed: some parts a line."""


@dataclass(frozen=True)
class View:
    """One view.

    Args:
        make: (network, photo, stated options, what to tell of the progress) to its result.
        takes: the further options of ``layers`` that it understands; the others are refused.
        suffixes: of the files it can be saved as, besides figures.
    """

    make: Callable[["Network", Path, Stated, Show], Any]
    takes: tuple[str, ...] = ("layer", "count")
    suffixes: tuple[str, ...] = (".npz", ".json")


# By the option that asks for it.
TABLES = (".npz", ".json", ".csv")
VIEWS: dict[str, View] = {
    "factors": View(factors.make, factors.TAKES, TABLES),
    "compare": View(compare.photos, compare.TAKES, TABLES),
    "second": View(compare.networks, compare.TAKES_OF_SECOND, TABLES),
}

PLAIN = ("layer", "count", "with_pictures", "kernels")  # what ``layers`` takes without a view


def asked(stated: Stated) -> str | None:
    """The view that is asked for, if one is; more than one are refused, as is what it ignores."""
    name, *others = [*(name for name in VIEWS if name in stated), None]
    if name is None:
        for other in stated:
            if other not in PLAIN:
                takers = " or ".join(f"--{view}" for view in VIEWS if other in VIEWS[view].takes)
                raise InputError(f"--{other.replace('_', '-')} goes with {takers} only.")
        return None
    if others[0] is not None:
        raise InputError(f"Expected one view at a time. Received: --{name} and --{others[0]}.")
    for other in stated:
        if other not in (name, *VIEWS[name].takes):
            spelled = other.replace("_", "-")
            raise InputError(f"--{name} goes without --{spelled}. Try: leave one of them out.")
    return name


def show(
    name: str, photo: Path, source: options.Source, stated: Stated, out: Path | None, json: bool
) -> None:
    """Make a view of a photo, save it and print what it found."""
    from convscope import figures, pictures

    pictures.read(photo)
    path = places.ready(
        out or Path(f"{photo.stem}-{name}.png"), [*figures.FORMATS, *VIEWS[name].suffixes]
    )
    with progress(f"Loading {source.model}") as tell:
        network = source.load()
        tell(f"Looking at {photo.name}", None)
        made: Result = source.noted(VIEWS[name].make(network, photo, stated, tell))
        made.save(path)
    if json:
        output.as_json({"path": str(path), **made.numbers()})
    else:
        output.line(str(path))
        output.lines(made.lines())
