"""How well responses separate sets of labelled photos from the rest: the area under the ROC curve.

With mid-ranks r of N responses, a set of n photos has the area

    AUC = (sum of r over the set - n (n + 1) / 2) / (n (N - n)),

the statistic of Mann and Whitney (1947) over the number of pairs; ties count half. So the areas of
unions, intersections and differences of two labels A and B follow from three sums of ranks, over A,
over B, and over A and B, and no photo is looked at twice.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from convscope.brief import Brief
from convscope.networks.words import ENTRY, JOINTS, LABEL, NEXT, PAIR

LEAST = 5  # photos of a set in each half, and outside it
# Of the best of many sets a part is luck. For units that respond to noise, ten labels of twenty
# photos each give a pair that is so far ahead of the best label for less than 1 unit in 100.
# Repeated by tests/datasets/test_separation.py::test_noise_gives_hardly_any_pairs.
MARGIN = 0.03
SEED = 0  # which photos choose and which judge
CELLS, PAIRS = 1 << 21, 2048  # areas and pairs that are worked on at once, to fit into memory

# Sums over a set from those over its first label, its second one, and what they share.
_SUMS = np.array([[1, 0, 0], [1, 1, -1], [0, 0, 1], [1, 0, -1]], "float64")
_OR, _AND, _AND_NOT = range(1, len(JOINTS))


def ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of each value in its column, from 1; equal values share their mean rank.

    Args:
        values: (photos, units).

    Example:
        >>> ranks(np.array([[0.5], [2.0], [0.5], [-1.0]]))[:, 0]
        array([2.5, 4. , 2.5, 1. ])
    """
    found = np.empty(values.shape, "float64")
    for column in range(values.shape[1]):
        _, place, counts = np.unique(values[:, column], return_inverse=True, return_counts=True)
        found[:, column] = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return found


def halves(labels: np.ndarray) -> np.ndarray:
    """Return which photos judge, (photos,) of bool; the others choose.

    The split is the same every time. It is stratified: of the photos with the same labels, one half
    judges, and at most one more.

    Args:
        labels: (photos, labels) of bool.
    """
    _, stratum = np.unique(labels, axis=0, return_inverse=True)
    chance = np.random.default_rng(SEED).random(len(labels))
    judging = np.zeros(len(labels), bool)
    judging[np.lexsort((chance, stratum.ravel()))[1::2]] = True
    return judging


@dataclass(frozen=True, eq=False)
class Sets(Brief):
    """Sets of photos: those of each label, and unions, intersections and differences of two.

    Args:
        labels: (photos, labels) of bool.
        joint: (sets,), what joins their labels: places in ``JOINTS``.
        first: (sets,), the index of their first label.
        second: (sets,), of the second one; that of the first for a single label.
    """

    labels: np.ndarray
    joint: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @classmethod
    def of(cls, labels: np.ndarray, judging: np.ndarray) -> "Sets":
        """Return all sets that have enough photos, inside and outside, in both halves.

        Left out are pairs that are the same set as one of their labels, or empty: with one label a
        photo, these are all intersections and differences. Left out, too, are unions that cannot be
        ahead of both their labels by ``MARGIN``: with 200 labels of as many photos each, all.

        Args:
            labels: (photos, labels) of bool.
            judging: (photos,) of bool, from ``halves``.
        """
        own = np.arange(labels.shape[1])
        ones, others = np.triu_indices(labels.shape[1], 1)
        every = cls(
            labels,
            np.repeat([0, _OR, _AND, _AND_NOT, _AND_NOT], [len(own), *[len(ones)] * 4]),
            np.concatenate([own, ones, ones, ones, others]),
            np.concatenate([own, others, others, others, ones]),
        )
        counts = [every.sums(np.ones((half.sum(), 1)), half)[:, 0] for half in (~judging, judging)]
        enough = np.ones(len(every.joint), bool)
        for count, half in zip(counts, (~judging, judging), strict=True):
            enough &= (count >= LEAST) & (half.sum() - count >= LEAST)
        size = counts[0] + counts[1]
        ones_too, others_too = size[every.first], size[every.second]
        alone = (size == ones_too) | (size == others_too)
        disjoint = size == ones_too + others_too
        hopeless = disjoint & (_most_gain(counts[0], every, int((~judging).sum())) < MARGIN)
        kept = enough & ((every.joint == 0) | ~(alone | hopeless))
        return cls(labels, every.joint[kept], every.first[kept], every.second[kept])

    @cached_property
    def _shared(self) -> tuple[np.ndarray, np.ndarray]:
        """The pairs of labels that have photos in common, (2, pairs), and each set's place there.

        The place of a set whose labels have none is one behind the last.
        """
        plain = self.labels.astype("float32")
        pairs = np.stack(np.nonzero(np.triu(plain.T @ plain, 1)))
        place = np.full(2 * (self.labels.shape[1],), pairs.shape[1])
        place[pairs[0], pairs[1]] = place[pairs[1], pairs[0]] = np.arange(pairs.shape[1])
        return pairs, place[self.first, self.second]

    def sums(self, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the sum of values over the photos of each set: (sets, units).

        Args:
            values: (some photos, units).
            rows: (photos,) of bool, which photos these are.
        """
        labels = self.labels[rows]
        own = labels.T.astype("float64") @ values
        (ones, others), place = self._shared
        shared = np.zeros((len(ones) + 1, values.shape[1]))
        for start in range(0, len(ones), PAIRS):
            part = slice(start, start + PAIRS)
            both = labels[:, ones[part]] & labels[:, others[part]]
            shared[:-1][part] = both.T.astype("float64") @ values
        one, other, common = _SUMS[self.joint].T[..., None]
        return one * own[self.first] + other * own[self.second] + common * shared[place]

    def areas(self, responses: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the AUC of each set against the rest, for each unit: (sets, units).

        Args:
            responses: (photos, units).
            rows: (photos,) of bool, which photos count.
        """
        total = int(rows.sum())
        count = self.counts(rows)[:, None]
        above = self.sums(ranks(responses[rows]), rows) - count * (count + 1) / 2
        return np.asarray(above / (count * (total - count)))

    def counts(self, rows: np.ndarray) -> np.ndarray:
        """Return how many of some photos are in each set: (sets,)."""
        return self.sums(np.ones((int(rows.sum()), 1)), rows)[:, 0]


def _most_gain(counts: np.ndarray, sets: Sets, total: int) -> np.ndarray:
    """Return by how much the AUC of each union of disjoint labels may exceed both of theirs.

    Let A be the label that is separated better from the photos R in neither. The union is separated
    from R no better than A is, and A has the photos of B among its rest, in addition to R. If it is
    separated from none of these, it loses |B| / (|R| + |B|).
    """
    one, other = counts[sets.first], counts[sets.second]
    return np.maximum(other / np.maximum(total - one, 1), one / np.maximum(total - other, 1))


def separated(
    responses: np.ndarray, sets: Sets, judging: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each unit's high and low responses separate best from the rest.

    The sets are chosen on one half of the photos and judged on the other, because the best of
    thousands of sets looks better on the photos it was chosen on. A pair is kept only if it is
    better than the best label by ``MARGIN``, there, and no worse than it on the half that judges.
    That half then has a small part in the choice, by one comparison of two: the AUC that is stated,
    the higher of the two, is a little too high on average where they are close. The label's own AUC
    remains an estimate without bias, and which pair is compared is not chosen there.

    Args:
        responses: (photos, units).
        sets: with at least one label.
        judging: (photos,) of bool, from ``halves``.

    Returns:
        The table and ``lower`` of ``LayerWords``.
    """
    units = responses.shape[1]
    table, lower = np.zeros((2, 3, units), ENTRY), np.zeros(units, bool)
    some = max(1, CELLS // len(sets.joint))
    for start in range(0, units, some):
        part = slice(start, start + some)
        table[..., part], lower[part] = _separated(responses[:, part], sets, judging)
    return table, lower


def _separated(
    responses: np.ndarray, sets: Sets, judging: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    choosing, judged = (sets.areas(responses, rows) for rows in (~judging, judging))
    counts = sets.counts(judging)
    single = int((sets.joint == 0).sum())  # labels come first
    units = np.arange(responses.shape[1])
    table = np.zeros((2, 3, len(units)), ENTRY)
    strength = []

    def put(side: int, place: int, best: np.ndarray, kept: np.ndarray) -> None:
        entry = np.zeros(len(units), ENTRY)
        for name, values in (("joint", sets.joint), ("first", sets.first), ("second", sets.second)):
            entry[name] = values[best]
        entry["auc"], entry["count"] = judged[best, units], counts[best]
        table[side, place, kept] = entry[kept]

    every = np.ones(len(units), bool)
    for side in (0, 1):
        if side:
            choosing, judged = 1 - choosing, 1 - judged
        labels, pairs = choosing[:single], choosing[single:]
        best = labels.argmax(0)
        most = labels[best, units]
        put(side, LABEL, best, every)
        if single > 1:
            rest = labels.copy()
            rest[best, units] = -1
            put(side, NEXT, rest.argmax(0), every)
        if len(pairs):
            pair = single + pairs.argmax(0)
            holds = judged[pair, units] >= judged[best, units]
            ahead = (pairs.max(0) >= most + MARGIN) & holds
            put(side, PAIR, pair, ahead)
            most = np.where(ahead, pairs.max(0), most)
        strength.append(most)
    return table, strength[1] > strength[0]


def best_areas(table: np.ndarray) -> np.ndarray:
    """Return the AUC of what would be said of each side of each unit: (2, units)."""
    pair = table[:, PAIR]
    return np.where(pair["count"] > 0, pair["auc"], table[:, LABEL]["auc"])
