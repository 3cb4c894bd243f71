"""``Studio``: the network of the explorer, and what was made with it.

The worker's thread loads the network and computes; requests read what is finished. A request never
waits for the network.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from convscope import files
from convscope.atlas.build import with_natural
from convscope.atlas.database import NAME, is_atlas
from convscope.atlas.description import Description, Layer
from convscope.atlas.edition import Edition
from convscope.atlas.paint import Painter
from convscope.atlas.plan import EVIDENCE
from convscope.atlas.store import Store
from convscope.brief import Brief
from convscope.datasets.photos import Photos
from convscope.errors import ConvscopeError
from convscope.explorer.findings import Findings
from convscope.explorer.sketches import Sketches
from convscope.images import Photo
from convscope.networks.natural_statistics import Statistics
from convscope.networks.network import Network
from convscope.networks.provenance import source
from convscope.networks.units import Unit
from convscope.terminal.record import Record

INTERRUPTED = "It was stopped before it was loaded. Start convscope explore again."


@dataclass(frozen=True, eq=False)
class Loaded(Brief):
    """A network that is ready, and where its results are.

    Args:
        network: with statistics of natural pictures, if there are any.
        edition: how the pictures of its units are made.
        description: what the pages say of it.
        folder: of everything that is made with it.
        natural: the photos that responses are compared with; None for what the network brings.
        options: of a command that loads the same network, as a shell takes them.
        second: another network, to compare this one with.
    """

    network: Network
    edition: Edition
    description: Description
    folder: Path
    painter: Painter = field(repr=False)
    natural: Photos | None = None
    options: str = ""
    second: "Loaded | None" = field(default=None, repr=False)
    sketches: Sketches = field(default_factory=Sketches, repr=False)

    @property
    def atlas(self) -> Path:
        """The folder of the atlas."""
        return self.folder / "atlas"

    def store(self) -> Store | None:
        """Return the atlas to be read, to be closed again; None if it has no picture yet."""
        if not is_atlas(self.atlas) or not (self.atlas / NAME).stat().st_size:
            return None  # an empty file is one whose making a full disk has ended
        return Store(self.atlas)

    @property
    def statistics(self) -> Statistics | None:
        """How its units respond to natural pictures; None if that is not known."""
        return self.network.natural

    @property
    def photos(self) -> str:
        """The folder of the user's photos that are compared with; '' for none."""
        return str(self.natural.where) if self.natural else ""

    @property
    def strip(self) -> Sequence[Layer]:
        """The layers of the first page."""
        return self.description.strip

    @property
    def order(self) -> Sequence[str]:
        """The addresses of all layers that have channels."""
        return list(self.description.layers)

    def units(self, layer: str) -> Sequence[Unit]:
        """Return all channels of a layer."""
        return [Unit(layer, channel) for channel in range(self.network.layers[layer].channels)]

    def describe(self, unit: Unit) -> str:
        """Return a unit's address, with a class's label."""
        return self.network.describe(unit)

    def seed(self, unit: Unit) -> int:
        """Return the seed of a unit's first picture."""
        return self.edition.recipe.seed

    def further(self, unit: Unit) -> Mapping[tuple[Unit, int], str]:
        """Return the further pictures that can be made of a unit, with their captions."""
        made = [one for name in EVIDENCE for one in EVIDENCE[name](unit, self.edition.recipe.seed)]
        return {
            (other, seed): "the opposite" if other.negative != unit.negative else f"seed {seed}"
            for other, seed in made
        }

    def beside(self, unit: Unit, by: int) -> Unit | None:
        """Return the unit that comes some channels after one; None at the ends of the layer."""
        channel = (unit.channel or 0) + by
        if not 0 <= channel < self.network.layers[unit.layer].channels:
            return None
        return replace(unit, channel=channel)

    def record(self, values: Mapping[str, Any]) -> Record:
        """Return a record of a result of this network, with the options that load it."""
        options = {"options": self.options} if self.options else {}
        return Record({**source(self.network), **values, **options})

    def found(self, kind: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was found out when it was asked for; empty if it was not."""
        return Findings(self.folder).get(kind, request)

    @property
    def places(self) -> Sequence["Loaded"]:
        """This network and the second one, wherever something was made."""
        return [self, self.second] if self.second else [self]

    def _brief(self) -> str:
        return f"{self.network.name} in {self.folder}"


class Studio(Brief):
    """The network of an explorer, once it is loaded.

    Args:
        name: of the model, as it was asked for.
        load: loads the network.
        natural: photos to compare with, or None for what the network brings.
        photos: that are open from the beginning.
        folder: of all results; the cache by default.
        options: of a command that loads the same network, as a shell takes them.
        second: the studio of another network, to compare this one with.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[], Network],
        *,
        natural: Photos | None = None,
        photos: tuple[Photo, ...] = (),
        folder: Path | None = None,
        options: str = "",
        second: "Studio | None" = None,
    ) -> None:
        self.name, self.natural, self.photos, self.options = name, natural, photos, options
        self._load, self._root, self._second = load, folder, second
        self._loaded: Loaded | None = None
        self._error = ""

    @property
    def loaded(self) -> Loaded | None:
        """The network, or None as long as it is not ready."""
        return self._loaded

    @property
    def error(self) -> str:
        """Why the network could not be loaded; '' if nothing went wrong."""
        return self._error

    def start(self, progress: Callable[[float | None, str], None]) -> Loaded:
        """Load the network; called by the worker, once.

        Raises:
            ConvscopeError: it cannot be loaded, and never will be; `error` says why, whatever
                was raised.
        """
        try:
            network = self._load()
            if self.natural is not None:
                layers = [info.address for info in network.layers.values() if info.channels]
                network = with_natural(network, self.natural, layers, progress)
            edition = Edition.of(network, natural=self.natural.digest if self.natural else None)
            folder = (self._root or files.cache() / "explorer") / edition.name
            files.writable(folder)
            painter = Painter(network, edition)
            about = Description.of(network)
            second = self._second.start(progress) if self._second else None
            found = Loaded(
                network, edition, about, folder, painter, self.natural, self.options, second
            )
        except ConvscopeError as error:
            self._error = str(error)
            raise
        except Exception as error:  # a framework raised it, or a person stopped the loading
            said = " ".join(str(error).split())[:500]
            self._error = f"{type(error).__name__}: {said}" if said else INTERRUPTED
            raise
        self._loaded = found
        return found

    def _brief(self) -> str:
        return f"{self.name}: {'ready' if self._loaded else 'loading'}"
