"""``check``: which preprocessing a model was trained with, from photos whose class is known."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from convscope.brief import Brief
from convscope.errors import InputError
from convscope.images import PhotoLike
from convscope.networks.loading.load import Labels, Source, opened
from convscope.networks.network import Network
from convscope.networks.photo import to_input
from convscope.networks.preprocessing import EXAMPLE, PREPROCESSING
from convscope.networks.units import in_quotes, quoted

# A smaller factor between the two best is no evidence: another crop of the photo changes more.
TIE = 1.25
NO, YES = {"0", "no"}, {"1", "yes"}  # what a single output may be said to show
FAINTEST = 1e-12  # a probability of zero would outweigh every other photo


Class = int | str  # its index, or its label


@dataclass(frozen=True)
class Verdict(Brief):
    """How well a model does on known photos under one preprocessing.

    Args:
        convention: a name in ``PREPROCESSING``.
        meaning: the same in words.
        probabilities: of the right class, one for each photo.
        ranks: of the right class among all, one for each photo; 1 is first.
        guesses: the label of the likeliest class, one for each photo.
    """

    convention: str
    meaning: str
    probabilities: tuple[float, ...]
    ranks: tuple[int, ...]
    guesses: tuple[str, ...]

    def _brief(self) -> str:
        return f"{self.convention}: {self.right} of {len(self.ranks)} right"

    @property
    def right(self) -> int:
        """The number of photos whose right class comes first."""
        return sum(rank == 1 for rank in self.ranks)

    @property
    def likelihood(self) -> float:
        """The geometric mean of the right class's probability over the photos."""
        logs = [math.log(max(value, FAINTEST)) for value in self.probabilities]
        return math.exp(sum(logs) / len(logs))

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as plain numbers and names."""
        return {**asdict(self), "right": self.right, "likelihood": self.likelihood}


def check(
    source: Source,
    photos: PhotoLike | Sequence[PhotoLike],
    truths: Class | Sequence[Class],
    *,
    weights: str | os.PathLike[str] | None = None,
    size: int | tuple[int, int] | None = None,
    labels: Labels | None = None,
    head: str | None = None,
    custom_objects: Mapping[str, Any] | None = None,
) -> list[Verdict]:
    """Return how well a model does on known photos under each known preprocessing, best first.

    Args:
        source: a zoo name, a model file or a Keras model, as for ``load``.
        photos: a photo or a list of them: paths, Pillow images or arrays.
        truths: the class of each photo: its index or its label. For a model with a single output
            that says yes or no: 1, 'yes' or its label, or 0 or 'no'.
        weights: as for ``load``.
        size: as for ``load``.
        labels: as for ``load``.
        head: as for ``load``.
        custom_objects: as for ``load``.

    Returns:
        A verdict for each row of ``PREPROCESSING`` that fits the model's channels: first those that
        get the most photos right, then those with the highest probability of the right class.

    Raises:
        InputError: there are not as many classes as photos, or a photo cannot be used.
        UnknownName: no class has this name.
        ModelError: the model cannot be loaded or run, or its outputs are not probabilities.

    Example:
        ``print(cs.check("mine.keras", "bee.jpg", "bee", labels="names.txt")[0].convention)``
    """
    model = opened(
        source, weights=weights, size=size, labels=labels, head=head, custom_objects=custom_objects
    )
    photos, truths = _several(photos), _several(truths)
    if not photos or len(photos) != len(truths):
        raise InputError.expected(
            "one label for each photo", f"{len(photos)} photos and {len(truths)} labels"
        )
    verdicts = [
        _verdict(name, model.network(feed), photos, truths)
        for name, feed in PREPROCESSING.items()
        if feed.fits(model.channels)
    ]
    return sorted(verdicts, key=lambda verdict: (-verdict.right, -verdict.likelihood))


def best(verdicts: Sequence[Verdict]) -> Verdict | None:
    """Return the preprocessing that the photos support; None if they do not decide."""
    first, *others = sorted(verdicts, key=lambda verdict: (-verdict.right, -verdict.likelihood))
    if not first.right:
        return None
    close = [other for other in others if other.right == first.right]
    if any(other.likelihood * TIE >= first.likelihood for other in close):
        return None
    return first


def conclusion(verdicts: Sequence[Verdict]) -> str:
    """Return one line with the result, and with what to try if there is none."""
    found = best(verdicts)
    count = len(verdicts[0].ranks)
    if found:
        return (
            f"{found.convention}: the right class is first on {found.right} of {count} "
            f"photo{'s' * (count != 1)}. Try: --preprocessing {found.convention}"
        )
    if not any(verdict.right for verdict in verdicts):
        return (
            "Undecided: under no convention is the right class first. Check the labels and their "
            f"order, or state a preprocessing of your own, such as '{EXAMPLE}'."
        )
    first, second = sorted(verdicts, key=lambda each: (-each.right, -each.likelihood))[:2]
    return (
        f"Undecided: {first.convention} and {second.convention} do about equally well. "
        "Try: more photos, of other classes."
    )


def _verdict(name: str, network: Network, photos: Sequence[Any], truths: Sequence[Any]) -> Verdict:
    opinions = network.probabilities(np.stack([to_input(network, photo) for photo in photos]))
    right = [_class(network, truth) for truth in truths]
    names = [network.label(place) for place in range(opinions.shape[1])]
    if len(names) == 1:  # of yes against no
        opinions = np.concatenate([1 - opinions, opinions], axis=1)
        names = ["no", *names] if network.labels else ["no", "yes"]
    own = opinions[np.arange(len(right)), right]
    ranks = 1 + (opinions > own[:, None]).sum(axis=1)
    return Verdict(
        convention=name,
        meaning=network.preprocessing.describe(),
        probabilities=tuple(map(float, own)),
        ranks=tuple(map(int, ranks)),
        guesses=tuple(names[place] for place in opinions.argmax(axis=1)),
    )


def _class(network: Network, truth: Class) -> int:
    """Return the index of a class that is given as its index or its label."""
    assert network.head is not None
    if network.head.channels == 1 and str(truth) in NO | YES:
        return int(str(truth) in YES)
    known = str(truth) in (network.labels or ())
    text = in_quotes(str(truth)) if known else str(truth)
    (unit,) = network.units(f"{quoted(network.head.address)}:{text}")
    assert unit.channel is not None
    return 1 if network.head.channels == 1 else unit.channel


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
