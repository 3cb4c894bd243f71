"""``Links``: where pages lead to, on a server and on the disk."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from urllib.parse import quote

from convscope.brief import Brief


class Links(Brief, ABC):
    """The addresses that a page leads to; '' for what has none.

    ``live`` says whether a server answers, so that a page may ask for more than it shows.
    """

    live: bool
    home: str

    @abstractmethod
    def layer(self, address: str) -> str:
        """Return the page of a layer."""

    @abstractmethod
    def unit(self, address: str) -> str:
        """Return the page of a unit."""

    @abstractmethod
    def picture(self, key: str) -> str:
        """Return the picture of a unit."""

    @abstractmethod
    def file(self, name: str) -> str:
        """Return a file that all pages share."""

    def _brief(self) -> str:
        return self.home


class Served(Links):
    """The addresses on a server."""

    live = True
    home = "/"

    def layer(self, address: str) -> str:
        """Return the page of a layer."""
        return f"/layer/{quote(address)}"

    def unit(self, address: str) -> str:
        """Return the page of a unit."""
        return f"/unit/{quote(address)}"

    def picture(self, key: str) -> str:
        """Return the picture of a unit."""
        return f"/api/pictures/{key}.webp"

    def file(self, name: str) -> str:
        """Return a file that all pages share."""
        return f"/static/{name}"


class Relative(Links):
    """The addresses between files in a folder.

    Args:
        pages: the path of the page of each layer and unit, by its address.
        above: what leads from the folder of the page to that of all: '' or '../'.
    """

    live = False

    def __init__(self, pages: Mapping[str, str], above: str) -> None:
        self._pages, self._above = pages, above
        self.home = f"{above}index.html"

    def layer(self, address: str) -> str:
        """Return the page of a layer."""
        return self._page(f"layer {address}")

    def unit(self, address: str) -> str:
        """Return the page of a unit."""
        return self._page(f"unit {address}")

    def _page(self, name: str) -> str:
        found = self._pages.get(name)
        return f"{self._above}{quote(found)}" if found else ""

    def picture(self, key: str) -> str:
        """Return the picture of a unit."""
        return f"{self._above}pictures/{key}.webp"

    def file(self, name: str) -> str:
        """Return a file that all pages share."""
        return f"{self._above}{name}"


SERVED = Served()
