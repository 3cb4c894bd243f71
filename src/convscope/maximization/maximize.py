"""Activation maximization: ``maximize`` makes one picture, ``gallery`` makes several."""

import itertools
import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from convscope import backend, images
from convscope.canvas import CANVASES, Canvas, Fourier, has_opacity
from convscope.errors import ConvscopeWarning, InputError, refuse_unknown
from convscope.maximization.ascent import CHUNK, Step, ascend
from convscope.maximization.pre_activation import pre_activations
from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import Use, recipe_for
from convscope.maximization.result import Gallery, Maximized, eight_bit
from convscope.maximization.task import Task, tasks
from convscope.networks import batch_size
from convscope.networks.network import Network
from convscope.networks.patches import precision
from convscope.networks.provenance import source
from convscope.networks.units import Unit
from convscope.objectives import Objective, from_unit, score_pictures
from convscope.objectives.parser import What, objective
from convscope.progress import Progress

Size = int | tuple[int, int] | Literal["fit"] | None
PictureSize = Size | Literal["field"]
OnStep = Callable[[Sequence[Objective], Step], None]

SMALLEST_FIT = 16  # pixels a side; a smaller picture shows too little

HARDLY = 0.01  # of the learning rate: with a gradient, the first step is longer than this
STUCK = (
    "the picture did not change, because the unit has no gradient: it does not depend on the "
    "picture, its weights are almost zero, or it is a probability that rounds to 0 or 1"
)


def maximize(
    network: Network,
    what: What,
    *,
    size: PictureSize = None,
    recipe: Recipe | None = None,
    progress: Progress | None = None,
    on_step: OnStep | None = None,
    every: int = CHUNK,
    **settings: Any,
) -> Maximized:
    """Return the picture that excites a unit most, or that scores highest on an objective.

    The picture is found by gradient ascent on the network's input (Erhan 2009, "Visualizing
    Higher-Layer Features of a Deep Network"), in a Fourier basis and under random transforms
    (Olah 2017, "Feature Visualization"), and is measured again after rounding to 8 bits.

    Args:
        network: from ``convscope.load``.
        what: an address: 'block5_conv3:17', 'predictions:bee', '-block3_conv1:5@center'; or an
            objective, as text or from ``convscope.objectives``: 'block5_conv3:17 - 10 * l2'.
        size: height and width in pixels, or one number for both; the network's own by default.
            'fit' makes the picture as small as the receptive field of the unit allows, which takes
            less time for early layers. 'field' shows just what one neuron of a channel sees, with
            a bound on the contrast: for the first layers, whose pictures are plain colours
            otherwise.
        recipe: the settings of the ascent; the default recipe if not given.
        progress: called now and then with the fraction done, in [0, 1], and what is being made.
        on_step: called now and then with the objectives of the batch and a ``Step``, which has
            the scores and the pictures of that moment.
        every: how many steps pass between two such calls, at most 8.
        **settings: fields of ``Recipe`` to change: seed, steps, rate, canvas, ...

    Returns:
        The picture, a float32 array (height, width, channels) in [0, 1] as ``.picture``, with its
        response, its score at each step, its recipe, and its reach where the network brings
        statistics of natural pictures.

    Raises:
        InputError: ``what`` names several units, or the unit, the size or a setting is not
            possible.
        UnknownName: no layer, class or setting has this name.

    Example:
        ``cs.maximize(network, "block5_conv3:17", seed=3).save("unit.png")``
    """
    found = objective(what).resolved(network)
    if len(found) != 1:
        raise InputError.expected(
            "one unit", f"{what}, which is {len(found)}", "Try: convscope.gallery()."
        )
    made = gallery(
        network,
        *found,
        size=size,
        recipe=recipe,
        progress=progress,
        on_step=on_step,
        every=every,
        **settings,
    )
    return made.results[0]


def gallery(
    network: Network,
    *what: What,
    count: int = 1,
    size: PictureSize = None,
    recipe: Recipe | None = None,
    progress: Progress | None = None,
    on_step: OnStep | None = None,
    every: int = CHUNK,
    **settings: Any,
) -> Gallery:
    """Return the pictures of several units or objectives, as many as possible made in one batch.

    Each picture is the one that ``maximize`` makes of the same unit and seed, except for rounding.
    On some backends and sizes rounding depends on the batch, and the ascent turns a small
    difference into another picture of the same unit. ``batch`` of each result says what was in the
    same batch.

    Args:
        network: from ``convscope.load``.
        *what: as for ``maximize``, and several at once. Ranges such as 'block5_conv3:0-15' and
            ``predictions:*`` stand for several units.
        count: how many pictures of each, from consecutive seeds. With
            'block5_conv3:17 + 2 * diversity(block4_conv3)' they are made to differ.
        size: as for ``maximize``.
        recipe: as for ``maximize``.
        progress: as for ``maximize``.
        on_step: as for ``maximize``.
        every: as for ``maximize``.
        **settings: as for ``maximize``.

    Returns:
        A sequence of ``Maximized``, in the order of ``what``, that can be drawn and saved together.

    Raises:
        InputError: a unit, the count, the size or a setting is not possible.
        UnknownName: no layer, class or setting has this name.

    Example:
        ``cs.gallery(network, "block5_conv3:0-15").save("sheet.png")``
    """
    seed = tuned(recipe, settings).seed
    found = tasks(network, what, count, seed, size)
    made = []
    for result in maximized(
        network,
        found,
        size=size,
        recipe=recipe,
        progress=progress,
        on_step=on_step,
        every=every,
        **settings,
    ):
        made.append(result)
        if result.note:
            warnings.warn(f"{result.label}: {result.note}.", ConvscopeWarning, stacklevel=2)
    return Gallery(tuple(made))


def maximized(
    network: Network,
    subjects: Sequence[Task],
    *,
    size: PictureSize = None,
    recipe: Recipe | None = None,
    progress: Progress | None = None,
    on_step: OnStep | None = None,
    every: int = CHUNK,
    **settings: Any,
) -> Iterator[Maximized]:
    """Yield each picture as soon as its batch is done; to stop the ascent, stop iterating.

    A channel that its layer only passes on is maximized at the layer that computes it. The response
    is measured at the layer that was named.
    """
    # Refuse impossible requests before the first ascent.
    tuned(recipe, settings)
    stated: Size = "fit" if size == "field" else size
    shapes = {goal: sized(network, stated, goal) for goal in {each.objective for each in subjects}}
    for shape in set(shapes.values()):  # a layer is tried once for each size, not for each unit
        check(network, [goal for goal, own in shapes.items() if own == shape], shape)
    goals = pre_activations(network, shapes)
    done = 0
    for _, alike in itertools.groupby(subjects, key=lambda each: _batched_by(each, goals)):
        same = list(alike)
        use: Use = "field" if size == "field" else "picture"
        aligned = same[0].objective.aligned
        default = recipe_for(use, aligned=aligned, tokens=network.has_tokens)
        own = settled(network, tuned(recipe or default, settings))
        shape = shapes[same[0].objective]
        canvas = blank(network, own, shape)
        most = batch_size.max_batch_size(network, goals[same[0].objective].layers, shape)
        together = len(same) if same[0].group is not None else most
        while same:
            batch = same[:together]
            steps = _reporting(network, progress, on_step, done, len(subjects))
            try:
                made = _ascent(network, batch, goals, canvas, own, steps, every)
            except Exception as error:
                divisible = len(batch) > 1 and batch[0].group is None
                if not (divisible and backend.out_of_memory(error)):
                    raise
                network.programs.clear()  # they hold memory too
                together = len(batch) // 2
                continue
            yield from made
            done += len(batch)
            same = same[len(batch) :]


def _reporting(
    network: Network, progress: Progress | None, on_step: OnStep | None, done: int, total: int
) -> OnStep:
    """What is called at the steps of a batch, when some of all pictures are done."""

    def report(objectives: Sequence[Objective], step: Step) -> None:
        if on_step:
            on_step(objectives, step)
        if progress:
            more = f" and {len(objectives) - 1} more" if len(objectives) > 1 else ""
            made = done + len(objectives) * step.number / step.total
            progress(made / total, f"{objectives[0].describe(network)}{more}")

    return report


def tuned(recipe: Recipe | None, settings: dict[str, Any]) -> Recipe:
    """Return a recipe with some settings changed."""
    refuse_unknown("setting of a recipe", settings, Recipe.__dataclass_fields__)
    return replace(recipe or recipe_for("picture"), **settings)


def settled(network: Network, recipe: Recipe) -> Recipe:
    """Return the recipe with a definite precision in place of 'auto', for this machine and network.

    Raises:
        InputError: bfloat16 was asked for by name, and the network cannot compute in it.
    """
    chosen = precision.fastest_precision() if recipe.precision == "auto" else recipe.precision
    if chosen == "bfloat16" and (reason := network.why_not_bfloat16):
        problem = f"{network.name} cannot compute in bfloat16: {reason}"
        if recipe.precision != "auto":
            raise InputError(f"{problem}. Try: precision='float32'.")
        warnings.warn(f"{problem}; float32 is used.", ConvscopeWarning, stacklevel=2)
        chosen = "float32"
    return replace(recipe, precision=chosen)


def check(network: Network, objectives: Sequence[Objective], size: tuple[int, int]) -> None:
    """Refuse a size for which the network does not reach one of the objectives' layers."""
    layers = {layer for each in objectives for layer in each.layers}
    shapes = {layer: network.shape_at(layer, size) for layer in layers}
    for layer, shape in shapes.items():
        if shape is None:
            own = f"{network.size[0]}x{network.size[1]}"
            raise InputError(
                f"{network.name} reaches {layer} only on pictures of its own size, {own}. "
                f"Received: {size[0]}x{size[1]}. Try: without a size."
            )
    for unit in (unit for each in objectives for unit in each.units):
        rows, columns = (*(shapes[unit.layer] or ()), 0, 0)[:2]
        if isinstance(unit.at, tuple) and (unit.at[0] >= rows or unit.at[1] >= columns):
            raise InputError(
                f"On pictures of {size[0]}x{size[1]}, {unit.layer} has neurons @0,0 to "
                f"@{rows - 1},{columns - 1}. Received: {unit}."
            )


def boost(network: Network, layers: Sequence[str], size: tuple[int, int], recipe: Recipe) -> float:
    """Return the factor on the rate for objectives whose layers see only part of the picture."""
    fields = [network.layers[layer].receptive_field or np.inf for layer in layers]
    return float(max(1.0, min(size) / max(fields, default=np.inf)) ** recipe.boost)


def respond(network: Network, units: Sequence[Unit], pictures: np.ndarray) -> np.ndarray:
    """Return each unit's response to its own picture, before the activation function: (n,).

    Args:
        units: of one layer and kind; the response of a negative unit is not negated.
        pictures: (n, height, width, channels) in [0, 1], one a unit.
    """
    return score_pictures(
        network, [from_unit(replace(unit, negative=False)) for unit in units], pictures
    )


def _batched_by(subject: Task, goals: Mapping[Objective, Objective]) -> Hashable:
    """Return the key that tasks must share to be maximized, and then scored, in one batch."""
    objective = subject.objective
    kinds = objective.kind, goals[objective].kind
    return *kinds, objective.aligned, subject.group


def _ascent(
    network: Network,
    batch: Sequence[Task],
    goals: Mapping[Objective, Objective],
    canvas: Canvas,
    recipe: Recipe,
    on_step: OnStep,
    every: int,
) -> list[Maximized]:
    objectives = [subject.objective for subject in batch]
    ascended = [goals[objective] for objective in objectives]
    layers = ascended[0].layers
    history: list[np.ndarray] = []
    for step in ascend(
        network,
        ascended,
        canvas,
        recipe,
        seeds=[subject.seed for subject in batch],
        boost=boost(network, layers, canvas.size, recipe),
        every=every,
    ):
        on_step(objectives, step)
        if step.number:
            history.append(step.history())
    made = [eight_bit(picture) for picture in step.pictures()]
    seen = [images.composite(picture) if has_opacity(canvas) else picture for picture in made]
    scores = score_pictures(network, objectives, np.stack(seen))
    rises = np.concatenate(history).T
    found = []
    far = step.distance() > HARDLY * recipe.rate
    for subject, picture, score, rise, moved in zip(batch, made, scores, rises, far, strict=True):
        result = _result(network, subject, picture, float(score), rise[np.isfinite(rise)], recipe)
        if len(batch) > 1:
            result = replace(result, batch=tuple(map(str, objectives)))
        if not moved:
            result = replace(result, note=STUCK)
        found.append(result)
    return found


def _result(
    network: Network,
    subject: Task,
    picture: np.ndarray,
    score: float,
    rise: np.ndarray,
    recipe: Recipe,
) -> Maximized:
    unit, natural = subject.objective.unit, network.natural
    response = -score if unit and unit.negative else score
    return Maximized(
        picture=picture,
        objective=subject.objective,
        label=subject.objective.describe(network),
        response=response,
        history=tuple(map(float, rise)),
        standing=natural.standing(unit, response) if natural and unit else None,
        recipe=replace(recipe, seed=subject.seed),
        source=source(network),
        network=network,
    )


def sized(network: Network, size: Size, objective: Objective | None = None) -> tuple[int, int]:
    """Return height and width in pixels; the network's own if none are given.

    'fit' is twice the receptive field of the objective's deepest layer, so that a channel has room
    to repeat its pattern. For the neuron in the middle it is just the receptive field.
    """
    if size is None:
        return network.size
    if size != "fit":
        return images.parse_size(size)
    layers = objective.layers if objective else []
    fields = [network.layers[layer].receptive_field or np.inf for layer in layers]
    units = objective.units if objective else []
    alone = len(units) == len(layers) > 0 and all(unit.at == "center" for unit in units)
    field = max(fields, default=np.inf)
    longest = field if alone else max(2 * field, SMALLEST_FIT)
    height, width = (int(min(side, longest)) for side in network.size)
    return height, width


def blank(network: Network, recipe: Recipe, size: tuple[int, int]) -> Canvas:
    """Return the recipe's canvas for the network's kind of picture."""
    if recipe.canvas == "fourier":
        return Fourier(size, network.channels, recipe.decay)
    return CANVASES[recipe.canvas](size, network.channels)
