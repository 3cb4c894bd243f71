"""The templates of pages. Only this module knows Jinja."""

from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from convscope.brief import counted
from convscope.explorer.links import Links
from convscope.version import VERSION

_TEMPLATES = Environment(
    loader=PackageLoader("convscope.explorer"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["quoted"] = quote
_TEMPLATES.filters["counted"] = counted


def rendered(template: str, links: Links, **values: Any) -> str:
    """Return a template as the text of a page.

    Args:
        template: its name.
        links: where the page leads to.
        **values: what it shows.
    """
    shared = {"links": links, "live": links.live, "version": VERSION}
    return _TEMPLATES.get_template(template).render({**shared, **values})
