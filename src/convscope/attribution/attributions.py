"""``attributions``: several maps of one photo, over methods, targets or layers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from convscope.attribution.attribute import DEFAULT, check, decided, explained
from convscope.attribution.decision import Explanation
from convscope.attribution.grid import Attributions
from convscope.attribution.methods.table import METHODS
from convscope.attribution.pass_counter import PassCounter, TooManyPasses
from convscope.attribution.result import Attribution
from convscope.errors import InputError, unknown
from convscope.images import PhotoLike
from convscope.networks.blocks import main_layers
from convscope.networks.network import Network
from convscope.networks.provenance import source
from convscope.networks.units import Unit
from convscope.objectives import Objective
from convscope.objectives.parser import What, objective
from convscope.progress import Progress, part

EVERY = "every"  # all convolutions in place of layers, all methods in place of methods
MOST = 1000  # pictures that a map may show the network before it counts as very slow


def attributions(
    network: Network,
    photo: PhotoLike,
    targets: What | Sequence[What] | None = None,
    *,
    methods: str | Sequence[str] | None = None,
    layers: str | Sequence[str] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    **settings: Any,
) -> Attributions:
    """Return several maps of one photo: by several methods, for several targets or layers.

    At most two of the three may differ. Every combination is made.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        targets: as for ``attribute``, one or several; the likeliest class by default.
        methods: names in ``METHODS``. 'every' stands for all methods that work on the network,
            except those that show it more than 1,000 pictures for one map. By default: every
            method for one target, the default method for several targets, and the first method
            with a layer for several layers.
        layers: addresses for the methods that have a layer. With several layers each gives a map.
            'every' stands for each convolution before the target, from early to late.
        seed: of methods that draw random numbers.
        progress: called with the fraction done, in [0, 1], and what is being done.
        **settings: of the methods; each setting goes to the methods that have it.

    Returns:
        A sequence of ``Attribution``, for each target, each layer and each method, that can be
        drawn side by side and given to ``evaluate``.

    Raises:
        InputError: targets, layers and methods all differ, none is given, no method works on this
            network, or the photo, a target, a method or a setting is not possible.
        UnknownName: no method, layer, class or setting has this name.

    Example:
        ``cs.attributions(network, "photo.jpg").save("maps.png")``
    """
    decisions = _decisions(network, photo, targets, seed)
    places = _places(decisions, layers)
    chosen, chooses = chosen_methods(methods, len(decisions), len(places))
    given = {**settings, "layer": places[0]} if len(places) == 1 else settings
    check_settings(chosen, given)
    counts = {"target": len(decisions), "layer": len(places), "method": len(chosen)}
    axes = [name for name, count in counts.items() if count > 1]
    if len(axes) > 2:
        raise InputError.expected(
            "targets, layers and methods of which at most two differ",
            f"{len(decisions)} targets, {len(places)} layers and {len(chosen)} methods",
        )
    origin = source(network, photo)
    wishes = [
        (decision, method, {**_own(method, given), **({} if place is None else {"layer": place})})
        for decision in decisions
        for place in (places if len(places) > 1 else [None])
        for method in chosen
    ]
    made: list[tuple[Attribution, int]] = []
    left_out: dict[str, str] = {}
    for number, (decision, method, own) in enumerate(wishes):
        if method in left_out:
            continue
        meter = PassCounter(MOST if chooses else None)
        share = part(progress, number / len(wishes), (number + 1) / len(wishes), method)
        counted = replace(decision, progress=share, count=meter)
        try:
            made.append((explained(counted, method, own, origin), meter.passes))
        except TooManyPasses as slow:
            left_out[method] = f"{slow}; name it to have it"
        except InputError as error:
            if not chooses:
                raise
            left_out[method] = str(error).partition(". ")[0].rstrip(".")
        share(1.0, method)
    made = [(found, passes) for found, passes in made if found.method not in left_out]
    if not made:
        why = "; ".join(f"{name}: {reason}" for name, reason in left_out.items())
        raise InputError(f"No method can explain {decisions[0].target} ({why}).")
    return Attributions(
        network=network,
        maps=tuple(found for found, _ in made),
        axes=tuple(axes) or ("method",),
        passes=tuple(passes for _, passes in made),
        left_out=MappingProxyType(left_out),
        asked=MappingProxyType(
            {
                "targets": [str(decision.target) for decision in decisions],
                "methods": [EVERY] if chooses else chosen,
                "layers": [str(place) for place in places],
                "settings": settings,
                "seed": int(seed),
            }
        ),
        source=MappingProxyType(origin),
    )


def _decisions(
    network: Network, photo: PhotoLike, targets: What | Sequence[What] | None, seed: int
) -> list[Explanation]:
    """One a target; a range of units is several targets."""
    if targets is None:
        return [decided(network, photo, None, seed)]
    some = [targets] if isinstance(targets, str | Unit | Objective) else list(targets)
    if not some:
        raise InputError.expected("at least one target", "none")
    units = [unit for target in some for unit in objective(target).resolved(network)]
    return [decided(network, photo, unit, seed) for unit in dict.fromkeys(units)]


def _places(decisions: Sequence[Explanation], layers: str | Sequence[str] | None) -> list[str]:
    """The addresses of the layers to look at, in the order asked for; 'every' by itself."""
    if layers is None:
        return []
    network = decisions[0].network
    if layers == EVERY or list(layers) == [EVERY]:
        order = list(network.layers)
        last = min(order.index(layer) for each in decisions for layer in each.target.layers)
        found = [
            info.address
            for info in main_layers(network)
            if order.index(info.address) < last and info.shape[0] * info.shape[1] > 1
        ]
        if not found:
            raise InputError(
                f"{network.name} has no convolution before {decisions[0].target}. Try: a layer's "
                "name."
            )
        return found
    names = [layers] if isinstance(layers, str) else list(layers)
    if not names:
        raise InputError.expected("at least one layer", "none")
    return list(dict.fromkeys(network.layer(name).address for name in names))


def chosen_methods(
    methods: str | Sequence[str] | None, targets: int = 1, places: int = 0
) -> tuple[list[str], bool]:
    """Which methods, for so many targets and layers; and whether nobody named them."""
    looking = [name for name, row in METHODS.items() if "layer" in row.settings]
    names = [methods] if isinstance(methods, str) else methods
    if names is None and places > 1:
        return looking[:1], False
    if names is None and targets > 1:
        return [DEFAULT], False
    if names is None or list(names) == [EVERY]:
        return looking if places > 1 else list(METHODS), True
    if not names:
        raise InputError.expected("at least one method", "none")
    for name in names:
        check(name, {"layer": None} if places > 1 else {})
    return list(dict.fromkeys(names)), False


def _own(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name in METHODS[method].settings}


def check_settings(methods: Sequence[str], given: Mapping[str, Any]) -> None:
    """Refuse settings that none of the methods has."""
    if len(methods) == 1:
        return check(methods[0], given)
    known = {name for method in methods for name in METHODS[method].settings}
    for name in given:
        others = [method for method, row in METHODS.items() if name in row.settings]
        if name not in known and others:
            raise InputError(f"None of these methods has {name}. Try: {others[0]!r} too.")
        if name not in known:
            raise unknown("setting", name, known)
    return None
