"""``attribute``: which parts of a photo drove one decision of the network."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from convscope import validation
from convscope.attribution.decision import Explanation
from convscope.attribution.methods.table import METHODS
from convscope.attribution.result import Attribution, remark
from convscope.errors import InputError, refuse_unknown, unknown
from convscope.images import PhotoLike, Picture
from convscope.networks.layers import flat_layers
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap, has_activation
from convscope.networks.photo import to_input
from convscope.networks.provenance import source
from convscope.networks.units import Unit
from convscope.objectives import Objective, from_unit
from convscope.objectives.parser import What, objective
from convscope.objectives.targets import Mask, Target
from convscope.objectives.units import UnitTerm
from convscope.progress import Progress, part

# The default method: it needs nothing but answers, so it works on every model, it has a sign,
# and of all methods that were judged it is best at insertion (benchmarks/judged/RESULTS.md).
DEFAULT = "occlusion"


def attribute(
    network: Network,
    photo: PhotoLike,
    target: What | None = None,
    *,
    method: str = DEFAULT,
    layer: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    **settings: Any,
) -> Attribution:
    """Return a map of the parts of a photo that speak for a unit and those that speak against it.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        target: a unit, 'predictions:bee' or 'block5_conv3:17@3,4', or a weighted sum of units,
            'predictions:bee - predictions:fly'; the likeliest class by default. What is explained
            is the response before softmax or ReLU.
        method: a name in ``METHODS``; by default 'occlusion', which works on every model and
            shows the network about 225 pictures.
        layer: for the CAM methods, the layer whose maps are used; by default the last layer with
            rows and columns.
        seed: of methods that draw random numbers.
        progress: called by methods that take long with the fraction done, in [0, 1], and what is
            being done.
        **settings: of the method, as its row of ``METHODS`` lists them: steps, samples, noise,
            patch, stride, sigma, cells, keep, baseline. The baseline is the gray, 0.5 by default,
            that stands for 'nothing to see'.

    Returns:
        A signed map, (height, width), with the score that it explains, what to know before
        trusting it, and everything needed to make it again.

    Raises:
        InputError: the photo, the target or a setting is not possible, or the method does not work
            on this model.
        UnknownName: no method, layer, class or setting has this name.

    Example:
        ``cs.attribute(network, "photo.jpg", "predictions:bee", method="grad-cam").save("why.png")``
    """
    given = settings if layer is None else {**settings, "layer": layer}
    check(method, given)
    decision = decided(network, photo, target, seed, part(progress, 0, 1, method))
    return explained(decision, method, given, source(network, photo))


def decided(
    network: Network,
    photo: PhotoLike,
    target: What | None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Explanation:
    """What is to be explained: one target, by default the likeliest class."""
    seed = validation.seed(seed)
    picture = to_input(network, photo)
    found = Explanation(network, picture, goal(network, picture, target), seed, progress)
    if any(isinstance(term, Mask) for _, term in found.target.terms) and not found.score:
        named = found.target.describe(network)
        raise InputError.expected(
            f"a class that some place of the photo has, for {named}", "one that none has"
        )
    return found


def explained(
    decision: Explanation, method: str, given: Mapping[str, Any], origin: Mapping[str, str]
) -> Attribution:
    """Explain a decision by one method.

    Args:
        decision: what is explained.
        method: a name in ``METHODS``.
        given: settings that are not to be the method's defaults; ``check`` knows them.
        origin: which photo and network; ``models.provenance.source``.
    """
    network = decision.network
    chosen = {**METHODS[method].settings, **given}
    heat = METHODS[method].explain(decision, **chosen)
    caution = METHODS[method].caution
    head = network.head.address if network.head else None
    is_class = network.classifies and decision.target.layers == [head]
    return Attribution(
        photo=decision.photo,
        map=np.asarray(heat.map, "float32"),
        target=decision.target,
        label=decision.target.describe(network),
        method=method,
        is_class=is_class,
        answer=network.answers if is_class else "response",
        score=decision.score,
        baseline_score=heat.baseline_score,
        gap=heat.gap,
        note="; ".join(
            filter(None, [caution, heat.note, _asleep(decision), remark(heat, decision.score)])
        ),
        seed=decision.seed,
        settings=MappingProxyType({**chosen, **heat.used}),
        source=MappingProxyType(dict(origin)),
    )


def _asleep(decision: Explanation) -> str:
    """That the unit does not fire, if its activation function gives nothing for the photo."""
    network, unit = decision.network, decision.target.unit
    if unit is None or unit.negative or unit.channel is None or decision.score > 0:
        return ""
    layer = flat_layers(network.model).get(unit.layer)
    if layer is None or not has_activation(layer):
        return ""
    tap = Tap(unit.layer, after=True, token=unit.token)
    maps = network.activations(decision.photo[None], [tap])[tap][0][..., unit.channel]
    if unit.kind == "neuron":
        middle = (maps.shape[0] // 2, maps.shape[1] // 2)
        maps = maps[unit.at if isinstance(unit.at, tuple) else middle]
    if np.any(maps):
        return ""
    return f"{unit} does not fire: its response before its activation function is not above zero"


def goal(network: Network, picture: Picture, target: What | None) -> Objective:
    """What is to be explained, in the network's own words: the likeliest class by default."""
    return from_unit(_top(network, picture)) if target is None else _one(network, target)


def check(method: str, given: Mapping[str, Any]) -> None:
    """Refuse a method that is not in the table, and settings that it does not have."""
    refuse_unknown("attribution method", [method], METHODS)
    known = METHODS[method].settings
    for name in given:
        if name in known:
            continue
        others = [other for other, row in METHODS.items() if name in row.settings]
        if others:
            raise InputError(f"{method} has no {name}. Try: method={others[0]!r}, or no {name}.")
        if not known:
            raise InputError(f"{method} has no settings. Received: {name}. Try: without it.")
        raise unknown(f"setting of {method}", name, known)


def _one(network: Network, target: What) -> Objective:
    found = objective(target)
    if not all(isinstance(term, UnitTerm | Target) for _, term in found.terms):
        raise InputError.expected(
            "units of the network, such as 'predictions:0 - predictions:1', a mask, a box or a "
            "likeness",
            found,
        )
    units = found.resolved(network)
    if len(units) != 1:
        raise InputError.expected("one unit", f"{target}, which is {len(units)}")
    return units[0]


def _top(network: Network, picture: Picture) -> Unit:
    """The likeliest class; of a single output that says no, what speaks for the no."""
    if network.head is None:
        some = list(network.layers)[-1]
        raise InputError(
            f"{network.why_no_head}, so its decision must be named. "
            f"Try: a target such as '{some}:0'."
        )
    if (why := network.why_no_probabilities) and network.head.channels > 1:
        raise InputError(
            f"{network.name} {why}, so none of its outputs is the likeliest. "
            f"Try: a target such as '{network.head.address}:0'."
        )
    if not network.classifies and network.head.channels == 1:
        return Unit(network.head.address, 0)  # a single number that nothing calls a class
    ((index, _, share),) = network.top(network.probabilities(picture[None])[0], 1)
    says_no = network.head.channels == 1 and share < 0.5
    return Unit(network.head.address, index, negative=says_no)
