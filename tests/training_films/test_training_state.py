"""Whatever is done inside, training goes on as if nothing had been done."""

import random

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.training_films.training_state import preserved_training
from tests.training_films.trainings import SIDE, chancy, plain


class Forgetful(layers.Layer):
    """Counts its calls in a weight, and draws, whether it is trained or not."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.chance = keras.random.SeedGenerator(5)
        self.calls = self.add_weight(shape=(), trainable=False, initializer="zeros")

    def call(self, values):
        self.calls.assign_add(1.0)
        return values + keras.random.normal(ops.shape(values), seed=self.chance)


def values(model):
    return [np.array(ops.convert_to_numpy(each.value)) for each in model.variables]


def test_layers_that_change_when_called_are_put_back():
    model = keras.Sequential([keras.Input((4,)), Forgetful()])
    before = values(model)
    with preserved_training(model):
        model(np.zeros((1, 4), "float32"))
        changed = values(model)
    assert any((old != new).any() for old, new in zip(before, changed, strict=True))
    for old, new in zip(before, values(model), strict=True):
        np.testing.assert_array_equal(old, new)


def test_what_fails_inside_leaves_no_trace_either():
    model = keras.Sequential([keras.Input((4,)), Forgetful()])
    before = values(model)

    def failing():
        with preserved_training(model):
            model(np.zeros((1, 4), "float32"))
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    for old, new in zip(before, values(model), strict=True):
        np.testing.assert_array_equal(old, new)


def test_global_streams_go_on_where_they_were():
    model = chancy()

    def draws():
        keras.utils.set_random_seed(1)
        found = []
        for _ in range(2):
            found += [random.random(), np.random.random(), native()]
            yield found

    def native():
        if keras.backend.backend() != "torch":
            return 0.0
        import torch

        return float(torch.rand(()))

    *_, plain = draws()
    disturbed = draws()
    next(disturbed)
    with preserved_training(model):
        random.random(), np.random.random(), native()
    assert next(disturbed) == plain


@pytest.mark.parametrize("drawn_before", [0, 1])
def test_what_draws_without_a_seed_goes_on_where_it_was(drawn_before):
    model = plain()

    def draws(disturb):
        keras.utils.set_random_seed(1)  # which forgets Keras's own generator
        for _ in range(drawn_before):
            keras.random.normal((2,))
        if disturb:
            with preserved_training(model):
                keras.random.normal((2,))
        random.random()
        return np.array(ops.convert_to_numpy(keras.random.normal((2,))))

    plain_draws = draws(disturb=False)
    np.testing.assert_array_equal(draws(disturb=True), plain_draws)


def test_weights_are_not_written_to(monkeypatch):
    model = chancy()
    written = []
    kind = type(model.weights[0])
    monkeypatch.setattr(kind, "assign", lambda self, value: written.append(self.name))
    with preserved_training(model):
        model(np.zeros((1, SIDE, SIDE, 3), "float32"), training=False)
    # Dropout that is forced on has drawn; its seeds are put back, and nothing else.
    assert set(written) <= {"seed_generator_state"}
