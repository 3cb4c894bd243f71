"""Heads of attention as units: known on paper, by finite differences, and refused in one line."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from convscope.activation.activations import activations
from convscope.attribution.attribute import attribute
from convscope.attribution.decision import Explanation
from convscope.comparison.compare import compare
from convscope.errors import InputError, UnknownName
from convscope.maximization.maximize import maximize
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.units import Address, Unit
from convscope.objectives import parse
from convscope.objectives.objective import score_pictures
from tests.networks import transformers
from tests.networks.transformers import PATCH, SIZE

COPIES, AVERAGES = 0, 1  # what the two heads do
ROWS, COLUMNS = (side // PATCH for side in SIZE)


def known(attention=None):
    """Attention of two heads on rows of patches: one copies each patch, one averages all.

    The value of both heads is the brightness of a patch, and twice that. The first head's keys and
    queries are the patches' places, so that a patch sees itself alone; the second's are zero.
    """
    inputs = keras.Input((*SIZE, 3))
    flow = layers.Conv2D(1 + ROWS * COLUMNS, PATCH, strides=PATCH, name="patches")(inputs)
    flow = layers.Reshape((ROWS * COLUMNS, 1 + ROWS * COLUMNS), name="row")(flow)
    flow = Places(name="places")(flow)
    # On JAX, Keras's fused attention takes no values narrower than keys; dropout switches it off.
    dropout = 0.1 if keras.backend.backend() == "jax" else 0.0
    attention = attention or layers.MultiHeadAttention(
        2, 8, value_dim=2, dropout=dropout, name="attention"
    )
    flow = attention(flow, flow)
    outputs = layers.Dense(3, name="predictions")(layers.GlobalAveragePooling1D()(flow))
    network = transformers.network(keras.Model(inputs, outputs), SIZE)
    kernel, bias = network.model.get_layer("patches").weights
    brightness = np.zeros(kernel.shape, "float32")
    brightness[..., 0] = 1 / (3 * PATCH**2)
    kernel.assign(brightness)
    bias.assign(np.zeros(bias.shape))
    places = np.concatenate([np.zeros((8, 1)), np.eye(8)], axis=1)  # without the brightness
    layer = network.model.get_layer("attention")
    for part, scale in ((layer._query_dense, 100.0), (layer._key_dense, 100.0)):
        matrix = np.zeros((9, 2, 8), "float32")
        matrix[:, COPIES] = scale * places.T
        part.kernel.assign(matrix)
        part.bias.assign(np.zeros(part.bias.shape))
    values = np.zeros((9, 2, 2), "float32")
    values[0] = [1.0, 2.0]
    layer._value_dense.kernel.assign(values)
    layer._value_dense.bias.assign(np.zeros((2, 2), "float32"))
    return network


class Places(layers.Layer):
    """Adds a one to each token, each in a channel of its own after the first."""

    def call(self, rows):
        count = ROWS * COLUMNS
        places = np.concatenate([np.zeros((count, 1)), np.eye(count)], axis=1)
        return rows + keras.ops.convert_to_tensor(places.astype("float32"))


def brightness(picture):
    return transformers.patches(picture).mean(axis=1, dtype="float64")


def response(network, text, picture):
    (objective,) = parse(text).resolved(network)
    return float(score_pictures(network, [objective], picture[None])[0])


def test_a_head_that_copies_and_one_that_averages():
    network, picture = known(), transformers.photo()
    bright = brightness(picture)
    square = (1 + 2**2) / 2  # mean square of the value's two numbers, for a brightness of one
    tap = Tap("attention", heads=True)
    maps = network.activations(picture[None], [tap])[tap][0]
    assert maps.shape == (ROWS, COLUMNS, 2)
    np.testing.assert_allclose(maps[..., COPIES].ravel(), square * bright**2, rtol=1e-4)
    np.testing.assert_allclose(maps[..., AVERAGES], square * bright.mean() ** 2, rtol=1e-4)
    assert response(network, "attention:h0", picture) == pytest.approx(
        square * np.mean(bright**2), rel=1e-4
    )
    assert response(network, "attention:h1", picture) == pytest.approx(
        square * bright.mean() ** 2, rel=1e-4
    )
    assert response(network, "attention:h0@1,2", picture) == pytest.approx(
        square * bright[6] ** 2, rel=1e-4
    )


def test_the_response_does_not_depend_on_the_directions_of_the_values():
    """Values that are turned, and turned back by what mixes the heads, are the same network."""
    network, picture = known(), transformers.photo()
    layer = network.model.get_layer("attention")
    before = response(network, "attention:h0", picture), network.probabilities(picture[None])
    turn = np.array([[0.6, -0.8], [0.8, 0.6]], "float32")
    layer._value_dense.kernel.assign(keras.ops.matmul(layer._value_dense.kernel, turn))
    back = keras.ops.einsum("hvc,vw->hwc", layer._output_dense.kernel, turn)
    layer._output_dense.kernel.assign(back)
    after = response(network, "attention:h0", picture), network.probabilities(picture[None])
    assert after[0] == pytest.approx(before[0], rel=1e-4)
    np.testing.assert_allclose(after[1], before[1], rtol=1e-4)


@pytest.mark.parametrize("unit", ["h1", "h0@1,2", "h1@cls", "h0@center"])
def test_the_slope_agrees_with_finite_differences(unit):
    network, picture = transformers.transformer(), transformers.photo()
    (objective,) = parse(f"attention2:{unit}").resolved(network)
    (slope,) = Explanation(network, picture, objective).slopes([picture])
    way = np.random.default_rng(1).standard_normal(picture.shape).astype("float32")
    way /= np.linalg.norm(way)
    step = 2e-2
    ends = np.stack([picture + step * way, picture - step * way])
    high, low = score_pictures(network, [objective] * 2, ends)
    assert (high - low) / (2 * step) == pytest.approx(float((slope * way).sum()), rel=2e-2)


def test_the_heads_of_a_token_and_of_a_range():
    network, picture = transformers.transformer(), transformers.photo()
    units = network.units("attention1:h*", "attention1:h0-1@cls", "-attention2:h1@1,2")
    assert list(map(str, units)) == [
        *("attention1:h0", "attention1:h1", "attention1:h0@cls", "attention1:h1@cls"),
        "-attention2:h1@1,2",
    ]
    layer = network.model.get_layer("attention1")
    flow = network.preprocess(picture[None])
    for name in ("patches", "row", "tokens", "norm1"):
        flow = network.model.get_layer(name)(flow)
    _, weights = layer(flow, flow, return_attention_scores=True)
    values = keras.ops.einsum("nhqk,nkhd->nqhd", weights, layer._value_dense(flow))
    given = np.square(keras.ops.convert_to_numpy(values)[0]).mean(-1)  # (tokens, heads)
    assert response(network, "attention1:h1@cls", picture) == pytest.approx(given[0, 1], rel=1e-4)
    assert response(network, "attention1:h1@1,2", picture) == pytest.approx(given[7, 1], rel=1e-4)
    assert response(network, "attention1:h0", picture) == pytest.approx(
        given[1:, 0].mean(), rel=1e-4
    )


@pytest.mark.parametrize("text", ["attention:h5", "-attention:h0@3,4", '"a:b":h2@cls'])
def test_a_head_is_read_and_written(text):
    unit = Unit.parse(text)
    assert str(unit) == text
    assert (unit.channel, unit.kind) == (None, "head")
    assert str(parse(text)) == text
    assert Unit.parse("attention:h5").stem == "attention-h5"


def test_a_channel_stays_a_channel_and_a_label_a_label():
    network = transformers.transformer()
    assert network.units("attention1:1") == (Unit("attention1", 1),)
    labelled = replace(network, labels=("h0", "h1", "h2"))
    assert labelled.units("predictions:h1") == (Unit("predictions", 1),)
    assert labelled.describe(Unit("predictions", 1)) == "predictions:h1"
    assert Address.parse("predictions:h1").channels == "h1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("attention1:h2", r"attention1 has heads h0 to h1\. Received: h2\."),
        ("attention1:h1-0", r"attention1 has heads h0 to h1\. Received: h1-0\."),
        ("norm1:h0", r"norm1 \(LayerNorm.*\) has no heads that .* have: attention1, attention2\."),
        ("attention1:h0@token1", r"attention1 has no token 'token1'"),
        ("attention1:h0@2,0", r"attention1 has neurons @0,0 to @1,3"),
    ],
)
def test_what_is_no_head_is_refused_in_one_line(text, says):
    network = transformers.transformer()
    with pytest.raises(InputError, match=says) as refused:
        network.units(text)
    assert "\n" not in str(refused.value)
    with pytest.raises(UnknownName, match="atention1"):
        network.units("atention1:h0")


def test_a_layer_of_a_network_without_attention_has_no_heads():
    from tests.networks.nets import functional, network

    with pytest.raises(InputError, match="has no heads .* that have: none"):
        network(functional()).units("first:h0")


def test_heads_of_grouped_queries_and_of_attention_with_dropout():
    """Their attention is computed otherwise; what is captured is the same."""
    inputs = keras.Input((*SIZE, 3))
    flow = layers.Conv2D(6, PATCH, strides=PATCH)(inputs)
    flow = layers.Reshape((ROWS * COLUMNS, 6))(flow)
    flow = layers.GroupQueryAttention(3, 4, 2, name="attention")(flow, flow)
    outputs = layers.Dense(3, name="predictions")(layers.GlobalAveragePooling1D()(flow))
    network = transformers.network(keras.Model(inputs, outputs), SIZE)
    picture = transformers.photo()
    assert network.layer("attention").heads == 4
    tap = Tap("attention", heads=True)
    assert network.activations(picture[None], [tap])[tap].shape == (1, ROWS, COLUMNS, 4)
    same = [
        response(transformers.transformer(dropout=rate), "attention1:h1", picture)
        for rate in (0.0, 0.5)
    ]
    assert same[0] == pytest.approx(same[1], rel=1e-4)


def test_the_maps_of_all_heads(tmp_path):
    network, picture = known(), transformers.photo()
    found = activations(network, picture, ["attention:h*", "patches"])
    assert list(found.maps) == ["patches", "attention:h*"]
    maps = found.maps["attention:h*"]
    strongest = found.strongest("attention:h*")
    assert [str(each.unit) for each in strongest] == ["attention:h0", "attention:h1"]
    for each in strongest:
        own = response(network, str(each.unit), picture)
        assert each.strength == pytest.approx(own, rel=1e-4)
        assert maps[..., each.unit.index].mean() == pytest.approx(own, rel=1e-4)
    assert found.save(tmp_path / "heads.png", layer="attention:h*").exists()
    with pytest.raises(InputError, match="has no heads"):
        activations(network, picture, "patches:h*")
    with pytest.raises(UnknownName, match="Did you mean 'attention'"):
        compare(network, picture, transformers.photo(seed=1), layers="attention:h*")


def test_a_picture_of_a_head_excites_it_and_leaves_the_model_as_it_was():
    network: Network = known()
    layer = network.model.get_layer("attention")
    own, mixing = (
        {k: id(v) for k, v in vars(each).items()} for each in (layer, layer._output_dense)
    )
    before = [keras.ops.convert_to_numpy(each) for each in network.model.weights]
    found = maximize(network, "attention:h0", steps=48, precision="float32")
    own["_called"], mixing["_called"] = id(layer._called), id(layer._output_dense._called)
    gray = np.full((*SIZE, 3), 0.5, "float32")
    assert found.response > 1.5 * response(network, "attention:h0", gray)
    assert str(found.unit) == "attention:h0"
    assert {k: id(v) for k, v in vars(layer).items()} == own
    assert {k: id(v) for k, v in vars(layer._output_dense).items()} == mixing
    for one, other in zip(before, network.model.weights, strict=True):
        np.testing.assert_array_equal(one, keras.ops.convert_to_numpy(other))


@pytest.mark.parametrize("method", ["occlusion", "gradient", "grad-cam", "attention-rollout"])
def test_a_head_can_be_explained(method):
    network, picture = transformers.transformer(), transformers.photo()
    found = attribute(network, picture, "attention2:h1@cls", method=method)
    assert found.map.any()  # a layer that comes after the head would give nothing
    assert found.score == pytest.approx(response(network, "attention2:h1@cls", picture), rel=1e-4)
