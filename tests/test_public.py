"""The public names: each is there, is explained, and costs nothing until it is used."""

import inspect
import subprocess
import sys
from importlib.resources import files

import pytest

import convscope as cs

HEAVY = ("keras", "tensorflow", "jax", "torch", "matplotlib")


def python(code: str) -> str:
    """What a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.strip()


@pytest.mark.parametrize("name", cs.__all__)
def test_a_public_name_is_there_and_explained(name):
    assert inspect.getdoc(getattr(cs, name))
    assert name in dir(cs)


@pytest.mark.parametrize("name", cs.__all__)
def test_a_public_name_is_known_to_type_checkers(name):
    source = inspect.getsource(cs)
    assert f"    from {cs._HOMES.get(name, 'convscope')}" in source or name == "errors"


def test_an_unknown_name_is_refused_as_python_does():
    with pytest.raises(AttributeError, match="has no attribute 'maximise'"):
        _ = cs.maximise


@pytest.mark.parametrize("code", ["import convscope", "import convscope.cli"])
def test_importing_loads_no_framework(code):
    found = python(f"{code}, sys; print([name for name in {HEAVY} if name in sys.modules])")
    assert found == "[]"


@pytest.mark.parametrize("verb", ["maximize", "activations"])
def test_a_verb_stays_a_verb_when_the_package_of_its_name_is_imported(verb):
    imported = f"import convscope.{verb}; from convscope.{verb} import {verb} as verb"
    assert python(f"{imported}; print(convscope.{verb} is verb)") == "True"


def test_the_package_says_that_it_is_typed():
    assert files("convscope").joinpath("py.typed").is_file()
