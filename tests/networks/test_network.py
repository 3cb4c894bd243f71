"""A network answers to addresses, knows its head and its classes, and runs pictures."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.errors import InputError, ModelError, UnknownName
from convscope.networks.patches.capture import Tap
from convscope.networks.units import Unit
from convscope.objectives.parser import objective
from tests.networks.nets import (
    SIDE,
    Subclassed,
    body,
    functional,
    nested,
    network,
    pictures,
    sequential,
    settle,
    subclassed,
)

LABELS = ("bee", "crane", "Sports Car", "crane", "3 of hearts")


@pytest.fixture(scope="module")
def flat():
    return network(functional(), labels=LABELS)


# Addresses


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("second", [Unit("second")]),
        ("second:3", [Unit("second", 3)]),
        ("-second:3@1,2", [Unit("second", 3, (1, 2), True)]),
        ("second:1@center", [Unit("second", 1, "center")]),
        ("second:1-2", [Unit("second", 1), Unit("second", 2)]),
        ("second:*", [Unit("second", channel) for channel in range(4)]),
        ("classes:bee", [Unit("classes", 0)]),
        ("predictions:BEE", [Unit("classes", 0)]),
        ("predictions:sports car", [Unit("classes", 2)]),
        ("predictions:4", [Unit("classes", 4)]),
    ],
)
def test_an_address_becomes_its_units(flat, text, units):
    assert flat.units(text) == tuple(units)


def test_a_unit_is_its_own_address(flat):
    for unit in flat.units("second:*", "-second:0@center", "classes:*", "first"):
        assert flat.units(unit) == (unit,)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("secnd:1", UnknownName, "No layer is called 'secnd'. Did you mean 'second'"),
        ("second:4", InputError, "second has channels 0 to 3. Received: 4"),
        ("second:2-1", InputError, "channels 0 to 3. Received: 2-1"),
        ("second:1-9", InputError, "channels 0 to 3. Received: 1-9"),
        ("second:bee", InputError, "Expected a channel of second, 0 to 3.*'bee'"),
        ("second:1@4,0", InputError, "neurons @0,0 to @3,3. Received: second:1@4,0"),
        ("classes:1@center", InputError, "classes has no rows and columns"),
        (
            "predictions:bea",
            UnknownName,
            "'bea'. Did you mean 'predictions:bee'",
        ),
        ("predictions:crane", UnknownName, "Several classes are called 'crane'.*#1 or #3"),
    ],
)
def test_what_is_not_there_is_refused(flat, text, error, message):
    with pytest.raises(error, match=message):
        flat.units(text)


def test_a_label_that_reads_like_an_index_is_told_apart():
    own = network(functional(), labels=("10", "2", "7", "1", "0-2"))
    with pytest.raises(UnknownName, match=r"'1' is the label of class 3.*classes:\"1\".*#N"):
        own.units("predictions:1")
    with pytest.raises(UnknownName, match="'0-2' is the label of class 4"):
        own.units("predictions:0-2")
    assert own.units('predictions:"1"') == (Unit("classes", 3),)
    assert own.units("predictions:#1", "predictions:3") == (Unit("classes", 1), Unit("classes", 3))
    assert own.units("predictions:10") == (Unit("classes", 0),)
    assert own.units("predictions:0-1") == (Unit("classes", 0), Unit("classes", 1))


def test_digits_in_their_order_are_label_and_index_at_once():
    own = network(functional(), labels=tuple("01234"))
    assert own.units("predictions:3") == (Unit("classes", 3),)


ODD = ("tea - cup", "me@home", "2 * two", 'the "big" one', "cat, big")


def test_every_label_and_its_description_are_addresses():
    own = network(functional(), labels=ODD)
    for place in range(len(ODD)):
        unit = Unit("classes", place)
        assert own.units(own.describe(unit)) == (unit,)
        (goal,) = objective(f"2 * {own.describe(unit)} - l2").resolved(own)
        assert goal.units == [unit]


NEAR = ("sports car", "cougar", "freight car", "bee", "cartoon")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("predictions:car", "'predictions:sports car' or 'predictions:freight car'"),
        ("predictions:cuogar", "Did you mean 'predictions:cougar'.*convscope units predictions"),
        ("bee", "No layer is called 'bee', but classes are. Did you mean 'predictions:bee'"),
        ("car", "but classes are. Did you mean 'predictions:sports car' or"),
        ("secnd", "Did you mean 'second'"),
    ],
)
def test_words_inside_labels_come_before_near_spellings(text, message):
    with pytest.raises(UnknownName, match=message):
        network(functional(), labels=NEAR).units(text)


class Stubborn(layers.Layer):
    """A layer with a float32 tensor of its own, for which Keras knows no cast."""

    def call(self, values):
        if keras.backend.standardize_dtype(values.dtype) != "float32":
            raise TypeError("only float32 here")
        return values * 2


def test_a_model_that_cannot_compute_in_bfloat16_says_why():
    image = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(image, Stubborn()(layers.Conv2D(2, 3)(image)))
    assert "only float32 here" in network(settle(model)).why_not_bfloat16
    assert network(functional()).why_not_bfloat16 == ""


def test_a_layer_inside_answers_to_its_last_part():
    own = network(nested())
    assert own.units("second:1") == own.units("body/second:1") == (Unit("body/second", 1),)


def test_a_last_part_that_is_no_longer_unique_is_refused():
    image = keras.Input((SIDE, SIDE, 3))
    flow = body()(image)
    other = keras.Model(inner := keras.Input((2, 2, 4)), layers.Conv2D(2, 1, name="second")(inner))
    own = network(keras.Model(image, other(flow)))
    with pytest.raises(UnknownName, match=r"2 layers are called 'second'. Say which: body/second"):
        own.units("second:1")


def test_a_layer_without_channels_is_refused():
    class Total(layers.Layer):
        def call(self, values):
            return ops.sum(values, axis=(1, 2, 3))

    image = keras.Input((SIDE, SIDE, 3))
    own = network(keras.Model(image, Total(name="total")(image)))
    with pytest.raises(InputError, match=r"total \(Total\) has no channels"):
        own.units("total")


def test_classes_are_described_by_label(flat):
    assert flat.describe(Unit("classes", 0)) == "classes:bee"
    assert flat.describe(Unit("classes", 0, negative=True)) == "-classes:bee"
    assert flat.describe(Unit("second", 0)) == "second:0"
    assert network(functional()).label(3) == "class 3"


# The head


def headed(*last):
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.GlobalAveragePooling2D(name="mean")(layers.Conv2D(4, 3, name="conv")(image))
    for layer in last:
        flow = layer(flow)
    return network(settle(keras.Model(image, flow)))


def exactly(logits):
    values = np.exp(logits - logits.max(axis=1, keepdims=True))
    return values / values.sum(axis=1, keepdims=True)


HEADS = {
    "softmax inside": lambda: [layers.Dense(5, activation="softmax", name="classes")],
    "Activation layer": lambda: [layers.Dense(5, name="d"), layers.Activation("softmax")],
    "Softmax layer": lambda: [layers.Dense(5, name="d"), layers.Softmax()],
    "Softmax layer as activation": lambda: [layers.Dense(5, activation=layers.Softmax())],
    "logits only": lambda: [layers.Dense(5, name="classes")],
    "dropout last": lambda: [layers.Dense(5, name="classes"), layers.Dropout(0.5)],
}


@pytest.mark.parametrize("kind", HEADS)
def test_every_head_gives_logits_before_and_probabilities(kind):
    own = headed(*HEADS[kind]())
    dense = next(layer for layer in own._layers.values() if isinstance(layer, layers.Dense))
    means = own.activations(pictures(), [Tap("mean")])[Tap("mean")]
    kernel, bias = (ops.convert_to_numpy(weight) for weight in (dense.kernel, dense.bias))
    logits = means @ kernel + bias
    captured = own.activations(pictures(), [Tap(own.head.address)])[Tap(own.head.address)]
    np.testing.assert_allclose(captured, logits, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(own.probabilities(pictures()), exactly(logits), atol=1e-5)
    assert own.units("predictions:2") == (Unit(own.head.address, 2),)


def test_a_sigmoid_head_keeps_its_own_probabilities():
    own = headed(layers.Dense(5, activation="sigmoid", name="classes"))
    tap = Tap("classes")
    logits = own.activations(pictures(), [tap])[tap]
    np.testing.assert_allclose(own.probabilities(pictures()), 1 / (1 + np.exp(-logits)), atol=1e-5)


def test_one_logit_alone_is_of_yes_against_no():
    own = headed(layers.Dense(1, name="classes"))
    logits = own.activations(pictures(), [Tap("classes")])[Tap("classes")]
    np.testing.assert_allclose(own.probabilities(pictures()), 1 / (1 + np.exp(-logits)), atol=1e-5)


def test_a_softmax_that_is_no_layer_is_applied_by_us():
    own = network(subclassed())
    assert own.head.address == "classes"
    np.testing.assert_allclose(
        own.probabilities(pictures()), ops.convert_to_numpy(own.model(pictures())), atol=1e-5
    )


def test_a_network_without_classes_has_no_opinion():
    own = network(settle(body()))
    assert own.head is None
    with pytest.raises(ModelError, match="has no class layer"):
        own.probabilities(pictures())
    with pytest.raises(UnknownName, match="no class layer"):
        own.units("predictions:1")


def test_the_likeliest_classes_come_first(flat):
    assert flat.top(np.array([0.1, 0.4, 0.1, 0.3, 0.1]), 3) == [
        (1, "crane", 0.4),
        (3, "crane", 0.3),
        (0, "bee", 0.1),
    ]


# Running


def test_batches_do_not_change_what_is_heard(flat):
    many = pictures(7)
    whole = flat.activations(many, [Tap("second")])[Tap("second")]
    parts = flat.activations(many, [Tap("second")], batch=3)[Tap("second")]
    np.testing.assert_allclose(whole, parts, rtol=1e-5, atol=1e-6)


def test_the_same_weights_have_the_same_digest_however_they_are_wrapped():
    assert network(functional()).digest == network(sequential()).digest
    other = functional()
    other.weights[0].assign(other.weights[0] + 1e-6)
    assert network(other).digest != network(functional()).digest


def test_weights_that_change_are_seen_by_the_next_look():
    own = network(functional())
    before = own.activations(pictures(), [Tap("first")])[Tap("first")]
    bias = own.model.get_layer("first").bias
    bias.assign(bias + 1.0)
    after = own.activations(pictures(), [Tap("first")])[Tap("first")]
    np.testing.assert_allclose(after, before + 1, rtol=1e-5, atol=1e-5)


def test_numbers_that_are_none_are_reported_with_their_layer():
    own = network(functional())
    own.model.get_layer("first").bias.assign(np.full(3, np.nan, "float32"))
    with pytest.raises(ModelError, match="flat gives infinite or undefined numbers at first"):
        own.activations(pictures(), [Tap("first")])


def test_a_size_the_model_cannot_take_is_reported():
    model = Subclassed(name="plain")
    model(np.zeros((1, SIDE, SIDE, 3), "float32"))
    with pytest.raises(ModelError, match="plain cannot be run on a picture of 8x8 with 1 channel"):
        assert network(model, channels=1).layers
