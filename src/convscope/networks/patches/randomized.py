"""Copies of a network with randomized weights, to compare with. The user's model is only read."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from convscope.backend import Layer, Model, keras, to_numpy
from convscope.errors import ModelError
from convscope.networks.error_summary import error_summary, reported
from convscope.networks.layers import flat_layers
from convscope.networks.loading.zoo import preserve_randomness, randomize
from convscope.networks.network import Network
from convscope.networks.program_cache import ProgramCache


def untrained(network: Network) -> Network:
    """Return a copy of the network with random weights.

    The copy is built from the model's configuration, as a file would be; of a PyTorch module, the
    module is copied. Its kernels become noise
    that keeps the size of responses (He 2015), the same every time. A normalisation of the input
    that was fitted to data is part of the preprocessing and stays.
    """
    model = network.model
    known = {type(part).__name__: type(part) for part in [model, *model._flatten_layers()]}

    def unbuildable(error: Exception) -> ModelError:
        return ModelError(
            f"No untrained copy of {network.name} can be built ({error_summary(error)}). Give its "
            "classes a get_config(), or leave the control out."
        )

    with reported(unbuildable), preserve_randomness():
        if hasattr(model, "copied"):  # a PyTorch module, which has no configuration
            copy = model.copied()
        else:
            config = dict(keras.saving.serialize_keras_object(model))
            config.pop("compile_config", None)  # an optimizer is no part of what is looked at
            copy = keras.saving.deserialize_keras_object(
                config, custom_objects=known, safe_mode=True
            )
        copy(network.preprocess(np.full((1, *network.size, network.channels), 0.5, "float32")))
        _alike(model, copy)
        randomize(copy)
    return replace(
        network,
        model=copy,
        natural=None,
        name=f"{network.name} (untrained)",
        programs=ProgramCache(),
    )


def cascading_randomization(network: Network, counts: Sequence[int]) -> Iterator[Network]:
    """Return a copy of the network whose layers can be randomized, from the last layer down.

    This is the cascading randomization of Adebayo 2018. With a count of 0 the copy equals the
    network, with 1 its last layer with weights is randomized, and so on. If all are, it equals
    ``untrained(network)``. It is one copy that is changed in place: use it before you ask for the
    next.

    Args:
        network: only read.
        counts: how many layers have forgotten, in rising order; at most ``len(learned(network))``.
    """
    copy = untrained(network)
    fresh = [to_numpy(weight) for weight in copy.model.weights]
    for weight, own in zip(copy.model.weights, network.model.weights, strict=True):
        weight.assign(own)
    place = {id(weight): index for index, weight in enumerate(copy.model.weights)}
    parts = flat_layers(copy.model)
    downwards = layers_with_weights(network)[::-1]
    done = 0
    for count in counts:
        for address in downwards[done:count]:
            for weight in _own(parts[address]):
                weight.assign(fresh[place[id(weight)]])
        done = count
        yield replace(copy, name=f"{network.name} ({count} layers untrained)")


def layers_with_weights(network: Network) -> list[str]:
    """Return the addresses of the layers with weights of their own, in the order they run."""
    parts = flat_layers(network.model)
    return [address for address in network.layers if _own(parts[address])]


def _own(layer: Layer) -> list[Any]:
    """Return a layer's weights, without inner layers and fitted normalisations."""
    if isinstance(layer, keras.layers.Normalization):
        return []
    inside = {
        id(weight) for part in layer._flatten_layers(include_self=False) for weight in part.weights
    }
    return [weight for weight in layer.weights if id(weight) not in inside]


def _alike(model: Model, copy: Model) -> None:
    """Check that the copy has the same parts, and fit its normalisations to the same data."""
    shapes = [[tuple(weight.shape) for weight in each.weights] for each in (model, copy)]
    if shapes[0] != shapes[1]:
        raise ValueError("its copy has other weights")
    # Layers that were given no name inside a custom layer are counted on in the copy.
    parts, copies = (each._flatten_layers(include_self=False) for each in (model, copy))
    for own, other in zip(parts, copies, strict=True):
        other.name = own.name
    for own, other in zip(flat_layers(model).values(), flat_layers(copy).values(), strict=True):
        if isinstance(own, keras.layers.Normalization) and own.weights:
            other.set_weights(own.get_weights())
            other.finalize_state()
