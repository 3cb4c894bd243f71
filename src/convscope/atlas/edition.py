"""``Edition``: what all pictures of an atlas share that were made in the same way."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from convscope.atlas.description import Description
from convscope.brief import Brief
from convscope.errors import InputError
from convscope.images import parse_size
from convscope.maximization.maximize import settled
from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import recipe_for
from convscope.networks.network import Network
from convscope.networks.provenance import source
from convscope.networks.units import Unit

VERSION = 1  # of what a key is made of
LENGTH = 32  # hexadecimal digits of a key
OWN = "its own"  # natural pictures: the statistics that the network brings

Size = tuple[int, int] | Literal["fit"]


@dataclass(frozen=True)
class Edition(Brief):
    """What all pictures of an atlas share that were made in the same way.

    The pictures of another network, another recipe, another size or measured against other natural
    pictures are another edition, and have other keys.

    Args:
        network: its name.
        digest: of its weights.
        structure: a digest of its layers and its preprocessing, which the weights do not tell.
        size: of the pictures, or 'fit'.
        recipe: of the ascent, with a definite precision; its seed is the first one.
        natural: which natural pictures responses are compared with: 'its own' for those of the
            network, a digest for photos; '' if there are none.
        versions: the backend and versions; they are no part of a key.
        about: what pages say of the network, which is no part of a key either; None in an atlas of
            an earlier version.
    """

    network: str
    digest: str
    structure: str
    size: Size
    recipe: Recipe
    natural: str = ""
    versions: str = ""
    about: Description | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        network: Network,
        *,
        recipe: Recipe | None = None,
        size: Any = None,
        natural: str | None = None,
    ) -> "Edition":
        """Return the edition of a network.

        Args:
            network: from ``convscope.load``.
            recipe: the default recipe if not given.
            size: of the pictures in pixels, or 'fit'; the network's own if not given.
            natural: a digest of photos; if not given, whatever the network brings.

        Raises:
            InputError: the size is not possible, or the network cannot compute in the precision.
        """
        if natural is None:
            natural = OWN if network.natural else ""
        shape: Size = "fit"
        if size is None:
            shape = network.size
        elif size != "fit":
            shape = parse_size(size)
        made_by = source(network)
        return cls(
            network=network.name,
            digest=network.digest,
            structure=_structure(network),
            size=shape,
            recipe=settled(network, recipe or recipe_for("picture", tokens=network.has_tokens)),
            natural=natural,
            versions=f"{made_by['backend']}, {made_by['versions']}",
            about=Description.of(network),
        )

    @property
    def name(self) -> str:
        """Eight hexadecimal digits: the beginning of the digest of everything but the versions."""
        return _digest(self._identity)[:8]

    @property
    def shown_size(self) -> str:
        """The size as it is written: '64x64' or 'fit'."""
        return "fit" if isinstance(self.size, str) else "{}x{}".format(*self.size)

    def key(self, unit: Unit, seed: int) -> str:
        """Return what identifies one picture: 32 hexadecimal digits."""
        return _digest({**self._identity, "unit": str(unit), "seed": seed})[:LENGTH]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain numbers and names."""
        return {
            "network": self.network,
            "digest": self.digest,
            "structure": self.structure,
            "size": "fit" if self.size == "fit" else list(self.size),
            "recipe": self.recipe.as_json(),
            "natural": self.natural,
            "versions": self.versions,
            **({"about": self.about.as_json()} if self.about else {}),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Edition":
        """Return an edition from what ``as_json`` gave.

        Raises:
            InputError: these are not the values of an edition.
        """
        try:
            texts = {
                name: values[name]
                for name in ("network", "digest", "structure", "natural", "versions")
            }
            size, about = values["size"], values.get("about")
            if not all(isinstance(each, str) for each in texts.values()):
                raise TypeError("not a text")
            return cls(
                **texts,
                size=size if size == "fit" else parse_size(size),
                recipe=Recipe.from_json(values["recipe"]),
                about=None if about is None else Description.from_json(about),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError.expected("an edition of an atlas", repr(values)[:80]) from error

    @cached_property  # a page of a layer needs hundreds of keys
    def _identity(self) -> dict[str, Any]:
        # The name is a label: the same weights from another file are the same network.
        no_part = ("network", "versions", "about")
        values = {name: own for name, own in self.as_json().items() if name not in no_part}
        recipe = {name: own for name, own in values["recipe"].items() if name != "seed"}
        return {"version": VERSION, **values, "recipe": recipe}

    def _brief(self) -> str:
        return f"{self.name} of {self.network}, {self.shown_size}"


def _structure(network: Network) -> str:
    """Return a digest of what decides a picture beside the weights."""
    layers = [(info.address, info.kind, info.shape) for info in network.layers.values()]
    feed = (repr(network.preprocessing), network.size, network.channels)
    return _digest([layers, feed])[:16]


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=list)
    return hashlib.sha256(text.encode()).hexdigest()
