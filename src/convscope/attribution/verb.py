"""The verb: a photo and a unit go in, which parts drove the decision comes out."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np

from convscope.attribution.decision import Decision
from convscope.attribution.methods import METHODS
from convscope.attribution.result import Attribution, remark
from convscope.errors import InputError, unknown
from convscope.models.network import Network
from convscope.models.photo import fed
from convscope.models.provenance import source
from convscope.models.units import Unit
from convscope.objectives import Objective, of_unit
from convscope.objectives.text import What, objective
from convscope.objectives.units import UnitTerm
from convscope.pictures import Picture


def attribute(
    network: Network,
    photo: Any,
    target: What | None = None,
    *,
    method: str = "integrated-gradients",
    layer: str | None = None,
    seed: int = 0,
    watch: Callable[[float], None] | None = None,
    **settings: Any,
) -> Attribution:
    """Show which parts of a photo spoke for a unit, and which against it.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        target: a unit, 'predictions:bee' or 'block5_conv3:17@3,4', or several weighted together,
            'predictions:bee - predictions:fly'; the likeliest class by default. What is explained
            is the response before softmax or ReLU.
        method: a name in ``METHODS``.
        layer: of the CAMs, where to look; the last layer with rows and columns by default.
        seed: of methods that draw random numbers.
        watch: called with the share that is done, by methods that take long.
        **settings: of the method, as its row of ``METHODS`` has them: steps, samples, noise,
            patch, stride, sigma, cells, keep, baseline. The baseline, what stands for 'nothing to
            see', is mid gray, 0.5.

    Raises:
        InputError: the photo, the target, the method or a setting is not possible.

    Example:
        ``cs.attribute(network, "photo.jpg", "predictions:bee", method="grad-cam").save("why.png")``
    """
    if method not in METHODS:
        raise unknown("attribution method", method, METHODS)
    row = METHODS[method]
    given = settings if layer is None else {**settings, "layer": layer}
    _check(method, given)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"Expected a seed of zero or more. Received: seed={seed!r}.")
    picture = fed(network, photo)
    wanted = explained(network, picture, target)
    decision = Decision(network, picture, wanted, int(seed), watch)
    chosen = {**row.settings, **given}
    heat = row.explain(decision, **chosen)
    return Attribution(
        photo=picture,
        map=np.asarray(heat.map, "float32"),
        target=wanted,
        label=wanted.describe(network),
        method=method,
        is_class=network.head is not None and wanted.layers == [network.head.address],
        score=decision.score,
        baseline_score=heat.baseline_score,
        gap=heat.gap,
        note="; ".join(filter(None, [row.caution, heat.note, remark(heat, decision.score)])),
        seed=int(seed),
        settings=MappingProxyType({**chosen, **heat.used}),
        source=MappingProxyType(source(network, photo)),
    )


def explained(network: Network, picture: Picture, target: What | None) -> Objective:
    """What is to be explained, in the network's own words: the likeliest class unless told."""
    return of_unit(_top(network, picture)) if target is None else _one(network, target)


def _check(method: str, given: dict[str, Any]) -> None:
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
    if not all(isinstance(term, UnitTerm) for _, term in found.terms):
        raise InputError(
            f"Expected units of the network, such as 'predictions:0 - predictions:1'. "
            f"Received: {found}."
        )
    units = found.resolved(network)
    if len(units) != 1:
        raise InputError(f"Expected one unit. Received: {target}, which is {len(units)}.")
    return units[0]


def _top(network: Network, picture: Picture) -> Unit:
    """The likeliest class; of a single output that says no, what speaks for the no."""
    if network.head is None:
        some = list(network.layers)[-1]
        raise InputError(
            f"{network.name} has no class layer, so its decision must be named. "
            f"Try: a target such as '{some}:0'."
        )
    ((index, _, share),) = network.top(network.probabilities(picture[None])[0], 1)
    says_no = network.head.channels == 1 and share < 0.5
    return Unit(network.head.address, index, negative=says_no)
