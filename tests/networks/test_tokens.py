"""Rows of tokens are maps of patches, with the tokens before them by name."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.attribution.layer_maps import changed_maps
from convscope.backend import to_numpy
from convscope.cli.record_to_command import command_again
from convscope.errors import InputError, ModelError
from convscope.maximization.maximize import maximize
from convscope.maximization.recipes import RECIPES
from convscope.networks.blocks import main_layers
from convscope.networks.natural_measurement import measure
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.preprocessing import Preprocessing
from convscope.networks.regions import Region, region
from convscope.networks.tokens import from_maps, grid_at, grid_of, to_maps
from convscope.terminal.record import read
from tests.attribution import networks
from tests.networks import transformers

WIDE = (2, 4)


@pytest.fixture(scope="module")
def network():
    return transformers.transformer(prefix=2)


def given(network, layer, picture):
    """What a Keras model of the layers up to this one gives, and the layers before the patches."""
    inner = keras.Model(network.model.inputs, network.model.get_layer(layer).output)
    return to_numpy(inner(network.preprocess(picture[None])))[0]


@pytest.mark.parametrize("layer", ["tokens", "norm1", "attention1", "sum2", "wide2", "block2"])
def test_maps_are_the_tokens_of_the_patches_row_by_row(network, layer):
    picture = transformers.photo()
    own = given(network, layer, picture)
    taps = [Tap(layer, after=True), *(Tap(layer, after=True, token=each) for each in (0, 1))]
    seen = network.activations(picture[None], taps)
    info = network.layer(layer)
    assert info.shape == (*WIDE, own.shape[-1])
    assert info.is_map
    assert info.prefix == 2
    for row, column in ((0, 0), (0, 3), (1, 1)):
        place = own[2 + row * WIDE[1] + column]
        np.testing.assert_allclose(seen[taps[0]][0, row, column], place, rtol=1e-5, atol=1e-6)
    for number in (0, 1):
        np.testing.assert_allclose(seen[taps[1 + number]][0], own[number], rtol=1e-5, atol=1e-6)


def test_what_a_token_sees_is_its_patch_and_after_attention_the_whole_picture(network):
    assert network.layer("norm1").receptive_field == transformers.PATCH
    assert network.layer("attention1").receptive_field is None
    assert network.layer("block2").stride == transformers.PATCH


@pytest.mark.parametrize("layer", ["tokens", "norm1", "block1", "block2"])
@pytest.mark.parametrize("conv", [True, False])
def test_maps_of_tokens_lie_over_the_whole_photo(layer, conv):
    network = transformers.transformer(size=(16, 16), conv=conv)
    assert network.layer(layer).shape[:2] == (4, 4)
    assert region(network, network.layer(layer)) == Region(0, 0, 16, 16)


def test_projections_inside_of_attention_have_the_channels_of_their_heads(network):
    (address,) = (name for name in network.layers if name.endswith("attention1/query"))
    assert network.layer(address).shape == (*WIDE, 2 * 3)


def test_weights_of_attention_are_no_maps_of_the_photo():
    network = transformers.transformer(prefix=0, dropout=0.1)  # so that a softmax layer runs
    inner = [info for info in network.layers.values() if "softmax" in info.address]
    assert inner
    assert all(info.prefix is None for info in inner)


@pytest.mark.parametrize(
    ("count", "maps", "size", "attends", "grid"),
    [
        (17, [(4, 4)], (32, 32), True, (4, 4, 1)),
        (17, [(4, 4)], (32, 32), False, None),  # a row of anything
        (16, [(4, 4)], (32, 32), False, (4, 4, 0)),  # a map as a row
        (24, [(4, 4)], (32, 32), True, (4, 4, 8)),
        (25, [(4, 4)], (32, 32), True, None),  # more than eight; no square, since maps are known
        (16, [(8, 2), (4, 4)], (32, 32), True, (4, 4, 0)),
        (16, [(4, 4), (8, 2)], (32, 32), True, (8, 2, 0)),
        (17, [], (32, 32), True, (4, 4, 1)),
        (17, [], (32, 32), False, None),
        (17, [], (32, 64), True, None),  # the patches of a wide photo could be any
        (17, [], (30, 30), True, None),  # 4 does not divide 30
        (2, [(1, 1)], (32, 32), True, None),
    ],
)
def test_the_grid_of_so_many_tokens(count, maps, size, attends, grid):
    assert grid_of(count, maps, size, attends=attends) == grid


def test_the_grid_of_a_photo_of_another_size():
    assert grid_at(8, (2, 4), (8, 16), (8, 16)) == (2, 4)
    assert grid_at(32, (2, 4), (8, 16), (16, 32)) == (4, 8)
    assert grid_at(15, (4, 4), (16, 16), (11, 19)) == (3, 5)
    with pytest.raises(ModelError, match=r"7 tokens are no grid of a photo of 16x32\."):
        grid_at(7, (2, 4), (8, 16), (16, 32))


def test_maps_at_another_size_of_a_transformer_without_places():
    inputs = keras.Input((8, 16, 3))
    flow = layers.Conv2D(6, 4, strides=4, name="patches")(inputs)
    flow = layers.Reshape((-1, 6), name="row")(flow)
    flow = layers.MultiHeadAttention(2, 3, name="attention")(flow, flow)
    vector = layers.GlobalAveragePooling1D()(flow)
    model = keras.Model(inputs, layers.Dense(3, name="predictions")(vector))
    network = Network(model, Preprocessing(), (8, 16))
    assert network.shape_at("attention", (16, 24)) == (4, 6, 6)


def test_of_a_transformer_with_places_the_size_is_refused(network):
    with pytest.raises(InputError, match=r"reaches norm1 only on pictures of its own size, 8x16"):
        maximize(network, "norm1:3", size=32)


def test_maps_become_tokens_again():
    tokens = np.arange(2 * 10 * 6, dtype="float32").reshape(2, 10, 6)
    maps = to_maps(tokens, 2, WIDE)
    again = to_numpy(from_maps(maps, tokens, 2))
    np.testing.assert_array_equal(again, tokens)
    other = to_numpy(from_maps(to_numpy(maps) * 0, tokens, 2))
    np.testing.assert_array_equal(other[:, :2], tokens[:, :2])
    assert not other[:, 2:].any()


def test_changed_maps_change_the_patches_and_not_the_class_token(network):
    picture = transformers.photo()[None]
    taps = [Tap("norm1", token=0), Tap("norm1")]
    before = network.activations(picture, taps)
    with changed_maps(network, network.layer("norm1"), lambda maps: maps + 1):
        after = network.forward(picture, taps)
    np.testing.assert_allclose(to_numpy(after[taps[0]]), before[taps[0]], atol=1e-6)
    np.testing.assert_allclose(to_numpy(after[taps[1]]), before[taps[1]] + 1, rtol=1e-5)


def test_units_of_tokens_by_name(network):
    (unit,) = network.units("block2:3@cls")
    assert (unit.at, unit.kind, unit.token) == ("cls", "cls", 0)
    (unit,) = network.units("block2:3@token1")
    assert (unit.at, unit.kind, unit.token) == ("token1", "token1", 1)
    assert str(network.units("block2:3@token0")[0]) == "block2:3@cls"
    assert unit.stem == "block2-3-at-token1"


def test_tokens_that_a_layer_does_not_have(network):
    with pytest.raises(InputError, match=r"no token 'token2'.*only @cls, @token1"):
        network.units("block2:3@token2")
    with pytest.raises(InputError, match=r"predictions has no token 'cls'.*none"):
        network.units("predictions:0@cls")
    with pytest.raises(InputError, match=r"neurons @0,0 to @1,3"):
        network.units("block2:3@2,0")


@pytest.mark.parametrize("at", ["", "@1,3", "@cls", "@token1"])
def test_units_of_tokens_are_maximized(network, at):
    found = maximize(network, f"block1:3{at}", steps=6, patience=0)
    assert found.history[-1] > found.history[0]
    own = given(network, "block1", found.picture)[:, 3]
    expected = {"": own[2:].mean(), "@1,3": own[2 + 7], "@cls": own[0], "@token1": own[1]}[at]
    assert found.response == pytest.approx(expected, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("conv", [True, False])
def test_the_main_layers_are_convolutions_and_the_ends_of_blocks(conv):
    network = transformers.transformer(size=(16, 16), conv=conv)
    found = [info.address for info in main_layers(network)]
    assert found == [*(["patches"] if conv else []), "block1", "block2"]


def test_a_transformer_has_a_recipe_of_its_own_and_its_file_says_what_differs(network, tmp_path):
    file = tmp_path / "unit.png"
    assert network.has_tokens
    assert not networks.convolutional().has_tokens
    made = maximize(network, "block1:3", steps=2)
    assert made.recipe.transforms == RECIPES["picture-tokens"].transforms
    made.save(file)
    words = " ".join(map(str, command_again(read(file))))
    assert "--steps" in words
    assert "--recipe" not in words
    assert "--transforms" not in words
    maximize(network, "block1:3", steps=2, decay=RECIPES["picture"].decay).save(file)
    assert "--recipe" in " ".join(map(str, command_again(read(file))))


def test_responses_of_the_class_token_are_measured(network):
    batches = [transformers.photo()[None], transformers.photo(seed=1)[None]]
    found = measure(network, batches)
    own = [given(network, "block1", each[0])[:, 3] for each in batches]
    for kind, expected in (("cls", 0), ("token1", 1)):
        values = [each[expected] for each in own]
        mean = found.arrays[f"block1/{kind}/mean"][3]
        assert mean == pytest.approx(np.mean(values), rel=1e-3, abs=1e-5)
    (unit,) = network.units("block1:3@cls")
    standing = found.standing(unit, max(each[0] for each in own))
    assert standing.reach == pytest.approx(1, abs=1e-3)
