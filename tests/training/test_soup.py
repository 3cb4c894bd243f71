"""The mean of weight files, array by array."""

import sys

import numpy as np
import pytest

from convscope.errors import ModelError
from convscope.networks.loading.embedded.arrays import read_arrays
from training import soup


def test_the_mean_is_that_of_each_array(tmp_path, monkeypatch):
    for name, value in {"a": 1.0, "b": 2.0, "c": 6.0}.items():
        np.savez(tmp_path / f"{name}.npz", kernel=np.full((2, 3), value), bias=np.full(3, -value))
    files = [str(tmp_path / f"{name}.npz") for name in "abc"]
    monkeypatch.setattr(sys, "argv", ["soup", *files, "--out", str(tmp_path / "mean.npz")])
    soup.main()
    made = read_arrays(tmp_path / "mean.npz")
    np.testing.assert_array_equal(made["kernel"], np.full((2, 3), 3.0))
    np.testing.assert_array_equal(made["bias"], np.full(3, -3.0))
    assert made["kernel"].dtype == "float16"


def test_files_of_different_networks_have_no_mean():
    with pytest.raises(ModelError, match="same arrays"):
        soup.mean([{"kernel": np.zeros((2, 3))}, {"kernel": np.zeros((3, 2))}])
    with pytest.raises(ModelError, match="same arrays"):
        soup.mean([{"kernel": np.zeros(2)}, {"bias": np.zeros(2)}])
