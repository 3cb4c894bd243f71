"""Several maps of one photo: a value that can show, save and judge itself."""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import figures, files
from convscope.attribution.decision import Decision
from convscope.attribution.methods import METHODS
from convscope.attribution.result import Attribution
from convscope.brief import Brief, counted
from convscope.errors import unknown
from convscope.figures.attributions import Panel, attributions
from convscope.models.network import Network
from convscope.models.photo import named
from convscope.pictures import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from convscope.attribution.evaluation import Evaluation

# What may differ between maps, in their order, and what it is called on each.
AXES: dict[str, Callable[[Attribution], str]] = {
    "target": lambda found: found.label,
    "layer": lambda found: str(found.settings.get("layer")),
    "method": lambda found: found.method,
}


@dataclass(frozen=True, eq=False)
class Attributions(Brief):
    """Maps of one photo, by several methods, of several targets or at several layers.

    Args:
        network: which is explained; a saved file has its name and digest only.
        maps: in order: for each target, for each layer, for each method.
        axes: what differs between them, one or two of 'target', 'layer', 'method'; of two, maps
            with the same first one stand in a row.
        passes: how many pictures the network was shown for each map.
        left_out: methods that are not among them though nobody chose, with the reason.
        asked: targets, methods, layers, settings and seed, as text and plain values: what makes
            these maps again.
        source: which photo and network, on which backend and versions.
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
        """(height, width, channels) in [0, 1], as the network was fed it."""
        return self.maps[0].photo

    @property
    def names(self) -> list[str]:
        """What tells each map from the others: its method, its target, its layer."""
        return [" · ".join(AXES[axis](found) for axis in self.axes) for found in self.maps]

    @property
    def title(self) -> str:
        """What is explained, as far as all maps share it, and where."""
        first = self.maps[0]
        shared = [AXES[axis](first) for axis in ("target", "method") if axis not in self.axes]
        return f"{', '.join(shared) or 'Maps'} in {named(self.source['photo'])}"

    def decision(self, found: Attribution) -> Decision:
        """What one of the maps explains."""
        return Decision(self.network, found.photo, found.target, found.seed)

    def figure(self) -> "Figure":
        """The photo and all maps side by side, each on its own scale, and over the photo."""
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
        """What to know before looking."""
        said = ["Each map is on a scale of its own, stated below it; white is zero."]
        if "target" not in self.axes:
            first = self.maps[0]
            said[0] += f" The {first.answer} is {first.score:.4g}."
        said += [omitted] if (omitted := self.omitted()) else []
        return said

    def omitted(self) -> str:
        """The methods that were left out, and why; '' if none was."""
        if not self.left_out:
            return ""
        why: dict[str, list[str]] = {}
        for name, reason in self.left_out.items():
            why.setdefault(reason, []).append(name)
        listed = "; ".join(f"{', '.join(names)} ({reason})" for reason, names in why.items())
        return f"Left out: {listed}."

    def evaluate(self, **settings: Any) -> "Evaluation":
        """Measure which map to believe; see ``attribution.evaluation.evaluate`` for settings."""
        from convscope.attribution.evaluation import evaluate

        return evaluate(self, **settings)

    def numbers(self) -> dict[str, Any]:
        """Everything but the arrays, as plain numbers and names."""
        targets = dict.fromkeys(str(found.target) for found in self.maps)
        own = set(self.source)
        return {
            "convscope": "attributions",
            **({"target": next(iter(targets))} if len(targets) == 1 else {}),
            "asked": dict(self.asked),
            "left_out": dict(self.left_out),
            "maps": {
                name: {
                    **{key: value for key, value in found.numbers().items() if key not in own},
                    "passes": passes,
                }
                for name, found, passes in zip(self.names, self, self.passes, strict=True)
            },
            **self.source,
        }

    def info(self) -> dict[str, str]:
        """The provenance, as it travels inside a saved figure; the numbers of maps do not."""
        return {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in self.numbers().items()
            if key != "maps"
        }

    def save(self, path: str | Path) -> Path:
        """Write it, whole or not at all; the suffix chooses what.

        ``.png``, ``.pdf`` and ``.svg`` are the figure; ``.npz`` has photo, maps and their names as
        arrays; ``.json`` has ``numbers()``.
        """
        suffix = Path(path).suffix.lower()
        if suffix in figures.FORMATS:
            return figures.save(self.figure(), path, self.info())
        if suffix not in WRITERS:
            known = [*figures.FORMATS, *WRITERS]
            raise unknown("format of attributions", suffix or Path(path).name, known)
        return WRITERS[suffix](self, Path(path))

    def _brief(self) -> str:
        return f"{counted(len(self), 'map')}, {self.title}: {', '.join(self.names)}"

    def _repr_png_(self) -> bytes:
        return figures.to_png(self.figure(), dpi=96)


def arrays(path: Path, info: Mapping[str, str], named: Mapping[str, np.ndarray]) -> Path:
    """Write arrays by name, and the provenance as info/<name>. No pickles."""
    stream = io.BytesIO()
    texts = {f"info/{key}": np.array(text) for key, text in info.items()}
    np.savez_compressed(stream, allow_pickle=False, **named, **texts)
    return files.put(path, stream.getvalue())


def stacked(found: Sequence[Attribution]) -> np.ndarray:
    """All maps: (n, height, width)."""
    return np.stack([each.map for each in found])


def write_npz(found: Attributions, path: Path) -> Path:
    """The photo, the maps (n, height, width) and their names (n,)."""
    named = {"photo": found.photo, "maps": stacked(found.maps), "names": np.array(found.names)}
    return arrays(path, found.info(), named)


def write_json(found: Attributions, path: Path) -> Path:
    """All but the arrays."""
    return files.put_json(path, found.numbers())


WRITERS: dict[str, Callable[[Attributions, Path], Path]] = {".npz": write_npz, ".json": write_json}
