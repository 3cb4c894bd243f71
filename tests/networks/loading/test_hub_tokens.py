"""Tokens of KerasHub's transformers: their grids, their blocks and their attention."""

import numpy as np
import pytest

import convscope as cs
from convscope.backend import to_numpy
from convscope.errors import InputError
from convscope.networks.blocks import main_layers
from convscope.networks.patches.capture import Tap
from tests.networks.hub_models import classifier, vit


def last(network, name):
    """The layer of this name inside of the backbone, or the last of several."""
    return [info for info in network.layers.values() if info.address.endswith(name)][-1]


@pytest.fixture(scope="module")
def wide():
    """Two rows of four patches, and a class token."""
    return cs.load(classifier(backbone=vit(image_shape=(16, 32, 3)), image_size=(16, 32)))


@pytest.mark.parametrize(
    ("family", "layer", "shape", "prefix"),
    [
        ("ViT", "vit_encoder", (4, 4, 16), 1),
        ("DeiT", "deit_encoder/ln", (4, 4, 16), 2),
        ("SwinTransformer", "patch_embedding", (8, 8, 16), 0),
        ("SwinTransformer", "stage_1", (4, 4, 32), 0),
        ("MiT", "patch_and_embed_1", (4, 4, 32), 0),
    ],
)
def test_the_grids_of_every_family(family, layer, shape, prefix):
    info = last(cs.load(classifier(family)), layer)
    assert (info.shape, info.prefix) == (shape, prefix)


def test_what_kerashub_gives_is_the_map(wide):
    picture = np.random.default_rng(0).random((1, 16, 32, 3)).astype("float32")
    info = last(wide, "vit_encoder")
    assert info.shape == (2, 4, 16)
    backbone = next(
        part for part in wide.model._flatten_layers() if "Backbone" in type(part).__name__
    )
    own = to_numpy(backbone(wide.preprocess(picture)))[0]
    taps = [Tap(info.address), Tap(info.address, token=0)]
    seen = wide.activations(picture, taps)
    np.testing.assert_allclose(seen[taps[0]][0, 1, 2], own[1 + 6], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(seen[taps[1]][0], own[0], rtol=1e-3, atol=1e-4)


def test_the_main_layers_are_the_patches_and_the_blocks(wide):
    found = [info.address.rpartition("/")[2] for info in main_layers(wide)]
    assert found == ["patch_embedding", "transformer_block_1", "transformer_block_2"]


def test_an_embedding_of_places_is_the_same_for_every_picture(wide):
    (address,) = (name for name in wide.uncaptured if name.endswith("position_embedding"))
    assert "same for every picture" in wide.uncaptured[address]


@pytest.mark.parametrize("method", ["attention-rollout", "attention-x-gradient", "legrad"])
def test_attention_of_kerashub_is_followed(wide, method):
    photo = np.random.default_rng(0).random((16, 32, 3)).astype("float32")
    found = cs.attribute(wide, photo, "predictions:1", method=method)
    assert found.map.min() >= 0
    assert np.ptp(found.map) > 0


def test_windows_of_a_swin_transformer_are_no_grid_to_follow():
    network = cs.load(classifier("SwinTransformer"))
    photo = np.random.default_rng(0).random((32, 32, 3)).astype("float32")
    with pytest.raises(InputError, match=r"MultiHeadAttention.*Received: .*\(WindowAttention\)"):
        cs.attribute(network, photo, "predictions:1", method="legrad")
