"""Small networks with several outputs, or with outputs that are no classes."""

import keras
import numpy as np


def two_heads():
    """Two class layers over the mean colour: what is red, and what is green or blue."""
    image = keras.Input((8, 8, 3), name="image")
    mean = keras.layers.GlobalAveragePooling2D(name="mean")(image)
    red = keras.layers.Dense(2, use_bias=False, name="warmth")(mean)
    cold = keras.layers.Dense(3, use_bias=False, name="colour", activation="softmax")(mean)
    model = keras.Model(image, {"warm": red, "colour": cold})
    model.get_layer("warmth").set_weights([np.array([[1, -1], [0, 0], [0, 0]], "float32")])
    model.get_layer("colour").set_weights([np.eye(3, dtype="float32")])
    return model


def segmenter():
    """A class for each place: the colour that is strongest there, times three."""
    image = keras.Input((8, 8, 3), name="image")
    maps = keras.layers.Conv2D(3, 1, use_bias=False, name="classes")(image)
    model = keras.Model(image, maps)
    model.get_layer("classes").set_weights([3 * np.eye(3, dtype="float32")[None, None]])
    return model


def detector():
    """Sixteen boxes, one for each cell of two by two pixels, with two classes: red and green."""
    image = keras.Input((8, 8, 3), name="image")
    cells = keras.layers.AveragePooling2D(2, name="cells")(image)
    logits = keras.layers.Conv2D(2, 1, use_bias=False, name="logits")(cells)
    edges = keras.layers.Conv2D(4, 1, use_bias=False, name="edges")(cells)
    model = keras.Model(
        image,
        {
            "boxes": keras.layers.Reshape((16, 4), name="box_list")(edges),
            "classes": keras.layers.Reshape((16, 2), name="class_list")(logits),
        },
    )
    model.get_layer("logits").set_weights([np.eye(3, 2, dtype="float32")[None, None]])
    return model


def embedder():
    """The mean colour as a vector of length one."""
    image = keras.Input((8, 8, 3), name="image")
    mean = keras.layers.GlobalAveragePooling2D(name="mean")(image)
    return keras.Model(image, keras.layers.UnitNormalization(name="embedding")(mean))
