"""The embedded network is VGG16 in all but size, and it knows its classes."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from convscope.errors import MissingWeights, ModelError
from convscope.networks.loading.embedded import NETWORKS, labels
from convscope.networks.loading.embedded.architecture import assign, build, from_weights
from convscope.networks.loading.embedded.arrays import read_arrays
from convscope.networks.loading.zoo import ZOO, builder

WEIGHTS = NETWORKS["vgg16-tiny"].weights


@pytest.fixture(scope="module", params=NETWORKS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def network(name):
    return builder(ZOO[name])()


@pytest.fixture(scope="module")
def original():
    return keras.applications.VGG16(weights=None, input_shape=(64, 64, 3), classes=200)


def test_layers_are_those_of_vgg16_at_half_the_width(network, original):
    # Keras numbers its inputs, so the original's is input_layer_3 if it is the fourth.
    ours = [layer.name for layer in network.layers]
    theirs = [layer.name for layer in original.layers]
    assert ours[0] == "input_layer"
    assert theirs[0].startswith(ours[0])
    assert ours[1:] == theirs[1:]
    for layer in network.layers[1:]:
        twin = original.get_layer(layer.name)
        assert type(layer) is type(twin)
        if layer.name.startswith("block"):
            *place, channels = twin.output.shape
            assert layer.output.shape == (*place, channels // 2)


def test_convolutions_and_dense_layers_behave_as_those_of_vgg16(network, original):
    for layer in network.layers:
        twin = original.get_layer(layer.name) if layer.weights else layer
        for setting in ("kernel_size", "strides", "padding", "activation", "use_bias"):
            assert getattr(layer, setting, None) == getattr(twin, setting, None)


def test_sizes_are_those_of_the_weight_file(network, name):
    assert network.input_shape == (None, 64, 64, 3)
    assert network.get_layer("flatten").output.shape == (None, 2 * 2 * 256)
    assert network.get_layer("fc1").units == network.get_layer("fc2").units == 512
    classes = NETWORKS[name].classes
    assert network.output_shape == (None, classes)
    assert network.count_params() == 4_467_616 + 513 * classes


def test_weights_are_those_of_the_file(network, name):
    for address, array in read_arrays(NETWORKS[name].weights).items():
        layer, kind = address.split("/")
        variable = getattr(network.get_layer(layer), kind)
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable), array)


def test_answers_are_probabilities_that_depend_on_the_picture(network):
    pictures = np.random.default_rng(0).normal(0, 58, (2, 64, 64, 3)).astype("float32")
    answers = network.predict_on_batch(pictures)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)
    assert np.abs(answers[0] - answers[1]).max() > 1e-3


def test_every_class_has_its_own_label_in_the_order_of_the_weights(network, name):
    names = labels()
    assert len(set(names)) == len(names) >= network.output_shape[1] == NETWORKS[name].classes
    assert (names[38], names[44], names[153]) == ("bee", "monarch", "sports car")


def test_the_six_classes_that_are_not_of_tiny_imagenet_come_last():
    more = ("tiger", "giant panda", "sunflower", "rose", "daisy", "T-shirt")
    assert labels()[200:] == more


def test_weights_of_another_width_build_another_width(tmp_path):
    small = build(classes=3, width=2)
    arrays = {
        f"{layer.name}/{variable.name}": keras.ops.convert_to_numpy(variable)
        for layer in small.layers
        for variable in layer.weights
    }
    np.savez(tmp_path / "small.npz", **arrays)
    again = from_weights(tmp_path / "small.npz")
    picture = np.ones((1, 64, 64, 3), "float32")
    np.testing.assert_allclose(
        again.predict_on_batch(picture), small.predict_on_batch(picture), rtol=1e-6
    )


def test_an_array_of_the_wrong_shape_is_refused_by_name():
    arrays = read_arrays(WEIGHTS)
    arrays["fc1/kernel"] = arrays["fc1/kernel"][:512]
    with pytest.raises(ModelError, match=r"Expected fc1/kernel to be \(1024, 512\).*\(512, 512\)"):
        assign(build(), arrays)


def test_a_missing_array_is_refused_by_name():
    arrays = read_arrays(WEIGHTS)
    del arrays["fc2/bias"]
    with pytest.raises(ModelError, match=r"Expected fc2/bias to be \(512,\). Received: nothing"):
        assign(build(), arrays)


def test_a_missing_file_says_where_it_was_expected(tmp_path):
    with pytest.raises(MissingWeights, match=r"none at .*gone\.npz"):
        from_weights(tmp_path / "gone.npz")
    with pytest.raises(MissingWeights, match="It is a folder at"):
        from_weights(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "odd.npz").write_bytes(content)
    with pytest.raises(ModelError, match=r"odd\.npz, which is not \(no whole archive"):
        from_weights(tmp_path / "odd.npz")


def test_weights_of_another_network_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", conv=np.zeros(3))
    with pytest.raises(ModelError, match=r"Expected the weights of a tiny VGG16.*other\.npz"):
        from_weights(tmp_path / "other.npz")


def test_importing_the_module_loads_no_framework():
    script = "import sys, convscope.networks.loading.embedded; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
