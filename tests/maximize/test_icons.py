"""Pictures of units beside what they are about: none may stay gray where a channel is alive."""

import keras
import numpy as np
from keras import layers

from convscope.maximize.icons import icons
from convscope.models.network import Network
from convscope.models.preprocessing import Preprocessing
from convscope.models.units import Unit


def silent_on_gray():
    """Two convolutions that plain gray leaves silent, concatenated, then pooled."""
    image = keras.Input((32, 32, 3))
    parts = [
        layers.Conv2D(2, 3, padding="same", activation="relu", name=name)(image)
        for name in ("left", "right")
    ]
    flow = layers.MaxPooling2D(name="pool")(layers.Concatenate(name="joined")(parts))
    model = keras.Model(image, flow)
    chance = np.random.default_rng(0)
    for name in ("left", "right"):
        kernel = chance.normal(size=(3, 3, 3, 2)).astype("float32")
        kernel -= kernel.mean(axis=(0, 1, 2))  # so that gray of any brightness sums to zero
        model.get_layer(name).set_weights([kernel, np.full(2, -2.0, "float32")])
    return Network(model, Preprocessing(), (32, 32), 3, None, "silent")


def test_what_is_passed_on_is_climbed_where_it_is_made():
    network = silent_on_gray()
    joined, pooled, made = Unit("joined", 3), Unit("pool", 3), Unit("right", 1)
    found = icons(network, [joined, pooled, made])
    assert list(found) == [joined, pooled, made]
    assert found[made].std() > 0.1  # gray as it began, there would be nothing to see
    np.testing.assert_array_equal(found[joined], found[made])
    np.testing.assert_array_equal(found[pooled], found[made])
