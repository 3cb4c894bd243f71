"""The control: the same network with fresh weights, and the user's model as it was."""

import keras
import numpy as np
import pytest

from convscope.errors import ModelError
from convscope.maximize import maximize
from convscope.models.taps import Tap
from convscope.trust import card
from convscope.trust.untrained import untrained
from tests.models.nets import MODELS, SIDE, network, pictures
from tests.trust.nets import QUICK, RED


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
    trained, new = (each.look(shown, [Tap(layer)])[Tap(layer)] for each in (own, fresh))
    assert not np.allclose(trained, new, atol=0.1)
    assert new.std() > 1e-3  # and it is alive


def test_the_copy_is_the_same_every_time():
    own = network(MODELS["functional"][0]())
    assert untrained(own).digest == untrained(own).digest


def test_a_fitted_normalisation_is_preprocessing_and_stays():
    picture = keras.Input((SIDE, SIDE, 3))
    layer = keras.layers.Normalization(name="fitted")
    layer.adapt(5 + pictures(8))
    model = keras.Model(picture, keras.layers.Conv2D(2, 1, name="conv")(layer(picture)))
    own = network(model)
    shown = pictures(2)
    np.testing.assert_allclose(
        untrained(own).look(shown, [Tap("fitted")])[Tap("fitted")],
        own.look(shown, [Tap("fitted")])[Tap("fitted")],
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


def test_the_control_stands_beside_the_picture(own):
    found = card(own, f"conv:{RED}", seeds=1, others=0, control=True, **QUICK)
    assert found.untrained.source["network"] == "colours (untrained)"
    assert not np.allclose(found.untrained.picture, found.result.picture, atol=0.1)
    assert found["control"].numbers["contrast"] == found.untrained.contrast
    alone = maximize(untrained(own), f"conv:{RED}", **QUICK)
    np.testing.assert_array_equal(alone.picture, found.untrained.picture)


def test_without_being_asked_for_there_is_no_control(own):
    found = card(own, f"conv:{RED}", seeds=1, others=0, **QUICK)
    assert found.untrained is None
    assert found["control"].says == "not known: not asked for"
