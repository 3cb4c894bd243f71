"""What is found out about a unit when it is asked for: its card, its exemplars, its kernels."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convscope.cards.card import card
from convscope.cards.exemplars import exemplars
from convscope.datasets.distribution import natural
from convscope.drawing.overlay import diverging
from convscope.errors import InputError, ModelError
from convscope.explorer.findings import Findings
from convscope.explorer.jobs import Job
from convscope.explorer.studio import Loaded
from convscope.networks.units import Unit

SHOWN = 5  # inputs of each sign, as in the atlas
SQUARE = 8  # pixels of a weight in the picture of a kernel

Question = Callable[[Loaded, Findings, Unit, Job], Mapping[str, Any]]


def card_of_unit(loaded: Loaded, findings: Findings, unit: Unit, job: Job) -> Mapping[str, Any]:
    """Gather the evidence about the unit's picture; about twenty pictures are made."""
    made = card(
        loaded.network,
        str(unit),
        natural=loaded.natural,
        recipe=loaded.edition.recipe,
        progress=job.progress,
    )
    return {
        "findings": [
            {"name": each.name, "says": each.says, "caveat": each.caveat} for each in made.findings
        ]
    }


def exemplars_of_unit(
    loaded: Loaded, findings: Findings, unit: Unit, job: Job
) -> Mapping[str, Any]:
    """Find the photos, and the places in them, that excite the unit most, middling and least.

    Raises:
        InputError: there are no photos.
    """
    if loaded.natural is None:
        raise InputError.expected(
            "photos to look through", "none", "Try: convscope explore with --natural DIR."
        )
    known = natural(loaded.network, [unit.layer], loaded.natural, job.progress)
    found = exemplars(loaded.network, unit, known.get(unit.layer))
    kinds = found.kinds if found else {}
    return {
        "kinds": [
            {
                "title": title,
                "photos": [
                    {
                        "name": each.name,
                        "picture": findings.keep(each.picture),
                        "response": float(f"{each.response:.4g}"),
                    }
                    for each in some
                ],
            }
            for title, some in kinds.items()
        ]
    }


def kernels_of_unit(loaded: Loaded, findings: Findings, unit: Unit, job: Job) -> Mapping[str, Any]:
    """Draw the kernel slices of the inputs that excite and inhibit the unit most."""
    wiring = loaded.painter.wiring
    try:
        strongest, kernels = wiring.inputs(unit, SHOWN), wiring.kernels(unit)
    except ModelError as error:
        return {"why": str(error), "kernels": {}}
    names = [name for name, _ in (*strongest.exciting, *strongest.inhibiting)]
    limit = max((float(np.abs(kernels[name]).max()) for name in names), default=0.0)

    def drawn(kernel: np.ndarray) -> str:
        colours = diverging(kernel, limit)
        return findings.keep(np.repeat(np.repeat(colours, SQUARE, axis=0), SQUARE, axis=1))

    return {"kernels": {name: drawn(kernels[name]) for name in names}, "limit": limit}


# What can be asked about a unit.
QUESTIONS: dict[str, Question] = {
    "card": card_of_unit,
    "exemplars": exemplars_of_unit,
    "kernels": kernels_of_unit,
}


def find_out(loaded: Loaded, job: Job) -> Mapping[str, Any]:
    """Answer a question about a unit, and keep the answer."""
    kind, findings = job.kind.removeprefix("unit-"), Findings(loaded.folder)
    (unit,) = loaded.network.units(job.request["unit"])
    found = dict(QUESTIONS[kind](loaded, findings, unit, job))
    findings.put(kind, job.request, found)
    return found
