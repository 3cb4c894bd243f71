"""The class layer is the one whose numbers are the model's own output, or there is none."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.errors import ModelError
from convscope.networks.patches.capture import Tap
from tests.networks.nets import SIDE, network, pictures, settle

PROTOTYPES = np.random.default_rng(1).normal(size=(4, 6)).astype("float32")


def ending(make):
    """A model of a convolution and a mean, and what ``make`` adds."""
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Conv2D(4, 3, activation="relu", name="conv")(image)
    flow = layers.GlobalAveragePooling2D(name="mean")(flow)
    return settle(keras.Model(image, make(flow)))


def dense(flow, count=4, **settings):
    return layers.Dense(count, name="head", **settings)(flow)


OPERATIONS = {
    "temperature": lambda flow: ops.softmax(dense(flow) / 0.05),
    "distances": lambda flow: ops.softmax(-dense(flow)),
    "sigmoid": lambda flow: ops.sigmoid(dense(flow)),
    "cosine": lambda flow: ops.softmax(20 * ops.matmul(ops.normalize(flow), PROTOTYPES)),
    "plain softmax": lambda flow: ops.softmax(dense(flow)),
}


@pytest.mark.parametrize("kind", OPERATIONS)
def test_probabilities_are_the_models_own_where_operations_follow_the_last_layer(kind):
    own = network(ending(OPERATIONS[kind]))
    truth = ops.convert_to_numpy(own.model(pictures()))
    np.testing.assert_allclose(own.probabilities(pictures()), truth, atol=1e-5)


def test_what_is_maximized_is_what_the_last_function_takes():
    # softmax(-x): the class that the model prefers has the smallest number of the layer before.
    own = network(ending(OPERATIONS["distances"]))
    (unit,) = own.units("predictions:2")
    captured = own.activations(pictures(), [Tap(unit.layer), Tap("head")])
    np.testing.assert_allclose(captured[Tap(unit.layer)], -captured[Tap("head")], rtol=1e-5)


HIDDEN = {
    "one minus": lambda flow: 1 - dense(flow, 1, activation="sigmoid"),
    "ensemble": lambda flow: (
        0.9 * layers.Dense(4, activation="softmax")(flow) + 0.1 * dense(flow, activation="softmax")
    ),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_an_output_that_no_layer_gives_has_no_class_layer(kind):
    own = network(ending(HIDDEN[kind]))
    assert own.head is None
    assert not own.classifies
    with pytest.raises(ModelError, match="by operations after its last layer"):
        own.probabilities(pictures())


# What layers after the class layer leave of its probabilities


def pair(join, activation="softmax"):
    """Two class layers, joined."""
    return lambda flow: join([layers.Dense(4, activation=activation)(flow) for _ in range(2)])


JOINED = {
    "mean of softmaxes": (pair(layers.Average()), "probability"),
    "mean of sigmoids": (pair(layers.Average(), "sigmoid"), "probability"),
    "mean of logits": (pair(layers.Average(), None), "logit"),
    "a softmax of someone's own": (
        lambda flow: layers.Lambda(lambda values: ops.softmax(values))(dense(flow)),
        "probability",
    ),
    "softmax": (lambda flow: dense(flow, activation="softmax"), "logit"),
}


@pytest.mark.parametrize("kind", JOINED)
def test_a_response_is_a_logit_only_if_it_is_heard_before_what_makes_probabilities(kind):
    make, word = JOINED[kind]
    own = network(ending(make), labels=tuple("abcd"))
    assert own.answers == word
    (unit,) = own.units("predictions:2")
    captured = own.activations(pictures(), [Tap(unit.layer)])[Tap(unit.layer)]
    shares = own.probabilities(pictures())
    if word == "probability":
        np.testing.assert_allclose(captured, shares, rtol=1e-5)
    else:
        assert np.abs(captured - shares).max() > 0.1
    if "logits" not in kind:
        np.testing.assert_allclose(shares, ops.convert_to_numpy(own.model(pictures())), atol=1e-5)


COMBINED = {
    "sum": pair(layers.Add()),
    "product": pair(layers.Multiply()),
    "sum of sigmoids": pair(layers.Add(), "sigmoid"),
    "twice": lambda flow: layers.Rescaling(2.0)(dense(flow, activation="softmax")),
    "someone's own sum": lambda flow: layers.Lambda(lambda x: 3 * x)(
        dense(flow, activation="softmax")
    ),
}


@pytest.mark.parametrize("kind", COMBINED)
def test_sums_and_products_of_probabilities_are_not_told_as_probabilities_or_logits(kind):
    own = network(ending(COMBINED[kind]), labels=tuple("abcd"))
    assert own.head is not None
    assert own.answers == "output"
    assert not own.classifies
    with pytest.raises(ModelError, match="adds up, multiplies or scales probabilities"):
        own.probabilities(pictures())


def converted(flow):
    """A class layer that is a convolution, as converted models have it: (n, 1, 1, classes)."""
    flow = layers.Reshape((1, 1, 4))(flow)
    return layers.Conv2D(4, 1, name="head", activation="softmax")(flow)


SAME = {
    "reshaped": lambda flow: layers.Reshape((4,))(dense(flow, activation="softmax")),
    "flattened": lambda flow: layers.Flatten()(dense(flow, activation="softmax")),
    "dropout": lambda flow: layers.Dropout(0.5)(dense(flow, activation="softmax")),
    "identity": lambda flow: layers.Identity()(dense(flow, activation="softmax")),
    "linear": lambda flow: layers.Activation("linear")(dense(flow, activation="softmax")),
    "two": lambda flow: layers.Flatten()(
        layers.Reshape((1, 4))(layers.Dropout(0.5)(dense(flow, activation="softmax")))
    ),
    "one place": converted,
    "one place, flattened": lambda flow: layers.Flatten()(converted(flow)),
    "one place, squeezed": lambda flow: ops.squeeze(converted(flow), axis=(1, 2)),
    "one place, picked": lambda flow: converted(flow)[:, 0, 0],
}


@pytest.mark.parametrize("kind", SAME)
def test_what_only_changes_the_shape_leaves_the_class_layer_where_it_is(kind):
    own = network(ending(SAME[kind]), labels=tuple("abcd"))
    assert own.head.address == "head"
    assert own.head.channels == 4
    assert own.answers == "logit"
    truth = ops.convert_to_numpy(own.model(pictures())).reshape(2, 4)
    np.testing.assert_allclose(own.probabilities(pictures()), truth, atol=1e-5)
    (unit,) = own.units("predictions:c")
    logits = own.activations(pictures(), [Tap("head")])[Tap("head")].reshape(2, 4)
    away = np.log(truth / truth[:, :1])
    np.testing.assert_allclose(away, logits - logits[:, :1], atol=1e-4)
    assert own.describe(unit) == "head:c"


class Places(keras.Model):
    """Plain code around a class layer of one place."""

    def __init__(self):
        super().__init__()
        self.mean = layers.GlobalAveragePooling2D(keepdims=True, name="mean")
        self.classes = layers.Conv2D(3, 1, name="classes")

    def call(self, values):
        return ops.softmax(self.classes(self.mean(values))[:, 0, 0])


def test_a_class_layer_of_one_place_is_found_in_plain_code():
    model = Places()
    model(np.zeros((1, SIDE, SIDE, 3), "float32"))
    own = network(settle(model))
    assert own.head.address == "classes"
    truth = ops.convert_to_numpy(own.model(pictures()))
    np.testing.assert_allclose(own.probabilities(pictures()), truth, atol=1e-5)


def test_maps_of_classes_are_no_vector():
    image = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(image, layers.Conv2D(4, 3, activation="softmax", name="head")(image))
    assert network(settle(model)).head is None


def tied():
    """A layer is called early and again last."""
    image = keras.Input((SIDE, SIDE, 3))
    same = layers.Dense(4, name="tied")
    flow = layers.GlobalAveragePooling2D(name="mean")(layers.Conv2D(4, 3, name="conv")(image))
    return settle(keras.Model(image, same(layers.ReLU(name="middle")(same(flow)))))


def test_a_layer_that_is_called_again_last_is_heard_in_its_last_call():
    own = network(tied())
    assert own.head.address == "tied"
    assert own.layers["tied"].calls == 2
    captured = own.activations(pictures(), [Tap("tied")])[Tap("tied")]
    np.testing.assert_allclose(captured, ops.convert_to_numpy(own.model(pictures())), atol=1e-6)


class Fickle(keras.Model):
    """Plain code that goes another way for what is not flat."""

    def __init__(self):
        super().__init__()
        self.mean = layers.GlobalAveragePooling2D(name="mean")
        self.classes = layers.Dense(3, name="classes")

    def call(self, values):
        logits = self.classes(self.mean(values))
        return logits * ops.sign(ops.max(values) - ops.min(values) - 0.01)


def test_code_that_agrees_on_gray_alone_is_found_out():
    # On gray the model returns -logits, on a picture logits: no link holds for both.
    model = Fickle()
    model(np.zeros((1, SIDE, SIDE, 3), "float32"))
    own = network(settle(model))
    assert own.head is None


def test_several_outputs_are_no_classes():
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.GlobalAveragePooling2D()(image)
    model = keras.Model(image, [layers.Dense(2, name="a")(flow), layers.Dense(3, name="b")(flow)])
    with pytest.raises(ModelError, match="has 2 outputs, a, b, and nothing says which"):
        network(settle(model)).probabilities(pictures())


# Numbers that are no probabilities


@pytest.mark.parametrize("loss", ["mse", "mean_absolute_error", keras.losses.Huber()])
def test_a_regression_has_no_probabilities(loss):
    model = ending(dense)
    model.compile(loss=loss)
    own = network(model)
    assert not own.classifies
    with pytest.raises(ModelError, match="trained as a regression"):
        own.probabilities(pictures())


def test_numbers_of_which_nothing_is_said_are_not_called_probabilities():
    assert not network(ending(dense)).classifies
    assert network(ending(dense), labels=tuple("abcd")).classifies
    compiled = ending(dense)
    compiled.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert network(compiled).classifies


@pytest.mark.parametrize(
    "make",
    [
        lambda flow: layers.Lambda(lambda values: ops.sigmoid(values))(dense(flow)),
        lambda flow: dense(flow, activation=lambda values: ops.sigmoid(values)),
    ],
)
def test_a_sigmoid_of_someones_own_is_not_put_through_a_softmax(make):
    own = network(ending(make), labels=tuple("abcd"))
    truth = ops.convert_to_numpy(own.model(pictures()))
    np.testing.assert_allclose(own.probabilities(pictures()), truth, atol=1e-6)


def test_a_quantized_class_layer_is_heard():
    model = ending(lambda flow: dense(flow, activation="softmax"))
    with pytest.warns(UserWarning, match="does not have a `quantize` method"):
        model.quantize("int8")
    own = network(model)
    assert own.head.address == "head"
    truth = ops.convert_to_numpy(model(pictures()))
    np.testing.assert_allclose(own.probabilities(pictures()), truth, atol=1e-5)


def test_a_softmax_over_something_else_than_classes_gives_no_probabilities():
    over_pictures = network(ending(lambda flow: ops.softmax(dense(flow), axis=0)))
    assert not over_pictures.classifies


def test_the_operation_that_ends_a_nested_graph_hides_no_layer_of_its_name():
    part = keras.Input((4,))
    inner = keras.Model(part, ops.softmax(layers.Dense(3, name="head")(part)), name="inner")
    image = keras.Input((SIDE, SIDE, 3))
    maps = layers.Softmax(name=inner.operations[-1].name)(layers.Conv2D(4, 3)(image))
    model = keras.Model(image, inner(layers.GlobalAveragePooling2D()(maps)))
    own = network(settle(model))
    assert own.layers[inner.operations[-1].name].is_map
    assert own.head.address == f"inner/{inner.operations[-1].name}"


def test_a_layer_is_found_by_its_quoted_name():
    own = network(ending(dense))
    assert own.layer('"head"') == own.layer("head")
