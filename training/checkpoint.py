"""All that a run needs to go on after an epoch, in one file."""

from pathlib import Path

import keras
import numpy as np

from convscope.errors import InputError
from convscope.networks.loading.embedded.arrays import read_arrays
from training.fold import save_arrays
from training.settings import Settings


def save(path: Path, network: keras.Model, settings: Settings, done: int) -> None:
    """Write the state after `done` epochs: weights, statistics, momentum and random seeds."""
    state = {f"{n:03}": keras.ops.convert_to_numpy(v) for n, v in enumerate(_variables(network))}
    save_arrays({"settings": np.array(repr(settings)), "done": np.array(done), **state}, path)


def finished(path: Path, settings: Settings) -> int:
    """Return how many epochs a checkpoint has behind it; refuse one of other settings."""
    arrays = read_arrays(path)
    if str(arrays.get("settings")) != repr(settings):
        raise InputError(
            f"Expected a checkpoint made with the same settings. Received: {path.name}, made with "
            f"{arrays.get('settings')}. Try: those settings, or no --resume."
        )
    return int(arrays["done"])


def restore(path: Path, network: keras.Model) -> None:
    """Put the state back into a compiled network of the checkpoint's phase."""
    arrays = read_arrays(path)
    for number, variable in enumerate(_variables(network)):
        variable.assign(arrays[f"{number:03}"])


def _variables(network: keras.Model) -> list[keras.Variable]:
    # Dropout's seeds are among `variables`, but not among `weights`.
    return [*network.variables, *network.optimizer.variables]
