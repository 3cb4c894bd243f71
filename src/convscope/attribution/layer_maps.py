"""The maps of one layer: the choice of the layer, its response, and the gradient there."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from convscope import backend
from convscope.attribution.decision import Explanation, Program
from convscope.backend import Tensor, ops
from convscope.errors import InputError
from convscope.networks.layers import LayerInfo, channels_first, flat_layers
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap, called_through, first_tensor
from convscope.networks.regions import region
from convscope.networks.tokens import from_maps, to_maps, within
from convscope.objectives import CompiledObjective

MAPLESS = "method='occlusion', 'integrated-gradients' or 'rise'"  # what needs no maps
UPRIGHT = 1.5  # maps may be this much wider or narrower than the photo: pooling rounds, nets pad


def layer_with_space(decision: Explanation, name: str | None) -> LayerInfo:
    """Return the layer of that name, or the last one before the unit that has several places.

    A pooling is skipped in favour of the finer maps that it pools, and a row of tokens in favour of
    the maps that it was. In a transformer with a class token it is what the last attention looks
    at. The patches at the start of a
    vision transformer are taken only by name, since they contain no features yet.
    """
    network = decision.network
    before, target = before_target(decision)
    spatial = [info for info in before if _over_the_photo(info, network)]
    # Maps of single pixels that no convolution made are the picture itself, rescaled or padded.
    late = [*itertools.dropwhile(_is_picture, spatial)]
    if not late:
        raise InputError(
            f"CAMs need a layer with rows and columns before {target}; {network.name} has "
            f"none. Try: {MAPLESS}."
        )
    last = next(
        (i for i in reversed(late) if "Pooling" not in i.kind and not _is_same(i)), late[-1]
    )
    if not of_heads(decision):  # they look at the patches themselves, also for the class token
        last = read_by_class_token(before, late) or last
    if name is None:
        region(network, last)  # refuses maps that lie nowhere
        if _is_cut_out(last) and (mixing := _mixing(decision, last)):
            raise InputError(
                f"CAMs need maps of features. The last of {network.name}, {last.address}, only "
                f"cuts the photo into patches; {mixing[0].address} and later layers, which have "
                f"no rows and columns, find the features. Try: {MAPLESS}; or, all the same, "
                f"layer={last.address!r}."
            )
        return last
    info = network.layer(name)
    if info not in before:
        raise InputError.expected(
            f"a layer that runs before {target}", info.address, f"Try: layer={last.address!r}."
        )
    if info not in spatial:
        raise InputError(
            f"Expected a layer with rows and columns. Received: {info.address}, of shape "
            f"{info.shape}. Try: layer={last.address!r}."
        )
    region(network, info)
    return info


def read_by_class_token(before: Sequence[LayerInfo], late: Sequence[LayerInfo]) -> LayerInfo | None:
    """Return what the last attention looks at, in a transformer with a class token; else None.

    The classes are read from the class token, which looks at the patches there for the last time:
    after it, their tokens have no gradient (jacobgil/pytorch-grad-cam, issue 363).

    Args:
        before: the layers before the unit, in the order they run.
        late: those of them that may be looked at.
    """
    attention = next((i for i in reversed(before) if "Attention" in i.kind and i.prefix), None)
    if attention is None:
        return None
    inner = f"{attention.address}/"
    parts = [i for i, info in enumerate(before) if info.address.startswith(inner)]
    start = min([*parts, before.index(attention)])
    return next((info for info in reversed(before[:start]) if info in late), None)


def doubt(decision: Explanation, info: LayerInfo) -> str:
    """Return why a layer's places may not be the photo's for what follows it, or ''."""
    doubts = []
    if info.calls > 1:
        doubts.append(f"{info.address} is called {info.calls} times, and this is its first call")
    mixing = _mixing(decision, info)
    # A class token that looks at the patches once does not mix them.
    if len(mixing) > (1 if info.prefix else 0):
        doubts.append(
            f"after {info.address}, {mixing[0].address} and later layers mix its places, which the "
            "map does not show"
        )
    return "; ".join(doubts)


def before_target(decision: Explanation) -> tuple[list[LayerInfo], str]:
    """Return the layers that run before the unit's, and the unit's.

    Of a head these are the layers before its own; the parts of that are not among them.
    """
    layers = decision.network.layers
    order = list(layers)
    target = min(decision.target.layers, key=order.index)
    inside = f"{target}/" if target in of_heads(decision) else target
    end = next(i for i, each in enumerate(order) if each == target or each.startswith(inside))
    return [layers[address] for address in order[:end]], target


def of_heads(decision: Explanation) -> list[str]:
    """Return the layers whose heads are explained."""
    return [tap.layer for tap in decision.target.taps if tap.heads]


def _over_the_photo(info: LayerInfo, network: Network) -> bool:
    """Return whether a layer has maps whose rows and columns are the photo's.

    Inside attention, tokens and heads look like rows and columns but have no place in the photo.
    """
    if not info.is_map or info.shape[0] * info.shape[1] == 1:
        return False
    if info.prefix is None and within(info.address, flat_layers(network.model)):
        return False
    if info.stride is not None:  # its places were followed from the photo's
        return True
    shape = (info.shape[0] / info.shape[1]) / (network.size[0] / network.size[1])
    return 1 / UPRIGHT <= shape <= UPRIGHT


def _is_picture(info: LayerInfo) -> bool:
    return info.receptive_field == 1 and "Conv" not in info.kind


def _is_same(info: LayerInfo) -> bool:
    """Return whether a layer only lays maps out as a row of tokens."""
    return info.kind == "Reshape" and info.prefix is not None


def _is_cut_out(info: LayerInfo) -> bool:
    """Return whether each place sees only a patch of its own, which it shares with no other."""
    return (
        info.receptive_field is not None
        and info.stride is not None
        and info.receptive_field <= info.stride
    )


def _mixing(decision: Explanation, info: LayerInfo) -> list[LayerInfo]:
    """Return the layers between a layer and the unit that mix its places.

    They are attention, and layers with weights that work on rows that are no maps.
    """
    before, _ = before_target(decision)
    return [
        each
        for each in before[before.index(info) + 1 :]
        if ("Attention" in each.kind and each.shape)
        or (len(each.shape) == 2 and each.shape[0] > 1 and each.parameters)
    ]


def maps_of(decision: Explanation, info: LayerInfo) -> np.ndarray:
    """Return a layer's response to the photo, after its activation: (height, width, channels)."""
    tap = Tap(info.address, after=True)
    found: np.ndarray = decision.network.activations(decision.photo[None], [tap])[tap][0]
    return found


def maps_and_slopes(decision: Explanation, info: LayerInfo) -> tuple[np.ndarray, np.ndarray]:
    """Return a layer's response to the photo, after its activation, and the gradient there.

    Returns:
        Two arrays (height, width, channels).
    """
    network = decision.network

    def make(bound: CompiledObjective) -> Program:
        def listen(pictures: Tensor, *data: Tensor) -> Sequence[Tensor]:
            outputs = []

            def total(nudge: Tensor) -> tuple[Tensor, Tensor]:
                def nudged(maps: Tensor) -> Tensor:
                    outputs.append(maps + ops.cast(nudge, maps.dtype))
                    return outputs[0]

                with changed_maps(network, info, nudged):
                    seen = network.forward(pictures, bound.taps)
                return ops.sum(bound.score(seen, data)), outputs.pop()

            # The slope to a nudge of nothing is the slope to the layer's own output.
            nothing = ops.zeros((pictures.shape[0], *info.shape), "float32")
            (_, maps), slopes = backend.value_and_gradient(total, nothing)
            return [maps, slopes]

        return listen

    maps, slopes = decision.run(("maps and slopes", info.address), make, [decision.photo])
    return maps[0], slopes[0]


def scores_of(
    decision: Explanation, info: LayerInfo, maps: Iterator[np.ndarray], total: int
) -> np.ndarray:
    """Return the target's response to the photo for other responses of one layer: (total,).

    The layer's maps are replaced at its first call.

    Args:
        decision: of the photo.
        info: the layer.
        maps: (height, width, channels) each.
        total: how many there are.
    """
    network = decision.network

    def make(bound: CompiledObjective) -> Program:
        def listen(pictures: Tensor, maps: Tensor, *data: Tensor) -> Sequence[Tensor]:
            with changed_maps(network, info, lambda own: ops.cast(maps, own.dtype)):
                return [bound.score(network.forward(pictures, bound.taps), data)]

        return listen

    photos = itertools.repeat(decision.photo, total)
    (scores,) = decision.run(("other maps", info.address), make, photos, total, beside=maps)
    return scores


@contextmanager
def changed_maps(
    network: Network, info: LayerInfo, change: Callable[[Tensor], Tensor]
) -> Iterator[None]:
    """Replace a layer's maps at its first call; tokens before those of patches stay as they are.

    Args:
        network: whose layer it is.
        info: a layer that gives maps.
        change: from the layer's own maps, (n, height, width, channels), to others of that shape.
    """
    layers = flat_layers(network.model)
    first = channels_first(layers)
    calls = itertools.count()

    def changed(output: Tensor) -> Tensor:
        if info.prefix is not None:
            rows, columns = info.shape[:2]
            maps = change(to_maps(output, info.prefix, (rows, columns)))
            return from_maps(maps, output, info.prefix)
        if first:
            return ops.transpose(change(ops.transpose(output, (0, 2, 3, 1))), (0, 3, 1, 2))
        return change(output)

    def changing(original: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        output = original(*args, **kw)
        if next(calls):
            return output
        own = first_tensor(output)
        return changed(own) if own is output else type(output)((changed(own), *output[1:]))

    with called_through(layers[info.address], changing):
        yield


def over_photo(decision: Explanation, info: LayerInfo, coarse: np.ndarray) -> np.ndarray:
    """Return a layer's map (rows, columns) over the pixels that it covers; zero elsewhere."""
    where = region(decision.network, info)
    return where.placed(enlarged(coarse, where.size), decision.photo.shape[:2])


def enlarged(coarse: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a map at (height, width), linearly interpolated between the centres of its places.

    Example:
        >>> enlarged(np.array([[0.0, 1.0]]), (1, 4))
        array([[0.  , 0.25, 0.75, 1.  ]])
    """
    for axis, side in enumerate(size):
        last = coarse.shape[axis] - 1
        at = np.clip((np.arange(side) + 0.5) * (last + 1) / side - 0.5, 0, last)
        low = np.floor(at).astype("int64")
        share = np.expand_dims(at - low, 1 - axis)
        near, far = coarse.take(low, axis), coarse.take(np.minimum(low + 1, last), axis)
        coarse = near * (1 - share) + far * share
    return coarse
