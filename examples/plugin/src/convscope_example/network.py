"""A network that tells upright stripes from flat ones. Its weights are known on paper."""

from typing import TYPE_CHECKING

import numpy as np

from convscope.networks.loading.zoo import ZooEntry

if TYPE_CHECKING:
    import keras

SIDE = 32
SOBEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], "float32") / 8


def stripes() -> "keras.Model":
    """Return the network: the mean strength of edges in two directions, and a softmax."""
    import keras

    picture = keras.Input((SIDE, SIDE, 3))
    edges = keras.layers.Conv2D(4, 3, activation="relu", use_bias=False, name="edges")
    classes = keras.layers.Dense(2, activation="softmax", use_bias=False, name="predictions")
    means = keras.layers.GlobalAveragePooling2D(name="means")(edges(picture))
    model = keras.Model(picture, classes(means), name="stripes")
    # From dark to bright and from bright to dark, to the right and downwards, in all colours.
    kernels = np.stack([SOBEL, -SOBEL, SOBEL.T, -SOBEL.T], axis=-1)
    edges.set_weights([np.repeat(kernels[:, :, None], 3, axis=2)])
    classes.set_weights([np.array([[9, 0], [9, 0], [0, 9], [0, 9]], "float32")])
    return model


STRIPES = ZooEntry(
    builder="convscope_example.network.stripes",
    side=SIDE,
    preprocessing="zero-to-one",
    labels=("upright stripes", "flat stripes"),
)
