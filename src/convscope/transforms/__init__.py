"""What a picture must survive while it is climbed: TRANSFORMS is the table of ways to change it.

Chance is drawn on the host with NumPy, so that every backend and every batch sees the same draws;
what was drawn is applied on the device, to each picture of a batch its own.
"""

from convscope.transforms.blur import Blur
from convscope.transforms.composition import TRANSFORMS, Transforms
from convscope.transforms.placements import Crop, Flip, Rotate, Scale, Shift
from convscope.transforms.transform import Change, Placement, Transform
from convscope.transforms.values import Brightness, Contrast, Noise

__all__ = [
    "TRANSFORMS",
    "Blur",
    "Brightness",
    "Change",
    "Contrast",
    "Crop",
    "Flip",
    "Noise",
    "Placement",
    "Rotate",
    "Scale",
    "Shift",
    "Transform",
    "Transforms",
]
