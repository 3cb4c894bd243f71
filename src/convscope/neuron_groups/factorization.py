"""Non-negative matrix factorization of a layer's response to one photo."""

import warnings

import numpy as np

from convscope.errors import InputError

ITERATIONS = 2000
TOLERANCE = 1e-5  # relative; far finer than what is seen


def factorize(
    answer: np.ndarray, layer: str, count: int, seed: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return where the factors of a response fire, what they consist of, and what they explain.

    Args:
        answer: (height, width, channels), no value below zero.
        layer: its address, for messages.
        count: how many factors; those that stay empty are left out.
        seed: of the start; the same seed gives the same factors.

    Returns:
        The maps, (height, width, n); the vectors, (n, channels), each of length 1; and the share of
        the response's squares that the factors explain together.

    Raises:
        InputError: the response is zero everywhere.
    """
    height, width, channels = answer.shape
    flat = answer.reshape(height * width, channels)
    size = float(flat.max())
    if size == 0:
        raise InputError(
            f"No channel of {layer} responds above zero to this photo. Try: another layer."
        )
    from sklearn.decomposition import NMF  # takes a second: only when it is used

    model = NMF(count, init="nndsvda", random_state=seed, max_iter=ITERATIONS, tol=TOLERANCE)
    with warnings.catch_warnings():  # the share explained says how good it is
        warnings.simplefilter("ignore")
        places = model.fit_transform(flat / size) * size
    vectors = model.components_
    lengths = np.linalg.norm(vectors, axis=1)
    missed = flat - places @ vectors
    explained = float(1 - (missed**2).sum() / (flat**2).sum())
    kept = [f for f in range(count) if lengths[f] > 0 and places[:, f].any()]
    maps = (places * lengths)[:, kept].reshape(height, width, len(kept))
    return maps, vectors[kept] / lengths[kept, None], explained
