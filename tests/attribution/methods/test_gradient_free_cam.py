"""Maps weighed by trials: by hand, and by changing the network itself."""

import numpy as np
import pytest

from convscope.attribution.attribute import attribute
from tests.attribution import networks
from tests.attribution.networks import head, maps, score_of, scores

CLASS = 1
TARGET = "predictions:bee"


@pytest.mark.parametrize("channels", [1, 2])
def test_score_cam_of_few_channels_by_hand(photo, channels):
    network = networks.fine(channels=channels)
    values, gray = maps(network, photo), np.full_like(photo, 0.3)
    weights = []
    for channel in range(channels):
        one = values[:, :, channel]
        mask = ((one - one.min()) / (one.max() - one.min()))[:, :, None]
        shown = photo * mask + gray * (1 - mask)
        weights.append(score_of(network, shown, CLASS) - score_of(network, gray, CLASS))
    result = attribute(network, photo, TARGET, method="score-cam", baseline=0.3)
    np.testing.assert_allclose(result.map, values @ np.array(weights), rtol=1e-3, atol=1e-5)
    assert result.baseline_score == pytest.approx(score_of(network, gray, CLASS), abs=1e-4)


def test_score_cam_masks_with_the_enlarged_map(convolutional, photo):
    values, gray = maps(convolutional, photo), np.full_like(photo, 0.5)
    large = np.stack([networks.laid(one) for one in np.moveaxis(values, 2, 0)], axis=2)
    low, high = large.min(axis=(0, 1)), large.max(axis=(0, 1))
    uneven = high > low
    masks = np.moveaxis((large - low)[..., uneven] / (high - low)[uneven], 2, 0)[..., None]
    gains = scores(convolutional, gray + masks * (photo - gray))[:, CLASS]
    weights = np.zeros(values.shape[2])
    weights[uneven] = gains - score_of(convolutional, gray, CLASS)
    result = attribute(convolutional, photo, TARGET, method="score-cam")
    expected = networks.laid(values @ weights)
    np.testing.assert_allclose(result.map, expected, rtol=1e-3, atol=1e-5)


def test_score_cam_gives_an_even_map_no_weight(photo):
    network = networks.fine(channels=2)
    conv = network.model.get_layer("conv")
    kernel, bias = conv.get_weights()
    kernel[..., 0], bias[0] = 0, 5
    conv.set_weights([kernel, bias])
    mixed = attribute(network, photo, TARGET, method="score-cam").map
    other = maps(network, photo)[:, :, 1]
    # What is left is the other map, for or against.
    alike = np.corrcoef(mixed.ravel(), other.ravel())[0, 1]
    np.testing.assert_allclose(np.abs(alike), 1, atol=1e-4)
    kernel[:] = 0
    conv.set_weights([kernel, bias])
    assert "flat" in attribute(network, photo, TARGET, method="score-cam").note


def test_ablation_cam_of_a_linear_head_is_exact(photo):
    # Without map k the score loses the weight of k times the mean of k.
    network = networks.fine(head="mean")
    values, weights = maps(network, photo), head(network)[:, CLASS]
    losses = weights * values.mean(axis=(0, 1))
    result = attribute(network, photo, TARGET, method="ablation-cam")
    np.testing.assert_allclose(result.map, values @ losses, rtol=1e-3, atol=1e-5)
    # So what all lose together, over what the maps sum to, is the weight that CAM gives each place.
    _, biases = network.model.get_layer("predictions").get_weights()
    np.testing.assert_allclose(losses.sum(), result.score - biases[CLASS], rtol=1e-3)


def test_ablation_cam_loses_what_a_network_without_the_channel_loses(photo):
    network = networks.hidden()
    values, before = maps(network, photo), score_of(network, photo, CLASS)
    conv = network.model.get_layer("conv")
    kernel, bias = conv.get_weights()
    losses = []
    for channel in range(values.shape[2]):
        without = kernel.copy(), bias.copy()
        without[0][..., channel], without[1][channel] = 0, 0
        conv.set_weights(without)
        losses.append(before - score_of(network, photo, CLASS))
    conv.set_weights([kernel, bias])
    result = attribute(network, photo, TARGET, method="ablation-cam")
    np.testing.assert_allclose(result.map, values @ np.array(losses), rtol=1e-3, atol=1e-5)


def test_ablation_cam_overrules_a_layer_where_it_runs_first(photo):
    network = networks.repeating()
    values = maps(network, photo)
    kernel, _ = network.model.get_layer("conv").get_weights()
    weights = kernel[0, 0] @ head(network)[:, CLASS]
    losses = weights * values.mean(axis=(0, 1))
    result = attribute(network, photo, TARGET, method="ablation-cam")
    np.testing.assert_allclose(result.map, values @ losses, rtol=1e-3, atol=1e-5)
