"""The same network in PyTorch, from a plan and its weights (see ``networks.py``).

Every layer keeps its name; a convolution's or dense layer's activation function is a module of its
own, so that a hook on the layer hears the value before it, as PyTorch's users have it.
"""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn


class Network(nn.Module):
    """A chain, or a graph of concatenations, on pictures (n, 3, height, width) in [0, 1].

    Args:
        plan: the layers in the order they run.
        arrays: their weights, as Keras keeps them.
        until: stop at this layer, before its activation function.
    """

    def __init__(self, plan: list[dict[str, Any]], arrays: Any, until: str | None = None) -> None:
        super().__init__()
        self._plan = []
        for step in plan:
            name = step["name"]
            self._plan.append(step)
            kernel, bias = (_array(arrays, f"{name}/{kind}") for kind in ("kernel", "bias"))
            self.add_module(name, _module(step, kernel, bias))
            if name == until:
                self._plan[-1] = {**step, "activation": None}
                break
            if step.get("activation") in ACTIVATIONS:
                self.add_module(f"{name}_activation", ACTIVATIONS[step["activation"]]())

    @property
    def last(self) -> str:
        """The layer that it ends at."""
        return self._plan[-1]["name"] if self._plan[-1].get("activation") is None else ""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """The last layer's values, channels first."""
        values = {"image": pictures}
        for step in self._plan:
            name, inputs = step["name"], [values[each] for each in step["inputs"]]
            value = torch.cat(inputs, 1) if len(inputs) > 1 else inputs[0]
            value = self.get_submodule(name)(value)
            if step.get("activation") in ACTIVATIONS:
                value = self.get_submodule(f"{name}_activation")(value)
            values[name] = value
        return value


class KerasFlatten(nn.Module):
    """Flatten with the channels last, as the dense kernels that follow expect it."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """(n, channels, height, width) to (n, height * width * channels)."""
        return values.permute(0, 2, 3, 1).flatten(1)


class Mean(nn.Module):
    """Average over height and width."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """(n, channels, height, width) to (n, channels)."""
        return values.mean((2, 3))


ACTIVATIONS = {"relu": nn.ReLU, "softmax": lambda: nn.Softmax(1)}


def _array(arrays: Any, name: str) -> np.ndarray | None:
    return arrays[name].astype("float32") if name in arrays else None


def _module(step: dict[str, Any], kernel: Any, bias: Any) -> nn.Module:
    match step["kind"]:
        case "Conv2D":
            high, wide, taken, given = kernel.shape
            sides = {"stride": step["strides"], "padding": step["padding"]}
            module = nn.Conv2d(taken, given, (high, wide), **sides, bias=bias is not None)
            return _filled(module, kernel.transpose(3, 2, 0, 1), bias)
        case "Dense":
            module = nn.Linear(*kernel.shape, bias=bias is not None)
            return _filled(module, kernel.T, bias)
        case "MaxPooling2D":
            return nn.MaxPool2d(step["side"], step["strides"], step["padding"])
        case "ZeroPadding2D":
            return nn.ZeroPad2d(step["padding"])
        case "GlobalAveragePooling2D":
            return Mean()
        case "Flatten":
            return KerasFlatten()
        case "Concatenate" | "Dropout":
            return nn.Identity()
        case "Softmax":
            return nn.Softmax(1)
    raise ValueError(f"{step['name']} is a {step['kind']}, which is not rebuilt in PyTorch.")


def _filled(module: Any, kernel: np.ndarray, bias: np.ndarray | None) -> nn.Module:
    module.weight.data = torch.from_numpy(np.ascontiguousarray(kernel))
    if bias is not None:
        module.bias.data = torch.from_numpy(bias)
    return module


def load(path: str | Path, until: str | None = None) -> Network:
    """Read what ``networks.export`` wrote."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    return Network(json.loads(str(arrays.pop("plan"))), arrays, until).eval()


def unfed(network: Network, pictures: torch.Tensor) -> tuple[torch.Tensor, Network]:
    """What the network's preprocessing makes of the pictures, and the rest of it, which takes that.

    The network itself is left as it is.
    """
    rest = copy.deepcopy(network)
    first, *plan = rest._plan
    feed = rest.get_submodule(first["name"])
    delattr(rest, first["name"])
    rest._plan = [
        {**step, "inputs": ["image" if x == first["name"] else x for x in step["inputs"]]}
        for step in plan
    ]
    return feed(pictures).detach(), rest
