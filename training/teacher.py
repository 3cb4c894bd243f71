"""A teacher's answers about the pictures to train on: python -m training.teacher --data FOLDER

EfficientNet-Lite0 (Tan and Le 2019, without squeeze and excitation), trained on ImageNet, is shown
every picture once, whole and enlarged. On what its last layer says of each, (count, 1280), a linear
layer learns the classes; its probabilities are the answers. Needs PyTorch, and the extra imagenet
or the weight file in it.
"""

import argparse
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from convscope.errors import ConvscopeError
from convscope.networks.loading.efficientnet_lite0 import (
    EPSILON,
    PREPROCESSING,
    STAGES,
    STEM,
    read_arrays,
    weights_file,
)
from convscope.networks.preprocessing import Preprocessing
from training.data import Pictures, read_pictures
from training.further import with_further

FEED = Preprocessing.parse(PREPROCESSING)  # one number for all colors

# Of 500 validation pictures it names, of 200 classes, 50 % at 112, 52 % at 128, 59 % at 160, 57 %
# at 192 and 55 % at 224, which it was trained at.
SIDE = 160

BATCH = 50
EPOCHS, RATE, DECAY, DROPOUT = 8, 1e-3, 0.1, 0.2  # of the linear layer; batches of 512


class Convolution(nn.Module):
    """A convolution with the normalisation after it folded in, padded as TensorFlow does."""

    def __init__(self, state: Mapping[str, Tensor], name: str, norm: str, stride: int, groups: int):
        super().__init__()
        factor = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + EPSILON)
        self.stride, self.groups = stride, groups
        self.register_buffer("kernel", state[f"{name}.weight"] * factor[:, None, None, None])
        self.register_buffer("bias", state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * factor)

    def forward(self, seen: Tensor) -> Tensor:
        """Answer (count, channels, rows, columns); a stride rounds up."""
        size, kernel = seen.shape[-1], self.kernel.shape[-1]
        beyond = (math.ceil(size / self.stride) - 1) * self.stride + kernel - size
        before, after = max(beyond, 0) // 2, (max(beyond, 0) + 1) // 2
        seen = functional.pad(seen, (before, after, before, after))
        return functional.conv2d(seen, self.kernel, self.bias, self.stride, groups=self.groups)


class Block(nn.Module):
    """Widen, look about in each channel, narrow; added to what came, where shapes allow."""

    def __init__(
        self, state: Mapping[str, Tensor], name: str, stride: int, expansion: int, skips: bool
    ):
        super().__init__()
        wide = state[f"{name}._depthwise_conv.weight"].shape[0]
        parts: list[nn.Module] = []
        if expansion > 1:
            parts = [Convolution(state, f"{name}._expand_conv", f"{name}._bn0", 1, 1), nn.ReLU6()]
        parts += [
            Convolution(state, f"{name}._depthwise_conv", f"{name}._bn1", stride, wide),
            nn.ReLU6(),
            Convolution(state, f"{name}._project_conv", f"{name}._bn2", 1, 1),
        ]
        self.parts, self.skips = nn.Sequential(*parts), skips

    def forward(self, seen: Tensor) -> Tensor:
        """Answer, as large as what came or half of it."""
        made: Tensor = self.parts(seen)
        return seen + made if self.skips else made


def build(state: Mapping[str, Tensor]) -> nn.Module:
    """Build the network up to its last layer: (count, 3, side, side) to (count, 1280)."""
    parts: list[nn.Module] = [Convolution(state, "_conv_stem", "_bn0", 2, 1), nn.ReLU6()]
    before, number = STEM, 0
    for times, _, first, expansion, channels in STAGES:
        for place in range(times):
            stride = first if place == 0 else 1
            skips = stride == 1 and before == channels
            parts.append(Block(state, f"_blocks.{number}", stride, expansion, skips))
            before, number = channels, number + 1
    parts += [Convolution(state, "_conv_head", "_bn1", 1, 1), nn.ReLU6()]
    parts += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*parts).to(memory_format=torch.channels_last).eval()


def features(network: nn.Module, pixels: np.ndarray, side: int = SIDE) -> Tensor:
    """Show it pictures, (count, size, size, 3) uint8 RGB, enlarged: (count, 1280), bfloat16."""
    told = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(pixels), BATCH):
            part = torch.from_numpy(pixels[start : start + BATCH]).permute(0, 3, 1, 2)
            feed = (part.float() * (FEED.scale / 255) - FEED.mean[0]) / FEED.deviation[0]
            large = functional.interpolate(feed, (side, side), mode="bicubic")
            told.append(network(large.contiguous(memory_format=torch.channels_last)).bfloat16())
    return torch.cat(told)


def learn(seen: Tensor, classes: Tensor, count: int, batch: int = 512, seed: int = 0) -> nn.Module:
    """Fit a linear layer of so many classes to features."""
    torch.manual_seed(seed)
    layer = nn.Linear(seen.shape[1], count)
    steps = max(len(seen) // batch, 1)
    descent = torch.optim.AdamW(layer.parameters(), RATE, weight_decay=DECAY)
    rate = torch.optim.lr_scheduler.OneCycleLR(descent, RATE, total_steps=EPOCHS * steps)
    for _ in range(EPOCHS):
        order = torch.randperm(len(seen))
        for step in range(steps):
            chosen = order[step * batch : (step + 1) * batch]
            told = layer(functional.dropout(seen[chosen].float(), DROPOUT))
            loss = functional.cross_entropy(told, classes[chosen])
            descent.zero_grad()
            loss.backward()
            descent.step()
            rate.step()
    return layer


def answers(layer: nn.Module, seen: Tensor) -> np.ndarray:
    """Return probabilities, (count, classes) float16."""
    with torch.inference_mode():
        made: np.ndarray = layer(seen.float()).softmax(1).half().numpy()
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the answers about the training pictures, and tell how good a teacher it is."""
    parser = argparse.ArgumentParser(prog="python -m training.teacher", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER_OR_ZIP")
    parser.add_argument("--further", type=Path, metavar="FOLDER_OR_ZIP")
    parser.add_argument("--weights", type=Path, metavar="FILE.pth", help="if not installed")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.npy")
    given = parser.parse_args(arguments)
    try:
        arrays = read_arrays(given.weights or weights_file())
        network = build({name: torch.from_numpy(array) for name, array in arrays.items()})

        def looked(split: str) -> tuple[Pictures, Tensor]:
            pictures = with_further(read_pictures(given.data, split), given.further, split)
            return pictures, features(network, pictures.pixels)

        pictures, seen = looked("training")
        count = int(pictures.classes.max()) + 1
        layer = learn(seen, torch.from_numpy(pictures.classes), count)
        np.save(given.out, answers(layer, seen))
        others, seen = looked("validation")
        right = (answers(layer, seen).argmax(axis=1) == others.classes).mean()
        print(f"{given.out}: {len(pictures)} answers; {right:.1%} right of {len(others)} others")
    except ConvscopeError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
