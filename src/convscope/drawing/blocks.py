"""Blocks that several figures are made of: paragraphs, and the name of a layer with its scale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from convscope.drawing import text_layout
from convscope.drawing.page import Page
from convscope.drawing.style import GRAY, INK
from convscope.drawing.text_layout import TextBlock
from convscope.drawing.tile import Scale


@dataclass(frozen=True)
class Paragraph:
    """Some lines of text in one style.

    Args:
        text: broken into at most ``lines`` lines, and made smaller if that is not enough.
        size: in points.
        lines: at most.
        bold: whether it is bold.
        color: as '#rrggbb'.
    """

    text: str
    size: float
    lines: int = 4
    bold: bool = False
    color: str = GRAY


class Paragraphs:
    """Paragraphs one below the other; empty ones take no room."""

    def __init__(self, width: float, paragraphs: Iterable[Paragraph]) -> None:
        self._blocks: list[tuple[TextBlock, Paragraph]] = [
            (text_layout.fit(each.text, width, each.size, lines=each.lines, bold=each.bold), each)
            for each in paragraphs
            if each.text
        ]

    @property
    def height(self) -> float:
        """The height of all of them, in points."""
        return sum(block.height for block, _ in self._blocks)

    def draw(self, page: Page, left: float, top: float) -> float:
        """Write them downwards from ``top``, and return where they end."""
        for block, style in self._blocks:
            page.text(block, left, top, color=style.color, bold=style.bold)
            top += block.height
        return top


def title(text: str, size: float = 13.0) -> Paragraph:
    """Return the title of a figure: bold, on one line or two."""
    return Paragraph(text, size, lines=2, bold=True, color=INK)


def notes(texts: Sequence[str], size: float = 9.0, lines: int = 4) -> list[Paragraph]:
    """Return what to know to read a figure, as gray paragraphs."""
    return [Paragraph(text, size, lines=lines) for text in texts]


def layer_name(
    page: Page,
    name: str,
    details: Sequence[str],
    left: float,
    top: float,
    width: float,
    *,
    scale: Scale | None = None,
    lines: int = 1,
) -> None:
    """Write the name of a layer and details of at most ``lines`` lines, with its maps' scale."""
    called = Paragraphs(width, [Paragraph(name, 10, lines=2, bold=True, color=INK)])
    below = called.draw(page, left, top) + 1
    end = Paragraphs(width, notes(details, 8, lines)).draw(page, left, below)
    if scale:
        scale.draw(page, left, end + 5, width)
