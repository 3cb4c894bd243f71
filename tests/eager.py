"""Programs that run operation by operation, where compiling them is not the matter."""

from contextlib import contextmanager
from importlib import import_module

import pytest

# TensorFlow needs longer to compile a program than to run it on a few small pictures, and these
# tests make few steps with each of many programs. What a program computes is tested, compiled, in
# the rooms below, and in other tests of these; here the matter is what is made of the results.
ROOMS = (
    "atlas",
    "attribution/evaluation",
    "attribution/methods/test_lrp.py",
    "attribution/test_attribute.py",
    "attribution/test_command.py",
    "attribution/test_figure.py",
    "cli",
    "maximization/test_command.py",
    "networks/loading/test_hub.py",
    "test_docs.py",
    "test_questions.py",
    "tour",
    "training_films/test_callback.py",
    "training/test_adversary.py",
)


def runs_eagerly(path: str) -> bool:
    """Return whether the tests of a file, by its path in this folder, do not compile."""
    return any(path == room or path.startswith(f"{room}/") for room in ROOMS)


@contextmanager
def eager_programs():
    """Let programs that are made in the block not be compiled; yields what compiles them."""
    import keras

    own = import_module(f"convscope.backend.{keras.backend.backend()}")
    if keras.backend.backend() != "tensorflow":  # the others compile faster, or do not
        yield own.compiled
        return
    import tensorflow as tf

    def as_it_is(function, variables):
        return lambda *data: function(*tf.nest.map_structure(tf.convert_to_tensor, data))

    with pytest.MonkeyPatch.context() as patch:
        original = own.compiled
        patch.setattr(own, "compiled", as_it_is)
        yield original
