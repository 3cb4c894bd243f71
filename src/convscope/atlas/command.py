"""``convscope atlas``: build and read an atlas."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from convscope.atlas.figure_commands import layers, layers_again, sheet, sheet_again
from convscope.atlas.map_command import map, map_again
from convscope.atlas.model_options import ModelOptions
from convscope.atlas.reading_commands import prune, show, status, verify
from convscope.maximization.options import RecipeOptions
from convscope.terminal import options, output
from convscope.terminal.command_line import Room
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, option
from convscope.terminal.progress import Stopped, progress
from convscope.terminal.usage import completing, listing


@flattened
def build(
    model: Annotated[
        str,
        argument(
            "MODEL", "A name from 'convscope models', such as vgg16-tiny, or a .keras or .h5 file."
        ),
    ],
    out: Annotated[Path, option("FOLDER", "Where the atlas is, or goes.", "--out")],
    network: ModelOptions,
    recipe: RecipeOptions,
    units: Annotated[
        list[str] | None,
        argument(
            "[UNIT...]",
            "Addresses, such as block5_conv3:* or predictions:bee. Default: every channel of every "
            "convolution, and every class.",
        ),
    ] = None,
    natural: Annotated[
        Path | None,
        option(
            "DIR|ZIP",
            "Your own photos to compare with, at least 16; names of folders in it are labels, to "
            "put units into words. The measurements are cached.",
        ),
    ] = None,
    first: Annotated[
        str | None,
        option("LAYER", "A layer to begin with. Default: the layers that take least time."),
    ] = None,
    evidence: Annotated[
        list[str] | None,
        option(
            "NAME",
            "Further pictures of each unit; repeat it for more: "
            f"{listing('convscope.atlas.plan', 'EVIDENCE')}.",
            autocompletion=completing("convscope.atlas.plan", "EVIDENCE"),
        ),
    ] = None,
    size: Annotated[
        str | None,
        option(
            "N|HxW|fit",
            "Size of the pictures in pixels. Default: the network's own size; 'fit': twice the "
            "receptive field of the unit, at most the network's own size.",
        ),
    ] = None,
    batch: Annotated[
        int | None, option("N", "Pictures that are made and finished together. Default: 16.")
    ] = None,
    ray: Annotated[
        str | None,
        option(
            "ADDRESS|local",
            "Give the batches to workers on Ray: the address of a cluster, or 'local' for one on "
            "this machine. Needs the extra ray.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        option("N", "Workers on Ray. Default: as many as cores, GPUs and memory allow."),
    ] = None,
    json: options.AsJson = False,
) -> None:
    """Make the picture of every unit of a network, with its evidence, in a folder.

    What is there already is not made again: after Ctrl-C, or whatever ends it, the same command
    goes on. Prints the folder, and how many pictures it has.
    """
    from convscope.atlas.build import build_atlas
    from convscope.atlas.plan import EVIDENCE
    from convscope.atlas.run_on_ray import run_on_ray
    from convscope.atlas.store import free
    from convscope.datasets.photos import Photos
    from convscope.errors import InputError, refuse_unknown
    from convscope.networks.units import Address
    from convscope.validation import whole

    free(out)
    for unit in units or ():
        Address.parse(unit)
    refuse_unknown("evidence", evidence or (), EVIDENCE)
    if batch is not None:
        whole("--batch", batch)
    if workers is not None:
        if ray is None:
            raise InputError.expected("--workers beside --ray", "it alone", "Try: --ray local.")
        whole("--workers", workers)
    asked = network.of(model)
    running: dict[str, Any] = {}
    if ray is not None:
        running = {
            "runner": run_on_ray(network.anywhere(model).load, ray, workers),
        }
    shape = options.shaped(size)
    base, stated = recipe.read()
    photos = Photos.of(natural) if natural else None
    try:
        with progress(f"Loading {model}") as show:
            made = build_atlas(
                asked.load(),
                out,
                *(units or ()),
                natural=photos,
                first=first,
                evidence=evidence or (),
                size=shape,
                recipe=base,
                progress=show,
                **options.given(batch=batch),
                **running,
                **stated,
            )
    except KeyboardInterrupt:
        raise Stopped(_stopped(out)) from None
    if json:
        output.as_json(_record(made.folder, made.name, len(made)))
    else:
        output.line(str(out))
        output.line(f"{made.name}  {len(made):,} pictures of {made.edition.network}")


def _record(folder: Path, name: str, count: int) -> dict[str, Any]:
    return {"folder": str(folder), "edition": name, "pictures": count}


def _stopped(folder: Path) -> str:
    """Return how far a build came that was stopped."""
    from convscope.atlas.database import is_atlas
    from convscope.atlas.store import Store

    if not is_atlas(folder):
        return "Stopped before the first picture. The same command begins again."
    with Store(folder) as store:
        planned: Sequence[int] = [count for _, count in store.editions().values()]
        of = f" of {planned[-1]:,}" if len(planned) == 1 else ""
        return (
            f"Stopped. {len(store):,}{of} pictures are in '{folder}'. The same command goes on "
            "from there."
        )


ROOM = Room(
    (build, status, show, sheet, layers, verify, prune, map),
    {"atlas sheet": sheet_again, "atlas layers": layers_again, "activation atlas": map_again},
    group="atlas",
    about="Make pictures of every unit of a network, and look at them; map a layer.",
)
