"""What a step costs on a PyTorch module: python -m benchmarks.torch_module --environments FOLDER

With KERAS_BACKEND=torch. VGG16 with random weights at block5_conv3, one picture of 224 px, three
ways: ours on the module, ours on the same network in Keras, and Lucent's ``render_vis`` on the
module, with its weights as they come and frozen. All take their steps in turn, in one process, so
that whatever else the machine does hits all of them. Lucent comes from the environment that
``benchmarks.peers`` makes in the same folder; without ``--environments`` it is left out.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.peers import environments, networks

LAYER, CHANNEL = "block5_conv3", 3
# Makes so many steps, and returns the seconds of each but the first, which warms up.
Turn = Callable[[int], list[float]]


def ours(network: Any, size: int) -> Turn:
    """Return what maximizes a channel with our default recipe, in float32."""
    from convscope.maximization.maximize import maximize

    def turn(steps: int) -> list[float]:
        moments: list[float] = []

        def watch(*_: Any) -> None:
            moments.append(time.perf_counter())

        how = {"size": size, "steps": steps, "precision": "float32", "on_step": watch, "every": 1}
        maximize(network, f"{LAYER}:{CHANNEL}", **how)
        return np.diff(moments)[1:].tolist()  # it is told of the start, too

    return turn


def lucent(module: Any, size: int) -> Turn:
    """Return what maximizes the channel as Lucent's README does, without a window."""
    import torch
    from lucent.optvis import objectives, param, render

    def turn(steps: int) -> list[float]:
        moments: list[float] = []

        class Watched(torch.optim.Adam):
            def step(self, closure: Any) -> None:
                super().step(closure)
                moments.append(time.perf_counter())

        render.render_vis(
            module,
            objectives.channel(LAYER, CHANNEL),
            lambda: param.image(size),
            optimizer=lambda parameters: Watched(parameters, lr=5e-2),
            thresholds=(steps,),
            preprocess=False,
            fixed_image_size=size,
            progress=False,
            show_image=False,
        )
        return np.diff(moments).tolist()

    return turn


def borrow_lucent(folder: Path) -> None:
    """Make Lucent's environment, and import from it what this one does not have."""
    # It imports torchvision for a function that is not used here.
    package, transforms = ModuleType("torchvision"), ModuleType("torchvision.transforms")
    transforms.Normalize = None
    sys.modules |= {"torchvision": package, "torchvision.transforms": transforms}
    home = Path(environments.python("lucent", folder)).parents[1]
    sys.path.extend(map(str, home.glob("lib/python*/site-packages")))


def main() -> None:
    """Take turns, and print the median step of each and how they compare."""
    import keras

    import convscope as cs

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--environments", type=Path, help="where Lucent's environment is or is made"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=12, help="of each turn")
    parser.add_argument("--size", type=int, default=224)
    given = parser.parse_args()
    if keras.backend.backend() != "torch":
        parser.error(f"expected KERAS_BACKEND=torch; received: {keras.backend.backend()}")
    from benchmarks.peers.torch_networks import Network

    in_keras = cs.load("vgg16", weights="random")
    plan, arrays = networks.plan(in_keras, LAYER)
    module = Network(plan, arrays).eval()  # its first layer is the preprocessing
    taken = cs.load(module, preprocessing="zero-to-one", size=given.size)
    turns = {
        "ours, the module": ours(taken, given.size),
        "ours, in Keras": ours(in_keras, given.size),
    }
    if given.environments:
        borrow_lucent(given.environments)
        # Modules of their own, since its hooks stay and its gradients are kept.
        usual, frozen = Network(plan, arrays).eval(), Network(plan, arrays).eval()
        frozen.requires_grad_(False)
        turns["Lucent"] = lucent(usual, given.size)
        turns["Lucent, frozen"] = lucent(frozen, given.size)
    seconds: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(given.rounds):
        for name, turn in turns.items():
            seconds[name].append(float(np.median(turn(given.steps))))
    first = np.array(seconds["ours, the module"])
    print(f"VGG16, {LAYER}, {given.size} px, one picture, float32, {given.rounds} rounds:")
    for name, each in seconds.items():
        shares = np.array(each) / first
        print(
            f"{name}: {np.median(each) * 1e3:.0f} ms a step, {np.median(shares):.2f} times the "
            f"first ({shares.min():.2f} to {shares.max():.2f})"
        )


if __name__ == "__main__":
    main()
