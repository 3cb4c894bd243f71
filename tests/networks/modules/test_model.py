"""A PyTorch module is a network like any other, and is afterwards exactly as it was."""

import copy
import warnings

import keras
import numpy as np
import pytest
import torch
from torch import nn

import convscope as cs
from convscope.errors import ModelError
from convscope.networks.patches.capture import Tap
from convscope.networks.patches.randomized import untrained
from tests.networks.modules.modules import (
    SIDE,
    VGG,
    LeNet,
    ResNet,
    resnet_in_keras,
    settled,
    vgg_in_keras,
)

PHOTO = np.random.default_rng(0).random((SIDE, SIDE, 3)).astype("float32")
TWINS = {"resnet": (ResNet, resnet_in_keras), "vgg": (VGG, vgg_in_keras)}


def loaded(module, **settings):
    return cs.load(module, preprocessing="imagenet-normalised", size=SIDE, **settings)


@pytest.fixture(scope="module", params=TWINS)
def twins(request):
    """A module and the same network in Keras, as networks."""
    make, in_keras = TWINS[request.param]
    module = settled(make())
    return loaded(module), cs.load(in_keras(module), preprocessing="imagenet-normalised")


@pytest.fixture
def resnet():
    return settled(ResNet())


def in_torch(module):
    """What a module says of the photo, called as PyTorch users call it."""
    given = keras.ops.convert_to_numpy(loaded(module).preprocess(PHOTO[None]))
    with torch.no_grad():
        return copy.deepcopy(module).eval()(torch.from_numpy(given.copy())).numpy()


def shared(twins):
    """The layers that both have."""
    ours, theirs = twins
    return [name for name in ours.layers if name in theirs.layers]


def test_all_units_respond_as_in_keras(twins):
    names = shared(twins)
    assert len(names) > 5
    for after in (False, True):
        # A whole block has no value before its last function.
        taps = [
            Tap(name, after) for name in names if after or twins[0].layers[name].kind != "Block"
        ]
        ours, theirs = (network.activations(PHOTO[None], taps) for network in twins)
        for tap in taps:
            np.testing.assert_allclose(
                ours[tap].ravel(), theirs[tap].ravel(), rtol=1e-4, atol=1e-4, err_msg=str(tap)
            )


def test_layers_have_the_fields_and_places_of_keras(twins):
    ours, theirs = twins
    for name in shared(twins):
        one, other = ours.layers[name], theirs.layers[name]
        assert one.channels == other.channels
        if one.is_map and other.is_map:
            assert (one.shape, one.receptive_field, one.stride) == (
                *(other.shape, other.receptive_field, other.stride),
            )
            assert (one.upright, one.lines) == (other.upright, other.lines)


def test_the_gradient_of_a_class_is_that_of_keras(twins):
    ours, theirs = (
        cs.attribute(network, PHOTO, "predictions:1", method="gradient") for network in twins
    )
    assert np.abs(theirs.map).max() > 1e-3
    np.testing.assert_allclose(ours.map, theirs.map, atol=1e-4 * np.abs(theirs.map).max())


@pytest.mark.parametrize(
    "method",
    ["guided-backpropagation", "grad-cam", "integrated-gradients", "occlusion", "lrp-gamma"],
)
def test_attributions_are_those_of_keras(twins, method):
    layer = {"layer": shared(twins)[3]} if method == "grad-cam" else {}
    ours, theirs = (
        cs.attribute(network, PHOTO, "predictions:1", method=method, **layer) for network in twins
    )
    assert theirs.map.any()
    np.testing.assert_allclose(ours.map, theirs.map, atol=2e-3 * np.abs(theirs.map).max())


def test_the_same_seed_paints_the_same_picture_as_in_keras(twins):
    name = next(name for name in shared(twins) if "conv2" in name or name == "features.3")
    ours, theirs = (
        cs.maximize(network, f"{name}:2", steps=6, size=SIDE, seed=3) for network in twins
    )
    assert ours.response > 0
    np.testing.assert_allclose(ours.response, theirs.response, rtol=1e-3)
    assert np.abs(ours.picture - theirs.picture).mean() < 2 / 255


def test_all_verbs_take_a_module(resnet, tmp_path):
    network = loaded(resnet, labels=["a", "b", "c", "d", "e"])
    assert cs.maximize(network, "predictions:b", steps=2, size=SIDE).response
    assert cs.maximize(network, "layer1.0.bn1:2@center", steps=2, size=SIDE).response
    assert cs.activations(network, PHOTO, ["layer1.0"]).maps["layer1.0"].shape == (8, 8, 6)
    assert cs.animate(network, "conv1:1", steps=2, size=SIDE)
    atlas = cs.build_atlas(network, tmp_path / "atlas", "conv1:0-1", size=SIDE, steps=2)
    assert len(list(atlas)) == 2


def test_the_last_linear_layer_is_the_class_layer(resnet):
    network = loaded(resnet, labels=["a", "b", "c", "d", "e"])
    assert (network.head.address, network.answers, network.classifies) == ("fc", "logit", True)
    logits = in_torch(resnet)
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(network.probabilities(PHOTO[None]), expected, rtol=1e-5)


def test_log_probabilities_at_the_end_are_shown_as_probabilities():
    module = settled(LeNet())
    network = loaded(module)
    assert (network.head.address, network.answers, network.classifies) == ("fc2", "logit", True)
    expected = np.exp(in_torch(module))
    np.testing.assert_allclose(network.probabilities(PHOTO[None]), expected, rtol=1e-4)


def test_the_module_is_afterwards_bit_for_bit_as_before(resnet):
    resnet.layer1[0].conv1.weight.requires_grad_(False)
    resnet.layer1[1].eval()  # one part was put to rest, the others are in training
    resnet.fc.weight.grad = torch.ones_like(resnet.fc.weight)

    def look():
        return (
            {name: each.clone() for name, each in resnet.state_dict().items()},
            [part.training for part in resnet.modules()],
            [(name, each.requires_grad) for name, each in resnet.named_parameters()],
            [None if each.grad is None else each.grad.clone() for each in resnet.parameters()],
            [sorted(vars(part)) for part in resnet.modules()],
            [len(part._forward_hooks) for part in resnet.modules()],
        )

    before = look()
    network = loaded(resnet)
    cs.maximize(network, "layer1.1.conv2:1", steps=3, size=SIDE)
    cs.attribute(network, PHOTO, "predictions:1", method="guided-backpropagation")
    cs.attribute(network, PHOTO, "predictions:1", method="lrp-gamma")
    untrained(network)
    after = look()
    for name, each in before[0].items():
        assert torch.equal(each, after[0][name]), name
    assert before[1:3] == after[1:3]
    assert before[4:] == after[4:]
    for one, other in zip(before[3], after[3], strict=True):
        assert (one is None) == (other is None)
        assert one is None or torch.equal(one, other)


def test_nothing_is_left_in_the_module_after_an_error(resnet):
    network = loaded(resnet)
    _ = network.layers

    def broken(x):
        raise RuntimeError("no layer2 today")

    resnet.layer2.forward = broken
    with pytest.raises(Exception, match="no layer2 today"):
        cs.maximize(network, "fc:1", steps=2, size=SIDE)
    del resnet.layer2.forward
    assert all("forward" not in vars(part) for part in resnet.modules())
    assert all(part.training for part in resnet.modules())
    assert cs.maximize(network, "fc:1", steps=2, size=SIDE).response


def test_code_that_changes_values_in_place_does_not_change_what_was_captured(resnet):
    network = loaded(resnet)
    given = torch.from_numpy(keras.ops.convert_to_numpy(network.preprocess(PHOTO[None])).copy())
    block, stem = resnet.eval().layer1[0], nn.Sequential(resnet.conv1, resnet.bn1)
    with torch.no_grad():
        before = stem(given)
        start = resnet.maxpool(torch.relu(before))
        summand = block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(start)))))
    taps = [Tap("bn1", True), Tap("relu"), Tap("relu", True), Tap("layer1.0.bn2", True)]
    seen = network.activations(PHOTO[None], taps)
    expected = [before, before, torch.relu(before), summand]
    for tap, value in zip(taps, expected, strict=True):
        np.testing.assert_allclose(
            seen[tap], value.permute(0, 2, 3, 1).numpy(), atol=1e-5, err_msg=str(tap)
        )


def test_code_that_goes_on_with_a_value_that_a_relu_changed_gets_the_changed_value():
    class Aliased(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.relu = nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True)
            self.last = nn.Conv2d(4, 2, 1)

        def forward(self, x):
            x = self.conv(x)
            self.relu(x)
            return self.last(x)

    module = settled(Aliased())
    network, expected = loaded(module), in_torch(module).transpose(0, 2, 3, 1)
    for taps in ([Tap("last")], [Tap("relu"), Tap("last")], [Tap("conv", True), Tap("last")]):
        np.testing.assert_allclose(
            network.activations(PHOTO[None], taps)[Tap("last")], expected, atol=1e-5
        )


def test_a_block_that_changes_its_input_changes_it_for_the_code_around_it():
    class Changing(nn.Module):
        def __init__(self):
            super().__init__()
            self.relu, self.conv = nn.ReLU(inplace=True), nn.Conv2d(4, 4, 1)

        def forward(self, x):
            return self.conv(self.relu(x))

    class Around(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.block, self.last = nn.Conv2d(3, 4, 3), Changing(), nn.Conv2d(4, 2, 1)

        def forward(self, x):
            x = self.first(x)
            return self.last(self.block(x) + x)

    module = settled(Around())
    network, expected = loaded(module), in_torch(module).transpose(0, 2, 3, 1)
    for name in ("first", "block", "block.relu", "block.conv"):
        for more in ([], [Tap("block", True)]):
            taps = [Tap(name, True), *more, Tap("last")]
            seen = network.activations(PHOTO[None], taps)[Tap("last")]
            np.testing.assert_allclose(seen, expected, atol=1e-5, err_msg=str(taps))


def test_the_picture_is_not_changed_by_a_module_that_changes_its_input():
    class Centred(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 2, 1)

        def forward(self, x):
            x -= 0.5
            return self.conv(x)

    network = cs.load(settled(Centred()), preprocessing="zero-to-one", size=8)
    tap, picture = Tap("conv"), PHOTO[None, :8, :8].copy()
    once, again = (network.activations(picture, [tap])[tap] for _ in range(2))
    np.testing.assert_array_equal(once, again)
    np.testing.assert_array_equal(picture, PHOTO[None, :8, :8])
    assert cs.maximize(network, "conv:1", steps=2, size=8).response


def test_of_a_module_that_is_called_twice_the_first_call_is_captured():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 1)

        def forward(self, x):
            return self.conv(self.conv(x))

    module = settled(Twice())
    network = loaded(module)
    assert network.layers["conv"].calls == 2
    with torch.no_grad():
        given = torch.from_numpy(keras.ops.convert_to_numpy(network.preprocess(PHOTO[None])).copy())
        first = module.conv(given).permute(0, 2, 3, 1).numpy()
    seen = network.activations(PHOTO[None], [Tap("conv")])[Tap("conv")]
    np.testing.assert_allclose(seen, first, atol=1e-5)


def test_parts_of_nested_sequentials_have_dotted_names():
    inner = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    module = settled(nn.Sequential(nn.Sequential(inner, nn.MaxPool2d(2)), nn.Conv2d(4, 2, 1)))
    assert list(loaded(module).layers) == ["0.0.0", "0.0.1", "0.1", "1"]


def test_one_convolution_alone_is_a_network():
    network = loaded(settled(nn.Conv2d(3, 2, 5)))
    assert list(network.layers) == ["conv2d"]
    assert network.layers["conv2d"].receptive_field == 5


def test_an_untrained_copy_leaves_the_module_alone(resnet):
    network = loaded(resnet)
    copied = untrained(network)
    assert copied.digest != network.digest
    assert network.digest == loaded(settled(ResNet())).digest
    assert copied.layers.keys() == network.layers.keys()


def test_a_change_of_any_weight_changes_the_digest(resnet):
    one = loaded(resnet).digest
    with torch.no_grad():
        resnet.layer1[0].bn2.running_mean[0] += 1
    assert loaded(resnet).digest != one


def test_a_module_may_be_trained_on_between_two_looks(resnet):
    network = loaded(resnet)
    before = network.activations(PHOTO[None], [Tap("fc")])[Tap("fc")]
    with torch.no_grad():
        resnet.fc.bias += 1
    after = network.activations(PHOTO[None], [Tap("fc")])[Tap("fc")]
    np.testing.assert_allclose(after, before + 1, atol=1e-5)


def test_a_module_that_was_rebuilt_since_is_to_be_loaded_again(resnet):
    network = loaded(resnet)
    resnet.fc = nn.Linear(8, 7)
    with pytest.raises(ModelError, match="since it was loaded. Try: cs.load it again"):
        _ = network.layers


@pytest.mark.parametrize("kind", ["half", "bfloat16", "double"])
def test_weights_of_another_type_are_refused(resnet, kind):
    name = {"half": "float16", "double": "float64"}.get(kind, kind)
    with pytest.raises(ModelError, match=rf"weights of type {name}.*deepcopy\(module\).float\(\)"):
        loaded(getattr(resnet, kind)())


def test_a_module_on_another_device_is_refused():
    with pytest.raises(ModelError, match="weights on meta, and Keras makes its pictures on cpu"):
        loaded(nn.Conv2d(3, 2, 1, device="meta"))


def test_lazy_and_compiled_modules_are_refused_with_what_to_try(resnet):
    with pytest.raises(ModelError, match="Call it once on a picture first"):
        loaded(nn.Sequential(nn.LazyConv2d(4, 3)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scripted = torch.jit.script(nn.Sequential(nn.Conv2d(3, 2, 1)))
    with pytest.raises(ModelError, match="compiled .TorchScript.*the module that it was made of"):
        loaded(scripted)


@pytest.mark.filterwarnings("ignore:`torch.jit.script_method`:DeprecationWarning")
def test_of_a_compiled_module_its_own_code_is_taken(resnet):
    # torch.compile compiles on the first call, which never comes.
    assert loaded(torch.compile(resnet)).layers.keys() == loaded(resnet).layers.keys()


def test_hooks_of_the_user_still_run(resnet):
    heard = []
    resnet.layer1[0].conv1.register_forward_hook(lambda *each: heard.append(True))
    network = loaded(resnet)
    _ = network.layers
    assert heard
    assert len(resnet.layer1[0].conv1._forward_hooks) == 1


def test_a_module_computes_in_bfloat16_too(resnet):
    network = loaded(resnet)
    assert not network.why_not_bfloat16
    tap = Tap("fc")
    with torch.no_grad():
        seen = network.forward(PHOTO[None], [tap], precision="bfloat16")[tap]
    expected = in_torch(resnet)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(seen), expected, atol=0.1 * np.abs(expected).max()
    )
