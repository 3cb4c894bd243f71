"""What ``--card`` adds to a command that makes pictures: cards beside them, and their text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convscope.terminal import options, output
from convscope.terminal.progress import Show

if TYPE_CHECKING:
    from convscope.cards.result import Card
    from convscope.maximization.result import Maximized
    from convscope.maximization.task import Subject


@dataclass(frozen=True)
class Evidence:
    """Which evidence a command line asks for; asking for any of it asks for the card."""

    card: bool = False
    natural: Path | None = None
    second: str | None = None
    second_preprocessing: str | None = None
    second_labels: Path | None = None
    control: bool = False

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def check(self) -> None:
        """Refuse what is no folder of photos before any picture is climbed."""
        from convscope.datasets.photos import Photos

        if self.natural:
            Photos.of(self.natural)

    def ready(self, network: Any) -> Any:
        """The second network, if one is asked for; what cannot be had is refused here."""
        from convscope.cards.card import judge
        from convscope.networks.patches.randomized import untrained

        if self.control:
            untrained(network)
        if not self.second:
            return None
        feed, labels = self.second_preprocessing, self.second_labels
        return judge(network, options.Source(self.second, None, feed, labels).load())

    def spelled(self) -> list[str]:
        """The options again, as they were written."""
        return options.spelled(
            card=bool(self),
            natural=self.natural and str(self.natural),
            second=self.second,
            second_preprocessing=self.second_preprocessing,
            second_labels=self.second_labels and str(self.second_labels),
            control=self.control,
        )

    def cards(
        self,
        network: Any,
        second: Any,
        results: Sequence["Maximized"],
        subjects: Sequence["Subject"],
        paths: Sequence[Path],
        show: Show,
    ) -> list["Card"]:
        """Make the card of each picture and write it beside it, as a figure and as JSON.

        ``second`` is what ``ready`` gave, and ``paths`` say where each subject is to be seen.
        """
        from convscope.cards.card import cards

        if not self or not results:
            return []
        made = cards(
            network,
            results,
            natural=self.natural,
            second=second,
            control=self.control,
            progress=show,
        )
        written = []
        for card, files in zip(made, beside(subjects, paths), strict=False):
            for each in files:
                card.save(each)
            written.append(card)
        return written


def beside(subjects: Sequence["Subject"], paths: Sequence[Path]) -> list[list[Path]]:
    """Where the cards go: beside the picture of each subject, as a figure and as JSON."""
    found = []
    for subject, path in zip(subjects, paths, strict=True):
        name = path.stem
        if paths.count(path) > 1:  # one sheet shows several pictures
            name += f"-{subject.stem}-seed-{subject.seed}"
        found.append([path.with_name(f"{name}{suffix}") for suffix in (".card.png", ".card.json")])
    return found


def shown(cards: Iterable["Card"]) -> None:
    """Print cards as text, an empty line before each."""
    for card in cards:
        output.line("")
        for line in card.text().splitlines():
            output.line(line)
