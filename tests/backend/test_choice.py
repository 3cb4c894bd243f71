"""The choice of a backend, made before Keras is imported."""

import json
import os
import sys

import pytest

from convscope import backend
from convscope.backend import choice
from convscope.errors import MissingExtra, UnknownName


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine where nobody has chosen, and only the named backends are installed."""
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "1")

    def prepare(*installed: str, file: object = None) -> None:
        for name in backend.BACKENDS:
            if name not in installed:
                monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.setattr(choice, "installed", lambda name: name in installed)
        if file is not None:
            text = file if isinstance(file, str) else json.dumps(file)
            (tmp_path / "keras.json").write_text(text)

    return prepare


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [
        (("tensorflow", "jax", "torch"), "tensorflow"),
        (("jax", "torch"), "jax"),
        (("torch",), "torch"),
    ],
)
def test_the_first_that_is_installed_is_chosen(machine, installed, chosen):
    machine(*installed)
    assert backend.choose() == chosen
    assert os.environ["KERAS_BACKEND"] == chosen


def test_keras_json_is_respected(machine):
    machine("tensorflow", "torch", file={"backend": "torch"})
    assert backend.choose() == "torch"


@pytest.mark.parametrize("file", [{"backend": "tensorflow"}, {"floatx": "float32"}, "{", "[]"])
def test_keras_json_gives_way_where_it_names_nothing_that_is_installed(machine, file):
    machine("torch", file=file)
    assert backend.choose() == "torch"


def test_the_environment_comes_first(machine, monkeypatch):
    machine("tensorflow", "jax", file={"backend": "tensorflow"})
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert backend.choose() == "jax"


def test_an_imported_keras_comes_before_everything(machine, monkeypatch):
    keras = pytest.importorskip("keras")
    machine()
    monkeypatch.setitem(sys.modules, "keras", keras)
    assert backend.choose() == keras.config.backend()


def test_without_any_the_extras_are_named(machine):
    machine()
    with pytest.raises(MissingExtra, match=r"convscope\[tensorflow\].*\[jax\].*\[torch\]"):
        backend.choose()


def test_one_that_was_asked_for_but_is_missing_is_named_with_what_is_there(machine, monkeypatch):
    machine("torch")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(MissingExtra, match=r"convscope\[jax\].*KERAS_BACKEND=torch"):
        backend.choose()


def test_a_misspelt_one_is_refused_with_the_nearest(machine, monkeypatch):
    machine("torch")
    monkeypatch.setenv("KERAS_BACKEND", "pytorch")
    with pytest.raises(UnknownName, match="Did you mean 'torch'"):
        backend.choose()


def test_what_is_blocked_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    assert not backend.installed("jax")
    assert not backend.installed("json")  # there, but no backend


def test_own_log_level_is_left_alone(machine):
    machine("torch")
    backend.choose()
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "1"


def test_what_is_hushed_is_not_seen_and_what_follows_is(capfd, monkeypatch):
    monkeypatch.delenv("CONVSCOPE_TRACEBACK", raising=False)
    with choice._hushed():
        os.write(2, b"oneDNN custom operations are on")
    os.write(2, b"ours")
    assert capfd.readouterr().err == "ours"
