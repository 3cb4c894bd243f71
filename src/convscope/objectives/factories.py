"""The functions that make objectives, one for each kind of term."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convscope.errors import InputError, refuse_unknown
from convscope.images import PhotoLike
from convscope.networks.units import Unit
from convscope.objectives.custom import Custom
from convscope.objectives.direction import Direction
from convscope.objectives.feature_matching import Caricature, Inversion
from convscope.objectives.objective import Objective
from convscope.objectives.parser import parse
from convscope.objectives.penalties import PENALTIES, Penalty
from convscope.objectives.sets import Alignment, Diversity
from convscope.objectives.targets import Box, Like, Mask
from convscope.objectives.term import Term


def unit(address: str | Unit) -> Objective:
    """Return the objective that is the response of a unit, before its activation function.

    Args:
        address: 'block5_conv3:17', '-predictions:bee' to minimize, or a range for several units.

    Returns:
        An objective with one term.

    Raises:
        InputError: the text is not an address.

    Example:
        >>> print(0.5 * unit("conv:3") + unit("-conv:4"))
        0.5 * conv:3 - conv:4
    """
    return parse(str(address))


def direction(layer: str, vector: np.ndarray) -> Objective:
    """Return the objective that is the component of a layer's mean response along a direction.

    Args:
        layer: a layer's address.
        vector: (channels,), any length but zero.

    Returns:
        An objective with one term.

    Raises:
        InputError: the vector has another shape, is zero, or is not finite.

    Example:
        ``objectives.direction("conv", np.array([1.0, -1.0]))``
    """
    return _alone(Direction(layer, vector))


def cosine(layer: str, vector: np.ndarray, power: float = 2.0) -> Objective:
    """Return ``direction`` times a power of the cosine, so that other directions count against it.

    The formula is that of Carter 2019, "Activation Atlas".

    Args:
        layer: a layer's address.
        vector: (channels,), any length but zero.
        power: of the cosine, zero or more.

    Returns:
        An objective with one term.

    Raises:
        InputError: the vector has another shape, is zero, or is not finite, or the power is below
            zero.

    Example:
        ``objectives.cosine("conv", np.array([1.0, -1.0]))``
    """
    return _alone(Direction(layer, vector, power))


def inversion(layer: str, photo: PhotoLike) -> Objective:
    """Return the objective that a layer responds to the picture as it does to a photo.

    The score is minus the squared distance of the responses, as a share of their square (Mahendran
    2015, "Understanding Deep Image Representations by Inverting Them").

    Args:
        layer: a layer's address.
        photo: a path, an array or a Pillow image.

    Returns:
        An objective with one term, whose score is 0 for the same responses.

    Example:
        ``cs.maximize(network, objectives.inversion("block4_conv3", "photo.jpg"))``
    """
    return _alone(Inversion(layer, photo))


def caricature(layer: str, photo: PhotoLike) -> Objective:
    """Return the objective that exaggerates a layer's responses to a photo.

    The score is the dot product of the responses times their cosine, as in Lucid.

    Args:
        layer: a layer's address.
        photo: a path, an array or a Pillow image.

    Returns:
        An objective with one term, whose score is 1 for the photo itself.

    Example:
        ``cs.maximize(network, objectives.caricature("block4_conv3", "photo.jpg"))``
    """
    return _alone(Caricature(layer, photo))


def mask(name: str | int, layer: str = "") -> Objective:
    """Return the objective that is the sum of a class's logits over the places that have it.

    For networks that give each place of a photo a class; also a target of ``attribute``.

    Args:
        name: the class, by label or index.
        layer: the layer that gives the classes; by default the model's output.

    Returns:
        An objective with one term. Its places are those of each picture itself: where no other
        class has a larger logit, or, of a single class, where the logit is above zero.

    Example:
        ``cs.attribute(segmenter, "photo.jpg", objectives.mask("car"), method="gradient")``
    """
    return _alone(Mask(layer, str(name)))


def box(number: int, layer: str = "") -> Objective:
    """Return the objective that is the largest logit of one box of a detector.

    Args:
        number: from 0, in the order of the boxes' largest logits in each picture.
        layer: the layer that gives logits, (boxes, classes); by default the model's output.

    Returns:
        An objective with one term.

    Example:
        ``cs.attribute(detector, "photo.jpg", objectives.box(0), method="occlusion")``
    """
    return _alone(Box(layer, number))


def like(photo: PhotoLike, layer: str = "") -> Objective:
    """Return the objective that is the cosine of a picture's embedding with a photo's.

    Args:
        photo: a path, an array or a Pillow image.
        layer: the layer that gives the embedding; by default the model's output.

    Returns:
        An objective with one term, whose score is 1 for the photo itself.

    Example:
        ``cs.attribute(embedder, "photo.jpg", objectives.like("other.jpg"), method="occlusion")``
    """
    return _alone(Like(layer, photo))


def diversity(layer: str) -> Objective:
    """Return the objective that the pictures of one set have different textures at a layer.

    The score is minus the mean cosine of Gram matrices (Olah 2017, "Feature Visualization"). The
    set is what ``gallery(count=...)`` makes.

    Args:
        layer: a layer's address.

    Returns:
        An objective with one term, in [-1, 1]; a picture alone scores 0.

    Example:
        >>> print(unit("conv:3") + 2 * diversity("conv"))
        conv:3 + 2 * diversity(conv)
    """
    return _alone(Diversity(layer))


def alignment() -> Objective:
    """Return the objective that neighbours in a set, such as an ``interpolation``, are alike.

    The score is minus the mean squared difference of pixels (Mordvintsev 2018, "Differentiable
    Image Parameterizations").

    Returns:
        An objective with one term, at most 0.

    Example:
        >>> print(unit("conv:3") + 10 * alignment())
        conv:3 + 10 * alignment
    """
    return _alone(Alignment())


def penalty(name: str) -> Objective:
    """Return a cost of the picture itself, independent of the network; subtract it.

    Args:
        name: a name in ``PENALTIES``: 'total-variation', 'l1', 'l2', 'blur' or 'boundary'.

    Returns:
        An objective with one term, zero or more; 0 for plain gray.

    Raises:
        UnknownName: no penalty has this name.

    Example:
        >>> print(unit("conv:3") - 20 * penalty("l2"))
        conv:3 - 20 * l2
    """
    refuse_unknown("penalty", [name], PENALTIES)
    return _alone(Penalty(name))


def custom(
    function: Callable[[Mapping[str, Any]], Any], *layers: str, name: str | None = None
) -> Objective:
    """Return a custom objective: a function of the responses of some layers, before activation.

    Args:
        function: takes a mapping from each of ``layers`` to (n, height, width, channels) or
            (n, channels); returns (n,). Keras operations only.
        layers: addresses, one at least.
        name: its name in texts; the function's own name by default.

    Returns:
        An objective with one term.

    Raises:
        InputError: no layer is given.

    Example:
        ``objectives.own(lambda seen: ops.mean(seen["conv"][..., :4], (1, 2, 3)), "conv")``
    """
    if not layers:
        raise InputError.expected("the layers that the function looks at", "none")
    return _alone(Custom(function, layers, name or str(getattr(function, "__name__", "own"))))


def interpolation(
    first: str | Objective, last: str | Objective, count: int = 5
) -> tuple[Objective, ...]:
    """Return objectives that lead from one to another in equal steps, for a ``gallery``.

    Args:
        first: an objective or its text.
        last: an objective or its text.
        count: how many, 2 or more; the first and the last are among them.

    Returns:
        ``count`` weighted sums of the two.

    Raises:
        InputError: ``count`` is below 2, or a text is not an objective.

    Example:
        >>> [str(each) for each in interpolation("conv:0", "conv:1", 3)][1]
        '0.5 * conv:0 + 0.5 * conv:1'
    """
    if count < 2:
        raise InputError.expected("at least 2 pictures from one to the other", count)
    one, other = (parse(end) if isinstance(end, str) else end for end in (first, last))
    shares = [place / (count - 1) for place in range(count)]
    return tuple((1 - share) * one + share * other for share in shares)


def _alone(term: Term) -> Objective:
    return Objective(((1.0, term),))
