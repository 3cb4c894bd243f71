"""``factors``: a layer's response to a photo as a few groups of channels that fire together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import validation
from convscope.attribution.attribute import goal
from convscope.attribution.decision import Explanation
from convscope.attribution.layer_maps import (
    enlarged,
    maps_and_slopes,
    read_by_class_token,
    scores_of,
)
from convscope.brief import Brief, counted
from convscope.drawing.tile import number
from convscope.errors import InputError
from convscope.images import PhotoLike, Picture
from convscope.maximization.maximize import maximized
from convscope.maximization.task import Task
from convscope.maximization.thumbnails import common_precision, thumbnails
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import display_name, to_input
from convscope.networks.provenance import source
from convscope.networks.regions import Region, region
from convscope.networks.units import Unit
from convscope.neuron_groups.factorization import factorize
from convscope.neuron_groups.figure import Group, groups
from convscope.objectives import Objective
from convscope.objectives.direction import Direction
from convscope.objectives.parser import What
from convscope.progress import Progress, part
from convscope.results import TABLED, Classes, FigureResult
from convscope.validation import whole

if TYPE_CHECKING:
    from convscope.drawing import Figure

ROOM = 8  # places for each factor that a layer must have to be chosen by itself
PASSED_OVER = ("Pooling", "Padding")
SHOWN = 3  # channels of a factor beside it


@dataclass(frozen=True, eq=False)
class Factor(Brief):
    """One group of channels and where it fires.

    Args:
        map: (height, width), how strongly the group fires at each place.
        vector: (channels,), the weight of each channel; its length is 1.
        strength: the factor's share of the sum of the layer's response.
        effect: how much of the target's response passes through the factor, by the gradient at the
            photo: gradient times contribution, summed over places and channels. None without a
            target.
        fall: how much the response falls, exactly, when the factor's contribution is subtracted.
        picture: what its direction looks for.
    """

    map: np.ndarray
    vector: np.ndarray
    strength: float
    effect: float | None = None
    fall: float | None = None
    picture: Picture | None = None

    @property
    def part(self) -> np.ndarray:
        """The factor's contribution to the layer's response: (height, width, channels)."""
        return self.map[:, :, None] * self.vector

    def strongest(self, count: int | None = None) -> list[tuple[int, float]]:
        """Return its channels, (index, share of the vector's sum), the largest first, no zeros.

        Args:
            count: how many; all by default.
        """
        order = np.argsort(-self.vector, kind="stable")[:count]
        total = self.vector.sum()
        return [(int(i), float(self.vector[i] / total)) for i in order if self.vector[i] > 0]


@dataclass(frozen=True, eq=False)
class Factors(FigureResult):
    """A layer's response to a photo, as a sum of a few factors.

    Args:
        photo: (height, width, channels) in [0, 1], cropped and resized as the network saw it.
        layer: its address.
        region: the part of the photo that the layer's maps cover, in most cases all of it.
        factors: the one that speaks most for the target first; without a target, the strongest
            first.
        explained: the share of the response's squares that the factors explain together.
        below_zero: the share of the response's size that lies below zero and is left out.
        target: the unit on which effects are measured, or None.
        label: its text, with a class's label in place of its index.
        score: the target's response to the photo.
        rest: gradient times the part of the response that the factors do not explain, summed. The
            effects and the rest add up to the sum of gradient times response.
        pictures: of the channels shown.
        top: the likeliest classes, (index, label, probability), best first.
        asked: how many factors were asked for; factors that stay empty are left out.
        seed: of the factorization.
        network: its name.
        source: the photo, the network, the backend and versions.
    """

    photo: Picture
    layer: str
    region: Region
    factors: tuple[Factor, ...]
    explained: float
    below_zero: float
    target: Objective | None
    label: str | None
    score: float | None
    rest: float | None
    pictures: Mapping[Unit, Picture]
    top: Classes
    asked: int
    seed: int
    network: str
    source: Mapping[str, str]

    suffixes = TABLED

    def figure(self) -> "Figure":
        """Return a figure of the photo in the factors' colours, with their maps and channels."""
        size = self.photo.shape[:2]
        return groups(
            self.photo,
            self.top,
            [
                Group(
                    name=f"Factor {place}",
                    words=self._words(factor),
                    map=self.region.placed(enlarged(factor.map, self.region.size), size),
                    effect=factor.effect,
                    picture=factor.picture,
                    channels=tuple(self._channels(factor)),
                )
                for place, factor in enumerate(self.factors, 1)
            ],
            title=f"What {self.layer} of {self.network} sees in "
            f"{display_name(self.source['photo'])}, "
            f"in {len(self.factors)} factors",
            notes=self._notes(),
        )

    def _channels(self, factor: Factor) -> Iterator[tuple[str, str, Picture | None]]:
        for channel, share in factor.strongest(SHOWN):
            yield f":{channel}", f"{share:.0%}", self.pictures.get(Unit(self.layer, channel))

    def _words(self, factor: Factor) -> tuple[str, ...]:
        words = [f"{factor.strength:.0%} of the response"]
        if factor.effect is not None and factor.fall is not None:
            words += [
                f"effect {_signed(factor.effect)}",
                f"without it {_signed(-factor.fall)}",
            ]
        return tuple(words)

    def _notes(self) -> list[str]:
        notes = [
            "Channels that fire together, by non-negative matrix factorization: together the "
            f"factors explain {self.explained:.1%} of the response's squares."
        ]
        if self.label is not None and self.rest is not None:
            notes.append(
                f"Effect: how much of {self.label} ({number(self.score or 0.0)}) passes through "
                "the factor, by the gradient at this photo (gradient times response, summed; the "
                f"largest comes first; outside all factors: {_signed(self.rest)}). 'Without it': "
                "how the response changes when the factor is subtracted."
            )
        else:
            notes.append("The strongest factor comes first.")
        if self.below_zero > 0:
            notes.append(
                f"Responses below zero, {self.below_zero:.0%} of their size, are left out."
            )
        if len(self.factors) < self.asked:
            notes.append(f"Of the {self.asked} factors asked for, the others stayed empty.")
        return notes

    def lines(self) -> list[tuple[str, ...]]:
        """Return a line for each factor: its numbers and its strongest channels."""
        return [
            (
                f"factor {place}",
                *self._words(factor),
                " ".join(f":{channel}" for channel, _ in factor.strongest(SHOWN)),
            )
            for place, factor in enumerate(self.factors, 1)
        ]

    def table(self) -> list[dict[str, Any]]:
        """Return one row for each factor; ``channels`` are the strongest, as text."""
        return [
            {
                "factor": place,
                "strength": factor.strength,
                "effect": factor.effect,
                "fall": factor.fall,
                "channels": " ".join(
                    f"{channel}:{share:.3f}" for channel, share in factor.strongest(8)
                ),
            }
            for place, factor in enumerate(self.factors, 1)
        ]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``photo``, ``maps`` (n, height, width), ``vectors`` (n, channels) and pictures."""
        made = [each.picture for each in self.factors if each.picture is not None]
        return {
            "photo": self.photo,
            "maps": np.stack([each.map for each in self.factors]).astype("float32"),
            "vectors": np.stack([each.vector for each in self.factors]).astype("float32"),
            **({"pictures": np.stack(made)} if made else {}),
        }

    def info(self) -> dict[str, str]:
        """Return the provenance, as texts that are written into a saved file."""
        return {
            "convscope": "factors",
            "layer": self.layer,
            "count": str(self.asked),
            "seed": str(self.seed),
            **({"target": str(self.target), "label": self.label} if self.label else {}),
            "explained": f"{self.explained:.4f}",
            **self.source,
        }

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        return {
            **self.info(),
            "count": self.asked,
            "seed": self.seed,
            "explained": self.explained,
            "below_zero": self.below_zero,
            "score": self.score,
            "rest": self.rest,
            "factors": self.table(),
        }

    def _brief(self) -> str:
        factors = counted(len(self.factors), "factor")
        what = f" for {self.label}" if self.label else ""
        return f"{factors} of {self.layer} in {self.network}{what}, explaining {self.explained:.1%}"


def factors(
    network: Network,
    photo: PhotoLike,
    layer: str | None = None,
    count: int = 6,
    seed: int = 0,
    target: What | None = None,
    *,
    pictures: bool = True,
    precision: str = "auto",
    progress: Progress | None = None,
) -> Factors:
    """Return a layer's response to a photo as a few factors, each with its effect on a class.

    The response after the activation function, a matrix of places by channels, is approximated by a
    product of two matrices without negative numbers: where each factor fires, and which channels it
    consists of (non-negative matrix factorization, as in Olah 2018, "The Building Blocks of
    Interpretability"). Values below zero are left out.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        layer: one that has rows and columns; by default the last before the target with at least 8
            places for each factor.
        count: how many factors.
        seed: of the factorization's start; the same seed gives the same factors.
        target: the unit on which the effect is measured, as for ``attribute``; the likeliest class
            by default.
        pictures: whether to make the picture of each factor's direction and of its strongest
            channels, which takes most of the time.
        precision: what the network computes the pictures in, as of a recipe; what 'auto' stood for
            is in the record.
        progress: called with the fraction done, in [0, 1], and what is being done.

    Returns:
        The factors, the one that speaks most for the target first, each with its map, (height,
        width), and its vector, (channels,).

    Raises:
        InputError: the layer, the count or the target is not possible.
        UnknownName: no layer or class has this name.

    Example:
        ``cs.factors(network, "photo.jpg", "block4_conv3").save("factors.png")``
    """
    count = whole("count", count)
    seed = validation.seed(seed)
    computing: dict[str, Any] = (
        {"precision": common_precision(precision, network)} if pictures else {}
    )
    picture = to_input(network, photo)
    decision = None
    if target is not None or network.head is not None:
        decision = Explanation(network, picture, goal(network, picture, target))
    info = _layer(network, decision, layer, count)
    if decision:
        maps, slopes = maps_and_slopes(decision, info)
    else:
        tap = Tap(info.address, after=True)
        maps, slopes = network.activations(picture[None], [tap])[tap][0], None
    maps = maps.astype("float64")
    answer = np.maximum(maps, 0)
    made, share = _factorized(answer, info, count, int(seed))
    if decision and slopes is not None:
        without = (maps - part for part in (0.0, *(each.part for each in made)))
        whole_score, *scores = scores_of(decision, info, without, 1 + len(made))
        made = [
            replace(
                each,
                effect=float((slopes * each.part).sum(dtype="float64")),
                fall=float(whole_score - score),
            )
            for each, score in zip(made, scores, strict=True)
        ]
    made.sort(key=lambda each: -(each.strength if each.effect is None else each.effect))
    rest = None
    if slopes is not None:
        rest = float((slopes * maps).sum()) - sum(each.effect or 0.0 for each in made)
    looks, channels = _pictures(network, info, made, computing, progress) if pictures else ([], {})
    return Factors(
        photo=picture,
        layer=info.address,
        region=region(network, info),
        factors=tuple(
            replace(each, picture=looks[place] if looks else None)
            for place, each in enumerate(made)
        ),
        explained=share,
        below_zero=float(np.maximum(-maps, 0).sum() / np.abs(maps).sum()),
        target=decision.target if decision else None,
        label=decision.target.describe(network) if decision else None,
        score=decision.score if decision else None,
        rest=rest,
        pictures=MappingProxyType(channels),
        top=network.opinion(picture),
        asked=count,
        seed=int(seed),
        network=network.name,
        source=MappingProxyType({**source(network, photo), **computing}),
    )


def _layer(
    network: Network, decision: Explanation | None, name: str | None, count: int
) -> LayerInfo:
    """Return the layer of that name, or the last before the target with ``ROOM`` places a factor.

    In a transformer with a class token it is what the last attention looks at, since the patches
    are not read later. Pools and paddings are skipped in favour of the maps before them, and so are
    maps of the classes themselves.
    """
    order = list(network.layers.values())
    if decision:
        ends = [network.layers[address] for address in decision.target.layers]
        order = order[: min(order.index(end) for end in ends)]
    spatial = [info for info in order if info.is_map and info.shape[0] * info.shape[1] > 1]
    where = f" before {decision.target}" if decision else ""
    if not spatial:
        raise InputError(
            f"Factors need a layer with rows and columns{where}; {network.name} has none. "
            "Try: another target."
        )
    classes = network.head.channels if network.head else 0
    plain = [i for i in spatial if not any(word in i.kind for word in PASSED_OVER)]
    fitting = [info for info in plain if info.channels != classes] or spatial
    roomy = [info for info in fitting if info.shape[0] * info.shape[1] >= ROOM * count]
    default = read_by_class_token(order, fitting) or (roomy or fitting)[-1]
    found = default if name is None else network.layer(name)
    if found not in spatial:
        raise InputError(
            f"Expected a layer with rows and columns{where}. Received: {found.address}, of shape "
            f"{found.shape}. Try: layer={default.address!r}."
        )
    most = min(found.shape[0] * found.shape[1], found.channels)
    if count > most:
        raise InputError(
            f"{found.address} has {found.shape[0]} x {found.shape[1]} places and {found.channels} "
            f"channels, so {most} factors at most. Received: count={count}."
        )
    return found


def _factorized(
    answer: np.ndarray, info: LayerInfo, count: int, seed: int
) -> tuple[list[Factor], float]:
    """Return the factors, and the share of the response's squares that they explain."""
    maps, vectors, explained = factorize(answer, info.address, count, seed)
    total = answer.sum()
    made = [
        Factor(
            map=maps[:, :, place],
            vector=vector,
            strength=float(maps[:, :, place].sum() * vector.sum() / total),
        )
        for place, vector in enumerate(vectors)
    ]
    return made, explained


def _pictures(
    network: Network,
    info: LayerInfo,
    made: Sequence[Factor],
    computing: Mapping[str, Any],
    progress: Progress | None,
) -> tuple[list[Picture], dict[Unit, Picture]]:
    """Return the pictures of each factor's direction, and those of the channels shown."""
    goals = [
        Objective(((1.0, Direction(info.address, each.vector, 2.0, f"factor {place}")),))
        for place, each in enumerate(made, 1)
    ]
    subjects = [Task(goal, 0) for goal in goals]
    looking = part(progress, 0, 0.5, "Making pictures of the factors")
    results = maximized(network, subjects, progress=looking, **computing)
    looks = [result.shown() for result in results]
    shown = [Unit(info.address, c) for each in made for c, _ in each.strongest(SHOWN)]
    channels = part(progress, 0.5, 1, "Making pictures of their channels")
    return looks, thumbnails(network, shown, channels, **computing)


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'}{number(abs(value))}"
