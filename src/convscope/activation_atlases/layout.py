"""Vectors laid out in two dimensions, so that neighbours stay neighbours. Only here is UMAP."""

import warnings
from importlib.util import find_spec

import numpy as np

from convscope.errors import missing, need

EXTRA = "map"
NEIGHBOURS = 20  # as in Carter 2019, "Activation Atlas"
# Farther apart than there (0.01): with thousands and not a million points, more cells have some.
APART = 0.3
WITHIN = 0.99  # of the points, along each axis, lie between the edges; the others are at an edge


def refuse_if_missing() -> None:
    """Refuse work that ends in a map if UMAP is not installed; loading it would take seconds.

    Raises:
        MissingExtra: umap-learn is not installed.
    """
    try:
        found = find_spec("umap")
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise missing("umap-learn", EXTRA)


def lay_out(vectors: np.ndarray, seed: int) -> np.ndarray:
    """Return where vectors lie on a map: (n, 2) in [0, 1], x from the left and y from the top.

    By UMAP (McInnes 2018), with the cosine as the measure of distance, so that only directions
    count.

    Args:
        vectors: (n, channels), none of them zero, at least 16.
        seed: the same seed gives the same map.

    Raises:
        MissingExtra: umap-learn is not installed.
    """
    with warnings.catch_warnings():  # of Numba and UMAP, when they load and when they run
        warnings.simplefilter("ignore")
        umap = need("umap", EXTRA)
        model = umap.UMAP(
            n_components=2,
            n_neighbors=min(NEIGHBOURS, len(vectors) - 1),
            min_dist=APART,
            metric="cosine",
            random_state=seed,
            n_jobs=1,  # several threads would not give the same map again
        )
        points = np.asarray(model.fit_transform(vectors.astype("float32")), "float64")
    margin = (1 - WITHIN) / 2
    low, high = np.quantile(points, [margin, 1 - margin], axis=0)
    return np.clip((points - low) / np.maximum(high - low, 1e-12), 0, 1)
