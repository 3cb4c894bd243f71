"""Weight files, .weights.h5 or inside a .keras, for a model that exists already."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convscope.backend import Model
from convscope.errors import ModelError
from convscope.networks.error_summary import error_summary, reported
from convscope.networks.loading import archive
from convscope.networks.loading.archive import HDF5, ZIP

if TYPE_CHECKING:
    import h5py

SUFFIXES = (".weights.h5", ".keras")
# What a file may hold besides the layers: the state of a training.
OTHERS = ("optimizer", "metrics", "_metrics", "compile_metrics", "_compile_metrics", "loss_tracker")

Shapes = dict[str, tuple[int, ...]]


def is_weights(path: Path) -> bool:
    """Return whether a file's name is that of weights saved by Keras."""
    return path.name.lower().endswith(SUFFIXES)


def shapes(path: Path) -> Shapes:
    """Return the shapes of a file's arrays by their place in the model, without the optimizer.

    Only numbers are read: nothing in the file is built or run.
    """
    found: Shapes = {}

    def note(name: str, part: "h5py.HLObject") -> None:
        if hasattr(part, "shape") and not name.startswith(OTHERS):
            found[name] = tuple(part.shape)

    with _opened(path) as file:
        file.visititems(note)
    return found


def own_shapes(model: Model) -> Shapes:
    """Return the shapes and places that a model's own weights would have in a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.weights.h5"
        model.save_weights(path)
        return shapes(path)


def read_weights(model: Model, path: Path, expected: Shapes) -> None:
    """Give a model the weights of a file, if they are of exactly this architecture.

    Keras refuses weights that do not fit, but takes part of a larger network's weights silently.

    Args:
        model: a built Keras model.
        path: a .weights.h5 or .keras file; of a .keras only the weights are read.
        expected: what ``own_shapes`` says of the model.
    """
    received = shapes(path)
    wrong = sorted(expected.items() ^ received.items())
    if wrong:
        name = wrong[0][0]
        raise ModelError(
            f"Expected weights of the same architecture as {model.name}: {name} "
            f"{_shaped(expected.get(name))}. Received: {path.name}, there "
            f"{_shaped(received.get(name))}. State the model they belong to."
        )

    def unloaded(error: Exception) -> ModelError:
        return ModelError(
            f"Cannot load the weights in {path.name} into {model.name} ({error_summary(error)})."
        )

    with reported(unloaded), warnings.catch_warnings():
        # Of an optimizer whose state is not the file's; all the weights are known to fit.
        warnings.simplefilter("ignore")
        model.load_weights(path)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Yield the arrays of a file, or raise in one line why they cannot be opened."""
    import h5py

    if not path.is_file():
        raise ModelError(f"There is no checkpoint at {path}; check the path.")

    def unreadable(error: Exception) -> ModelError:
        return ModelError.expected(
            f"weights that Keras saved, {' or '.join(SUFFIXES)}",
            f"{path.name}, damaged or of another kind ({error_summary(error)})",
        )

    with reported(unreadable), path.open("rb") as file:
        start = file.read(8)
        if start.startswith(ZIP):
            with (
                archive.opened(path) as opened,
                archive.weights_inside(opened, path) as (_, found, _),
            ):
                yield found
        elif start.startswith(HDF5):
            with h5py.File(path, "r") as found:
                archive.refuse_odd_arrays(found, path)
                yield found
        else:
            raise ValueError("neither HDF5 nor a Keras archive")


def _shaped(shape: tuple[int, ...] | None) -> str:
    return "nothing" if shape is None else f"an array {shape}"
