"""Functions and methods in a module's own code are known, or said to be unknown."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import convscope as cs
from convscope.attribution.heat import over_colors
from convscope.errors import InputError
from convscope.networks.channel_sources import channel_source
from tests.networks.modules.modules import SIDE, LeNet, settled

PHOTO = np.random.default_rng(0).random((SIDE, SIDE, 3)).astype("float32")


class Code(nn.Module):
    """Some code between two convolutions."""

    def __init__(self, code, taken=4):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.last = nn.Conv2d(taken, 2, 3, padding=1)
        self.code = code

    def forward(self, x):
        return self.last(self.code(self.first(x)))


def network_of(code, taken=4):
    return cs.load(settled(Code(code, taken)), preprocessing="zero-to-one", size=SIDE)


# What code does, how many pixels a cell of the last layer sees, and its stride.
KNOWN = {
    "relu": (lambda x: functional.relu(x, inplace=True), 4, 5, 1),
    "a method": (lambda x: x.relu_(), 4, 5, 1),
    "a pool": (lambda x: functional.max_pool2d(x, kernel_size=3, stride=2, padding=1), 4, 9, 2),
    "a mean": (lambda x: functional.avg_pool2d(x, 2), 4, 8, 2),
    "a sum": (lambda x: x + torch.tanh(x), 4, 5, 1),
    "a sum in place": (lambda x: x.add_(functional.gelu(x)), 4, 5, 1),
    "a product": (lambda x: x * torch.sigmoid(x), 4, 5, 1),
    "branches": (lambda x: torch.cat([x, functional.silu(x)], dim=1), 8, 5, 1),
    "dropout": (lambda x: functional.dropout(x, training=False), 4, 5, 1),
}


@pytest.mark.parametrize(("code", "taken", "field", "stride"), KNOWN.values(), ids=KNOWN)
def test_what_known_functions_do_to_places_is_known(code, taken, field, stride):
    last = network_of(code, taken).layers["last"]
    assert (last.receptive_field, last.stride) == (field, stride)
    assert last.lines is not None
    assert last.lines[0].jump == stride


@pytest.mark.parametrize(
    "code",
    [lambda x: x.flip(-1), lambda x: x.roll(3, dims=2), lambda x: functional.pad(x, (9, 0, 0, 0))],
    ids=["flipped", "rolled", "padded"],
)
def test_after_other_functions_places_are_said_to_be_unknown(code):
    last = network_of(code).layers["last"]
    assert last.lines is None
    assert not last.upright


def test_channels_are_followed_through_functions():
    def code(x):
        return torch.cat([functional.relu(x), functional.max_pool2d(x, 3, 1, 1)], dim=1)

    found = channel_source(network_of(code, 8), "last")
    assert found.channels == tuple(("first", index) for index in (0, 1, 2, 3, 0, 1, 2, 3))


def test_a_sum_in_place_has_channels_of_its_own():
    with pytest.raises(InputError, match="comes from an operation that is not a layer"):
        channel_source(network_of(lambda x: x.add_(1.5 * x)), "last")


class Guided(torch.autograd.Function):
    """A ReLU that passes back what is above zero (Springenberg 2014), by hand."""

    @staticmethod
    def forward(context, value):
        context.save_for_backward(value)
        return value.clamp(min=0)

    @staticmethod
    def backward(context, slope):
        (value,) = context.saved_tensors
        return slope * (value > 0) * (slope > 0)


def method_in_place(x):
    x.relu_()
    return x


RELUS = {
    "functional": functional.relu,
    "in place": lambda x: functional.relu(x, inplace=True),
    "a method in place": method_in_place,
    "clamp": lambda x: x.clamp(min=0),
    "torch": torch.relu,
}


@pytest.mark.parametrize("rectify", RELUS.values(), ids=RELUS)
def test_guided_backpropagation_finds_relus_in_code(rectify):
    module = settled(LeNet(rectify))
    network = cs.load(module, preprocessing="zero-to-one", size=SIDE)
    found = cs.attribute(network, PHOTO, "fc2:3", method="guided-backpropagation").map

    module.rectify = Guided.apply
    given = torch.from_numpy(PHOTO[None]).permute(0, 3, 1, 2).requires_grad_()
    logits = []
    module.fc2.register_forward_hook(lambda _, __, output: logits.append(output))
    module(given)
    (slope,) = torch.autograd.grad(logits[0][0, 3], given)
    expected = over_colors(slope[0].permute(1, 2, 0).numpy())
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


class Permuting(nn.Module):
    """As ConvNeXt: dense layers on maps whose channels are last for a while."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 3, padding=1), nn.LayerNorm(4)
        self.dense, self.gelu = nn.Linear(4, 4), nn.GELU()
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        x = self.conv(x)
        y = self.gelu(self.dense(self.norm(x.permute(0, 2, 3, 1))))
        return self.last(x + y.permute(0, 3, 1, 2))


def test_maps_with_channels_last_are_not_taken_for_others():
    network = cs.load(settled(Permuting()), preprocessing="zero-to-one", size=SIDE)
    assert list(network.layers) == ["conv", "last"]
    assert list(network.uncaptured) == ["norm", "dense", "gelu"]
    with pytest.raises(InputError, match="cannot be captured: its maps have their channels last"):
        cs.maximize(network, "dense:1", steps=2)
    assert cs.maximize(network, "last:1", steps=2).response
