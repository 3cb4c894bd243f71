"""The network as it is trained: its switch of heads, its penalty, its refusals."""

import keras
import numpy as np
import pytest

from convscope.errors import InputError, UnknownName
from training.network import build, carry, spread
from training.settings import Phase

FEED = np.random.default_rng(0).normal(0, 58, (3, 64, 64, 3)).astype("float32")


def test_the_switch_of_heads_does_not_change_the_function(settings):
    # Averaging four cells is a dense layer over them with a quarter of the kernel for each.
    old = build(settings, Phase(1, 64, "pool", 0.1))
    new = build(settings, Phase(1, 64, "flatten", 0.2))
    assert np.abs(old.predict_on_batch(FEED) - new.predict_on_batch(FEED)).max() > 1e-4
    carry(old, new)
    np.testing.assert_allclose(new.predict_on_batch(FEED), old.predict_on_batch(FEED), atol=1e-5)


def test_carrying_between_sizes_keeps_every_weight(settings):
    old = build(settings, Phase(1, 32, "pool", 0.1))
    new = build(settings, Phase(1, 48, "pool", 0.1))
    for layer in old.layers:
        layer.set_weights([array + 1 for array in layer.get_weights()])
    carry(old, new)
    for before, after in zip(old.get_weights(), new.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_spread_kernel_answers_alike_to_a_constant_feature_map():
    chance = np.random.default_rng(0)
    kernel, cell = chance.normal(size=(5, 3)), chance.normal(size=5)
    everywhere = np.tile(cell, (2, 2, 1)).reshape(-1)  # as Flatten does, channels last
    np.testing.assert_allclose(everywhere @ spread(kernel, 20), cell @ kernel)


def test_a_kernel_is_spread_over_whole_cells_only():
    with pytest.raises(InputError, match=r"a multiple of 5. Received: 12"):
        spread(np.zeros((5, 3)), 12)


def test_decay_is_on_kernels_only(settings):
    network = build(settings, settings.phases[0])
    penalty = float(keras.ops.convert_to_numpy(sum(network.losses)))
    squares = sum(
        np.square(layer.get_weights()[0]).sum()
        for layer in network.layers
        if hasattr(layer, "kernel")
    )
    assert len(network.losses) == 16
    assert penalty == pytest.approx(settings.weight_decay / 2 * squares, rel=1e-5)


def test_same_seed_same_weights_and_no_two_layers_alike(settings):
    one, two = (build(settings, settings.phases[0]) for _ in range(2))
    for left, right in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)
    twins = [one.get_layer(f"block5_conv{n}").get_weights()[0] for n in (2, 3)]
    assert np.abs(twins[0] - twins[1]).max() > 0


def test_a_fresh_network_is_undecided(settings):
    logits = build(settings, Phase(1, 64, "pool", 0.1)).predict_on_batch(FEED)
    assert 0 < np.ptp(logits, axis=1).max() < 0.2


def test_a_misspelt_head_is_refused(settings):
    with pytest.raises(UnknownName, match="Did you mean 'pool'"):
        build(settings, Phase(1, 64, "pol", 0.1))


def test_flatten_needs_the_final_size(settings):
    with pytest.raises(InputError, match=r"Expected side 64 for the head 'flatten'. Received: 32"):
        build(settings, Phase(1, 32, "flatten", 0.1))
