"""KerasHub: classifiers with the preprocessing of their converter, backbones, and presets."""

import json
import sys

import keras
import numpy as np
import pytest

import convscope as cs
from convscope.errors import MissingExtra, MissingWeights, ModelError, UnknownName
from convscope.networks.photo import to_input
from tests.networks.hub_models import CLASSES, FAMILIES, classifier, converter, models, vit


@pytest.fixture(scope="module")
def noise():
    """A picture at the size of the models."""
    return np.random.default_rng(0).random((32, 32, 3)).astype("float32")


# JAX compiles each of them for many seconds; there, two that differ most.
SOME = ("ResNet", "ViT")


@pytest.mark.parametrize("family", SOME if keras.backend.backend() == "jax" else FAMILIES)
def test_every_family_opens_and_is_maximized_and_explained(family, noise):
    model = classifier(family)
    before = [np.array(each) for each in model.weights]
    network = cs.load(model)
    assert network.preprocessing.describe() == "RGB, 0..2, minus 1"
    assert network.size == (32, 32)
    assert network.head.channels == CLASSES
    picture = cs.maximize(network, "predictions:1", steps=2)
    assert np.isfinite(picture.response)
    assert picture.history[0] != 0
    found = cs.attribute(network, noise, "predictions:1", method="gradient")
    assert np.abs(found.map).max() > 0
    for weight, was in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight, was)


@pytest.mark.parametrize(
    ("settings", "described"),
    [
        ({"scale": 1 / 255, "offset": None}, "RGB, 0..1"),
        ({"scale": 1 / 127.5, "offset": -1}, "RGB, 0..2, minus 1"),
        ({"scale": None, "offset": None}, "RGB, 0..255"),
        (
            {
                "scale": [1 / 255 / each for each in (0.229, 0.224, 0.225)],
                "offset": [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225],
            },
            "RGB, 0..1, minus (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225)",
        ),
        ({"scale": [0.5, 0.25, 0.125], "offset": [1, 2, 3]}, None),
    ],
)
def test_the_input_is_what_the_converter_makes(settings, described, noise):
    network = cs.load(classifier(**settings))
    if described:
        assert network.preprocessing.describe() == described
    made = converter(**settings)(255 * noise[None])
    np.testing.assert_allclose(network.preprocess(noise[None]), made, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("how", ["crop", "squash", "pad"])
def test_a_photo_comes_to_its_size_as_the_converter_brings_it(how):
    settings = {"crop_to_aspect_ratio": how == "crop", "pad_to_aspect_ratio": how == "pad"}
    network = cs.load(classifier(scale=1 / 255, offset=None, **settings))
    photo = np.linspace(0, 1, 128, dtype="float32")[None, :, None] * np.ones((64, 1, 3), "float32")
    ours = to_input(network, photo)
    theirs = np.array(converter(scale=1 / 255, offset=None, **settings)(255 * photo[None]))[0]
    np.testing.assert_allclose(ours, theirs, atol=0.01)  # of another interpolation


def test_a_size_that_the_model_leaves_open_is_the_converters():
    backbone = models.VGGBackbone(
        image_shape=(None, None, 3), stackwise_num_repeats=[1], stackwise_num_filters=[8]
    )
    assert cs.load(classifier("VGG", backbone=backbone, image_size=(40, 48))).size == (40, 48)


def test_a_stated_preprocessing_goes_before_the_converters():
    network = cs.load(classifier(), preprocessing="zero-to-one")
    assert network.preprocessing.describe() == "RGB, 0..1"


def test_a_classifier_without_a_converter_is_asked_for_its_preprocessing():
    model = models.ViTImageClassifier(backbone=vit(), num_classes=2)
    with pytest.raises(ModelError, match="is not known from the model"):
        cs.load(model)


def test_a_backbone_that_takes_a_dictionary_is_opened():
    model = models.DINOV2Backbone(
        patch_size=8,
        num_layers=1,
        hidden_dim=16,
        num_heads=2,
        intermediate_dim=32,
        image_shape=(32, 32, 3),
    )
    network = cs.load(model, preprocessing="zero-to-one")
    assert network.head is None
    assert np.isfinite(cs.maximize(network, "embeddings:3", steps=1).response)


def test_a_preset_in_a_folder_is_the_same_network(tmp_path):
    model = classifier(crop_to_aspect_ratio=False)
    model.save_to_preset(tmp_path / "mine")
    network, same = cs.load(model), cs.load(f"hub:{tmp_path / 'mine'}")
    assert same.digest == network.digest
    assert (same.preprocessing, same.fit, same.name) == (network.preprocessing, "squash", "mine")
    assert same.labels is None
    picture = np.full((1, 32, 32, 3), 0.3, "float32")
    np.testing.assert_array_equal(same.probabilities(picture), network.probabilities(picture))


def test_a_backbone_in_a_folder_has_its_converter(tmp_path):
    folder = str(tmp_path / "backbone")
    vit().save_to_preset(folder)
    converter().save_to_preset(folder)
    network = cs.load(f"hub:{folder}")
    assert network.head is None
    assert network.preprocessing.describe() == "RGB, 0..2, minus 1"


def test_classes_of_imagenet_have_their_names(tmp_path):
    folder = str(tmp_path / "vit_tiny_imagenet")
    classifier(classes=1000).save_to_preset(folder)
    assert cs.load(f"hub:{folder}").label(292) == "tiger"


def test_what_no_file_may_name_is_refused_before_anything_is_built(tmp_path):
    folder = tmp_path / "mine"
    vit().save_to_preset(str(folder))
    path = folder / "config.json"
    whole = path.read_text()
    for odd, says in (
        ({"module": "os", "class_name": "system", "config": {"command": "true"}}, "system"),
        ({"module": "keras.layers", "class_name": "TFSMLayer", "config": {}}, "TFSMLayer"),
    ):
        config = json.loads(whole)
        config["config"]["dtype"] = odd
        path.write_text(json.dumps(config))
        with pytest.raises(ModelError, match=says):
            cs.load(f"hub:{folder}")


def test_folders_of_something_else_are_refused(tmp_path):
    with pytest.raises(ModelError, match=r"with a config\.json.*Received: a folder without one"):
        cs.load(f"hub:{tmp_path}")
    (tmp_path / "config.json").write_text('{"class_name": "')
    with pytest.raises(ModelError, match="damaged, or of another KerasHub"):
        cs.load(f"hub:{tmp_path}")
    tokenizer = {
        "module": "keras_hub.src.models.bert.bert_tokenizer",
        "class_name": "BertTokenizer",
        "registered_name": "keras_hub>BertTokenizer",
        "config": {},
    }
    (tmp_path / "config.json").write_text(json.dumps(tokenizer))
    with pytest.raises(ModelError, match="network for pictures.*BertTokenizer"):
        cs.load(f"hub:{tmp_path}")


def test_a_name_that_is_none_and_a_preset_that_cannot_be_had(monkeypatch):
    with pytest.raises(UnknownName, match="resnet_50_imagenet"):
        cs.load("hub:resnet_50_imagenett")

    def unreachable(*args, **settings):
        raise OSError("no connection")

    monkeypatch.setattr(models.ImageClassifier, "from_preset", unreachable)
    with pytest.raises(MissingWeights, match=r"cannot be downloaded \(no connection\)"):
        cs.load("hub:resnet_50_imagenet")


def test_without_keras_hub_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    with pytest.raises(MissingExtra, match=r"convscope\[hub\]"):
        cs.load("hub:resnet_50_imagenet")
