"""What a step of ours costs beyond the network itself: python -m benchmarks.bare

VGG16 at block5_conv3, 224 px, batches of 4, on TensorFlow. The bare step is what no tool can do
without: forward and back to the input, in plain TensorFlow, compiled, of the same batch. Both are
timed in turn, step by step, so that whatever else the machine does hits both.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convscope.maximization.maximize import gallery
from convscope.networks.loading.load import load

LAYER = "block5_conv3"
LAST = 0.75  # from this share of the ascent on, its pictures have their full size


def bare(model: Any, layer: str, precision: str) -> Callable[[np.ndarray], Any]:
    """A chain of convolutions and pools as far as a layer: the gradient of its mean, compiled."""
    import tensorflow as tf

    chain: list[Any] = []
    for each in model.layers:
        if hasattr(each, "kernel"):
            weights = [tf.cast(np.asarray(value), precision) for value in (each.kernel, each.bias)]
            chain.append((each.name, each.padding.upper(), *weights))
        elif hasattr(each, "pool_size"):
            chain.append((each.name, None, None, None))
        if each.name == layer:
            break

    @tf.function
    def step(pictures: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(pictures)
            flow = tf.cast(pictures, precision)
            for name, padding, kernel, bias in chain:
                if kernel is None:
                    flow = tf.nn.max_pool2d(flow, 2, 2, "VALID")
                else:
                    flow = tf.nn.bias_add(tf.nn.conv2d(flow, kernel, 1, padding), bias)
                    flow = flow if name == layer else tf.nn.relu(flow)
            score = tf.reduce_mean(tf.cast(flow[..., 0], "float32"))
        return tape.gradient(score, pictures)

    return lambda pictures: np.asarray(step(tf.constant(pictures)))


def compare(
    network: Any, bare_step: Callable[[np.ndarray], Any], units: Sequence[str], **how: Any
) -> list[tuple[float, float]]:
    """Maximize units in one batch; seconds of our last steps, and of a bare one beside each."""
    pairs: list[tuple[float, float]] = []
    at = [0, 0.0]  # the step after which our clock runs, and since when

    def watch(_: Any, step: Any) -> None:
        now = time.perf_counter()
        if step.number > LAST * step.total:
            ours = (now - at[1]) / (step.number - at[0])
            began = time.perf_counter()
            bare_step(pictures)
            pairs.append((ours, time.perf_counter() - began))
        at[:] = [step.number, time.perf_counter()]

    size = how.get("size") or network.size
    side = (size, size) if isinstance(size, int) else size
    pictures = np.random.default_rng(0).random((len(units), *side, 3), "float32") * 255 - 128
    bare_step(pictures)
    gallery(network, *units, on_step=watch, **how)
    return pairs


def main() -> None:
    """Compare, and say how far apart they are."""
    import keras

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=48)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--precision", default="float32", choices=("float32", "bfloat16"))
    given = parser.parse_args()
    if keras.backend.backend() != "tensorflow":
        parser.error(f"expected Keras on TensorFlow; received: {keras.backend.backend()}")
    network = load("vgg16", weights="random")
    units = [f"{LAYER}:{channel}" for channel in range(given.batch)]
    pairs = compare(
        network,
        bare(network.model, LAYER, given.precision),
        units,
        steps=given.steps,
        precision=given.precision,
    )
    ours, alone = np.array(pairs).T
    low, middle, high = np.quantile(ours / alone, (0.1, 0.5, 0.9))
    print(
        f"VGG16, {LAYER}, {network.size[0]} px, batch {given.batch}, {given.precision}: "
        f"ours {np.median(ours):.3f} s a step, bare {np.median(alone):.3f} s; ratio {middle:.2f}, "
        f"80 % of {len(pairs)} looks between {low:.2f} and {high:.2f}"
    )


if __name__ == "__main__":
    main()
