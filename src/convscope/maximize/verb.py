"""The verb: from addresses to pictures."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from convscope import pictures
from convscope.canvas import CANVASES, Canvas, Fourier, backed
from convscope.errors import InputError
from convscope.maximize.climb import Step, climb, growing
from convscope.maximize.recipe import Recipe
from convscope.maximize.result import Gallery, Maximized, eight_bit
from convscope.models.network import Network
from convscope.models.provenance import source
from convscope.models.units import Unit
from convscope.objectives import of_units

Size = int | tuple[int, int] | None
Watch = Callable[[Sequence[Unit], Step], None]

BATCH = 16
BATCH_PIXELS = BATCH * 128 * 128  # of all pictures of a batch together; beyond it memory counts


def maximize(
    network: Network,
    unit: str | Unit,
    *,
    size: Size = None,
    recipe: Recipe | None = None,
    watch: Watch | None = None,
    **settings: Any,
) -> Maximized:
    """Make the picture that excites one unit most.

    Args:
        network: from ``convscope.load``.
        unit: an address: 'block5_conv3:17', 'predictions:bee', '-block3_conv1:5@center'.
        size: height and width in pixels, or one number for both; the network's own by default.
        recipe: how to climb; the default recipe if not given.
        watch: called after each step with the units of the batch and the ``Step``.
        **settings: fields of ``Recipe`` to change: seed, steps, rate, canvas, ...

    Raises:
        InputError: the unit, the size or a setting is not possible; the message says what is.

    Example:
        ``cs.maximize(network, "block5_conv3:17", seed=3).save("unit.png")``
    """
    units = network.units(unit)
    if len(units) != 1:
        raise InputError(
            f"Expected one unit. Received: {unit}, which is {len(units)}. Try: convscope.gallery()."
        )
    (result,) = maximized(network, units, size=size, recipe=recipe, watch=watch, **settings)
    return result


def gallery(
    network: Network,
    *units: str | Unit,
    size: Size = None,
    recipe: Recipe | None = None,
    watch: Watch | None = None,
    **settings: Any,
) -> Gallery:
    """Make the pictures of several units, many in one batch.

    Each is the picture ``maximize`` makes of it alone. Arguments are those of ``maximize``; ranges
    such as 'block5_conv3:0-15' and 'predictions:*' give several units.
    """
    found = network.units(*units)
    results = maximized(network, found, size=size, recipe=recipe, watch=watch, **settings)
    return Gallery(tuple(results))


def maximized(
    network: Network,
    units: Sequence[Unit],
    *,
    size: Size = None,
    recipe: Recipe | None = None,
    watch: Watch | None = None,
    **settings: Any,
) -> Iterator[Maximized]:
    """Yield each unit's picture as soon as its batch is done; stop asking to stop climbing."""
    recipe = tuned(recipe, settings)
    shape = sized(network, size)
    check(network, units, shape)
    canvas = blank(network, recipe, shape)
    most = max(1, min(BATCH, BATCH_PIXELS // (shape[0] * shape[1])))
    for _, alike in itertools.groupby(units, key=_batched_by):
        same = list(alike)
        for start in range(0, len(same), most):
            yield from _batch(network, same[start : start + most], canvas, recipe, watch)


def tuned(recipe: Recipe | None, settings: dict[str, Any]) -> Recipe:
    """A recipe with some settings changed."""
    try:
        return replace(recipe or Recipe(), **settings)
    except TypeError as error:
        known = ", ".join(Recipe().as_json())
        raise InputError(f"Expected settings of a recipe: {known}. Received: {error}.") from error


def check(network: Network, units: Sequence[Unit], size: tuple[int, int]) -> None:
    """Refuse a size at which the network does not reach one of the units."""
    shapes = {layer: network.shape_at(layer, size) for layer in {unit.layer for unit in units}}
    for unit in units:
        shape = shapes[unit.layer]
        if shape is None:
            own = f"{network.size[0]}x{network.size[1]}"
            raise InputError(
                f"{network.name} reaches {unit.layer} only on pictures of its own size, {own}. "
                f"Received: {size[0]}x{size[1]}. Try: without a size."
            )
        if isinstance(unit.at, tuple) and (unit.at[0] >= shape[0] or unit.at[1] >= shape[1]):
            raise InputError(
                f"On pictures of {size[0]}x{size[1]}, {unit.layer} has neurons @0,0 to "
                f"@{shape[0] - 1},{shape[1] - 1}. Received: {unit}."
            )


def boost(network: Network, layer: str, size: tuple[int, int], recipe: Recipe) -> float:
    """How much faster a unit climbs for seeing only part of the picture."""
    field = network.layers[layer].receptive_field
    return max(1.0, min(size) / field) ** recipe.boost if field else 1.0


def respond(network: Network, units: Sequence[Unit], pictures: np.ndarray) -> np.ndarray:
    """Each unit's response to its own picture, before the activation function: (n,).

    Args:
        units: of one layer and kind.
        pictures: (n, height, width, channels) in [0, 1], one a unit.
    """
    from keras import ops

    objective = of_units([replace(unit, negative=False) for unit in units])
    (tap,) = objective.taps
    seen = network.look(pictures, [tap])
    data = tuple(ops.convert_to_tensor(array) for array in objective.data)
    scores = objective.score({tap: ops.convert_to_tensor(seen[tap])}, data)
    return np.asarray(ops.convert_to_numpy(scores), "float64")


def _batched_by(unit: Unit) -> tuple[str, str, bool]:
    """What units must share to be climbed in one batch: kind, layer, and whether they may grow."""
    return unit.kind, unit.layer, _placed(unit)


def _placed(unit: Unit) -> bool:
    """Whether a unit stands at a stated place, which on a smaller map would be another place."""
    return isinstance(unit.at, tuple)


def _batch(
    network: Network, units: Sequence[Unit], canvas: Canvas, recipe: Recipe, watch: Watch | None
) -> Iterator[Maximized]:
    objective = of_units(units)
    layer = units[0].layer
    growable = not _placed(units[0])
    sizes = growing(network, [layer], canvas, recipe) if growable else [canvas.size]
    steps: list[Step] = []
    painted: Sequence[np.ndarray] = ()
    for step in climb(
        network,
        objective,
        canvas,
        recipe,
        sizes=sizes,
        boost=boost(network, layer, canvas.size, recipe),
    ):
        if watch:
            watch(units, step)
        if step.number:
            steps.append(step)
        if step.number == step.total:
            painted = list(step.pictures())
    made = [eight_bit(picture) for picture in painted]
    seen = [pictures.over(picture) if backed(canvas) else picture for picture in made]
    responses = respond(network, units, np.stack(seen))
    history = np.stack([step.scores() for step in steps], axis=1)
    for unit, picture, response, rise in zip(units, made, responses, history, strict=True):
        natural = network.natural
        yield Maximized(
            picture=picture,
            unit=unit,
            label=network.describe(unit),
            response=float(response),
            history=tuple(map(float, rise)),
            standing=natural.standing(unit, response) if natural else None,
            recipe=recipe,
            source=source(network),
        )


def sized(network: Network, size: Size) -> tuple[int, int]:
    """Height and width in pixels; the network's own if none are given."""
    return network.size if size is None else pictures.sized(size)


def blank(network: Network, recipe: Recipe, size: tuple[int, int]) -> Canvas:
    """The recipe's canvas for the network's kind of picture."""
    if recipe.canvas == "fourier":
        return Fourier(size, network.channels, recipe.decay)
    return CANVASES[recipe.canvas](size, network.channels)
