"""The strengths of all connections: those that ``weights`` finds for one unit."""

import numpy as np
import pytest

from convscope.connections.weights import weights
from convscope.connections.wiring import Wiring
from convscope.errors import ModelError
from convscope.networks.channel_sources import (
    channel_maker,
    channel_makers,
    channel_source,
    channel_sources,
)
from convscope.networks.loading.load import load
from convscope.networks.units import Unit


@pytest.fixture(scope="module")
def network():
    return load()


@pytest.fixture(scope="module")
def wiring(network):
    return Wiring(network)


@pytest.mark.parametrize(
    "unit", ["block1_conv1:3", "block2_conv1:5", "-block5_conv3:17", "fc1:2", "predictions:bee"]
)
def test_inputs_are_those_of_one_unit_alone(network, wiring, unit):
    alone = weights(network, unit, count=3, pictures=False)
    found = wiring.inputs(alone.unit, 3)
    assert found.measure == alone.measure
    for side, own in ((found.exciting, alone.exciting), (found.inhibiting, alone.inhibiting)):
        assert [name for name, _ in side] == [each.name for each in own]
        np.testing.assert_allclose(
            [value for _, value in side], [each.strength for each in own], rtol=1e-5
        )


def test_an_output_is_an_input_seen_from_the_other_side(network, wiring):
    found = wiring.outputs(Unit("block5_conv3", 17), 4)
    for name, strength in (*found.exciting, *found.inhibiting):
        alone = weights(network, name, pictures=False)
        (own,) = (each for each in alone.connections if each.name == "block5_conv3:17")
        length = float(np.linalg.norm(own.kernel))
        np.testing.assert_allclose(strength, np.sign(own.kernel.sum()) * length, rtol=1e-5)


def test_the_nearest_units_have_the_most_similar_kernels(network, wiring):
    kernel = network.model.get_layer("block2_conv1").get_weights()[0]
    vectors = kernel.reshape(-1, kernel.shape[-1]).T
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = vectors @ vectors[5]
    first, second = np.argsort(-cosines)[1:3]
    found = wiring.nearest(Unit("block2_conv1", 5), 2)
    assert [name for name, _ in found] == [f"block2_conv1:{first}", f"block2_conv1:{second}"]
    np.testing.assert_allclose([each for _, each in found], cosines[[first, second]], rtol=1e-5)


def test_a_pool_passes_its_channels_on(wiring):
    pooled, own = Unit("block2_pool", 5), Unit("block2_conv2", 5)
    assert wiring.inputs(pooled, 2) == wiring.inputs(own, 2)
    assert wiring.outputs(pooled, 2) == wiring.outputs(own, 2)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda wiring: wiring.outputs(Unit("predictions", 3), 2), "No layer with weights"),
        (lambda wiring: wiring.inputs(Unit("flatten", 3), 2), "no kernel"),
        (lambda wiring: wiring.nearest(Unit("fc1"), 2), "A whole layer"),
    ],
)
def test_what_has_no_weights_is_refused(wiring, ask, said):
    with pytest.raises(ModelError, match=said):
        ask(wiring)


def test_one_run_tells_what_a_run_for_each_layer_does(network):
    sources, makers = channel_sources(network), channel_makers(network)
    for layer in ("block1_conv1", "block3_conv1", "fc1", "block4_pool"):
        assert sources[layer].channels == channel_source(network, layer).channels
        assert makers[layer].channels == channel_maker(network, layer).channels
        np.testing.assert_array_equal(sources[layer].scale, channel_source(network, layer).scale)
