"""``convscope card``: a picture of each unit, and how far it can be trusted."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from convscope.maximization import command as maximization
from convscope.maximization.command import Pictures, Request, Units
from convscope.maximization.options import PictureOptions, RecipeOptions
from convscope.terminal import destinations, options, output
from convscope.terminal.command_line import CommandLine, Notes, Room
from convscope.terminal.groups import flattened
from convscope.terminal.options import flag, option
from convscope.terminal.progress import Show, progress
from convscope.terminal.record import Record

if TYPE_CHECKING:
    from convscope.cards.result import Card
    from convscope.maximization.task import Task
    from convscope.networks.network import Network


@dataclass(frozen=True)
class EvidenceOptions:
    """Which evidence is gathered beyond what a card always has."""

    PANEL: ClassVar[str] = "Evidence"

    natural: Annotated[
        Path | None,
        option(
            "DIR|ZIP",
            "Your own photos to compare with, at least 16; names of folders in it are labels, to "
            "put units into words. The measurements are cached.",
        ),
    ] = None
    control: Annotated[
        bool,
        flag("--control", "Also make the same picture with an untrained copy of the network."),
    ] = False

    def check(self) -> None:
        """Refuse what is no folder of photos before any picture is made."""
        from convscope.datasets.photos import Photos

        if self.natural:
            Photos.of(self.natural)

    def spelled(self) -> list[str]:
        """The options again, as they were written."""
        return options.spelled(**vars(self))


@flattened
def card(
    what: Units,
    network: options.NetworkOptions,
    pictures: PictureOptions,
    evidence: EvidenceOptions,
    second: options.SecondNetworkOptions,
    recipe: RecipeOptions,
    json: options.AsJson = False,
) -> None:
    """Make pictures of units, each with a card of evidence: can it be trusted?

    A card is saved beside its picture, as .card.png and .card.json, and is printed. Many more
    pictures are made for it, to compare with. The pictures are also shown to a second network, by
    default vgg16-tiny, unless they are pictures of vgg16-tiny itself.
    """
    second.check()
    evidence.check()
    request = Request.of(what, pictures, recipe)
    with progress(f"Loading {network.model}") as show:
        loaded = network.load()
        made = request.plan(loaded)
        places = beside(made.subjects, made.paths)
        destinations.kept(*itertools.chain(*places))
        judge = _ready(loaded, second, evidence)
        words = [*evidence.spelled(), *second.spelled()]
        made.make(network, loaded, show, *words, command="card")
        cards = [] if made.stopped else _cards(loaded, made, places, judge, evidence, show)
    made.print(json, [{"card": each.record()} for each in cards])
    if not json:
        for each in cards:
            output.line("")
            for line in each.text().splitlines():
                output.line(line)
    made.raise_if_stopped()


def _ready(
    network: "Network", second: options.SecondNetworkOptions, evidence: EvidenceOptions
) -> "Network | None":
    """The second network, if one is asked for; what cannot be had is refused here."""
    from convscope.cards.card import reference_network
    from convscope.networks.patches.randomized import untrained

    if evidence.control:
        untrained(network)
    other = second.load()
    return None if other is None else reference_network(network, other)


def _cards(
    network: "Network",
    made: Pictures,
    places: Sequence[Sequence[Path]],
    judge: "Network | None",
    evidence: EvidenceOptions,
    show: Show,
) -> list["Card"]:
    """Make the card of each picture and write it beside it, as a figure and as JSON."""
    from convscope.cards.card import cards

    if not made.results:
        return []
    found = []
    made_cards = cards(
        network,
        made.results,
        natural=evidence.natural,
        second=judge,
        control=evidence.control,
        progress=show,
    )
    for each, files in zip(made_cards, places, strict=False):
        for file in files:
            each.save(file)
        found.append(each)
    return found


def beside(subjects: Sequence["Task"], paths: Sequence[Path]) -> list[list[Path]]:
    """Where the cards go: beside the picture of each subject, as a figure and as JSON."""
    found = []
    for subject, path in zip(subjects, paths, strict=True):
        name = path.stem
        if paths.count(path) > 1:  # one sheet shows several pictures
            name += f"-{subject.stem}-seed-{subject.seed}"
        found.append([path.with_name(f"{name}{suffix}") for suffix in (".card.png", ".card.json")])
    return found


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a picture that was made with its card, or of a sheet of some."""
    made: dict[str, Callable[[Record, Notes], CommandLine]] = {
        "maximize": maximization.again,
        "gallery": maximization.gallery_again,
    }
    return replace(made[record.text("convscope")](record, notes), command="card")


ROOM = Room((card,), {"card": again})
