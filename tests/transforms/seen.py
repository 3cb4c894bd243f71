"""Pictures, chance, and transforms applied to them."""

import numpy as np
from keras import ops


def chance(*key):
    return np.random.default_rng(list(key))


def noise(count=2, height=8, width=10, channels=3):
    return chance(3).uniform(size=(count, height, width, channels)).astype("float32")


def applied(transforms, pictures, draws):
    """Pictures under transforms, on the device and back."""
    draws = [ops.convert_to_tensor(drawn) for drawn in draws]
    return ops.convert_to_numpy(transforms.apply(ops.convert_to_tensor(pictures), draws))


def drawn(transforms, count=2, size=(8, 10), channels=3, seed=0):
    """What is drawn for a batch."""
    return transforms.draws([chance(seed, each) for each in range(count)], size, channels)
