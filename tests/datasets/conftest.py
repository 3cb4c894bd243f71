"""The fixtures that tests of cards have, too: photos, a network, and a cache of its own."""

from tests.cards.conftest import cache, own, photos

__all__ = ["cache", "own", "photos"]
