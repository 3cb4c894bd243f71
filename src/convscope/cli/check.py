"""``convscope check``: how a model wants its pictures, found out with photos."""

from pathlib import Path
from typing import Annotated

import typer

from convscope.terminal import options, output
from convscope.terminal.progress import progress

HEADER = ("preprocessing", "right", "probability", "taken for", "meaning")


def check(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A model file, or a name from 'models'.")
    ],
    photo: Annotated[
        list[Path], typer.Option(metavar="PHOTO", help="A photo; repeat it for more.")
    ],
    label: Annotated[
        list[str],
        typer.Option(
            metavar="CLASS", help="What the photo shows: a label or an index, or no; one each."
        ),
    ],
    weights: options.Weights = None,
    labels: options.Labels = None,
    input_size: options.InputSize = None,
    json: options.AsJson = False,
) -> None:
    """Find out which preprocessing a model was trained with, from photos whose class you know.

    Prints how sure of the right class the model is under each convention, best first, and which
    one to state.
    """
    from convscope import backend, images
    from convscope.networks.loading.check import best, conclusion
    from convscope.networks.loading.check import check as verdicts_of

    for each in photo:
        images.read(each)
    source = options.Source(model, weights, None, labels, input_size)
    with progress(f"Trying {model}"):
        backend.start()
        verdicts = verdicts_of(model, photo, label, **source.settings())
    found = best(verdicts)
    if json:
        output.as_json(
            {
                "preprocessing": found.convention if found else None,
                "conclusion": conclusion(verdicts),
                "verdicts": [verdict.as_json() for verdict in verdicts],
            }
        )
        return
    output.table(
        HEADER,
        [
            (
                verdict.convention,
                f"{verdict.right} of {len(verdict.ranks)}",
                f"{verdict.likelihood:.2%}",
                ", ".join(verdict.guesses),
                verdict.meaning,
            )
            for verdict in verdicts
        ],
    )
    output.line(conclusion(verdicts))
