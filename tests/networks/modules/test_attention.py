"""Attention of PyTorch modules: followed, and its heads as units, by PyTorch's own weights."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "torch":
    pytest.skip("of PyTorch modules", allow_module_level=True)

import torch
from torch import nn
from torch.nn import functional

import convscope as cs
from convscope.attribution.methods.attention import rollout
from convscope.errors import InputError
from convscope.networks.patches.capture import Tap

SIZE, WIDTH, HEADS = 16, 12, 3


class FusedAttention(nn.Module):
    """Attention as timm writes it."""

    def __init__(self, width, heads, fused=True):
        super().__init__()
        self.num_heads, self.fused_attn = heads, fused
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, rows):
        n, count, width = rows.shape
        parts = self.qkv(rows).reshape(n, count, 3, self.num_heads, width // self.num_heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        if self.fused_attn:
            given = functional.scaled_dot_product_attention(query, key, value)
        else:
            given = (query @ key.transpose(-2, -1) / 2).softmax(-1) @ value
        return self.proj(given.transpose(1, 2).reshape(n, count, width))


class Block(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(WIDTH), attention

    def forward(self, rows):
        normed = self.norm(rows)
        if isinstance(self.attention, nn.MultiheadAttention):  # as torchvision's
            return rows + self.attention(normed, normed, normed, need_weights=False)[0]
        return rows + self.attention(normed)


class Transformer(nn.Module):
    def __init__(self, make):
        super().__init__()
        torch.manual_seed(0)
        self.patches = nn.Conv2d(3, WIDTH, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, WIDTH))
        self.blocks = nn.Sequential(Block(make()), Block(make()))
        self.head = nn.Linear(WIDTH, 3)

    def forward(self, pictures):
        rows = self.patches(pictures).flatten(2).transpose(1, 2)
        rows = torch.cat([self.token.expand(len(rows), -1, -1), rows], 1)
        return self.head(self.blocks(rows)[:, 0])


def torchs():
    return nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)


MAKERS = {"torch": torchs, "timm": lambda: FusedAttention(WIDTH, HEADS)}


def opened(make, frozen=False):
    module = Transformer(make).eval()
    if frozen:
        module.requires_grad_(False)
    return module, cs.load(module, preprocessing="zero-to-one", size=(SIZE, SIZE))


@pytest.fixture(scope="module")
def photo():
    return np.random.default_rng(0).random((SIZE, SIZE, 3), "float32")


def rows_of(module, photo):
    rows = module.patches(torch.tensor(photo).permute(2, 0, 1)[None]).flatten(2).transpose(1, 2)
    return torch.cat([module.token, rows], 1)


@pytest.mark.parametrize("frozen", [False, True])
def test_rollout_by_the_weights_that_pytorch_gives(photo, frozen):
    module, network = opened(torchs, frozen)
    weights, rows = [], rows_of(module, photo)
    for block in module.blocks:
        normed = block.norm(rows)
        given, own = block.attention(normed, normed, normed, average_attn_weights=False)
        weights.append(own[0].detach().numpy())
        rows = rows + given
    found = cs.attribute(network, photo, "head:1", method="attention-rollout")
    from convscope.attribution.layer_maps import enlarged

    grid = rollout(weights)[0, 1:].reshape(4, 4)
    np.testing.assert_allclose(found.map, enlarged(grid, (SIZE, SIZE)), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", MAKERS)
def test_heads_are_what_the_module_mixes(photo, kind):
    module, network = opened(MAKERS[kind])
    layer = network.layer("blocks.0.attention")
    assert (layer.heads, layer.prefix, layer.shape) == (HEADS, 1, (4, 4, WIDTH))
    block, normed = module.blocks[0], module.blocks[0].norm(rows_of(module, photo))
    with torch.no_grad():
        if kind == "torch":
            values = functional.linear(
                normed, block.attention.in_proj_weight, block.attention.in_proj_bias
            )
        else:
            values = block.attention.qkv(normed)
        query, key, value = (
            each.reshape(17, HEADS, -1).transpose(0, 1) for each in values[0].chunk(3, -1)
        )
        weights = (query @ key.transpose(-2, -1) / 2).softmax(-1)  # four numbers a head
        expected = (weights @ value).square().mean(-1).numpy()  # (heads, tokens)
    maps, token = Tap(layer.address, heads=True), Tap(layer.address, heads=True, token=0)
    seen = network.activations(photo[None], [maps, token])
    np.testing.assert_allclose(
        seen[maps][0], expected[:, 1:].T.reshape(4, 4, HEADS), rtol=1e-4, atol=1e-6
    )
    np.testing.assert_allclose(seen[token][0], expected[:, 0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("method", ["attention-rollout", "attention-x-gradient", "legrad"])
def test_methods_of_attention_and_afterwards_all_is_as_before(photo, kind, method):
    own = functional.scaled_dot_product_attention
    module, network = opened(MAKERS[kind])
    before = {name: each.clone() for name, each in module.state_dict().items()}
    for target in ("head:1", "blocks.1.attention:h1@cls"):
        if method != "legrad" or target == "head:1":
            assert cs.attribute(network, photo, target, method=method).map.any()
    assert functional.scaled_dot_product_attention is own
    assert torch.backends.mha.get_fastpath_enabled()
    assert all(torch.equal(each, before[name]) for name, each in module.state_dict().items())


def test_attention_in_plain_code_is_refused_by_name(photo):
    _, network = opened(lambda: FusedAttention(WIDTH, HEADS, fused=False))
    with pytest.raises(
        InputError, match=r"fused_attn.*Received: blocks\.0\.attention \(FusedAttention\)"
    ):
        cs.attribute(network, photo, "head:1", method="attention-rollout")
    with pytest.raises(InputError, match="has no heads"):
        network.units("blocks.0.attention:h0")
