"""A photo's way through a network: a value that can show and save itself."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import figures
from convscope.activations import Strong
from convscope.brief import Brief, counted
from convscope.errors import unknown
from convscope.maximize import Maximized
from convscope.models.units import Unit
from convscope.pictures import Picture
from convscope.views import saving
from convscope.views.reading import Reading

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Classes = tuple[tuple[int, str, float], ...]


@dataclass(frozen=True, eq=False)
class Stage(Brief):
    """One layer's part of a story.

    Args:
        layer: its address.
        strongest: the channels that answer the photo most on the whole, strongest first.
        maps: (height, width, channels), its answer to the photo, after activation.
        inversion: a picture with the same responses before activation, climbed from noise.
        caricature: a picture with these responses exaggerated.
        gray: ``error`` of plain gray, which shows nothing of the photo.
        taken: what the network takes the inversion for, (index, label, probability), best first;
            empty without a head.
        reading: the class read off the layer's response by a user's photos, or None.
    """

    layer: str
    strongest: tuple[Strong, ...]
    maps: np.ndarray
    inversion: Maximized
    caricature: Maximized
    gray: float
    taken: Classes
    reading: Reading | None = None

    @property
    def error(self) -> float:
        """The squared distance of the inversion's responses from the photo's, as a share of these.

        0 is the same responses; measured on the 8-bit picture, without transforms.
        """
        return -self.inversion.response

    def numbers(self) -> dict[str, Any]:
        """Everything but the arrays, as plain numbers and names."""
        return {
            "layer": self.layer,
            "channels": [
                {
                    "unit": str(strong.unit),
                    "strength": strong.strength,
                    "maximum": strong.maximum,
                    "row": strong.at[0],
                    "column": strong.at[1],
                }
                for strong in self.strongest
            ],
            "inversion": {"error": self.error, "error_of_gray": self.gray},
            "caricature": {"score": self.caricature.response},
            "taken_for": _classes(self.taken, "probability"),
            "read_off": self.reading
            and {**asdict(self.reading), "nearest": _classes(self.reading.nearest, "cosine")},
        }


@dataclass(frozen=True, eq=False)
class Story(Brief):
    """A photo's way through a network.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        stages: one a layer, from early to late.
        pictures: what the strongest channels look for, by unit; may be empty.
        top: what the network takes the photo for, best first; empty without a head.
        network: its name.
        natural: the name of the folder of photos that classes are read off by, or None.
        source: which photo and network, on which backend and versions.
    """

    photo: Picture
    stages: tuple[Stage, ...]
    pictures: Mapping[Unit, Picture]
    top: Classes
    network: str
    natural: str | None
    source: Mapping[str, str]

    def __getitem__(self, layer: str) -> Stage:
        """The stage of a layer, by its address."""
        found = {stage.layer: stage for stage in self.stages}
        if layer not in found:
            raise unknown("layer of this story", layer, found)
        return found[layer]

    def figure(self) -> "Figure":
        """A row a layer: channels, inversion, caricature, and what can be read off."""
        from convscope.views.drawing import story

        return story(self)

    def arrays(self) -> dict[str, np.ndarray]:
        """The photo, and of every layer maps/, inversion/ and caricature/<layer>."""
        found = {"photo": self.photo}
        for stage in self.stages:
            found[f"maps/{stage.layer}"] = stage.maps
            found[f"inversion/{stage.layer}"] = stage.inversion.picture
            found[f"caricature/{stage.layer}"] = stage.caricature.picture
        return {**found, **{f"looks-for/{unit}": some for unit, some in self.pictures.items()}}

    def numbers(self) -> dict[str, Any]:
        """Everything but the arrays, as plain numbers and names."""
        return {
            **self.info(),
            "top": _classes(self.top, "probability"),
            "stages": [stage.numbers() for stage in self.stages],
        }

    def lines(self) -> list[tuple[str, ...]]:
        """A line a layer: how near the inversion comes, and what it is taken for."""
        return [
            (
                stage.layer,
                f"error {stage.error:.3f}",
                ", ".join(f"{label} {share:.1%}" for _, label, share in stage.taken),
            )
            for stage in self.stages
        ]

    def info(self) -> dict[str, str]:
        """The provenance, as it travels inside a saved file."""
        first = self.stages[0].inversion.recipe
        seen = ", ".join(f"{label} {share:.1%}" for _, label, share in self.top)
        return {
            "convscope": "story",
            "layers": shlex.join(stage.layer for stage in self.stages),
            "count": str(max(len(stage.strongest) for stage in self.stages)),
            "seed": str(first.seed),
            "steps": str(first.steps),
            "climbs": json.dumps(first.as_json()),
            **({"natural": self.natural} if self.natural else {}),
            "top": seen or "no class layer",
            **self.source,
        }

    def save(self, path: str | Path, *, dpi: int = figures.DPI) -> Path:
        """Write it, whole or not at all; the suffix chooses what.

        ``.png``, ``.pdf`` and ``.svg`` are the figure; ``.npz`` has the arrays; ``.json`` the
        numbers. ``story[layer].inversion.save("it.png")`` writes one picture.
        """
        return saving.save(self, path, dpi=dpi)

    def _brief(self) -> str:
        layers = ", ".join(stage.layer for stage in self.stages)
        return f"of {self.network} in {counted(len(self.stages), 'layer')}: {layers}"

    def _repr_png_(self) -> bytes:
        return figures.to_png(self.figure(), dpi=96)


def _classes(some: Classes, measure: str) -> list[dict[str, Any]]:
    return [{"index": index, "label": label, measure: value} for index, label, value in some]
