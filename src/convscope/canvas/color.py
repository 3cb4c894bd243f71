"""Decorrelated colours, in which the channels of natural pictures are uncorrelated.

Most of the variance of natural colours is brightness. Gradient ascent in decorrelated colours
does not drift towards rainbow colours (Olah 2017, "Feature Visualization").
"""

import numpy as np

from convscope.backend import Tensor, ops

# The colour principal components of ImageNet (Krizhevsky 2012, as published with fb.resnet.torch).
EIGENVALUES = np.array([0.2175, 0.0188, 0.0045])
EIGENVECTORS = np.array(
    [[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]]
)
_ROOT = EIGENVECTORS * np.sqrt(EIGENVALUES)
# Scaled so that the strongest component, brightness, passes with gain one.
TO_RGB = (_ROOT / np.linalg.norm(_ROOT, axis=0).max()).astype("float32")
FROM_RGB = np.linalg.inv(TO_RGB).astype("float32")
# 0 and 255 correspond to infinity, so values stay this far from them: a fifth of a gray level.
MARGIN = 0.2 / 255


def to_picture(field: Tensor) -> Tensor:
    """Return (..., channels) decorrelated colours of any range as RGB in (0, 1)."""
    if field.shape[-1] == 3:
        field = ops.matmul(field, ops.convert_to_tensor(TO_RGB.T))
    return ops.sigmoid(field)


def bounded(pictures: Tensor, contrast: float) -> Tensor:
    """Return (n, height, width, 3) pictures nearer to mid gray, so that none exceeds a contrast.

    Args:
        pictures: in [0, 1].
        contrast: the largest root mean square of a picture's distance from mid gray; 0 for no
            bound.
    """
    from keras import ops

    if not contrast:
        return pictures
    off = pictures - 0.5
    strength = ops.sqrt(ops.mean(ops.square(off), axis=(1, 2, 3), keepdims=True))
    return 0.5 + off * ops.minimum(1.0, contrast / ops.maximum(strength, 1e-6))


def from_picture(pictures: np.ndarray) -> np.ndarray:
    """Return the inverse of ``to_picture``, with values kept ``MARGIN`` away from 0 and 1."""
    inside = np.clip(pictures, MARGIN, 1 - MARGIN)
    field = np.log(inside / (1 - inside)).astype("float32")
    return field @ FROM_RGB.T if field.shape[-1] == 3 else field
