"""The result of ``attributions``: several maps of one photo, drawn side by side."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.grid_figure import Panel, attributions
from convscope.attribution.methods.table import METHODS
from convscope.attribution.result import Attribution
from convscope.brief import counted
from convscope.images import Picture
from convscope.networks.network import Network
from convscope.networks.photo import display_name
from convscope.results import FigureResult, texts

if TYPE_CHECKING:
    from convscope.drawing import Figure

# What may differ between maps, in their order, and what it is called on each.
AXES: dict[str, Callable[[Attribution], str]] = {
    "target": lambda found: found.label,
    "layer": lambda found: str(found.settings.get("layer")),
    "method": lambda found: found.method,
}


@dataclass(frozen=True, eq=False)
class Attributions(FigureResult):
    """Several maps of one photo: by several methods, of several targets or at several layers.

    Args:
        network: the network that is explained; a saved file has only its name and digest.
        maps: for each target, for each layer, for each method, in this order.
        axes: what differs between the maps, one or two of 'target', 'layer' and 'method'. With two,
            maps that share the first one are in one row.
        passes: how many pictures the network was shown for each map.
        left_out: methods that were left out although none was named, with the reason.
        asked: targets, methods, layers, settings and seed, as text and plain values: enough to make
            these maps again.
        source: the photo, the network, the backend and versions.
    """

    network: Network
    maps: tuple[Attribution, ...]
    axes: tuple[str, ...]
    passes: tuple[int, ...]
    left_out: Mapping[str, str]
    asked: Mapping[str, Any]
    source: Mapping[str, str]

    def __iter__(self) -> Iterator[Attribution]:
        return iter(self.maps)

    def __len__(self) -> int:
        return len(self.maps)

    def __getitem__(self, index: int) -> Attribution:
        return self.maps[index]

    @property
    def photo(self) -> Picture:
        """The photo, (height, width, channels) in [0, 1], as the network saw it."""
        return self.maps[0].photo

    @property
    def names(self) -> list[str]:
        """The name of each map: whichever of target, layer and method differ between the maps."""
        return [" · ".join(AXES[axis](found) for axis in self.axes) for found in self.maps]

    @property
    def title(self) -> str:
        """The target and the method, as far as all maps share them, and the photo's name."""
        first = self.maps[0]
        shared = [AXES[axis](first) for axis in ("target", "method") if axis not in self.axes]
        return f"{', '.join(shared) or 'Maps'} in {display_name(self.source['photo'])}"

    def decision(self, found: Attribution) -> Explanation:
        """Return the decision that one of the maps explains."""
        return Explanation(self.network, found.photo, found.target, found.seed)

    def figure(self) -> "Figure":
        """Return a figure of the photo and all maps side by side, each on its own scale."""
        first, last = (AXES[axis] for axis in (self.axes[0], self.axes[-1]))
        rows = list(dict.fromkeys(map(first, self.maps))) if len(self.axes) == 2 else []
        names = [last(found) for found in self.maps]
        return attributions(
            self.photo,
            [self._panel(name, found) for name, found in zip(names, self, strict=True)],
            title=self.title,
            notes=self.notes(),
            rows=rows,
        )

    def _panel(self, name: str, found: Attribution) -> Panel:
        score = f"score {found.score:.4g}" if "target" in self.axes else ""
        words = [word for word in (score, found.note.partition(":")[0]) if word]
        return Panel(name, found.map, ", ".join(words), METHODS[found.method].ends)

    def notes(self) -> list[str]:
        """Return what to know before looking at the maps, a sentence each."""
        sentences = ["Each map is on a scale of its own, stated below it; white is zero."]
        if "target" not in self.axes:
            first = self.maps[0]
            sentences[0] += f" The {first.answer} is {first.score:.4g}."
        sentences += [omitted] if (omitted := self.omitted()) else []
        return sentences

    def omitted(self) -> str:
        """Return a sentence about the methods that were left out, with the reasons, or ''."""
        if not self.left_out:
            return ""
        why: dict[str, list[str]] = {}
        for name, reason in self.left_out.items():
            why.setdefault(reason, []).append(name)
        listed = "; ".join(f"{', '.join(names)} ({reason})" for reason, names in why.items())
        return f"Left out: {listed}."

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        targets = dict.fromkeys(str(found.target) for found in self.maps)
        own = set(self.source)
        return {
            "convscope": "attributions",
            **({"target": next(iter(targets))} if len(targets) == 1 else {}),
            "asked": dict(self.asked),
            "left_out": dict(self.left_out),
            "maps": {
                name: {
                    **{key: value for key, value in found.record().items() if key not in own},
                    "passes": passes,
                }
                for name, found, passes in zip(self.names, self, self.passes, strict=True)
            },
            **self.source,
        }

    def info(self) -> dict[str, str]:
        """Return the provenance for a saved figure, as texts, without the maps' numbers."""
        return texts(self.record(), "maps")

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``photo``, ``maps`` (n, height, width) and their ``names`` (n,)."""
        names = np.array(self.names)
        return {"photo": self.photo, "maps": stacked(self.maps), "names": names}

    def _brief(self) -> str:
        return f"{counted(len(self), 'map')}, {self.title}: {', '.join(self.names)}"


def stacked(found: Sequence[Attribution]) -> np.ndarray:
    """Return all maps as one array: (n, height, width)."""
    return np.stack([each.map for each in found])
