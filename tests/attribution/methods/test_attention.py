"""Attention followed through a network: known on paper, and by the authors' formulas."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.attribution.attribute import attribute
from convscope.attribution.attributions import attributions
from convscope.attribution.methods.attention import rollout
from convscope.attribution.methods.table import METHODS
from convscope.errors import InputError
from convscope.networks.patches.attention import attending
from tests.attribution import networks
from tests.networks import transformers
from tests.networks.transformers import PATCH, SIZE

METHODS_OF_ATTENTION = ("attention-rollout", "attention-x-gradient", "legrad")


def enlarged_evenly(found, grid):
    """Whether a map is this grid, enlarged: the same up to what interpolation does."""
    from convscope.attribution.layer_maps import enlarged

    np.testing.assert_allclose(found.map, enlarged(grid, found.map.shape), rtol=1e-4, atol=1e-6)


@pytest.fixture(scope="module")
def network():
    return transformers.transformer()


def attention(network, picture, target, blocks=2):
    """The attention of some blocks, and its gradients, with the classes read after the last.

    By TensorFlow alone, from the weights of Keras's layers.
    """
    tf = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("written for TensorFlow's tape")
    model = network.model
    with tf.GradientTape() as tape:
        flow = network.preprocess(picture[None])
        seen = []
        for name in ("patches", "row", "tokens"):
            flow = model.get_layer(name)(flow)
        for number in range(1, blocks + 1):
            normed = model.get_layer(f"norm{number}")(flow)
            layer = model.get_layer(f"attention{number}")
            query, key, value = (
                part(normed) for part in (layer._query_dense, layer._key_dense, layer._value_dense)
            )
            scores = tf.nn.softmax(tf.einsum("nqhd,nkhd->nhqk", query, key) / np.sqrt(3.0))
            tape.watch(scores)
            seen.append(scores)
            flow = flow + layer._output_dense(tf.einsum("nhqk,nkhd->nqhd", scores, value))
            wide = model.get_layer(f"wide{number}")(flow)
            (narrow,) = model.get_layer(f"block{number}")._inbound_nodes[0].parent_nodes[1:]
            flow = flow + narrow.operation(wide)
        score = model.get_layer("predictions")(flow[:, 0])[0, target]
    slopes = tape.gradient(score, seen)
    return [np.asarray(x)[0] for x in seen], [np.asarray(x)[0] for x in slopes], float(score)


def by_formula(method, weights, slopes):
    """The authors' formulas, for the class token: (2, 4)."""
    count = weights[0].shape[-1]
    if method == "attention-rollout":
        found = np.eye(count)
        for each in weights:
            half = 0.5 * each.mean(0) + 0.5 * np.eye(count)
            found = half / half.sum(-1, keepdims=True) @ found
        return found[0, 1:].reshape(2, 4)
    if method == "attention-x-gradient":
        found = np.eye(count)
        for each, slope in zip(weights, slopes, strict=True):
            found += np.clip(slope * each, 0, None).mean(0) @ found
        return found[0, 1:].reshape(2, 4)
    per_block = [np.clip(slope, 0, None).mean(0).mean(0)[1:] for slope in slopes]
    return np.mean(per_block, axis=0).reshape(2, 4)


@pytest.mark.parametrize("method", METHODS_OF_ATTENTION)
@pytest.mark.parametrize("target", [0, 2])
def test_by_the_authors_formulas(network, method, target):
    picture = transformers.photo()
    weights, slopes, score = attention(network, picture, target)
    found = attribute(network, picture, f"predictions:{target}", method=method)
    assert found.score == pytest.approx(score, rel=1e-4)
    if method == "legrad":  # the score of each block's own output
        slopes = [attention(network, picture, target, blocks)[1][-1] for blocks in (1, 2)]
    enlarged_evenly(found, by_formula(method, weights, slopes))


def pointing(chosen, blocks=1):
    """A transformer in which every token attends to the patch that is ``chosen``, and no other.

    Queries are ones, and keys are large for the chosen patch, whose place alone is marked.
    """
    rows, columns = (side // PATCH for side in SIZE)
    inputs = keras.Input((*SIZE, 3))
    flow = layers.Conv2D(4, PATCH, strides=PATCH, name="patches")(inputs)
    flow = layers.Reshape((rows * columns, 4), name="row")(flow)
    flow = transformers.Prefix(1, name="tokens")(flow)
    for number in range(blocks):
        layer = layers.MultiHeadAttention(1, 4, name=f"attention{number}")
        flow = layers.Add(name=f"sum{number}")([flow, layer(flow, flow)])
    outputs = layers.Dense(3, name="predictions")(transformers.First(name="first")(flow))
    network = transformers.network(keras.Model(inputs, outputs), SIZE)
    kernel, bias = network.model.get_layer("patches").weights
    kernel.assign(np.broadcast_to([0, 1, 1, 0], kernel.shape) / kernel.shape[0] ** 2 / 3)
    bias.assign(np.zeros(bias.shape))
    places = np.zeros((1, rows * columns + 1, 4), "float32")
    places[0, 1 + chosen, 0] = 1
    tokens = network.model.get_layer("tokens")
    tokens.places.assign(places)
    tokens.tokens.assign(np.zeros((1, 1, 4), "float32"))
    for number in range(blocks):
        layer = network.model.get_layer(f"attention{number}")
        for part, matrix, shift in (
            (layer._query_dense, np.zeros((4, 4)), 100.0),
            (layer._key_dense, np.diag([100.0, 0, 0, 0]), 0.0),
            (layer._value_dense, np.diag([0.0, 1, 1, 0]), 0.0),
            (layer._output_dense, np.diag([0.0, 1, 1, 0]), 0.0),
        ):
            part.kernel.assign(matrix.reshape(part.kernel.shape).astype("float32"))
            part.bias.assign(np.full(part.bias.shape, shift, "float32"))
    return network


@pytest.mark.parametrize("chosen", [0, 5])
@pytest.mark.parametrize(("blocks", "share"), [(1, 0.5), (2, 0.75)])
def test_rollout_where_every_token_attends_to_one_patch(chosen, blocks, share):
    found = attribute(
        pointing(chosen, blocks), transformers.photo(), "predictions:0", method="attention-rollout"
    )
    expected = np.zeros(8)
    expected[chosen] = share  # 1 - 1 / 2 ** blocks: what the class token has not kept
    enlarged_evenly(found, expected.reshape(2, 4))


def test_attention_that_speaks_against_a_class_has_no_relevance_for_it():
    network, picture = pointing(5), transformers.photo() * 0.5 + 0.25
    kernel, _ = network.model.get_layer("predictions").weights
    kernel.assign(np.array([[0, 0, 0], [1, -1, 0], [1, -1, 0], [0, 0, 0]], "float32"))
    expected = np.zeros(8)
    brightness = float(np.mean(transformers.patches(picture)[5]))
    expected[5] = 2 * brightness  # attention of 1, times the two values that the class adds up
    speaks = attribute(network, picture, "predictions:0", method="attention-x-gradient")
    enlarged_evenly(speaks, expected.reshape(2, 4))
    for method in ("attention-x-gradient", "legrad"):
        against = attribute(network, picture, "predictions:1", method=method)
        assert not against.map.any()


def test_a_unit_is_read_from_the_tokens_that_it_depends_on(network):
    picture = transformers.photo()
    weights, _, _ = attention(network, picture, 0)
    through = rollout(weights)
    for target, rows in (
        ("block2:1@cls", [0]),
        ("block2:1@1,2", [7]),
        ("block2:1", [*range(1, 9)]),
    ):
        found = attribute(network, picture, target, method="attention-rollout")
        enlarged_evenly(found, through[rows].mean(axis=0)[1:].reshape(2, 4))


def test_only_blocks_before_the_unit_count(network):
    picture = transformers.photo()
    weights, _, _ = attention(network, picture, 0)
    found = attribute(network, picture, "block1:1@cls", method="attention-rollout")
    enlarged_evenly(found, rollout(weights[:1])[0, 1:].reshape(2, 4))


def test_without_a_class_token_the_mean_over_all_patches_is_read():
    network = transformers.transformer(prefix=0)
    found = attribute(network, transformers.photo(), "predictions:1", method="attention-rollout")
    assert found.map.sum() == pytest.approx(PATCH**2, rel=0.02)  # rows of a rollout sum to one


def test_attention_with_dropout_and_fused_attention_are_the_same():
    maps = [
        attribute(
            transformers.transformer(dropout=rate),
            transformers.photo(),
            "predictions:1",
            method="legrad",
        ).map
        for rate in (0.0, 0.5)
    ]
    np.testing.assert_allclose(maps[0], maps[1], rtol=1e-4, atol=1e-7)


def test_the_layers_are_as_before(network):
    layer = network.model.get_layer("attention1")
    own = dict(vars(layer))
    with attending([layer], lambda weights: weights * 0):
        assert vars(layer).keys() != own.keys()
    assert vars(layer) == own


def test_a_unit_inside_of_a_block_has_no_legrad(network):
    with pytest.raises(InputError, match=r"end of each block, and wide2 .*'attention-x-gradient'"):
        attribute(network, transformers.photo(), "wide2:1", method="legrad")


@pytest.mark.parametrize("method", METHODS_OF_ATTENTION)
def test_networks_without_attention_are_refused_in_one_line(method):
    with pytest.raises(InputError, match=r"tiny has no attention before predictions.*'occlusion'"):
        attribute(networks.convolutional(), networks.photo(), method=method)
    every = attributions(networks.convolutional(), networks.photo(), methods="every")
    assert "has no attention" in every.left_out[method]
    assert method in METHODS


def test_attention_of_another_kind_is_refused_with_its_name():
    inputs = keras.Input((*SIZE, 3))
    flow = layers.Reshape((8, 4))(layers.Conv2D(4, PATCH, strides=PATCH)(inputs))
    flow = layers.Attention(name="plain")([flow, flow])
    outputs = layers.Dense(3, name="predictions")(layers.GlobalAveragePooling1D()(flow))
    network = transformers.network(keras.Model(inputs, outputs), SIZE)
    with pytest.raises(InputError, match=r"Received: plain \(Attention\)\. Try: .*'occlusion'"):
        attribute(network, transformers.photo(), "predictions:0", method="attention-rollout")


def test_cams_look_at_what_the_class_token_looks_at_last(network):
    found = attribute(network, transformers.photo(), "predictions:0", method="grad-cam")
    assert found.settings["layer"] == "norm2"
    assert found.map.any()
    assert "mix" not in found.note
    late = attribute(
        network, transformers.photo(), "predictions:0", method="hires-cam", layer="block2"
    )
    assert not late.map.any()
    early = attribute(
        network, transformers.photo(), "predictions:0", method="grad-cam", layer="norm1"
    )
    assert "mix its places" in early.note


def test_maps_of_tokens_keep_the_score(network):
    """Ablation-CAM puts changed maps into the network: unchanged, they give the score."""
    from convscope.attribution.attribute import decided
    from convscope.attribution.layer_maps import maps_of, scores_of

    decision = decided(network, transformers.photo(), "predictions:0")
    info = network.layer("norm2")
    own = maps_of(decision, info)
    (same,) = scores_of(decision, info, iter([own]), 1)
    (other,) = scores_of(decision, info, iter([own * 0]), 1)
    assert same == pytest.approx(decision.score, rel=1e-4)
    assert other != pytest.approx(decision.score, rel=1e-2)
