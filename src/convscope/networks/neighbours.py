"""Which units of a layer respond alike: by the correlation of their responses to pictures."""

import numpy as np

COUNT = 5  # neighbours of each unit
MOST = 4096  # units of a layer; correlations of more would take more memory than a network
NAMES = ("alike/units", "alike/correlations")


def neighbours(responses: np.ndarray) -> dict[str, np.ndarray]:
    """Return for each unit those whose responses correlate most with its own.

    Args:
        responses: (pictures, units), one number for each picture and unit.

    Returns:
        'alike/units', the indices of the nearest units, most similar first, and
        'alike/correlations', Pearson's correlation with each, in [-1, 1]; both (units, n) with n at
        most five. A unit that always responds the same correlates 0 with all. Nothing at all for
        layers of one unit or of more than 4,096.
    """
    units = responses.shape[1]
    if not 1 < units <= MOST:
        return {}
    centred = responses - responses.mean(0, dtype="float64")
    # By the largest value first, so that squares neither overflow nor vanish.
    centred /= np.maximum(np.abs(centred).max(0), np.finfo("float64").tiny)
    lengths = np.linalg.norm(centred, axis=0)
    constant = np.ptp(responses, axis=0) == 0
    vectors = np.where(constant, 0.0, centred / np.where(lengths > 0, lengths, 1)).astype("float32")
    correlations = vectors.T @ vectors
    np.fill_diagonal(correlations, -np.inf)
    order = np.argsort(-correlations, axis=1, kind="stable")[:, : min(COUNT, units - 1)]
    nearest = np.clip(np.take_along_axis(correlations, order, axis=1), -1, 1)
    found = order.astype("uint16"), nearest.astype("float16")
    return dict(zip(NAMES, found, strict=True))
