"""The control: the same network, never trained, and what the method makes of it."""

from dataclasses import replace
from typing import Any

import numpy as np

from convscope.errors import ModelError
from convscope.models.layers import leaves
from convscope.models.network import Network
from convscope.models.programs import Programs
from convscope.models.reasons import first_line
from convscope.models.zoo import own_chance, untrain
from convscope.trust.case import Case
from convscope.trust.finding import Finding


def control(case: Case) -> Finding:
    """What the method makes of a network that has learned nothing."""
    made = case.untrained
    if made is None:
        return Finding.none("control", "not asked for")
    score = made.gain
    own = case.result.gain
    return Finding(
        "control",
        f"from the untrained network: contrast {made.contrast:.2f} beside "
        f"{case.result.contrast:.2f}, response there {score:.3g} beside {own:.3g} here",
        "This is what the method makes of a network that has learned nothing; responses of two "
        "networks are on scales of their own.",
        {"contrast": made.contrast, "response": made.response, "network": made.source["network"]},
    )


def untrained(network: Network) -> Network:
    """A copy of the network with fresh weights; the network itself is only read.

    The copy is built from the model's configuration, as a file would be, and its kernels become
    noise of the size that keeps responses alive (He 2015): the same every time. A normalisation of
    the input that was fitted to data is part of the preprocessing and stays.
    """
    import keras

    model = network.model
    known = {type(part).__name__: type(part) for part in [model, *model._flatten_layers()]}
    try:
        config = dict(keras.saving.serialize_keras_object(model))
        config.pop("compile_config", None)  # an optimizer is no part of what is looked at
        with own_chance():
            copy = keras.saving.deserialize_keras_object(
                config, custom_objects=known, safe_mode=True
            )
            copy(network.feed(np.full((1, *network.size, network.channels), 0.5, "float32")))
        _alike(model, copy)
        untrain(copy)
    except MemoryError:
        raise
    except Exception as error:  # Keras raises nearly every type where a class cannot be rebuilt
        raise ModelError(
            f"No untrained copy of {network.name} can be built ({first_line(error)}). Give its "
            "classes a get_config(), or leave the control out."
        ) from error
    return replace(
        network,
        model=copy,
        natural=None,
        name=f"{network.name} (untrained)",
        programs=Programs(),
    )


def _alike(model: Any, copy: Any) -> None:
    """Check that the copy has the same parts, and fit its normalisations to the same data."""
    import keras

    shapes = [[tuple(weight.shape) for weight in each.weights] for each in (model, copy)]
    if shapes[0] != shapes[1]:
        raise ValueError("its copy has other weights")
    for own, other in zip(leaves(model).values(), leaves(copy).values(), strict=True):
        if isinstance(own, keras.layers.Normalization) and own.weights:
            other.set_weights(own.get_weights())
            other.finalize_state()
