"""Units are drawn from all depths and shown in the order in which they are computed."""

import keras
import pytest
from keras import layers

from convscope.errors import InputError, ModelError
from convscope.training_films.units import filmed_units, units_across_layers
from tests.networks.nets import functional, network, settle


def deep(count=9):
    image = keras.Input((8, 8, 3))
    flow = image
    for number in range(count):
        flow = layers.Conv2D(4, 3, padding="same", name=f"conv{number}")(flow)
        flow = layers.BatchNormalization(name=f"norm{number}")(flow)
    flow = layers.Dense(3, name="classes")(layers.GlobalAveragePooling2D()(flow))
    return network(settle(keras.Model(image, flow, name="deep")))


def test_of_a_deep_network_one_unit_of_each_of_six_layers_is_drawn():
    layers = [text.partition(":")[0] for text in units_across_layers(deep(), seed=0)]
    assert layers == ["conv0", "conv2", "conv4", "conv5", "conv7", "classes"]


def test_of_a_small_network_two_units_of_each_layer_are():
    drawn = units_across_layers(network(functional()), seed=0)
    assert [text.partition(":")[0] for text in drawn] == [
        "first", "first", "second", "second", "classes", "classes",
    ]  # fmt: skip
    assert len(set(drawn)) == 6


def test_the_seed_draws():
    many = network(functional())
    assert units_across_layers(many, 0) == units_across_layers(many, 0)
    assert len({tuple(units_across_layers(many, seed)) for seed in range(8)}) > 1


def test_rows_run_from_early_to_late_and_none_is_double():
    found = filmed_units(
        network(functional()), ["classes:1", "first:0-1", "-second:2", "first:1"], 0
    )
    assert [str(each.objective) for each in found] == [
        "first:0", "first:1", "-second:2", "classes:1",
    ]  # fmt: skip


def test_pictures_that_see_each_other_are_refused():
    texts = ["first:1 + diversity(second)", "first:2 + diversity(second)"]
    with pytest.raises(InputError, match=r"of one picture each.*diversity\(second\)"):
        filmed_units(network(functional()), texts, 0)


def test_a_network_without_weights_must_be_told_what_to_film():
    image = keras.Input((8, 8, 3))
    empty = network(keras.Model(image, layers.ReLU()(image), name="empty"))
    with pytest.raises(ModelError, match="no layers with weights"):
        units_across_layers(empty, 0)
