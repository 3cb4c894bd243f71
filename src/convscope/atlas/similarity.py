"""An order of a layer's units in which similar ones are beside each other."""

from collections.abc import Sequence

import numpy as np

from convscope.atlas.entry import Entry

BEST = 1024  # up to so many units, the tree is turned for the best order, which takes cubic time


def by_similarity(entries: Sequence[Entry]) -> list[int]:
    """Return the places of entries in an order in which similar units are beside each other.

    Similar are units that respond alike or, where that is not known, whose kernels are alike: by
    the correlations and cosines in the entries, each unit with its nearest ones. Units are joined
    to clusters by their mean distance, and the tree's branches are turned so that neighbours are as
    near as they can be (Bar-Joseph, Gifford and Jaakkola 2001).
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    count = len(entries)
    if count < 3:
        return list(range(count))
    places = {str(each.unit): place for place, each in enumerate(entries)}
    distances = np.ones((count, count))
    for place, entry in enumerate(entries):
        near = entry.evidence.get("alike") or entry.evidence.get("nearest") or ()
        for name, similarity in near:
            other = places.get(name)
            if other is not None and other != place:
                distance = min(1.0 - similarity, distances[place, other])
                distances[place, other] = distances[other, place] = max(0.0, distance)
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances), "average", optimal_ordering=count <= BEST)
    return [int(place) for place in leaves_list(tree)]
