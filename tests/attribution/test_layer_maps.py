"""Which layer is looked at; what of networks whose late layers have no rows and columns."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.attribution.attribute import attribute
from convscope.attribution.attributions import attributions
from convscope.attribution.layer_maps import MAPLESS
from convscope.attribution.methods.table import METHODS
from convscope.errors import InputError, ModelError
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from tests.attribution import networks
from tests.attribution.networks import SIDE
from tests.networks import transformers

CAMS = [name for name, row in METHODS.items() if "layer" in row.settings]
OTHERS = [name for name in METHODS if name not in CAMS]
# What asks nothing of a network but answers and their slopes.
OPEN = (
    "gradient",
    "input-x-gradient",
    "smoothgrad",
    "vargrad",
    "integrated-gradients",
    "blur-integrated-gradients",
    "occlusion",
    "rise",
    "kernel-shap",
)


@pytest.fixture(scope="module")
def transformer():
    return networks.transformer(learned=10)


def test_what_needs_no_maps_is_in_the_table():
    names = MAPLESS.replace("method=", "").replace(" or ", ", ").replace("'", "").split(", ")
    assert len(names) == 3
    assert set(names) <= set(OTHERS)


@pytest.mark.parametrize("method", CAMS)
def test_of_a_transformer_cams_are_refused_with_what_does_apply(transformer, photo, method):
    expected = (
        r"The last of tiny, patches, only cuts the photo into patches; learned and later "
        r"layers.*'occlusion', 'integrated-gradients' or 'rise'.*layer='patches'"
    )
    with pytest.raises(InputError, match=expected):
        attribute(transformer, photo, method=method)


@pytest.mark.parametrize("method", OTHERS)
def test_of_a_transformer_the_other_methods_apply(transformer, photo, method):
    if method == "guided-backpropagation":  # it has GELUs
        with pytest.raises(InputError, match=r"slopes of ReLUs; tiny has none.*'gradient'"):
            attribute(transformer, photo, method=method)
        return
    if "attention" in method or method == "legrad":
        with pytest.raises(InputError, match=r"tokens of one grid.*attention\S* \(MultiHead"):
            attribute(transformer, photo, method=method)
        return
    if "lrp" in method or method == "deep-taylor":
        with pytest.raises(ModelError, match=r"no rule for learned \(Prefix\).*'occlusion'"):
            attribute(transformer, photo, "predictions:bee", method=method)
        return
    result = attribute(transformer, photo, "predictions:bee", method=method)
    assert np.isfinite(result.map).all()
    assert np.ptp(result.map) > 0


def test_of_a_transformer_without_convolutions_all_are_told_apart_in_a_clear_word(photo):
    found = attributions(networks.vision_transformer(), photo, methods=[*OPEN])
    assert found.names == [*OPEN]
    every = attributions(networks.vision_transformer(), photo)
    relevance = [name for name in METHODS if "lrp" in name or name == "deep-taylor"]
    assert all("has no rule for tokens (Prefix)" in every.left_out[n] for n in relevance)
    assert "slopes of ReLUs; tiny has none" in every.left_out["guided-backpropagation"]
    slow = {"rise", "kernel-shap"}
    assert {*relevance, "guided-backpropagation", *slow} == {*every.left_out}
    for one in found:
        assert np.isfinite(one.map).all()
        assert np.ptp(one.map) > 0


def test_patches_that_are_named_are_shown_with_what_they_do_not_show(transformer, photo):
    result = attribute(transformer, photo, method="grad-cam", layer="patches")
    assert result.note.startswith("after patches, learned")
    assert "mix its places" in result.note


@pytest.mark.parametrize("inside", ["query", "value", "attention_output"])
def test_without_a_grid_the_inside_of_attention_has_no_rows_and_columns(transformer, photo, inside):
    (address,) = (name for name in transformer.layers if name.endswith(f"/{inside}"))
    with pytest.raises(InputError, match=r"with rows and columns.*layer='patches'"):
        attribute(transformer, photo, method="grad-cam", layer=address)


def test_the_softmax_of_attention_has_no_rows_and_columns(photo):
    network = transformers.transformer(dropout=0.1)
    (address,) = (name for name in network.layers if name.startswith("attention1/softmax"))
    with pytest.raises(InputError, match=r"with rows and columns.*\(2, 9, 9\)"):
        attribute(network, transformers.photo(), method="grad-cam", layer=address)


def test_tokens_and_their_heads_are_no_rows_and_columns(photo):
    start = keras.Input((SIDE, SIDE, 3))
    maps = layers.Conv2D(8, 4, strides=2, activation="relu", name="conv")(start)
    split = layers.Reshape((25, 4, 2), name="split")(maps)
    model = keras.Model(start, layers.Dense(2, name="predictions")(layers.Flatten()(split)))
    network = Network(model, Preprocessing(), (SIDE, SIDE))
    assert attribute(network, photo, method="grad-cam").settings["layer"] == "conv"
    with pytest.raises(InputError, match=r"with rows and columns.*split.*\(25, 4, 2\)"):
        attribute(network, photo, method="grad-cam", layer="split")


def test_maps_that_overlap_are_features_but_what_mixes_them_is_said(photo):
    result = attribute(networks.transformer(stem=2, learned=10), photo, method="grad-cam")
    assert result.settings["layer"] == "patches"
    assert "mix its places" in result.note


def test_tokens_laid_out_as_maps_again_are_looked_at(photo):
    result = attribute(networks.transformer(back=True), photo, method="hires-cam")
    assert result.settings["layer"] == "maps"
    assert "mix" not in result.note


def test_tokens_that_are_only_averaged_are_no_reason_to_doubt(photo):
    start = keras.Input((SIDE, SIDE, 3))
    maps = layers.Conv2D(4, 4, strides=4, activation="relu", name="conv")(start)
    vector = layers.GlobalAveragePooling1D()(layers.Reshape((9, 4))(maps))
    model = keras.Model(start, layers.Dense(2, name="predictions")(vector))
    network = Network(model, Preprocessing(), (SIDE, SIDE))
    result = attribute(network, photo, method="grad-cam")
    assert result.settings["layer"] == "conv"
    assert "mix" not in result.note


def test_a_rescaled_picture_is_no_map_of_features(photo):
    start = keras.Input((SIDE, SIDE, 3))
    vector = layers.Flatten()(layers.Rescaling(2.0, name="rescale")(start))
    model = keras.Model(start, layers.Dense(2, name="predictions")(vector))
    network = Network(model, Preprocessing(), (SIDE, SIDE), name="flat")
    with pytest.raises(InputError, match=r"CAMs need a layer with rows and columns.*flat has none"):
        attribute(network, photo, method="grad-cam")
