"""``Filming``: an ascent whose pictures are kept, step by step, and cut to a film."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from convscope import images
from convscope.brief import Brief
from convscope.canvas import Canvas, Photo, has_opacity
from convscope.encoding import pacing
from convscope.errors import InputError
from convscope.films.classes import distinct_labels, select_classes
from convscope.films.result import Film
from convscope.images import PhotoLike
from convscope.maximization.ascent import Step, ascend
from convscope.maximization.maximize import Size, blank, boost, check, settled, sized, tuned
from convscope.maximization.pre_activation import pre_activations
from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import recipe_for
from convscope.networks.network import Network
from convscope.networks.photo import recorded_path, to_input
from convscope.networks.provenance import source
from convscope.objectives import Objective, score_pictures
from convscope.objectives.parser import What, objective

Frame = npt.NDArray[np.uint8]  # (height, width, channels)


@dataclass(frozen=True, eq=False)
class Filming(Brief):
    """An ascent that is filmed: what is asked for has been checked, and nothing is computed yet.

    Args:
        network: from ``convscope.load``.
        goal: what is maximized.
        canvas: what paints the pictures.
        recipe: the settings of the ascent, with a definite precision.
        start: the photo that it begins from; None for noise.
        strength: how far a photo may be changed.
    """

    network: Network
    goal: Objective
    canvas: Canvas = field(repr=False)
    recipe: Recipe
    start: PhotoLike | None = field(repr=False)
    strength: float

    @classmethod
    def of(
        cls,
        network: Network,
        what: What,
        *,
        start: PhotoLike | None = None,
        size: Size = None,
        strength: float = 0.08,
        recipe: Recipe | None = None,
        **settings: Any,
    ) -> "Filming":
        """Check what is asked for; the arguments are those of ``animate``.

        Raises:
            InputError: ``what`` names several units, a canvas is given beside a photo, or the unit,
                the photo, the size or a setting is not possible.
            UnknownName: no layer, class or setting has this name.
        """
        found = objective(what).resolved(network)
        if len(found) != 1:
            raise InputError.expected(
                "one unit to film", f"{what}, which is {len(found)}", "Name one of them."
            )
        if not 0 < strength <= 1:
            raise InputError.expected("a strength above 0, at most 1", strength, "Try 0.08.")
        base = recipe_for("film", aligned=found[0].aligned, from_photo=start is not None)
        own = settled(network, tuned(recipe or base, settings))
        if start is not None and own.canvas != base.canvas:
            raise InputError.expected("no canvas beside a photo, which is its own", own.canvas)
        shape = sized(network, size, found[0])
        check(network, found, shape)
        if start is None:
            canvas: Canvas = blank(network, own, shape)
        else:
            canvas = Photo(to_input(network, start, shape), strength)
        return cls(network, found[0], canvas, own, start, strength)

    def steps(self) -> Iterator[tuple[Step, Frame]]:
        """Yield the start, and then every step, each with its picture as it is saved."""
        ascended = pre_activations(self.network, [self.goal])[self.goal]
        speed = boost(self.network, ascended.layers, self.canvas.size, self.recipe)
        for step in ascend(
            self.network, [ascended], self.canvas, self.recipe, boost=speed, every=1
        ):
            picture = step.pictures()[0]
            # Films know no opacity; mid gray is what the network is asked about, too.
            shown = images.composite(picture) if has_opacity(self.canvas) else picture
            yield step, images.to_bytes(shown)

    def film(self, painted: Sequence[Frame], frames: int) -> Film:
        """Return a film of the pictures of all steps: of each, measured as it is saved.

        Args:
            painted: the picture of each step, from step 0.
            frames: how many to keep at most, so that the visible change between them is even.
        """
        way = pacing.travel(images.from_bytes(picture) for picture in painted)
        steps = np.array(pacing.choose(way, frames))
        kept = np.stack([painted[index] for index in steps])
        seen = images.from_bytes(kept)
        target = self.target
        opinion, classes = _opinion(self.network, target, seen, photo=self.start is not None)
        return Film(
            pictures=kept,
            steps=steps,
            scores=score_pictures(self.network, [self.goal] * len(seen), seen),
            probabilities=opinion,
            classes=classes,
            labels=distinct_labels({index: self.network.label(index) for index in classes}),
            target=target,
            objective=self.goal,
            label=self.goal.describe(self.network),
            start=None if self.start is None else recorded_path(self.start),
            strength=None if self.start is None else self.strength,
            recipe=self.recipe,
            source=source(self.network),
        )

    @property
    def target(self) -> int | None:
        """The class that is maximized; None for what is not a class."""
        unit, head = self.goal.unit, self.network.head
        return unit.channel if unit and head and unit.layer == head.address else None

    def _brief(self) -> str:
        return f"{self.goal}, {self.recipe.steps} steps"


def _opinion(
    network: Network, target: int | None, seen: images.Picture, *, photo: bool
) -> tuple[npt.NDArray[np.float64] | None, tuple[int, ...]]:
    """Return the probabilities of each frame, (n, classes), and the classes to show."""
    size = (seen.shape[1], seen.shape[2])
    head = network.head if network.classifies else None
    if head is None or network.shape_at(head.address, size) is None:
        return None, ()  # without classes, or at a size that their layer does not take
    opinion = network.probabilities(seen)
    always = [] if target is None else [target]
    if photo:
        always.append(int(opinion[0].argmax()))
    return opinion, select_classes(opinion, always)
