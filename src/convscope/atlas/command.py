"""``convscope atlas``: build, read and export an atlas."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from convscope.atlas.reading_commands import export, prune, show, status, verify
from convscope.maximization.options import Precision, RecipeOptions, Steps, check_precision
from convscope.terminal import options, output
from convscope.terminal.command_line import Room
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, option
from convscope.terminal.progress import Stopped, progress
from convscope.terminal.usage import completing, listing


@dataclass(frozen=True)
class ModelOptions(options.ModelOptions):
    """What is known of the model."""

    preprocessing: options.ModelPreprocessing = None

    def of(self, model: str) -> options.NetworkOptions:
        """Return the options of a network with this model."""
        return options.NetworkOptions(
            model, self.weights, self.preprocessing, self.labels, self.input_size
        )

    def anywhere(self, model: str) -> options.NetworkOptions:
        """Return the same with whole paths, for processes that begin in another folder."""
        labels = self.labels and self.labels.absolute()
        return replace(
            self.of(_path(model)), weights=self.weights and _path(self.weights), labels=labels
        )


def _path(name: str) -> str:
    """Return the whole path of a file; another name is returned as it is."""
    return str(Path(name).absolute()) if Path(name).exists() else name


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
            "DIR|ZIP", "Your own photos to compare with, at least 16; the measurements are cached."
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


@flattened
def map(
    model: Annotated[
        str,
        argument(
            "MODEL", "A name from 'convscope models', such as vgg16-tiny, or a .keras or .h5 file."
        ),
    ],
    layer: Annotated[str, option("LAYER", "A layer that has rows and columns.", "--layer")],
    natural: Annotated[Path, option("DIR|ZIP", "Photos, at least 16; thousands are better.")],
    out: Annotated[Path, option("FOLDER", "Where the map goes.", "--out")],
    network: ModelOptions,
    cells: Annotated[
        list[int] | None,
        option(
            "N",
            "Cells along each axis; repeat it for further levels. Default: 10 and 20.",
        ),
    ] = None,
    per_photo: Annotated[
        int | None, option("N", "Random places of each photo. Default: 1.")
    ] = None,
    least: Annotated[
        int | None,
        option("N", "Responses that a cell must have; others stay empty. Default: 5."),
    ] = None,
    size: Annotated[
        str | None,
        option("N|HxW|fit", "Size of each picture in pixels. Default: 64, or less if 'fit' is."),
    ] = None,
    seed: options.Seed = None,
    steps: Steps = None,
    precision: Precision = None,
    json: options.AsJson = False,
) -> None:
    """Map what a layer responds to in many photos, similar responses near each other.

    Needs the extra map. Writes a page that opens from the disk, a picture of the map and a table of
    its points, and prints the page's path and a line for each level.
    """
    from convscope.activation_atlases.atlas import activation_atlas
    from convscope.activation_atlases.layout import refuse_if_missing
    from convscope.activation_atlases.to_page import ready
    from convscope.datasets.photos import Photos

    refuse_if_missing()
    check_precision(precision)
    shape = options.shaped(size)
    photos = Photos.of(natural)
    ready(out)
    settings = options.given(
        sides=cells,
        per_photo=per_photo,
        least=least,
        seed=seed,
        size=shape,
        steps=steps,
        precision=precision,
    )
    with progress(f"Loading {model}") as show:
        loaded = network.of(model).load()
        made = activation_atlas(loaded, photos, layer, progress=show, **settings)
        page = made.export(out)
    if json:
        output.as_json({"path": str(page), **made.record()})
    else:
        output.line(str(page))
        output.lines(made.lines())


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
    (build, status, show, verify, prune, export, map),
    group="atlas",
    about="Make pictures of every unit of a network, and look at them; map a layer.",
)
