"""The variance of the slope, and the slope that is cut at every ReLU."""

import numpy as np
from keras import ops

from convscope.attribution.attribute import attribute
from convscope.attribution.decision import Explanation
from convscope.objectives import unit
from tests.attribution import networks
from tests.attribution.networks import SIDE, head

CLASS = 1
TARGET = "predictions:bee"


def test_vargrad_of_a_linear_model_is_zero(linear, photo):
    slope = attribute(linear, photo, TARGET, method="gradient").map
    result = attribute(linear, photo, TARGET, method="vargrad")
    assert result.map.max() < 1e-8 * np.square(slope).max()


def test_vargrad_is_the_variance_over_the_copies_of_smoothgrad(convolutional, photo):
    spread = 0.2 * np.ptp(photo)
    noises = [
        np.random.default_rng([4, n]).standard_normal(photo.shape, "float32") for n in range(5)
    ]
    decision = Explanation(convolutional, photo, unit(TARGET).resolved(convolutional)[0])
    slopes = decision.slopes([photo + spread * noise for noise in noises])
    settings = {"samples": 5, "noise": 0.2, "seed": 4}
    result = attribute(convolutional, photo, TARGET, method="vargrad", **settings)
    np.testing.assert_allclose(result.map, slopes.var(axis=0).sum(axis=-1), rtol=1e-3, atol=1e-8)


def test_guided_backpropagation_of_one_layer_by_hand(photo):
    network = networks.rectified()
    fed = ops.convert_to_numpy(network.preprocess(photo[None])).reshape(-1)
    kernel, bias = network.model.get_layer("hidden").get_weights()
    active = fed @ kernel + bias > 0
    assert 0 < active.sum() < active.size
    rising = np.maximum(head(network)[:, CLASS], 0) * active
    expected = 2.0 * (kernel @ rising).reshape(SIDE, SIDE, 3).sum(axis=2)
    result = attribute(network, photo, TARGET, method="guided-backpropagation")
    np.testing.assert_allclose(result.map, expected, rtol=1e-4, atol=1e-5)
    plain = attribute(network, photo, TARGET, method="gradient")
    assert np.abs(plain.map - result.map).max() > 0.1


def test_guided_backpropagation_always_warns(convolutional, photo):
    note = attribute(convolutional, photo, method="guided-backpropagation").note
    assert "fails the sanity checks (Adebayo 2018)" in note
