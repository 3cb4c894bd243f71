"""Small networks that learn something in seconds, with all that chance has a hand in."""

from functools import cache

import keras
import numpy as np
from keras import layers

SIDE = 8


class Unseeded(layers.Layer):
    """Draws from the generator that Keras keeps for all that have no seed."""

    def call(self, values):
        return values + 0.1 * keras.random.normal(keras.ops.shape(values))


def data(count=24, seed=0):
    """Pictures that are brighter at the left, class 0, or at the right, class 1."""
    chance = np.random.default_rng(seed)
    classes = np.arange(count) % 2
    ramp = np.linspace(1, 0, SIDE)[None, None, :, None]
    lit = np.where(classes[:, None, None, None] == 0, ramp, 1 - ramp)
    return (0.7 * lit + 0.3 * chance.random((count, SIDE, SIDE, 3))).astype("float32"), classes


def plain(**settings):
    """Two convolutions and a class layer, compiled."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            # Biases above zero, so that no layer is silent as a whole.
            layers.Conv2D(4, 3, activation="relu", bias_initializer="ones", name="first"),
            layers.Conv2D(5, 3, activation="relu", bias_initializer="ones", name="second"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(2, name="classes"),
        ],
        name="small",
    )
    return compiled(model, **settings)


@cache
def _kept():
    model = plain()
    model.optimizer.build(model.trainable_variables)
    return model, [
        np.array(keras.ops.convert_to_numpy(each)) for each in _all_that_training_changes(model)
    ]


def reset():
    """``plain()`` as it is at first, but one model every time: Keras compiles its step once."""
    model, first = _kept()
    for variable, value in zip(_all_that_training_changes(model), first, strict=True):
        variable.assign(value)
    keras.utils.set_random_seed(3)
    return model


def chancy():
    """A network that draws at every step, updates statistics, and even draws when it is asked."""
    keras.utils.set_random_seed(3)
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.RandomFlip("horizontal")(image)
    flow = layers.RandomTranslation(0.2, 0.2)(flow)
    flow = layers.Conv2D(4, 3, use_bias=False, name="first")(flow)
    flow = layers.ReLU(name="relu")(layers.BatchNormalization(name="norm")(flow))
    flow = layers.GaussianNoise(0.1)(flow)
    if keras.backend.backend() != "jax":  # which refuses to draw without a seed
        flow = Unseeded()(flow)
    flow = layers.Conv2D(5, 3, activation="relu", activity_regularizer="l2", name="second")(flow)
    flow = layers.SpatialDropout2D(0.2)(flow, training=True)  # forced on, as in Monte Carlo dropout
    flow = layers.Dropout(0.3)(layers.GlobalAveragePooling2D(name="mean")(flow))
    return compiled(keras.Model(image, layers.Dense(2, name="classes")(flow), name="chancy"))


def compiled(model, **settings):
    """Ready for ``fit``, by momentum, so that the optimizer has a memory."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss, metrics=["accuracy"], **settings)
    return model


def fit(model, *callbacks, epochs=2, **settings):
    """Train on shuffled batches of 6: 4 an epoch."""
    pictures, classes = data()
    settings = {"batch_size": 6, "shuffle": True, "verbose": 0, **settings}
    return model.fit(pictures, classes, epochs=epochs, callbacks=list(callbacks), **settings)


def state(model):
    """All that training changes, as bytes: weights, statistics, seeds, and the optimizer's."""
    every = _all_that_training_changes(model)
    return [np.asarray(keras.ops.convert_to_numpy(each.value)).tobytes() for each in every]


def _all_that_training_changes(model):
    return [*model.variables, *model.optimizer.variables]
