"""Random transforms of the picture during an ascent; see the table TRANSFORMS.

The random numbers are drawn on the host with NumPy, so that they are the same on every backend and
in every batch. They are applied on the device, to each picture of a batch its own.
"""

from convscope.transforms.blur import Blur as Blur
from convscope.transforms.composition import TRANSFORMS as TRANSFORMS
from convscope.transforms.composition import Transforms as Transforms
from convscope.transforms.placements import Crop as Crop
from convscope.transforms.placements import Flip as Flip
from convscope.transforms.placements import Rotate as Rotate
from convscope.transforms.placements import Scale as Scale
from convscope.transforms.placements import Shift as Shift
from convscope.transforms.transform import PixelTransform as PixelTransform
from convscope.transforms.transform import SpatialTransform as SpatialTransform
from convscope.transforms.transform import Transform as Transform
from convscope.transforms.values import Brightness as Brightness
from convscope.transforms.values import Contrast as Contrast
from convscope.transforms.values import Noise as Noise
