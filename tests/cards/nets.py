"""Networks and folders of photos whose cards are known on paper."""

import keras
import numpy as np

from convscope import images
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing

SIDE = 16
QUICK = {"rate": 0.5, "steps": 24, "precision": "float32"}

# A 1x1 convolution over RGB: its units want red, red a little less, not green, black, anything.
KERNEL = np.array([[1, 0.5, 0, -1, 0], [0, 0, -1, -1, 0], [0, 0, 0, -1, 0]], "float32")
BIAS = np.array([-0.2, -0.1, 1.2, -0.2, -0.2], "float32")
RED, REDDISH, NOT_GREEN, BLACK, NOTHING = range(5)
LABELS = ("ruby", "not green")


def colours(kernel=KERNEL, bias=BIAS, labels=LABELS, field=1, name="colours", side=SIDE):
    """A network of colours: a convolution whose middle pixel counts, means, two classes."""
    height, width = side if isinstance(side, tuple) else (side, side)
    picture = keras.Input((height, width, 3))
    units = kernel.shape[-1]
    conv = keras.layers.Conv2D(units, field, padding="same", activation="relu", name="conv")
    mean = keras.layers.GlobalAveragePooling2D(name="mean")(conv(picture))
    scores = keras.layers.Dense(2, activation="softmax", name="classes")(mean)
    model = keras.Model(picture, scores)
    whole = np.zeros((field, field, 3, units), "float32")
    whole[field // 2, field // 2] = kernel
    conv.set_weights([whole, bias])
    dense = np.zeros((units, 2), "float32")
    dense[RED, 0] = dense[min(NOT_GREEN, units - 1), 1] = 1.0
    model.get_layer("classes").set_weights([dense, np.zeros(2)])
    return Network(model, Preprocessing(), (height, width), 3, labels, name)


def photographs(count=20, seed=0, side=SIDE):
    """Plain photos of random colours, each a value of 255ths, with a spot: (n, side, side, 3)."""
    chance = np.random.default_rng(seed)
    plain = chance.integers(20, 200, (count, 1, 1, 3)).repeat(side, 1).repeat(side, 2)
    return (plain / 255).astype("float32")


def folder(where, some=None):
    """Write photos into a folder: photo-00.png, photo-01.png, ..."""
    for number, picture in enumerate(photographs() if some is None else some):
        images.save(picture, where / f"photo-{number:02}.png")
    return where


def labelled(where):
    """Write photos into folders: reddish ones, of which some are bright, greenish and dark ones.

    warm/red and warm/pale, green and dark, twelve photos each.
    """
    chance = np.random.default_rng(3)
    colors = {
        "warm/red": (0.8, 0, 0),
        "warm/pale": (0.8, 0.6, 0),
        "green": (0, 0.8, 0.1),
        "dark": 0,
    }
    for name, color in colors.items():
        (where / name).mkdir(parents=True)
        plain = np.asarray(color) + 0.1 * chance.random((12, 1, 1, 3))
        folder(where / name, plain.repeat(SIDE, 1).repeat(SIDE, 2).astype("float32"))
    return where
