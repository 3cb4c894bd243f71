"""The same network with fresh weights, at once or layer by layer, and the user's as it was."""

import keras
import numpy as np
import pytest

from convscope.errors import ModelError
from convscope.networks.patches.capture import Tap
from convscope.networks.patches.randomized import (
    cascading_randomization,
    layers_with_weights,
    untrained,
)
from tests.networks.nets import MODELS, SIDE, network, pictures


def weights(model):
    return [np.array(keras.ops.convert_to_numpy(weight)) for weight in model.weights]


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_of_model_has_an_untrained_copy_and_stays_untouched(kind):
    build, layer = MODELS[kind]
    own = network(build())
    before = weights(own.model)
    fresh = untrained(own)
    for was, still in zip(before, weights(own.model), strict=True):
        np.testing.assert_array_equal(was, still)
    assert [values.shape for values in weights(fresh.model)] == [was.shape for was in before]
    assert fresh.digest != own.digest
    assert list(fresh.layers) == list(own.layers)
    assert fresh.name == f"{own.name} (untrained)"
    shown = pictures(3)
    trained, new = (each.activations(shown, [Tap(layer)])[Tap(layer)] for each in (own, fresh))
    assert np.abs(trained - new).mean() > 0.1 * np.abs(trained).mean()
    assert new.std() > 1e-3  # and it is alive


def test_the_copy_is_the_same_every_time():
    own = network(MODELS["functional"][0]())
    assert untrained(own).digest == untrained(own).digest


@keras.saving.register_keras_serializable("tests")
class Pair(keras.layers.Layer):
    """Two convolutions that nobody named: Keras counts on with every one that is made."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.parts = [keras.layers.Conv2D(3, 1), keras.layers.Conv2D(2, 1)]

    def build(self, shape):
        self.parts[0].build(shape)
        self.parts[1].build((*shape[:-1], 3))

    def call(self, values):
        return self.parts[1](self.parts[0](values))


def test_layers_without_a_name_have_the_same_in_the_copy():
    picture = keras.Input((SIDE, SIDE, 3))
    own = network(keras.Model(picture, Pair(name="pair")(picture)))
    assert list(untrained(own).layers) == list(own.layers)
    count = len(layers_with_weights(own))
    *_, last = cascading_randomization(own, range(count + 1))
    assert last.digest == untrained(own).digest


def test_frozen_layers_are_untrained_just_as_others():
    free, frozen = MODELS["functional"][0](), MODELS["functional"][0]()
    frozen.trainable = False
    assert untrained(network(frozen)).digest == untrained(network(free)).digest


def test_a_fitted_normalisation_is_preprocessing_and_stays():
    picture = keras.Input((SIDE, SIDE, 3))
    layer = keras.layers.Normalization(name="fitted")
    layer.adapt(5 + pictures(8))
    model = keras.Model(picture, keras.layers.Conv2D(2, 1, name="conv")(layer(picture)))
    own = network(model)
    shown = pictures(2)
    np.testing.assert_allclose(
        untrained(own).activations(shown, [Tap("fitted")])[Tap("fitted")],
        own.activations(shown, [Tap("fitted")])[Tap("fitted")],
        rtol=1e-5,
    )


def test_a_compiled_model_is_copied_without_its_optimizer():
    model = MODELS["functional"][0]()
    model.compile(optimizer="adam", loss="mse")
    fresh = untrained(network(model))
    assert not fresh.model.compiled


class Closed(keras.layers.Layer):
    """A layer that cannot be rebuilt from its configuration."""

    def __init__(self, secret):
        super().__init__(name="closed")
        self.secret = secret

    def call(self, values):
        return values * self.secret


@pytest.mark.parametrize("layer", [lambda: Closed(2), lambda: keras.layers.Lambda(lambda x: 2 * x)])
def test_a_model_that_cannot_be_copied_is_refused_in_one_line(layer):
    picture = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(picture, keras.layers.Conv2D(2, 1, name="conv")(layer()(picture)))
    with pytest.raises(ModelError, match="No untrained copy of .* can be built") as caught:
        untrained(network(model))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_of_model_forgets_from_the_last_layer_down_and_stays_untouched(kind):
    build, _ = MODELS[kind]
    own = network(build())
    before = weights(own.model)
    shown, names = pictures(3), layers_with_weights(own)
    every = range(len(names) + 1)
    seen, digests = [], []
    for copy in cascading_randomization(own, every):
        seen.append(copy.activations(shown, [Tap(names[0])])[Tap(names[0])])
        digests.append(copy.digest)
    assert digests[0] == own.digest
    assert digests[-1] == untrained(own).digest
    assert len(set(digests)) == len(digests)  # every layer makes a difference
    for early in seen[:-1]:  # the first layer is the last to go
        np.testing.assert_allclose(early, seen[0], rtol=1e-5, atol=1e-6)
    assert np.abs(seen[-1] - seen[0]).mean() > 0.1 * np.abs(seen[0]).mean()
    for was, still in zip(before, weights(own.model), strict=True):
        np.testing.assert_array_equal(was, still)


def test_several_layers_are_forgotten_at_once_as_one_after_the_other():
    own = network(MODELS["functional"][0]())
    *_, slowly = (copy.digest for copy in cascading_randomization(own, [0, 1, 2]))
    assert [copy.digest for copy in cascading_randomization(own, [2])] == [slowly]
