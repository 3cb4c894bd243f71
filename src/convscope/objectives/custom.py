"""``Custom``: the term of a custom objective."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from convscope.backend import Tensor
from convscope.brief import Brief
from convscope.networks.patches.capture import Tap
from convscope.objectives.term import Data, Seen, Term

if TYPE_CHECKING:
    from convscope.networks.network import Network


@dataclass(frozen=True)
class Custom(Brief, Term):
    """A custom score: a function of the responses of some layers.

    Args:
        function: takes a mapping from each of ``layers`` to its responses, (n, height, width,
            channels) or (n, channels), before activation, and returns (n,) scores. Keras
            operations only.
        layers: by the names that the function uses.
        name: its name in texts.
    """

    function: Callable[[Mapping[str, Any]], Any]
    layers: tuple[str, ...]
    name: str
    addresses: tuple[str, ...] = ()  # of the layers, once a network has resolved them

    def __str__(self) -> str:
        return f"own({self.name})"

    @property
    def kind(self) -> Hashable:
        """One compiled program for each function."""
        return "own", self.function, self.addresses

    @property
    def taps(self) -> frozenset[Tap]:
        """The layers."""
        return frozenset(map(Tap, self.addresses))

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return the function's scores: (n,)."""
        named = zip(self.layers, self.addresses, strict=True)
        return self.function({name: seen[Tap(address)] for name, address in named})

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """Return the same term with the layers' full addresses."""
        addresses = tuple(network.layer(name).address for name in self.layers)
        return (type(self)(self.function, self.layers, self.name, addresses),)
