"""Calls of a model in the middle of its training that change nothing in it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from convscope import backend
from convscope.backend import Model
from convscope.networks.patches.restored import restored

# Where Keras keeps the generator of all that draws without a seed; it has no public name.
GENERATOR = "global_seed_generator"


@contextmanager
def preserved_training(model: Model) -> Iterator[None]:
    """Restore random generators, and everything that a call may change, after a block.

    Weights, optimizer and flags are never written to. But a layer may draw random numbers, or
    update its state, however it is called, as forced dropout and custom statistics do. So variables
    that are not trained (Keras counts the seeds of layers among them) are restored where they have
    changed, and so are the generators of Python, NumPy, Keras and the framework.
    """
    from keras.src.backend.common import global_state

    trained = {id(variable) for variable in model.trainable_variables}
    others = [variable for variable in model.variables if id(variable) not in trained]
    generator = global_state.get_global_attribute(GENERATOR)
    if generator is not None:
        others.append(generator.state)
    python, numpy = random.getstate(), np.random.get_state()
    try:
        with restored(others), backend.preserve_randomness():
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        # One that came to be inside would not be drawn from Python's stream later on.
        global_state.set_global_attribute(GENERATOR, generator)
