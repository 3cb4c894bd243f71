"""The network as it is trained: normalised after every layer, its inputs scaled, its head small.

`fold.fold` turns it into the plain network. Layer names are the same in both; the normalisation
after `fc1` is called `fc1_norm`.
"""

from itertools import count

import keras
import numpy as np
from keras import layers

from convscope.errors import InputError, unknown
from convscope.networks.loading.embedded.architecture import BLOCKS, DENSE, SIDE
from training.data import SPREAD
from training.normalisation import Normalisation
from training.settings import Phase, Settings

# Deviation of the fresh kernel of `predictions`: an undecided start, whose loss is that of chance.
# Measured at width 16, batch 128, peak rate 0.1, two seeds, steps 121 to 160: 2.2 % right with
# this, 0.9 % with He's. Only the start was compared, not where whole runs end.
UNDECIDED = 0.01

HEADS = {"pool": layers.GlobalAveragePooling2D, "flatten": layers.Flatten}


def build(settings: Settings, phase: Phase) -> keras.Model:
    """Build the network of one phase, with fresh weights drawn from the seed.

    Input (batch, side, side, 3), BGR minus the mean colour, output (batch, classes) float32,
    before the softmax. Decay is a penalty in the loss, on kernels only.
    """
    if phase.head not in HEADS:
        raise unknown("head", phase.head, HEADS)
    if phase.head == "flatten" and phase.side != SIDE:
        raise InputError(f"Expected side {SIDE} for the head 'flatten'. Received: {phase.side}.")
    policy, seeds = settings.arithmetic, count(settings.seed * 1000)

    def normalised(flow: keras.KerasTensor, layer: layers.Layer) -> keras.KerasTensor:
        norm = Normalisation(
            momentum=settings.norm_momentum,
            epsilon=settings.norm_epsilon,
            dtype=policy,
            name=f"{layer.name}_norm",
        )
        return layers.ReLU(dtype=policy, name=f"{layer.name}_relu")(norm(layer(flow)))

    def kernel() -> dict[str, object]:
        return {
            "kernel_initializer": keras.initializers.HeNormal(next(seeds)),
            # The slope of this penalty is weight_decay times the kernel.
            "kernel_regularizer": keras.regularizers.L2(settings.weight_decay / 2),
            "dtype": policy,
        }

    image = keras.Input((phase.side, phase.side, 3), name="input_layer")
    flow = layers.Rescaling(1 / SPREAD, dtype=policy, name="scale")(image)
    for block, (depth, times) in BLOCKS.items():
        for number in range(1, depth + 1):
            name = f"{block}_conv{number}"
            convolution = layers.Conv2D(
                times * settings.width,
                3,
                padding="same",
                use_bias=False,
                data_format="channels_last",
                name=name,
                **kernel(),
            )
            flow = normalised(flow, convolution)
        pool = layers.MaxPooling2D(
            2, data_format="channels_last", dtype=policy, name=f"{block}_pool"
        )
        flow = pool(flow)
    flow = HEADS[phase.head](data_format="channels_last", dtype=policy, name=phase.head)(flow)
    for name in ("fc1", "fc2"):
        dense = layers.Dense(DENSE * settings.width, use_bias=False, name=name, **kernel())
        flow = normalised(flow, dense)
        drop = layers.Dropout(phase.dropout, seed=next(seeds), dtype=policy, name=f"{name}_drop")
        flow = drop(flow)
    undecided = {"kernel_initializer": keras.initializers.RandomNormal(0, UNDECIDED, next(seeds))}
    flow = layers.Dense(settings.classes, name="predictions", **kernel() | undecided)(flow)
    flow = layers.Activation("linear", dtype="float32", name="logits")(flow)
    return keras.Model(image, flow, name="vgg16-tiny-training")


def carry(old: keras.Model, new: keras.Model) -> None:
    """Give the network of a new phase what the old one has learned.

    From "pool" to "flatten", `fc1` sees each of the averaged cells on its own: its kernel is
    repeated for every cell and divided by their number, which is the same function at the switch.
    """
    for layer in new.layers:
        if layer.weights:
            weights = old.get_layer(layer.name).get_weights()
            if layer.name == "fc1":
                weights = [spread(weights[0], layer.kernel.shape[0])]
            layer.set_weights(weights)


def spread(kernel: np.ndarray, rows: int) -> np.ndarray:
    """Repeat a dense kernel (channels, units) over cells, to (rows, units), keeping its sum."""
    cells, rest = divmod(rows, len(kernel))
    if rest:
        raise InputError(f"Expected rows to be a multiple of {len(kernel)}. Received: {rows}.")
    return np.tile(kernel, (cells, 1)) / cells
