"""What a careful user of a PyTorch tool does for speed."""

import argparse
from typing import Any

import torch
from torch import nn

from benchmarks.peers.torch_networks import Network, load
from benchmarks.peers.worker import THREADS


def variant() -> str:
    """Which variant is asked for: 'default', 'tuned' or 'compiled'. Limits the threads as well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("variant", choices=("default", "tuned", "compiled"))
    torch.set_num_threads(THREADS)
    return parser.parse_args().variant


def network(arrays: str, layer: str, variant: str) -> tuple[nn.Module, str]:
    """The network as it is used in a variant, and the name of its module that is listened to.

    Default: all of it, its weights ready for training, as a user's model comes. Tuned: as far as
    the layer, the weights frozen and laid out as the processor likes them. Compiled: that through
    ``torch.compile``, anew for each unit.
    """
    if variant == "default":
        return load(arrays), layer
    part = load(arrays, layer).requires_grad_(False).to(memory_format=torch.channels_last)
    if variant == "tuned":
        return part, layer
    torch._dynamo.reset()
    whole = nn.Sequential()
    whole.add_module("unit", _Hidden(torch.compile(part)))
    return whole.eval(), "unit"


class _Hidden(nn.Module):
    """A compiled network as one module, whose parts a tool that hooks every module cannot see."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self._function = (function,)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        (function,) = self._function
        return function(pictures)


def listened(model: nn.Module, name: str) -> Any:
    """A function of pictures that gives what the named module says."""
    if not isinstance(model, Network) or name == model.last:
        return model
    captured: list[torch.Tensor] = []
    model.get_submodule(name).register_forward_hook(lambda _, __, value: captured.append(value))

    def listen(pictures: torch.Tensor) -> torch.Tensor:
        captured.clear()
        model(pictures)
        return captured[0]

    return listen
