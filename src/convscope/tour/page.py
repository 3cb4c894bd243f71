"""One self-contained HTML page, with every picture inside and without scripts."""

import base64
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template

from convscope.version import VERSION

WIDE = 1080  # of figures, which on a narrow screen are scrolled sideways instead of shrunk
SMALL = 128  # of pictures of units, three of which fit a narrow screen
SIGNED = re.compile(rb"Made by Convscope \S+ on .+ \([0-9a-f]{16}\)\.")  # see ``signature``
TAIL = 10_000  # bytes of a page that hold its last words, however long a network's name
TYPES = {".png": "image/png", ".webp": "image/webp"}


@dataclass(frozen=True)
class Shown:
    """A picture on the page: file name, bytes, caption, note and width in pixels."""

    name: str
    data: bytes
    caption: str
    note: str = ""
    width: int = SMALL

    def html(self) -> str:
        """Return the picture as a figure element with its data inside."""
        suffix = self.name[self.name.rfind(".") :]
        data = base64.b64encode(self.data).decode("ascii")
        note = f"<small>{html.escape(self.note)}</small>" if self.note else ""
        kind = "wide" if self.width >= WIDE else "film" if self.width > SMALL else "small"
        return (
            f'<figure class="{kind}" style="width:{self.width}px"><div><img '
            f'alt="{html.escape(self.caption)}" width="{self.width}" '
            f'src="data:{TYPES[suffix]};base64,{data}"></div>'
            f"<figcaption>{_breakable(self.caption)}{note}</figcaption></figure>"
        )


def _breakable(address: str) -> str:
    """Return an address as HTML that a narrow line breaks between its parts."""
    return html.escape(address).replace(":", ":<wbr>").replace("@", "<wbr>@")


@dataclass(frozen=True)
class Row:
    """Pictures side by side under a small heading."""

    heading: str
    pictures: Sequence[Shown]

    def html(self) -> str:
        """Return the row as a division."""
        heading = f"<h3>{html.escape(self.heading)}</h3>" if self.heading else ""
        return f'{heading}<div class="row">{"".join(shown.html() for shown in self.pictures)}</div>'


@dataclass(frozen=True)
class Chapter:
    """A part of the page: a title, an explanation, and rows of pictures."""

    title: str
    text: str
    rows: Sequence[Row]

    @property
    def anchor(self) -> str:
        """The chapter's name in links."""
        return "".join(c if c.isalnum() else "-" for c in self.title.casefold()).strip("-")

    def html(self) -> str:
        """Return the chapter as a section."""
        paragraphs = "".join(
            f"<p>{html.escape(part.strip())}</p>" for part in self.text.split("\n\n")
        )
        rows = "".join(row.html() for row in self.rows)
        title = html.escape(self.title)
        return f'<section id="{self.anchor}"><h2>{title}</h2>{paragraphs}{rows}</section>'


@cache
def _texts() -> dict[str, str]:
    """Return the texts of ``texts.md`` by their headings."""
    parts = (part.partition("\n") for part in _file("texts.md").split("\n## ")[1:])
    return {title: body.strip() for title, _, body in parts}


def _file(name: str) -> str:
    return resources.files("convscope.tour").joinpath(name).read_text(encoding="utf-8")


def text(title: str, **values: object) -> str:
    """Return the text under a heading, each paragraph on one line, with values for its names."""
    paragraphs = _texts()[title].format(**values).split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


def written(title: str, rows: Sequence[Row], **values: object) -> Chapter:
    """Return the chapter of this title, with its text."""
    return Chapter(title, text(title, **values), rows)


def signature(network: str, digest: str) -> str:
    """Return the last sentence of a page: which version and network made it."""
    return f"Made by Convscope {VERSION} on {network} ({digest})."


def is_page(path: Path) -> bool:
    """Return whether a file is a page that was made here, judged by its last sentence."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            return SIGNED.search(file.read()) is not None
    except OSError:
        return False


def render(title: str, introduction: str, chapters: Iterable[Chapter], foot: str) -> str:
    """Return the whole page as HTML."""
    chapters = list(chapters)
    links = "".join(
        f'<a href="#{chapter.anchor}">{html.escape(chapter.title)}</a>' for chapter in chapters
    )
    return Template(_file("page.html")).substitute(
        title=html.escape(title),
        introduction=html.escape(introduction),
        links=links,
        chapters="".join(chapter.html() for chapter in chapters),
        foot=html.escape(foot),
    )
