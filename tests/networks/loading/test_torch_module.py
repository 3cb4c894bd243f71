"""What PyTorch modules say of their pictures, and what is refused; nothing of timm is needed."""

import sys
from types import ModuleType, SimpleNamespace

import keras
import numpy as np
import pytest

import convscope as cs
from convscope.errors import InputError, ModelError
from convscope.networks.loading.load import load
from convscope.networks.loading.torch_module import Pictures, pictures_of, pictures_of_transforms

on_torch = pytest.mark.skipif(keras.backend.backend() != "torch", reason="Keras is elsewhere")

# As timm writes it.
CONFIGURATION = {
    "input_size": (3, 96, 64),
    "mean": (0.5, 0.4, 0.3),
    "std": [0.2, 0.2, 0.25],
    "crop_pct": 0.9,
    "crop_mode": "center",
}
STATED = cs.Preprocessing(mean=(0.5, 0.4, 0.3), deviation=(0.2, 0.2, 0.25))
# As torchvision's weights.transforms() has it.
TRANSFORMS = SimpleNamespace(mean=[0.4, 0.4, 0.4], std=[0.2, 0.2, 0.2], crop_size=[48])


@pytest.fixture
def module():
    torch = pytest.importorskip("torch")
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())


@pytest.mark.parametrize("name", ["pretrained_cfg", "default_cfg"])
@pytest.mark.parametrize("form", [dict, lambda entries: SimpleNamespace(**entries)])
def test_mean_std_and_size_are_read_as_timm_writes_them(name, form):
    found = pictures_of(SimpleNamespace(**{name: form(CONFIGURATION)}))
    assert found == Pictures(STATED, (96, 64), "crop")


@pytest.mark.parametrize(("mode", "fit"), [("border", "pad"), ("squash", "squash")])
def test_the_way_photos_come_to_their_size_is_read(mode, fit):
    module = SimpleNamespace(pretrained_cfg={**CONFIGURATION, "crop_mode": mode})
    assert pictures_of(module).fit == fit


def test_a_module_that_says_nothing_is_asked_nothing():
    assert pictures_of(object()) == Pictures()
    assert pictures_of(SimpleNamespace(pretrained_cfg={})) == Pictures()


def test_transforms_of_torchvision_are_read():
    expected = cs.Preprocessing(mean=(0.4, 0.4, 0.4), deviation=(0.2, 0.2, 0.2))
    assert pictures_of_transforms(TRANSFORMS) == Pictures(expected, (48, 48))


def test_other_things_are_no_transforms():
    with pytest.raises(InputError, match="transforms with mean, std and crop_size. Received: int"):
        load(preprocessing=7)


@on_torch
def test_a_module_with_a_configuration_needs_no_preprocessing(module):
    module.pretrained_cfg = CONFIGURATION
    network = load(module)
    assert (network.preprocessing, network.size) == (STATED, (96, 64))


@on_torch
def test_what_the_user_states_takes_precedence(module):
    module.pretrained_cfg = CONFIGURATION
    network = load(module, preprocessing="zero-to-one", size=32, name="mine")
    assert (network.preprocessing.mean, network.size, network.name) == ((0.0,), (32, 32), "mine")
    network = load(module, preprocessing=TRANSFORMS)
    assert (network.preprocessing.mean, network.size) == ((0.4, 0.4, 0.4), (48, 48))


@on_torch
def test_without_a_configuration_the_preprocessing_is_asked_for(module):
    with pytest.raises(ModelError, match="preprocessing of Sequential is not known.*State prepro"):
        load(module)


@on_torch
def test_the_number_of_channels_is_that_of_the_first_convolution():
    from torch import nn

    network = load(nn.Sequential(nn.Conv2d(1, 4, 3)), preprocessing="zero-to-one", size=12)
    assert network.channels == 1
    assert network.preprocess(np.zeros((1, 12, 12, 1))).shape == (1, 1, 12, 12)


def test_on_another_backend_it_says_what_to_set(monkeypatch):
    torch_nn = ModuleType("torch.nn")
    torch_nn.Module = type("Module", (), {})
    monkeypatch.setitem(sys.modules, "torch.nn", torch_nn)
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    resnet = type("ResNet", (torch_nn.Module,), {})()
    with pytest.raises(ModelError, match="ResNet is a PyTorch module, .* KERAS_BACKEND=torch"):
        load(resnet)


@pytest.mark.parametrize("suffix", [".pt", ".pth"])
def test_a_file_of_pytorch_is_refused_and_never_read(tmp_path, suffix):
    path = tmp_path / f"model{suffix}"
    path.write_bytes(b"\x80\x02cos\nsystem\n(S'touch harm'\ntR.")
    with pytest.raises(InputError, match=r"may run any code.*build the module in Python"):
        load(path)
    with pytest.raises(InputError, match="There is no model file at"):
        load(f"nothing{suffix}")
