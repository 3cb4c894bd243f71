"""The recipe of objectives where every place counts."""

import numpy as np

import convscope as cs
from convscope.datasets.sample_photos import PHOTOS
from convscope.networks.photo import to_input
from convscope.objectives import inversion


def test_an_early_layer_keeps_almost_all_of_a_photo():
    network, photo = cs.load(), PHOTOS[1]
    found = cs.maximize(network, inversion("block1_conv2", photo), precision="float32")
    off = found.picture - to_input(network, photo)
    assert np.sqrt(np.mean(off**2)) < 0.04  # as far as one can hardly see
    assert -found.response < 0.03
