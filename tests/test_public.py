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


def test_an_unknown_name_is_refused_as_python_does():
    with pytest.raises(AttributeError, match="No convscope attribute maximise"):
        _ = cs.maximise


@pytest.mark.parametrize("code", ["import convscope", "import convscope.cli"])
def test_importing_loads_no_framework(code):
    found = python(f"{code}, sys; print([name for name in {HEAVY} if name in sys.modules])")
    assert found == "[]"


def test_the_package_says_that_it_is_typed():
    assert files("convscope").joinpath("py.typed").is_file()
