"""``llms.txt`` and ``llms-full.txt``: the site as plain text, for language models (llmstxt.org).

The text builder writes each page as ``PAGE.txt``. The first file lists these pages by sections, and
the second one has all of them, in the order of the site.
"""

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

FULL_STOP = ". "


def in_order(environment: BuildEnvironment, page: str) -> Iterator[str]:
    """Yield the pages below a page, each once, in the order of the site."""
    seen = {page}
    todo = list(environment.toctree_includes.get(page, ()))
    while todo:
        each = todo.pop(0)
        if each not in seen:
            seen.add(each)
            yield each
            todo = [*environment.toctree_includes.get(each, ()), *todo]


def first_sentence(environment: BuildEnvironment, page: str) -> str:
    """Return what the text of a page begins with; '' if it has none.

    Notes and the captions of pictures are no such text.
    """
    for paragraph in environment.get_doctree(page).findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section) and not any(paragraph.findall(nodes.image)):
            return " ".join(paragraph.astext().split()).partition(FULL_STOP)[0].rstrip(".:")
    return ""


def write(app: Sphinx, failed: Exception | None) -> None:
    """Write both files beside the pages of the text builder."""
    if failed or app.builder.name != "text":
        return
    environment, folder = app.env, Path(app.outdir)
    root = app.config.root_doc
    lines = [f"# {app.config.project}", "", f"> {first_sentence(environment, root)}.", ""]
    texts = []
    for page in in_order(environment, root):
        title = environment.titles[page].astext()
        says = first_sentence(environment, page)
        address = f"{app.config.html_baseurl}{page}.txt"
        if page in environment.toctree_includes:
            lines += ["", f"## {title}", ""]
        lines.append(f"- [{title}]({address})" + (f": {says}." if says else ""))
        texts.append((folder / f"{page}.txt").read_text(encoding="utf-8"))
    (folder / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "llms-full.txt").write_text("\n\n".join(texts), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to the end of the build."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True}
