"""The result of ``story``: one stage for each layer of a photo's way through a network."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.activation.result import RankedChannel, row_of
from convscope.brief import Brief, counted
from convscope.drawing.tile import BESIDE, number
from convscope.errors import refuse_unknown
from convscope.images import Picture
from convscope.maximization.result import Maximized
from convscope.networks.photo import display_name
from convscope.networks.units import Unit
from convscope.results import Classes, FigureResult, classes_record, classes_text
from convscope.stories.class_reading import Reading
from convscope.stories.figure import Large, Read
from convscope.stories.figure import Stage as Row
from convscope.stories.figure import story as drawn

if TYPE_CHECKING:
    from convscope.drawing import Figure


# Of a transformer; its recipe is known by the same entry of the source.
BYPASS = " and, if there is a class token, through that token, whose response is not compared"


@dataclass(frozen=True, eq=False)
class Stage(Brief):
    """One layer's part of a story.

    Args:
        layer: its address.
        strongest: the channels with the strongest mean response to the photo, strongest first.
        maps: (height, width, channels), its response to the photo, after activation.
        inversion: a picture with the same responses before activation, made from noise.
        caricature: a picture with these responses exaggerated.
        gray: ``error`` of plain gray, which shows nothing of the photo.
        taken: the network's classes for the inversion, (index, label, probability), best first;
            empty without a class layer.
        reading: the class read off the layer's response with the user's photos, or None.
    """

    layer: str
    strongest: tuple[RankedChannel, ...]
    maps: np.ndarray
    inversion: Maximized
    caricature: Maximized
    gray: float
    taken: Classes
    reading: Reading | None = None

    @property
    def error(self) -> float:
        """The squared distance of the inversion's responses from the photo's, as a share of these.

        0 means the same responses. It is measured on the 8-bit picture, without transforms.
        """
        return -self.inversion.response

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        return {
            "layer": self.layer,
            "channels": [
                {"unit": str(strong.unit), **strong.numbers()} for strong in self.strongest
            ],
            "inversion": {"error": self.error, "error_of_gray": self.gray},
            "caricature": {"score": self.caricature.response},
            "taken_for": classes_record(self.taken),
            "read_off": self.reading
            and {**asdict(self.reading), "nearest": classes_record(self.reading.nearest, "cosine")},
        }


@dataclass(frozen=True, eq=False)
class Story(FigureResult):
    """A photo's way through a network.

    Args:
        photo: (height, width, channels) in [0, 1], cropped and resized as the network saw it.
        stages: one for each layer, from early to late.
        pictures: what the strongest channels look for, by unit; may be empty.
        top: the network's classes for the photo, best first; empty without a class layer.
        network: its name.
        natural: the name of the folder of photos that classes are read off with, or None.
        source: the photo, the network, the backend and versions.
    """

    photo: Picture
    stages: tuple[Stage, ...]
    pictures: Mapping[Unit, Picture]
    top: Classes
    network: str
    natural: str | None
    source: Mapping[str, str]

    def __getitem__(self, layer: str) -> Stage:
        """Return the stage of a layer, by its address."""
        found = {stage.layer: stage for stage in self.stages}
        refuse_unknown("layer of this story", [layer], found)
        return found[layer]

    def figure(self) -> "Figure":
        """Return a figure, a row for each layer: channels, inversion, caricature, classes."""
        return _figure(self)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the photo, and ``maps``, ``inversion`` and ``caricature`` of every layer."""
        found = {"photo": self.photo}
        for stage in self.stages:
            found[f"maps/{stage.layer}"] = stage.maps
            found[f"inversion/{stage.layer}"] = stage.inversion.picture
            found[f"caricature/{stage.layer}"] = stage.caricature.picture
        return {**found, **{f"looks-for/{unit}": some for unit, some in self.pictures.items()}}

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        return {
            **self.info(),
            "top": classes_record(self.top),
            "stages": [stage.record() for stage in self.stages],
        }

    def lines(self) -> list[tuple[str, ...]]:
        """Return a line for each layer: the error of its inversion, and the inversion's classes."""
        return [
            (
                stage.layer,
                f"error {stage.error:.3f}",
                ", ".join(f"{label} {share:.1%}" for _, label, share in stage.taken),
            )
            for stage in self.stages
        ]

    def info(self) -> dict[str, str]:
        """Return the provenance, as texts that are written into a saved file."""
        first = self.stages[0].inversion.recipe
        return {
            "convscope": "story",
            "layers": shlex.join(stage.layer for stage in self.stages),
            "count": str(max(len(stage.strongest) for stage in self.stages)),
            "seed": str(first.seed),
            "steps": str(first.steps),
            "climbs": json.dumps(first.as_json()),
            **({"natural": self.natural} if self.natural else {}),
            "top": classes_text(self.top),
            **self.source,
        }

    def _brief(self) -> str:
        layers = ", ".join(stage.layer for stage in self.stages)
        return f"of {self.network} in {counted(len(self.stages), 'layer')}: {layers}"


def _figure(result: Story) -> "Figure":
    """Return the figure: a row for each layer, with headings and notes."""
    headings = [
        ("strongest channels", "and what they look for"),
        ("inversion", "what is still there"),
        ("caricature", "what the layer makes of it"),
        ("classes", "what can be recognised in it"),
    ]
    notes = [
        "Left: the channels with the strongest mean response to the photo, strongest first; :17 is "
        "channel 17 of the row's layer, the number the mean of its map."
        + (f" {BESIDE}" if result.pictures else ""),
        "Inversion: a picture made from noise so that the layer responds as it does to the photo. "
        "Error is the squared distance of the responses, before activation, as a share of the "
        "photo's; the error of plain gray is in brackets. Caricature: the same responses, "
        "exaggerated; the photo itself scores 1.",
        "The inversion is taken for: the network's class probabilities for the inversion. Without "
        "any error they would be those for the photo, because the later layers see the photo only "
        f"through this layer{BYPASS if 'architecture' in result.source else ''}."
        + (
            " Nearest mean: the class whose mean response has the largest cosine with the photo's "
            "response. Responses are averaged over space, less the mean of all photos; the classes "
            f"are those that the network gives to the photos of {display_name(result.natural)}."
            if result.natural
            else ""
        ),
    ]
    best = result.top[0][0] if result.top else None
    return drawn(
        result.photo,
        result.top,
        [_row(result, stage, best) for stage in result.stages],
        headings,
        title=f"What {result.network} does with {display_name(result.source['photo'])}",
        notes=notes,
    )


def _row(result: Story, stage: Stage, best: int | None) -> Row:
    reads = []
    if stage.taken:
        classes = _bars(stage.taken, best, percent=True)
        reads.append(Read("the inversion is taken for", classes))
    if stage.reading:
        classes = _bars(stage.reading.nearest, best, percent=False)
        reads.append(Read("nearest mean, by cosine", classes, _honestly(stage.reading)))
    row = row_of(stage.maps, stage.strongest, result.pictures)
    return Row(
        **vars(row),
        pictures=[
            Large(
                stage.inversion.picture,
                f"error {number(stage.error)} (plain gray {number(stage.gray)})",
            ),
            Large(stage.caricature.picture, f"score {number(stage.caricature.response)}"),
        ],
        reads=reads,
    )


def _bars(
    classes: Classes, best: int | None, *, percent: bool
) -> list[tuple[str, float, str, bool]]:
    return [
        (label, value, f"{value:.1%}" if percent else f"{value:.2f}", index == best)
        for index, label, value in classes
    ]


def _honestly(reading: Reading) -> str:
    """Return how often such a reading is right."""
    if reading.right is None:
        return f"of {reading.classes} classes, one photo each"
    return (
        f"of {reading.classes} classes; right for {reading.right:.0%} of the photos, by chance "
        f"{reading.chance:.0%}"
    )
