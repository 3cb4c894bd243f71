"""The deeper views of ``convscope layers``: each is asked for by an option of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from convscope.cli import compare, factors
from convscope.errors import InputError
from convscope.terminal import options, output, photo_files
from convscope.terminal.options import Stated
from convscope.terminal.progress import Show, Stopped, progress

if TYPE_CHECKING:
    from convscope.networks.network import Network


class Result(Protocol):
    """What a view makes."""

    def save(self, path: Path) -> Path:
        """Write it; the suffix chooses what."""

    def record(self) -> dict[str, Any]:
        """Everything but the arrays."""

    def lines(self) -> list[tuple[str, ...]]:
        """What is printed: some parts a line."""


@dataclass(frozen=True)
class View:
    """One view.

    Args:
        make: (network, photo, stated options, what to tell of the progress) to its result.
        takes: the further options of ``layers`` that it understands; the others are refused.
        tabled: whether it can be saved as .csv as well.
    """

    make: Callable[["Network", Path, Stated, Show], Any]
    takes: tuple[str, ...] = ("layer", "count")
    tabled: bool = False


def _story(network: "Network", photo: Path, stated: Stated, tell: Show) -> Any:
    from convscope.stories.story import story

    settings = _some(stated, "count", "natural", "seed", "steps", "precision")
    return story(network, photo, stated.get("layer"), told=tell, **settings)


def _dictionary(network: "Network", photo: Path, stated: Stated, tell: Show) -> Any:
    from convscope.semantic_dictionary.dictionary import dictionary

    settings = _some(stated, "count", "natural", "precision")
    return dictionary(network, photo, stated["at"], stated.get("layer"), told=tell, **settings)


def _some(stated: Stated, *names: str) -> dict[str, Any]:
    return {name: stated[name] for name in names if name in stated}


def placed(text: str) -> tuple[int, int]:
    """Read a place such as '20,35': row and column.

    Example:
        >>> placed("20,35")
        (20, 35)
    """
    row, _, column = text.replace(" ", "").partition(",")
    if not (row.isdecimal() and column.isdecimal()):
        raise InputError(f"Expected a place as ROW,COLUMN, such as 20,35. Received: {text!r}.")
    return int(row), int(column)


# By the option that asks for it.
VIEWS: dict[str, View] = {
    "story": View(_story, ("layer", "count", "natural", "seed", "steps", "precision")),
    "at": View(_dictionary, ("layer", "count", "natural", "precision")),
    "factors": View(factors.make, factors.TAKES, tabled=True),
    "compare": View(compare.photos, compare.TAKES, tabled=True),
    "second": View(compare.networks, compare.TAKES_OF_SECOND, tabled=True),
}


def asked(stated: Stated) -> str | None:
    """The view that is asked for, if one is; more than one are refused, as is what it ignores."""
    name, *others = [*(name for name in VIEWS if name in stated), None]
    if name is None:
        return None
    if others[0] is not None:
        raise InputError(f"Expected one view at a time. Received: --{name} and --{others[0]}.")
    refuse(stated, f"--{name}", name, *VIEWS[name].takes)
    return name


def _which(value: Any) -> str:
    """What a view is of, as a part of a file name: a place, or another photo or network."""
    if isinstance(value, tuple):
        return "".join(f"-{each}" for each in value)
    return f"-{Path(value).stem}" if isinstance(value, str | Path) else ""


def refuse(stated: Stated, what: str, *takes: str) -> None:
    """Refuse options that what is asked for does not take."""
    for other in stated:
        if other not in takes:
            views = [f"--{name}" for name, view in VIEWS.items() if other in view.takes]
            hint = f"{' or '.join(views)}, or without it" if views else "without it"
            raise InputError(f"{what} takes no --{other.replace('_', '-')}. Try: {hint}.")


def show(
    name: str,
    photos: Sequence[Path],
    source: options.Source,
    stated: Stated,
    out: Path | None,
    json: bool,
) -> None:
    """Make a view of each photo, save it and print what it found."""
    from convscope import images
    from convscope.datasets.photos import Photos
    from convscope.results import SUFFIXES, TABLED

    for photo in photos:
        images.read(photo)
    if "compare" in stated:
        images.read(stated["compare"])
    if "natural" in stated:
        Photos.of(stated["natural"])
    suffixes = TABLED if VIEWS[name].tabled else SUFFIXES
    paths = photo_files.paths(photos, out, f"-{name}{_which(stated[name])}.png", suffixes)
    found: list[tuple[Path, Result]] = []
    stopped = False
    with progress(f"Loading {source.model}") as tell:
        network = source.load()
        try:
            for photo, path in zip(photos, paths, strict=True):
                tell(f"Looking at {photo.name}", None)
                made: Result = source.noted(VIEWS[name].make(network, photo, stated, tell))
                made.save(path)
                found.append((path, made))
        except KeyboardInterrupt:
            if len(photos) == 1:
                raise
            stopped = True
    if json:
        output.as_several([{"path": str(path), **made.record()} for path, made in found], photos)
    else:
        for path, made in found:
            output.line(str(path))
            output.lines(made.lines())
    if stopped:
        raise Stopped(f"Stopped. {len(found)} of {len(photos)} photos are finished.")
