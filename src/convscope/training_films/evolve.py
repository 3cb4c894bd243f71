"""``evolve``: a film of a training, from its saved checkpoints."""

from collections.abc import Iterable
from typing import Any

from convscope.maximization.maximize import Size
from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import RECIPES
from convscope.networks.loading.weights_file import own_shapes, read_weights
from convscope.networks.network import Network
from convscope.networks.patches.restored import restored
from convscope.networks.photo import recorded_path
from convscope.objectives.parser import What
from convscope.progress import Progress, part
from convscope.training_films import checkpoints as saved
from convscope.training_films.checkpoints import Path_
from convscope.training_films.curve import read_log
from convscope.training_films.recorder import FilmRecorder, Snapshot
from convscope.training_films.result import Learning
from convscope.training_films.samples import Natural


def evolve(
    network: Network,
    checkpoints: Path_ | Iterable[Path_],
    *units: What,
    log: Path_ | None = None,
    size: Size = None,
    natural: Natural = None,
    recipe: Recipe = RECIPES["training"],
    progress: Progress | None = None,
    **settings: Any,
) -> Learning:
    """Return a film of what units looked for while a network was trained, made from checkpoints.

    Args:
        network: of the checkpoints' architecture, from ``convscope.load``. Its own weights are put
            back afterwards.
        checkpoints: .weights.h5 or .keras files, or folders of them. The number in a file's name
            says when it was saved.
        *units: addresses or objectives; by default some from each part of the network, drawn by
            the seed.
        log: a CSV file of the training, as Keras's CSVLogger writes it, for the curve.
        size: of the pictures, as ``maximize`` takes it.
        natural: photos on which the layers' responses are compared with those at the end: a folder,
            a .zip, a list of photos or an array; two sample photos by default.
        recipe: the settings of the ascent, the same at every moment.
        progress: called with the fraction done, in [0, 1], and which moment is filmed.
        **settings: fields of ``Recipe`` to change: seed, steps, rate, ...

    Returns:
        The pictures of each unit at each checkpoint, with the curve and how far each layer had
        converged.

    Raises:
        InputError: a unit, a checkpoint or the log cannot be used, or a checkpoint is of another
            architecture.
        UnknownName: no layer, class or setting has this name.

    Example:
        ``cs.evolve(network, "checkpoints/", "conv3:7", log="log.csv").save("learning.webp")``
    """
    one = isinstance(checkpoints, str) or hasattr(checkpoints, "__fspath__")
    found = saved.found([checkpoints] if one else checkpoints)  # type: ignore[list-item,arg-type]
    counts = found[0].counts
    curve = None if log is None else read_log(log, counts)
    camera = FilmRecorder.on(
        network, units, size=size, recipe=recipe, natural=natural, settings=settings
    )
    model = camera.network.model
    shapes = own_shapes(model)
    shots: list[Snapshot] = []
    # A checkpoint has the optimizer's state, too, and Keras takes it along.
    optimizer = getattr(model, "optimizer", None)
    with restored([*model.variables, *(optimizer.variables if optimizer else ())]):
        for number, checkpoint in enumerate(found):
            begin, end = number / len(found), (number + 1) / len(found)
            filming = part(progress, begin, end, f"Filming {checkpoint.label}")
            filming(0.0, "")
            read_weights(model, checkpoint.path, shapes)
            name = recorded_path(checkpoint.path)
            shots.append(camera.take(checkpoint.at, checkpoint.label, filming, file=name))
    return camera.learning(shots, counts, curve)
