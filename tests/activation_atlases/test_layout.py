"""The layout: groups stay together, and the same seed gives the same map."""

import numpy as np
import pytest

from convscope.activation_atlases.layout import lay_out, refuse_if_missing
from convscope.errors import MissingExtra
from tests.missing import hidden


def test_similar_vectors_are_near_each_other_whatever_their_length():
    pytest.importorskip("umap", reason="umap-learn, of the extra map, is not installed")
    chance = np.random.default_rng(0)
    group = np.repeat(np.eye(3), 20, axis=0)
    vectors = (group + chance.uniform(0, 0.1, group.shape)) * chance.uniform(1, 50, (60, 1))
    points = lay_out(vectors, seed=1)
    assert points.shape == (60, 2)
    assert points.min() == 0
    assert points.max() == 1
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    np.testing.assert_array_equal(apart.argmin(axis=1) // 20, np.arange(60) // 20)
    np.testing.assert_array_equal(lay_out(vectors, seed=1), points)


def test_without_the_extra_its_name_is_told(monkeypatch):
    hidden(monkeypatch, "umap")
    with pytest.raises(MissingExtra, match=r"umap-learn, .* pip install 'convscope\[map\]'"):
        refuse_if_missing()
