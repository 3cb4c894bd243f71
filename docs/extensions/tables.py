"""A directive that lists the names of a table, such as those of all methods of attribution."""

from importlib import import_module

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Names(SphinxDirective):
    """``names:: MODULE:TABLE``: the names of a table of Convscope, in its order, with commas."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return one paragraph."""
        module, _, table = self.arguments[0].partition(":")
        paragraph = nodes.paragraph()
        for name in getattr(import_module(module), table):
            if paragraph.children:
                paragraph += nodes.Text(", ")
            paragraph += nodes.literal("", name)
        return [paragraph]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("names", Names)
    return {"parallel_read_safe": True}
