"""VGG16, configuration D (Simonyan and Zisserman 2014), at any width, for 64x64 pictures.

Layer names are those of `keras.applications.VGG16`, so addresses are the same.
"""

from pathlib import Path

import numpy as np

from convscope.backend import Model
from convscope.errors import ModelError
from convscope.networks.loading.embedded.arrays import read_arrays

SIDE = 64

# Convolutions in each block, and their channels as a multiple of the width of the first block.
BLOCKS = {"block1": (2, 1), "block2": (2, 2), "block3": (3, 4), "block4": (3, 8), "block5": (3, 8)}

# Units of `fc1` and `fc2`, likewise. (VGG16 has 64 here: sized for 1000 classes at 224x224.)
DENSE = 16


def build(classes: int = 200, width: int = 32) -> Model:
    """Return the network with new weights, as a functional Keras model.

    Its input is (batch, 64, 64, 3), its output (batch, classes) after a softmax. `flatten` is
    2x2x(8 width), channels last.
    """
    from keras import Input, layers, models

    image = flow = Input((SIDE, SIDE, 3), name="input_layer")
    for block, (depth, times) in BLOCKS.items():
        for number in range(1, depth + 1):
            name = f"{block}_conv{number}"
            convolution = layers.Conv2D(
                times * width,
                3,
                padding="same",
                activation="relu",
                data_format="channels_last",
                name=name,
            )
            flow = convolution(flow)
        pool = layers.MaxPooling2D(2, data_format="channels_last", name=f"{block}_pool")
        flow = pool(flow)
    flow = layers.Flatten(data_format="channels_last", name="flatten")(flow)
    flow = layers.Dense(DENSE * width, activation="relu", name="fc1")(flow)
    flow = layers.Dense(DENSE * width, activation="relu", name="fc2")(flow)
    flow = layers.Dense(classes, activation="softmax", name="predictions")(flow)
    return models.Model(image, flow, name="vgg16-tiny")


def from_weights(path: Path) -> Model:
    """Return the network with the weights in an .npz file, which also decide its classes and width.

    The file holds `<layer>/kernel` and `<layer>/bias` in Keras layout, and nothing else.
    """
    arrays = read_arrays(path)
    try:
        classes = arrays["predictions/bias"].shape[0]
        width = arrays["block1_conv1/bias"].shape[0]
    except (KeyError, IndexError) as error:
        raise ModelError.expected(
            "the weights of a tiny VGG16, <layer>/kernel and <layer>/bias",
            f"{path.name} with {len(arrays)} other arrays",
            "Try: a file that training.train wrote.",
        ) from error
    network = build(classes, width)
    assign(network, arrays)
    return network


def assign(network: Model, arrays: dict[str, np.ndarray]) -> None:
    """Give every kernel and bias its array, float32; names and shapes must match one for one."""
    variables = {
        f"{layer.name}/{variable.name}": variable
        for layer in network.layers
        for variable in layer.variables
    }
    expected = {name: tuple(variable.shape) for name, variable in variables.items()}
    received = {name: array.shape for name, array in arrays.items()}
    wrong = sorted(expected.items() ^ received.items())
    if wrong:
        name = wrong[0][0]
        raise ModelError(
            f"Expected {name} to be {expected.get(name, 'absent')}. "
            f"Received: {received.get(name, 'nothing')}. Try: a file that training.train wrote."
        )
    for name, variable in variables.items():
        variable.assign(arrays[name].astype("float32"))
