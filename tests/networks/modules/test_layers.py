"""Each layer that stands for a module computes the same, on the same weights."""

import keras
import numpy as np
import pytest
import torch
from torch import nn

from convscope.networks.layers import keras_kind
from convscope.networks.modules.layers import MAKERS, ModuleLayer, layer_of
from tests.networks.modules.modules import settled

MAPS, VECTOR = (2, 4, 9, 8), (2, 6)

# For each row of the table some modules, and the shape that they take.
MODULES = [
    (nn.Conv2d(4, 6, 3), MAPS),
    (nn.Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(2, 1), bias=False), MAPS),
    (nn.Conv2d(4, 8, 3, padding=2, dilation=2, groups=4), MAPS),
    (nn.Conv2d(4, 8, 3, stride=2, padding=2, dilation=2), MAPS),
    (nn.Conv2d(4, 2, 3, padding="same"), MAPS),
    (nn.Conv2d(4, 2, 4, padding="valid"), MAPS),
    (nn.Linear(6, 5), VECTOR),
    (nn.Linear(6, 5, bias=False), VECTOR),
    (nn.BatchNorm2d(4, eps=0.1), MAPS),
    (nn.BatchNorm2d(4, affine=False), MAPS),
    (nn.BatchNorm1d(6), VECTOR),
    (nn.LayerNorm(6), VECTOR),
    (nn.LayerNorm(8, elementwise_affine=False), MAPS),
    (nn.GroupNorm(2, 4), MAPS),
    (nn.MaxPool2d(3, 2, padding=1), MAPS),
    (nn.MaxPool2d((2, 3), dilation=2, ceil_mode=True), MAPS),
    (nn.AvgPool2d(3, 2, padding=1, count_include_pad=False), MAPS),
    (nn.AdaptiveAvgPool2d(1), MAPS),
    (nn.AdaptiveMaxPool2d((1, 1)), MAPS),
    (nn.ReLU(), MAPS),
    (nn.ReLU6(), MAPS),
    (nn.LeakyReLU(0.3), MAPS),
    (nn.ELU(0.5), MAPS),
    (nn.GELU(), MAPS),
    (nn.GELU("tanh"), MAPS),
    (nn.SiLU(), MAPS),
    (nn.Mish(), MAPS),
    (nn.Sigmoid(), MAPS),
    (nn.Tanh(), MAPS),
    (nn.Hardsigmoid(), MAPS),
    (nn.Hardswish(), MAPS),
    (nn.Softmax(dim=1), MAPS),
    (nn.LogSoftmax(dim=1), VECTOR),
    (nn.Flatten(), MAPS),
    (nn.Dropout(0.3), MAPS),
    (nn.Dropout2d(0.3), MAPS),
    (nn.Identity(), MAPS),
    (nn.Upsample(scale_factor=2), MAPS),
    (nn.ZeroPad2d((1, 2, 0, 3)), MAPS),
]


def test_every_row_of_the_table_is_tested():
    assert {type(module) for module, _ in MODULES} == set(MAKERS)


@pytest.mark.parametrize(("module", "shape"), MODULES, ids=lambda each: str(each)[:40])
def test_the_layer_computes_the_same(module, shape):
    module = settled(module).eval()
    layer = layer_of(module, [], "here")
    assert keras_kind(layer), "it is none of Keras's own"
    given = torch.randn(shape, generator=torch.Generator().manual_seed(1)) * 3
    with torch.no_grad():
        expected, found = module(given.clone()), layer(given, training=False)
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-5, atol=1e-5)


def test_weights_are_views_and_not_copies():
    module = nn.Conv2d(4, 6, 3)
    layer = layer_of(module, [], "here")
    with torch.no_grad():
        module.weight[5, 3, 2, 1] = 7.0
    kernel = keras.ops.convert_to_numpy(layer.kernel)
    assert kernel.shape == (3, 3, 4, 6)
    assert kernel[2, 1, 3, 5] == 7.0


class Standardised(nn.Conv2d):
    """A convolution of a sort of its own."""

    def forward(self, x):
        return self._conv_forward(x, self.weight - self.weight.mean(), self.bias)


@pytest.mark.parametrize(
    "module",
    [
        nn.Conv2d(4, 6, 3, padding=1, padding_mode="reflect"),
        nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 6, 3)),
        Standardised(4, 6, 3),
        nn.ConvTranspose2d(4, 6, 3, stride=2),
        nn.BatchNorm2d(4, track_running_stats=False),
        nn.AdaptiveAvgPool2d((3, 4)),
        nn.PReLU(),
        nn.Upsample(scale_factor=2, mode="bilinear"),
    ],
    ids=str,
)
def test_what_keras_has_not_is_called_as_it_is(module):
    layer = layer_of(module, [], "here")
    assert isinstance(layer, ModuleLayer)
    assert type(layer).__name__ == type(module).__name__
    given = torch.randn(MAPS, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(layer(given), module(given))
    own = sum(each.numel() for each in module.parameters(recurse=False))
    assert layer.count_params() >= own


def test_a_convolution_of_a_sort_of_its_own_sees_as_much_as_any():
    layer = layer_of(Standardised(4, 6, 3, stride=2, dilation=2), [], "here")
    assert (layer.kernel_size, layer.strides, layer.dilation_rate) == ((3, 3), (2, 2), (2, 2))
