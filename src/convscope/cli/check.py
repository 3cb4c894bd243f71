"""``convscope check``: how a model wants its pictures, found out with photos."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from convscope.terminal import options, output, photo_files
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, option
from convscope.terminal.progress import progress

SHOWN = 4  # of the classes that photos are taken for
HEADER = ("preprocessing", "right", "probability", "taken for", "meaning")


@flattened
def check(
    model: Annotated[str, argument("MODEL", "A model file, or a name from 'models'.")],
    photo: Annotated[list[Path], option("PHOTO", "A photo; repeat it for more.")],
    label: Annotated[
        list[str], option("CLASS", "What the photo shows: a label or an index, or no; one each.")
    ],
    network: options.ModelOptions,
    json: options.AsJson = False,
) -> None:
    """Find out which preprocessing a model was trained with, from photos whose class you know.

    Prints how sure of the right class the model is under each convention, best first, and which
    one to state.
    """
    from convscope import backend
    from convscope.networks.loading.check import best, conclusion
    from convscope.networks.loading.check import check as verdicts_of

    photos = photo_files.read_files(photo)
    source = options.NetworkOptions(model, **vars(network))
    with progress(f"Trying {model}"):
        backend.start()
        verdicts = verdicts_of(model, photos, label, **source.settings())
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
                _counted(verdict.guesses),
                verdict.meaning,
            )
            for verdict in verdicts
        ],
    )
    output.line(conclusion(verdicts))


def _counted(guesses: Sequence[str]) -> str:
    """Return the classes that photos are taken for, the most frequent first, with their numbers.

    Example:
        >>> _counted(["bee", "ant", "bee", "bee"])
        'bee (3), ant'
    """
    counts = Counter(guesses).most_common()
    shown = [f"{name} ({count})" if count > 1 else name for name, count in counts[:SHOWN]]
    more = len(counts) - len(shown)
    return ", ".join([*shown, f"{more} more"] if more else shown)
