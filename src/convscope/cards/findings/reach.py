"""The findings ``reach`` and ``robustness``: how high a response is, also under transforms."""

from dataclasses import asdict

import numpy as np

from convscope.backend import ops, to_numpy
from convscope.cards.evidence import Evidence
from convscope.cards.finding import Finding
from convscope.drawing.tile import number
from convscope.maximization.recipes import recipe_for
from convscope.objectives import score_pictures

MOVES, SEED = 32, 0  # transforms of the robustness, drawn from this seed for every picture alike


def reach(case: Evidence) -> Finding:
    """Return how the response compares with those to natural pictures, and the contrast."""
    result, unit = case.result, case.unit
    contrast = f"contrast {result.contrast:.2f}"
    numbers = {"response": result.response, "contrast": result.contrast, "standing": None}
    standing = case.natural.standing(unit, result.response) if case.natural and unit else None
    if standing is None:
        what = "response" if unit else "score"
        return Finding(
            "reach",
            f"{what} {number(result.response)}, {contrast}; no natural pictures to compare with",
            f"A {what} alone says little: without natural pictures there is no scale for it.",
            numbers,
        )
    caveat = "A high score does not prove meaning, and more contrast makes it higher."
    if result.picture.shape[:2] != case.network.size:
        caveat += " The natural pictures were shown at the network's own size."
    return Finding(
        "reach", f"{standing}, {contrast}", caveat, {**numbers, "standing": asdict(standing)}
    )


def robustness(case: Evidence) -> Finding:
    """Return the mean of a_u(t(x)) / a_u(x) over random transforms t.

    Both are negated for a negative unit.
    """
    unit = case.unit
    if unit is None:
        return Finding.none("robustness", "this is defined for a single unit")
    sign = -1.0 if unit.negative else 1.0
    moved = score_pictures(case.network, [case.result.objective] * MOVES, moves(case.result.seen))
    own = case.result.gain
    moved_by = recipe_for("picture").transforms
    own_moves = case.result.recipe.transforms
    under = "as in its ascent" if own_moves == moved_by else f"its ascent was under {own_moves}"
    caveat = f"Under {moved_by}, {under}; no occlusion, no noise."
    if unit.kind == "neuron":
        caveat += " The neuron stays at its place when the picture is moved."
    mean = float(moved.mean())
    numbers = {"moves": MOVES, "mean": mean, "ratio": None, "contrast": case.result.contrast}
    again = case.natural.standing(unit, sign * mean) if case.natural else None
    kept = f"; moved, its reach is {again.reach:.2f}" if again else ""
    if again:
        numbers["reach"] = again.reach
    if own <= 0:
        return Finding(
            "robustness",
            f"mean response {number(mean)} over {MOVES} transforms, from {number(own)}{kept}",
            f"No ratio: the picture's own response is not above zero. {caveat}",
            numbers,
        )
    return Finding(
        "robustness",
        f"{mean / own:.0%} of the response is left over {MOVES} transforms, at contrast "
        f"{case.result.contrast:.2f}{kept}",
        caveat,
        {**numbers, "ratio": mean / own},
    )


def moves(picture: np.ndarray) -> np.ndarray:
    """Return the picture under ``MOVES`` fixed transforms: (n, height, width, channels)."""
    moved_by, (height, width, channels) = recipe_for("picture").transforms, picture.shape
    chances = [np.random.default_rng([SEED, place]) for place in range(MOVES)]
    draws = moved_by.draws(chances, (height, width), channels)
    copies = ops.convert_to_tensor(np.repeat(picture[None], MOVES, axis=0))
    moved = moved_by.apply(copies, [ops.convert_to_tensor(drawn) for drawn in draws])
    return to_numpy(moved)
