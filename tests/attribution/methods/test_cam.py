"""Class activation maps from slopes: each is its paper's formula, with the sign kept."""

import numpy as np
import pytest

from convscope.attribution.attribute import attribute
from tests.attribution import networks
from tests.attribution.networks import SIDE, head, maps, score_of

CLASS = 1
TARGET = "predictions:bee"
PLACES = SIDE * SIDE


def found(network, photo, method, **settings):
    return attribute(network, photo, TARGET, method=method, **settings).map


@pytest.fixture(scope="module")
def dense():
    return networks.fine()


@pytest.fixture(scope="module")
def pooled():
    return networks.fine(head="mean")


def slopes(network):
    """Of a dense head, the slope to each value of the maps."""
    return head(network)[:, CLASS].reshape(SIDE, SIDE, -1)


@pytest.mark.parametrize("method", ["grad-cam", "hires-cam", "x-grad-cam"])
def test_after_a_mean_over_space_they_are_all_the_class_activation_map(
    convolutional, photo, method
):
    coarse = maps(convolutional, photo)
    cam = coarse @ head(convolutional)[:, CLASS] / (coarse.shape[0] * coarse.shape[1])
    np.testing.assert_allclose(
        found(convolutional, photo, method), networks.laid(cam), rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize("method", ["hires-cam", "x-grad-cam"])
def test_of_a_linear_head_they_sum_to_the_score_without_its_bias(dense, photo, method):
    _, biases = dense.model.get_layer("predictions").get_weights()
    total = found(dense, photo, method).sum(dtype="float64")
    np.testing.assert_allclose(total, score_of(dense, photo, CLASS) - biases[CLASS], rtol=1e-3)


def test_hires_cam_is_each_value_times_its_slope(dense, photo):
    expected = (slopes(dense) * maps(dense, photo)).sum(axis=2)
    np.testing.assert_allclose(found(dense, photo, "hires-cam"), expected, rtol=1e-4, atol=1e-6)


def test_x_grad_cam_weighs_slopes_by_activity(dense, photo):
    values, steep = maps(dense, photo), slopes(dense)
    share = values / values.sum(axis=(0, 1))
    expected = values @ (share * steep).sum(axis=(0, 1))
    np.testing.assert_allclose(found(dense, photo, "x-grad-cam"), expected, rtol=1e-4, atol=1e-6)


def test_x_grad_cam_gives_a_silent_map_no_weight(photo):
    network = networks.fine()
    conv = network.model.get_layer("conv")
    kernel, bias = conv.get_weights()
    bias[0] = -100
    conv.set_weights([kernel, bias])
    values, steep = maps(network, photo)[:, :, 1:], slopes(network)[:, :, 1:]
    weights = (values * steep).sum(axis=(0, 1)) / values.sum(axis=(0, 1))
    np.testing.assert_allclose(
        found(network, photo, "x-grad-cam"), values @ weights, rtol=1e-4, atol=1e-6
    )


def test_layer_cam_takes_only_slopes_above_zero_place_by_place(dense, photo):
    expected = (np.maximum(slopes(dense), 0) * maps(dense, photo)).sum(axis=2)
    result = found(dense, photo, "layer-cam")
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-6)
    assert result.min() >= 0


def test_grad_cam_plus_plus_has_the_shares_of_the_paper(dense, photo):
    # Of exp(score), whose n-th derivative to a value is the score's slope to the power n, times it.
    values, steep = maps(dense, photo).astype("float64"), slopes(dense).astype("float64")
    second, third = steep**2, steep**3
    share = second / (2 * second + values.sum(axis=(0, 1)) * third)
    weights = (share * np.maximum(steep, 0)).sum(axis=(0, 1))
    np.testing.assert_allclose(
        found(dense, photo, "grad-cam++"), values @ weights, rtol=1e-4, atol=1e-6
    )


def test_grad_cam_plus_plus_after_a_mean_over_space_in_closed_form(pooled, photo):
    values, weights = maps(pooled, photo), head(pooled)[:, CLASS]
    expected = values @ (np.maximum(weights, 0) / (2 + values.mean(axis=(0, 1)) * weights))
    np.testing.assert_allclose(found(pooled, photo, "grad-cam++"), expected, rtol=1e-4, atol=1e-6)


def test_grad_cam_plus_plus_has_no_pole_where_a_map_sums_below_zero(photo):
    network = networks.fine(activation=None)
    conv = network.model.get_layer("conv")
    kernel, _ = conv.get_weights()
    conv.set_weights([kernel, np.array([-50, -50, 50, 50], "float32")])
    values, steep = maps(network, photo), np.maximum(slopes(network), 0)
    assert (values.sum(axis=(0, 1))[:2] < 0).all()
    weights = (steep / (2 + steep * np.maximum(values.sum(axis=(0, 1)), 0))).sum(axis=(0, 1))
    np.testing.assert_allclose(weights[:2], steep[:, :, :2].sum(axis=(0, 1)) / 2, rtol=1e-5)
    np.testing.assert_allclose(
        found(network, photo, "grad-cam++"), values @ weights, rtol=1e-3, atol=1e-4
    )


# Eigen-CAM


@pytest.mark.parametrize("factors", [(1.0, 2.0, 3.0, 0.5), (-1.0, -2.0, 1.0, -0.5)])
def test_eigen_cam_of_maps_that_are_one_map_is_that_map(photo, factors):
    network = networks.fine(activation=None)
    conv = network.model.get_layer("conv")
    kernel, bias = conv.get_weights()
    conv.set_weights([kernel[..., :1] * np.array(factors, "float32"), np.zeros_like(bias)])
    one = maps(network, photo)[:, :, 0] / factors[0]
    expected = one * np.linalg.norm(factors) * np.sign(sum(factors))
    np.testing.assert_allclose(found(network, photo, "eigen-cam"), expected, rtol=1e-3, atol=1e-4)


def test_eigen_cam_is_the_largest_part_of_the_maps_and_goes_along_with_their_mean(dense, photo):
    values = maps(dense, photo).reshape(PLACES, -1).astype("float64")
    result = found(dense, photo, "eigen-cam").ravel()
    largest = np.linalg.eigvalsh(values.T @ values)[-1]
    np.testing.assert_allclose((result.astype("float64") ** 2).sum(), largest, rtol=1e-4)
    assert result @ values.mean(axis=1) > 0


def test_eigen_cam_does_not_hear_the_class_and_says_so(dense, photo):
    results = [
        attribute(dense, photo, f"predictions:{name}", method="eigen-cam")
        for name in networks.LABELS
    ]
    for result in results:
        np.testing.assert_array_equal(result.map, results[0].map)
        assert "whatever unit is asked for" in result.note
