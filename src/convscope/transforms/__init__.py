"""Random transforms of the picture during an ascent; see the table TRANSFORMS.

The random numbers are drawn on the host with NumPy, so that they are the same on every backend and
in every batch. They are applied on the device, to each picture of a batch its own.
"""

from convscope.transforms.blur import Blur
from convscope.transforms.composition import TRANSFORMS, Transforms
from convscope.transforms.placements import Crop, Flip, Rotate, Scale, Shift
from convscope.transforms.transform import PixelTransform, SpatialTransform, Transform
from convscope.transforms.values import Brightness, Contrast, Noise

__all__ = [
    "TRANSFORMS",
    "Blur",
    "Brightness",
    "Contrast",
    "Crop",
    "Flip",
    "Noise",
    "PixelTransform",
    "Rotate",
    "Scale",
    "Shift",
    "SpatialTransform",
    "Transform",
    "Transforms",
]
