"""Links of Markdown that was written for the repository, led to pages of the site.

``benchmarks/README.md`` and others are read on GitHub and here. A link to a page of the site leads
to it; a picture is taken from where it lies; anything else in the repository is shown by GitHub.
"""

import os
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GITHUB = "https://github.com/convscope/convscope"
# Pages that are no more than an include of a file elsewhere in the repository, by that file.
INCLUDED = {
    "CHANGELOG.md": "changelog",
    "CONTRIBUTING.md": "contributing",
    "SECURITY.md": "security",
    "benchmarks/README.md": "benchmarks/index",
    "benchmarks/FAMILIES.md": "benchmarks/families",
    "benchmarks/RESULTS-attribution.md": "benchmarks/cost",
    "benchmarks/agreement/RESULTS.md": "benchmarks/agreement",
    "benchmarks/judged/RESULTS.md": "benchmarks/judged",
    "benchmarks/judged/RESULTS-vit.md": "benchmarks/judged-vit",
    "benchmarks/peers/RESULTS.md": "benchmarks/peers",
    "benchmarks/peers/RESULTS-all-tools.md": "benchmarks/all-tools",
    "benchmarks/peers/RESULTS-vgg16.md": "benchmarks/vgg16",
    "examples/plugin/README.md": "how-to/plug-ins",
    "training/README.md": "models/training",
}
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")
FENCE = re.compile(r"(^```.*?^```)", flags=re.DOTALL | re.MULTILINE)

log = logging.getLogger(__name__)


def rewritten(text: str, written: Path, page: Path) -> str:
    """Return Markdown with links that hold for a page of the site.

    Args:
        text: the Markdown; blocks of code stay as they are.
        written: the folder of the file that has the text: its links begin there.
        page: the folder of the page of the site.
    """

    def link(found: re.Match[str]) -> str:
        picture, label, target, anchor = found.groups(default="")
        path = Path(os.path.normpath(written / target))
        if not path.exists():
            log.warning("%s has a link to %s, which is not there.", written, target)
            return found[0]
        return f"{picture}[{label}]({_address(path, bool(picture), page)}{anchor})"

    parts = FENCE.split(text)
    return "".join(part if part.startswith("```") else LINK.sub(link, part) for part in parts)


def _address(path: Path, is_picture: bool, page: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    if name in INCLUDED:
        path = DOCS / f"{INCLUDED[name]}.md"
    elif not is_picture and not (path.is_relative_to(DOCS) and path.suffix in (".md", ".rst")):
        return f"{GITHUB}/{'tree' if path.is_dir() else 'blob'}/main/{name}"
    return Path(os.path.relpath(path, page)).as_posix()


def of_page(app: Sphinx, docname: str, source: list[str]) -> None:
    """Rewrite the links of a page that is in Markdown."""
    path = Path(app.env.doc2path(docname))
    if path.suffix == ".md":
        source[0] = rewritten(source[0], path.parent, path.parent)


def of_included(app: Sphinx, path: Path, docname: str, source: list[str]) -> None:
    """Rewrite the links of a file that a page includes."""
    page = Path(app.env.doc2path(app.env.docname)).parent  # of MyST's docname the folder is lost
    if path.suffix == ".md":
        source[0] = rewritten(source[0], (DOCS / path).resolve().parent, page)


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to every page and every file that a page includes."""
    app.connect("source-read", of_page)
    app.connect("include-read", of_included)
    return {"parallel_read_safe": True}
