"""Relevance propagation: networks whose relevance is known on paper, identities, what is kept."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.attribution.attribute import attribute
from convscope.attribution.decision import Explanation
from convscope.errors import ModelError
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.preprocessing import Preprocessing
from convscope.objectives import unit
from tests.networks import nets

SIDE = 8
RULES = {
    "LRP-0": ("lrp-epsilon", {"epsilon": 0.0}),
    "epsilon": ("lrp-epsilon", {}),
    "gamma": ("lrp-gamma", {}),
    "composite": ("lrp-composite", {}),
    "deep-taylor": ("deep-taylor", {}),
}
every_rule = pytest.mark.parametrize("rule", RULES)


def picture(side=SIDE, channels=3, seed=0):
    return np.random.default_rng(seed).random((side, side, channels), "float32")


def settled(model, seed=3):
    """Every weight drawn by NumPy; variances and no others are above zero."""
    draw = np.random.default_rng(seed)
    for weight in model.weights:
        values = draw.normal(0, 0.5, weight.shape)
        weight.assign(np.abs(values) + 0.3 if "variance" in weight.name else values)
    return model


def network(*parts, feed=None, side=SIDE):
    """A chain of layers on colour pictures, as a network; biases only if a part has them."""
    flow = image = keras.Input((side, side, 3))
    for part in parts:
        flow = part(flow)
    return Network(settled(keras.Model(image, flow)), feed or Preprocessing(), (side, side))


def conv(filters=4, side=3, activation="relu", **settings):
    return layers.Conv2D(filters, side, activation=activation, use_bias=False, **settings)


def head():
    return layers.Dense(3, name="classes", use_bias=False)


def found(net, rule, target="classes:1", photo=None, **settings):
    method, own = RULES[rule]
    photo = picture() if photo is None else photo
    return attribute(net, photo, target, method=method, **{**own, **settings})


def slopes(net, target="classes:1"):
    """The slope of the response to each number of the picture."""
    (objective,) = unit(target).resolved(net)
    return Explanation(net, picture(), objective).slopes([picture()])[0]


# On paper

X = np.array([0.75, 0.5], "float32")
FIRST = np.array([[2.0, -1.0], [-2.0, 4.0]], "float32")  # two inputs, two units: 0.5 and 1.25
SECOND = np.array([[2.0], [-0.4]], "float32")  # their parts of the score, 0.5, are 1 and -0.5


def two_layers():
    image = keras.Input((1, 2, 1))
    flow = layers.Dense(2, "relu", use_bias=False)(layers.Flatten()(image))
    model = keras.Model(image, layers.Dense(1, use_bias=False, name="classes")(flow))
    model.set_weights([FIRST, SECOND])
    return Network(model, Preprocessing(), (1, 2), channels=1)


def on_paper(rule):
    """The relevance of the two numbers."""
    parts = X[:, None] * FIRST  # [[1.5, -0.75], [-1, 2]]
    units = np.array([0.5, 1.25])
    boxed = np.array([[1.5, 0.25], [1.0, 2.0]])  # x w+ + (x - 1) w-, as pixels are from 0 to 1
    match rule:
        case "LRP-0":
            return parts / units @ [1.0, -0.5]
        case "epsilon":
            held = 0.25 * np.sqrt((units**2).mean())  # that of the score's layer is 0.25 * 0.5
            return parts / (units + held) @ (np.array([1.0, -0.5]) * 0.5 / 0.625)
        case "gamma":
            # Of the score: 1 counts 1.25, -0.5 as it is, and they sum to 0.75.
            favoured = parts + 0.25 * np.maximum(parts, 0)
            return favoured / favoured.sum(0) @ (np.array([1.25, -0.5]) / 0.75 * 0.5)
        case "composite":
            return boxed / boxed.sum(0) @ [1.0, -0.5]
        case "deep-taylor":
            return boxed / boxed.sum(0) @ [0.5, 0.0]


@pytest.mark.usefixtures("compiled")
@every_rule
def test_two_layers_are_as_on_paper(rule):
    result = found(two_layers(), rule, "classes:0", photo=X.reshape(1, 2, 1))
    np.testing.assert_allclose(result.map[0], on_paper(rule), rtol=1e-5)
    np.testing.assert_allclose(result.gap, on_paper(rule).sum() - 0.5, atol=1e-5)


def test_all_but_epsilon_conserve_on_paper():
    for rule in RULES:
        kept = 0.5 - on_paper(rule).sum()
        assert (abs(kept) > 0.1) == (rule == "epsilon")


@pytest.mark.parametrize(("rule", "kept"), [("LRP-0", 0.125), ("gamma", 0.125), ("deep-taylor", 0)])
def test_a_bias_keeps_its_part_of_the_score_but_in_deep_taylor(rule, kept):
    image = keras.Input((1, 1, 3))
    model = keras.Model(image, layers.Dense(1, name="classes")(layers.Flatten()(image)))
    model.set_weights([np.full((3, 1), 0.25, "float32"), np.array([0.125], "float32")])
    result = found(Network(model, Preprocessing(), (1, 1)), rule, "classes:0", np.ones((1, 1, 3)))
    assert result.score == 0.875
    assert result.gap == pytest.approx(-kept, abs=1e-6)
    assert "conservation gap" in result.caption()
    assert "stayed" not in result.note


def test_a_map_of_a_small_part_of_the_score_says_so():
    image = keras.Input((1, 1, 3))
    model = keras.Model(image, layers.Dense(1, name="classes")(layers.Flatten()(image)))
    model.set_weights([np.array([[0.5], [0.25], [0.25]]), np.array([3.0], "float32")])
    photo = np.ones((1, 1, 3), "float32")
    result = found(Network(model, Preprocessing(), (1, 1)), "LRP-0", "classes:0", photo)
    assert "sums to 1 of the score's 4: the rest was absorbed by biases" in result.note


def test_gamma_counts_what_agrees_with_an_output_below_zero():
    image = keras.Input((1, 2, 1))
    flow = layers.Dense(1, use_bias=False, name="classes")(layers.Flatten()(image))
    model = keras.Model(image, flow)
    model.set_weights([np.array([[1.0], [-2.0]], "float32")])
    net = Network(model, Preprocessing(), (1, 2), channels=1)
    result = found(net, "gamma", "classes:0", np.ones((1, 2, 1)), gamma=1.0)
    np.testing.assert_allclose(result.map[0], [1 / -3 * -1, -4 / -3 * -1], rtol=1e-6)


# Identities

FEED = Preprocessing(scale=2.0, mean=(0.25, 0.5, 0.75), bgr=True)
CHAINS = {
    "maximum": lambda: [conv(), layers.MaxPooling2D(2), conv(5, 2), layers.Flatten(), head()],
    "mean": lambda: [conv(), layers.AveragePooling2D(2), layers.GlobalAveragePooling2D(), head()],
    "leaky": lambda: [conv(activation=None), layers.LeakyReLU(), layers.Flatten(), head()],
    "apart": lambda: [conv(activation=None), layers.Activation("relu"), layers.Flatten(), head()],
    "depthwise": lambda: [
        layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu", use_bias=False),
        layers.GlobalMaxPooling2D(),
        head(),
    ],
    "separable": lambda: [
        conv(),
        layers.SeparableConv2D(4, 3, strides=2, activation="relu", use_bias=False),
        layers.Flatten(),
        head(),
    ],
    "transposed": lambda: [
        conv(),
        layers.Conv2DTranspose(3, 3, strides=2, activation="relu", use_bias=False),
        layers.Flatten(),
        head(),
    ],
    "padded": lambda: [layers.ZeroPadding2D(2), conv(strides=2), layers.Flatten(), head()],
    "prelu": lambda: [conv(activation=None), layers.PReLU(), layers.Flatten(), head()],
}
every_chain = pytest.mark.parametrize("chain", CHAINS)


@pytest.mark.usefixtures("compiled")
@every_chain
def test_without_biases_lrp_0_is_gradient_times_input_after_preprocessing(chain):
    net = network(*CHAINS[chain](), feed=FEED)
    given = 2.0 * picture() - np.array([0.75, 0.5, 0.25], "float32")
    expected = (given * slopes(net) / 2.0).sum(axis=-1)
    result = found(net, "LRP-0")
    np.testing.assert_allclose(result.map, expected, rtol=1e-3, atol=1e-5)
    assert result.gap == pytest.approx(0, abs=1e-3 * abs(result.score))


@every_chain
@pytest.mark.parametrize("rule", ["gamma", "composite", "deep-taylor"])
def test_without_biases_relevance_sums_to_the_score(chain, rule):
    result = found(network(*CHAINS[chain](), feed=FEED), rule)
    assert abs(result.score) > 0.01
    assert result.gap == pytest.approx(0, abs=1e-3 * abs(result.score))


@every_rule
def test_relevance_of_a_difference_is_the_difference_of_relevances(rule):
    net = network(*CHAINS["maximum"](), feed=FEED)
    a, b, both = (
        found(net, rule, target) for target in ("classes:0", "classes:2", "classes:0 - classes:2")
    )
    np.testing.assert_allclose(both.map, a.map - b.map, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(both.gap, a.gap - b.gap, atol=1e-4)


@pytest.mark.parametrize("target", ["hidden:2", "hidden:1@2,3", "hidden", "hidden - 3 * hidden:0"])
def test_any_target_is_what_is_shared_out(target):
    # A whole layer's score is a mean of squares, which a value times its slope counts twice.
    parts = [conv(), conv(5, 2, name="hidden"), layers.Flatten(), head()]
    result = found(network(*parts, feed=FEED), "LRP-0", target)
    assert abs(result.score) > 0.01
    assert result.map.sum() == pytest.approx(result.score, rel=1e-3)


def test_of_a_maximum_the_winner_takes_all():
    image = keras.Input((2, 2, 1))
    model = keras.Model(image, layers.Dense(1, use_bias=False)(layers.GlobalMaxPooling2D()(image)))
    net = Network(model, Preprocessing(), (2, 2), channels=1)
    model.set_weights([np.full((1, 1), 2.0, "float32")])
    photo = np.array([[0.1, 0.4], [0.7, 0.2]], "float32")[:, :, None]
    result = found(net, "LRP-0", f"{model.layers[-1].name}:0", photo)
    # The pooling is before the first affine layer, and passes relevance on like any.
    np.testing.assert_allclose(result.map, [[0, 0], [1.4, 0]], rtol=1e-6)


@every_rule
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu", "relu6"])
def test_an_activation_function_passes_on_what_it_gets(rule, activation):
    # The relevance of y = f(z) becomes that of z: the same as if z had been y by its weights.
    parts = [conv(2, SIDE, activation=activation, name="bent"), layers.Flatten(), head()]
    net = network(*parts)
    result = found(net, rule)
    bent = net.model.get_layer("bent")
    tap = Tap("bent"), Tap("bent", after=True)
    seen = net.activations(picture()[None], tap)
    bent.kernel.assign(ops.convert_to_numpy(bent.kernel) * (seen[tap[1]] / seen[tap[0]])[0])
    bent.activation = keras.activations.linear
    straight = found(Network(net.model, Preprocessing(), (SIDE, SIDE)), rule)
    if rule != "epsilon":  # whose weak outputs lose, and outputs are others now
        np.testing.assert_allclose(result.map, straight.map, rtol=1e-3, atol=1e-5)
    assert result.score == pytest.approx(straight.score, rel=1e-4)


@pytest.mark.usefixtures("compiled")
def test_what_is_computed_is_the_same_to_the_last_bit_but_for_fused_arithmetic():
    net = network(*CHAINS["maximum"](), feed=FEED)
    plain = Explanation(net, picture(), unit("classes:1").resolved(net)[0]).score
    assert found(net, "gamma").score == plain


@every_rule
def test_of_a_dead_network_nothing_is_left_and_nothing_undefined(rule):
    net = network(conv(name="dead"), layers.Flatten(), head())
    dead = net.model.get_layer("dead").kernel
    dead.assign(-np.abs(ops.convert_to_numpy(dead)))
    result = found(net, rule)
    np.testing.assert_array_equal(result.map, 0)
    assert result.note.startswith("flat")


# Normalisation, preprocessing, gates


def normalised(first):
    """``first``, batch normalisation with factors of both signs, ReLU, classes."""
    return [first, layers.BatchNormalization(), layers.ReLU(), layers.Flatten(), head()]


@every_rule
@pytest.mark.parametrize("place", ["first", "later"])
def test_batch_normalisation_is_part_of_the_layer_before_it(rule, place):
    before = [conv()] if place == "later" else []
    net = network(*before, *normalised(layers.Conv2D(4, 3, name="conv")), feed=FEED)
    norm = net.model.get_layer(next(x.name for x in net.model.layers if "batch" in x.name))
    gamma, beta, mean, variance = norm.get_weights()
    assert gamma.min() < 0 < gamma.max()
    apart = found(net, rule)
    kernel, bias = net.model.get_layer("conv").get_weights()
    factor = gamma / np.sqrt(variance + norm.epsilon)
    net.model.get_layer("conv").set_weights([kernel * factor, (bias - mean) * factor + beta])
    norm.set_weights([np.sqrt(1 + 0 * gamma + norm.epsilon), 0 * beta, 0 * mean, 1 + 0 * variance])
    folded = found(Network(net.model, FEED, (SIDE, SIDE)), rule)
    np.testing.assert_allclose(apart.map, folded.map, rtol=2e-3, atol=1e-5)


def test_batch_normalisation_alone_is_lrp_0():
    # Of one number: x * factor + shift; the shift keeps its part.
    parts = [conv(), layers.BatchNormalization(name="norm"), layers.Flatten(), head()]
    net = network(*parts)
    result = found(net, "LRP-0")
    shifts = ops.convert_to_numpy(net.model(np.zeros((1, SIDE, SIDE, 3))))[0, 1]
    assert result.map.sum() == pytest.approx(result.score - shifts, rel=1e-3, abs=1e-4)


@every_rule
@pytest.mark.parametrize("padding", [0, 1])
def test_preprocessing_inside_the_model_is_as_preprocessing_outside(rule, padding):
    def parts():
        return [layers.ZeroPadding2D(padding), conv(), layers.Flatten(), head()]

    outside = network(*parts(), feed=Preprocessing(scale=2.0, mean=(1.0,)))
    inside = network(layers.Rescaling(2.0, offset=-1.0), *parts())
    np.testing.assert_allclose(found(inside, rule).map, found(outside, rule).map, atol=1e-5)


def test_bounds_are_those_of_the_picture_after_preprocessing_and_padding():
    # Black, white and padding: where a number is at a bound, a weight from that side gets nothing.
    net = network(layers.ZeroPadding2D(1), conv(1, 3, name="first"), layers.Flatten(), head())
    net = Network(net.model, FEED, (SIDE, SIDE))
    kernel = net.model.get_layer("first").kernel
    kernel.assign(np.abs(ops.convert_to_numpy(kernel)))
    photo = picture()
    photo[2, 3] = 0
    result = found(net, "deep-taylor", photo=photo)
    assert result.map[2, 3] == 0
    assert np.abs(result.map[2, [2, 4]]).min() > 0
    assert result.gap == pytest.approx(0, abs=1e-3 * abs(result.score))


def test_deep_taylor_of_a_score_above_zero_has_nothing_below():
    net = network(*CHAINS["maximum"](), feed=FEED)
    for index in range(3):
        result = found(net, "deep-taylor", f"classes:{index}")
        assert (np.sign(result.score) * result.map >= 0).all()


def gated(kind):
    image = keras.Input((SIDE, SIDE, 3))
    flow = conv()(image)
    if kind == "gate":
        other = layers.GlobalAveragePooling2D(keepdims=True)(flow)
        other = layers.Conv2D(4, 1, activation="sigmoid")(other)
    else:
        other = conv()(image)
    flow = layers.Multiply()([flow, other])
    model = keras.Model(image, head()(layers.Flatten()(flow)))
    return Network(settled(model), FEED, (SIDE, SIDE))


@pytest.mark.parametrize("kind", ["gate", "equals"])
def test_of_a_product_the_larger_factor_takes_all_and_equals_share(kind):
    result = found(gated(kind), "LRP-0")
    assert result.gap == pytest.approx(0, abs=1e-3 * abs(result.score))


# Models of any build


@every_rule
def test_functional_and_sequential_models_are_explained_alike(rule):
    one, other = (
        found(nets.network(make()), rule, photo=nets.pictures(1)[0])
        for make in (nets.functional, nets.sequential)
    )
    np.testing.assert_allclose(one.map, other.map, rtol=1e-4, atol=1e-6)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("build", nets.MODELS)
def test_models_of_any_build_conserve_by_deep_taylor(build):
    # In a model of plain code, a doubling and a mean between the layers are passed through.
    net = nets.network(nets.MODELS[build][0]())
    result = found(net, "deep-taylor", photo=nets.pictures(1)[0])
    assert abs(result.score) > 0.01
    assert result.gap == pytest.approx(0, abs=1e-3 * abs(result.score))


# What is refused


class Own(layers.Layer):
    """A layer of someone's own, with a weight."""

    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), initializer="ones")

    def call(self, values):
        return ops.sin(values * self.factor)


REFUSED = {
    "Own": lambda: [conv(), Own(name="odd"), layers.Flatten()],
    "softmax": lambda: [conv(activation="softmax", name="odd"), layers.Flatten()],
    "Softmax": lambda: [conv(), layers.Softmax(name="odd"), layers.Flatten()],
    "LayerNormalization": lambda: [conv(), layers.LayerNormalization(name="odd"), layers.Flatten()],
    "EinsumDense": lambda: [
        conv(),
        layers.EinsumDense("nhwc,cd->nhwd", (6, 6, 4), name="odd"),
        layers.Flatten(),
    ],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_layer_without_a_rule_is_refused_by_name_with_what_to_try(kind):
    net = network(*REFUSED[kind](), head())
    with pytest.raises(ModelError, match=rf"no rule for odd \((?i:{kind})\).*classes:1.*occlusion"):
        found(net, "gamma")


def test_a_layer_without_a_rule_after_the_target_does_not_matter():
    net = network(conv(name="early"), *REFUSED["Own"]()[1:], head())
    assert found(net, "gamma", "early:1").gap == pytest.approx(0, abs=1e-4)


def test_a_class_of_someones_own_that_computes_like_keras_has_kerass_rule():
    class Named(layers.Conv2D):
        """Another name, the same call."""

    class Bent(layers.Conv2D):
        """Another call."""

        def call(self, values):
            return ops.sin(super().call(values))

    def make(kind):
        return network(kind(4, 3, use_bias=False, name="odd"), layers.Flatten(), head())

    assert found(make(Named), "gamma").gap == pytest.approx(0, abs=1e-3)
    with pytest.raises(ModelError, match=r"no rule for odd \(Bent\)"):
        found(make(Bent), "gamma")


def forked(make_other):
    """A network that takes the picture in at two places."""
    image = keras.Input((SIDE, SIDE, 3))
    together = layers.Concatenate()([conv(padding="same")(image), make_other(image)])
    flow = head()(layers.GlobalAveragePooling2D()(together))
    return Network(settled(keras.Model(image, flow)), Preprocessing(), (SIDE, SIDE))


@every_rule
def test_a_second_way_in_that_has_no_rule_is_refused(rule):
    def pooled(image):
        return layers.AveragePooling2D(2, 1, padding="same")(image)

    for other in (pooled, lambda image: conv(padding="same")(pooled(image))):
        with pytest.raises(ModelError, match=r"takes the picture in at several places.*occlusion"):
            found(forked(other), rule)


def test_several_layers_may_take_the_same_picture():
    both = found(forked(lambda image: conv(2, 5, padding="same")(image)), "LRP-0")
    assert both.gap == pytest.approx(0, abs=1e-4)


def test_a_model_of_mixed_precision_has_the_map_of_its_float32_twin():
    twins = [network(conv(), layers.Flatten(), head()) for _ in range(2)]
    for layer in twins[1].model._flatten_layers():
        layer.dtype_policy = keras.DTypePolicy("mixed_float16")
    maps = [found(net, "gamma") for net in twins]
    np.testing.assert_allclose(maps[1].map, maps[0].map, rtol=1e-5, atol=1e-6)


def test_weights_of_half_precision_are_refused():
    with pytest.raises(ModelError, match=r"no rule for odd \(float16 weights\)"):
        found(network(conv(name="odd", dtype="float16"), layers.Flatten(), head()), "gamma")
