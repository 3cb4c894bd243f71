"""How the reference shows docstrings: examples as code, fields as fields, a text as it stands.

napoleon reads the docstrings. Three things are done before it: it takes lines below ``Example:``
for text, what stands before a colon below ``Returns:`` for a type, and fields for parameters.
"""

import inspect
import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.napoleon import GoogleDocstring

RESULTS = "reference/results"  # its classes are returned by verbs: nobody calls them
CODE = re.compile(r"^\s*``(.*)``$")
HEADING = re.compile(r"^(\w+):$")
# Before the docstring of a property: napoleon takes what is before the first colon for its type.
COMMENT = ".. property:"


def prepared(lines: list[str], has_fields: bool) -> list[str]:
    """Return a docstring for napoleon.

    Args:
        lines: the docstring, without its indentation.
        has_fields: whether ``Args`` are the fields of a value, and nothing to be passed.

    Example:
        >>> prepared(["Return one.", "", "Returns:", "    One: the number."], has_fields=False)
        ['Return one.', '', ':returns: One: the number.', '']
    """
    made: list[str] = []
    for heading, body in _sections(lines):
        code = [CODE.match(line) for line in body if line.strip()]
        if heading == "Returns":
            made += [f":returns: {' '.join(' '.join(body).split())}", ""]
        elif heading == "Example" and all(code):
            made += ["Example:", "    .. code-block:: python", ""]
            made += [*(f"        {each[1]}" for each in code if each), ""]
        elif heading:
            made += ["Fields:" if heading == "Args" and has_fields else f"{heading}:", *body]
        else:
            made += body
    return made


def _sections(lines: list[str]) -> list[tuple[str, list[str]]]:
    """The headings and the lines below each; what stands before the first has none."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        heading = HEADING.match(line)
        if heading:
            found.append((heading[1], []))
        else:
            found[-1][1].append(line)
    return found


def prepare(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Change a docstring, in place, before napoleon reads it."""
    lines[:] = prepared(lines, what == "class" and app.env.docname == RESULTS)
    if what == "property":
        found = GoogleDocstring(lines, app.config, app, "method", name).lines()
        lines[:] = [COMMENT, "", *found]


def without_signature(app: Sphinx, what: str, name: str, *others: Any) -> tuple[str, str] | None:
    """Show a class that verbs return without the arguments that build it."""
    if what == "class" and app.env.docname == RESULTS:
        return "", ""
    return None


def is_left_out(
    app: Sphinx, what: str, name: str, value: Any, skip: bool, options: Any
) -> bool | None:
    """Leave out a method that the class does not implement; about others Sphinx decides."""
    made = not name.startswith("_") and inspect.isfunction(value)
    ours = made and value.__module__.startswith("convscope.")
    if ours and "raise NotImplementedError" in inspect.getsource(value):
        return True
    return None


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part before napoleon, which comes at 500."""
    app.connect("autodoc-process-docstring", prepare, priority=100)
    app.connect("autodoc-process-signature", without_signature)
    app.connect("autodoc-skip-member", is_left_out)
    return {"parallel_read_safe": True}
