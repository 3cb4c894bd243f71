"""Check the pages of the built site: every link within it leads somewhere, nothing is foreign.

Run ``python -m docs.check_site FOLDER``. A page must open from the disk and without the network,
so whatever a browser fetches by itself (scripts, styles, fonts, pictures) is in the folder.
"""

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {"src", "srcset", "poster", "data"}  # attributes whose address a browser fetches
NAMED = {"canonical", "search", "index", "next", "prev", "edit"}  # links that it does not fetch
IN_STYLES = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


@dataclass
class Page(HTMLParser):
    """What a page has and refers to.

    Args:
        ids: the places that a link can lead to.
        links: addresses that a reader may follow.
        fetched: addresses that a browser fetches by itself.
    """

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    in_style: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of one element."""
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found[name] for name in ("id", "name") if name in found}
        self.fetched += [found[name].split()[0] for name in FETCHED & set(found) if found[name]]
        self.fetched += in_styles(found.get("style", ""))
        self.in_style = tag == "style"
        if "href" in found:
            is_fetched = tag in ("link", "use", "image") and found.get("rel") not in NAMED
            (self.fetched if is_fetched else self.links).append(found["href"])

    def handle_data(self, data: str) -> None:
        """Note the addresses in a style sheet inside the page."""
        if self.in_style:
            self.fetched += in_styles(data)


def in_styles(text: str) -> list[str]:
    """Return the addresses that a style sheet fetches.

    Example:
        >>> in_styles("@import 'a.css'; p {background: url(b.png)}")
        ['a.css', 'b.png']
    """
    return [one or other for one, other in IN_STYLES.findall(text)]


def is_foreign(address: str) -> bool:
    """Whether a browser would leave the site for an address."""
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def problems(folder: Path) -> tuple[list[str], int]:
    """Return a line for each problem of the pages in a folder, and how many links were checked."""
    pages = {path: Page() for path in sorted(folder.rglob("*.html"))}
    for path, page in pages.items():
        page.feed(path.read_text(encoding="utf-8"))
    found, checked = [], 0
    for path, page in pages.items():
        name = path.relative_to(folder)
        found += [f"{name} fetches {each}" for each in page.fetched if is_foreign(each)]
        local = [each for each in [*page.links, *page.fetched] if not urlsplit(each).scheme]
        for address in local:
            parts = urlsplit(address)
            if parts.netloc:
                continue
            checked += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                found.append(f"{name} leads to {address}, which is not there")
            elif parts.fragment and target in pages and not _has(pages[target], parts.fragment):
                found.append(f"{name} leads to {address}, a page without this place")
    for path in sorted(folder.rglob("*.css")):
        styles = in_styles(path.read_text(encoding="utf-8"))
        name = path.relative_to(folder)
        found += [f"{name} fetches {each}" for each in styles if is_foreign(each)]
    return found, checked


def _has(page: Page, fragment: str) -> bool:
    return unquote(fragment) in page.ids or fragment in page.ids


def main(folder: Path) -> int:
    """Print what was found, and return the exit status: 1 if there is a problem."""
    found, checked = problems(folder.resolve())
    for line in found:
        print(line)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{checked:,} links within the site, {len(found)} problems, {size / 1e6:.1f} MB.")
    return 1 if found or not checked else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
