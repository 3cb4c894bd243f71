"""bfloat16 for a while: the same function but for rounding, and the model as it was."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from convscope import files
from convscope.networks.patches import precision
from convscope.networks.patches.capture import Tap
from convscope.networks.patches.precision import computing_in, fastest_precision
from tests.networks.nets import doubly_nested, functional, nested, network, pictures, subclassed

KINDS = (functional, nested, doubly_nested, subclassed)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("make", KINDS)
def test_a_model_computes_in_bfloat16_and_is_afterwards_as_it_was(make):
    model = make()
    own = network(model)
    (tap,) = [Tap(address) for address in own.layers if address.endswith("second")]
    shown = ops.convert_to_tensor(pictures(2))
    before = [set(vars(layer)) for layer in model._flatten_layers()]
    exact = ops.convert_to_numpy(own.forward(shown, [tap])[tap])
    rough = ops.convert_to_numpy(own.forward(shown, [tap], precision="bfloat16")[tap])
    assert rough.dtype == np.float32
    assert np.abs(rough - exact).max() > 0, "it did not compute in bfloat16"
    np.testing.assert_allclose(rough, exact, atol=0.03 * np.abs(exact).max())
    np.testing.assert_array_equal(ops.convert_to_numpy(own.forward(shown, [tap])[tap]), exact)
    assert [set(vars(layer)) for layer in model._flatten_layers()] == before
    assert all(weight.dtype == "float32" for weight in model.weights)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_model_of_mixed_precision_is_measured_in_float32(policy):
    exact, mixed = functional(), functional()
    for layer in mixed._flatten_layers():
        layer.dtype_policy = keras.DTypePolicy(policy)
    tap = Tap("second")
    seen = [network(model).activations(pictures(2), [tap])[tap] for model in (exact, mixed)]
    np.testing.assert_allclose(seen[1], seen[0], rtol=1e-5, atol=1e-6)
    assert mixed.get_layer("second").compute_dtype == policy.removeprefix("mixed_")


def test_layers_of_a_stated_precision_keep_it():
    model = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Conv2D(2, 1, dtype="float16")])
    with computing_in(model, "bfloat16"):
        assert model.layers[0].compute_dtype == "float16"
    with pytest.raises(RuntimeError, match="on the way"), computing_in(model, "bfloat16"):
        raise RuntimeError("on the way")
    assert model.compute_dtype == "float32"


def test_the_faster_precision_is_measured_once_and_remembered(cache, monkeypatch):
    taken = {"float32": 2.0, "bfloat16": 1.0}
    calls = []

    def seconds(name):
        calls.append(name)
        return taken[name]

    monkeypatch.setattr(precision, "_seconds", seconds)
    assert fastest_precision() == "bfloat16"
    assert sorted(calls) == ["bfloat16", "float32"]
    taken["bfloat16"] = 9.0
    assert fastest_precision() == "bfloat16", "it was measured again"
    (cache / "precision.json").unlink()
    assert fastest_precision() == "float32"
    (cache / "precision.json").write_text("{")  # damaged: measured again, not raised
    assert fastest_precision() == "float32"
    assert set(json.loads((cache / "precision.json").read_text()).values()) == {"float32"}


def test_a_small_gain_is_not_worth_the_rounding(cache, monkeypatch):
    monkeypatch.setattr(precision, "_seconds", {"float32": 1.1, "bfloat16": 1.0}.get)
    assert fastest_precision() == "float32"


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "file" / "below"))
    monkeypatch.setattr(precision, "_seconds", {"float32": 2.0, "bfloat16": 1.0}.get)
    assert fastest_precision() == "bfloat16"


def test_both_precisions_can_be_timed():
    assert all(precision._seconds(name) > 0 for name in precision.PRECISIONS[1:])


def test_the_cache_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path))
    assert files.cache() == tmp_path
    monkeypatch.delenv("CONVSCOPE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert files.cache() == tmp_path / "xdg" / "convscope"
