"""Help: the names of tables are in it, and it loads no framework."""

import os
import subprocess
import sys

import pytest

from convscope.attribution.evaluation.measures import MEASURES
from convscope.attribution.methods.table import METHODS

HEAVY = ("keras", "tensorflow", "jax", "torch", "matplotlib")


def help_of(command, before="", after=""):
    """What a fresh Python prints."""
    code = (
        f"import sys; {before or None}; from convscope.cli import main; main(sys.argv[1:]); {after}"
    )
    words = [sys.executable, "-c", code, command, "--help"]
    wide = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(words, capture_output=True, text=True, env=wide, check=True)
    return " ".join(done.stdout.replace("\u2502", " ").split()), done.stderr


@pytest.mark.parametrize(
    ("command", "names"), [("attribute", METHODS), ("evaluate", (*METHODS, *MEASURES))]
)
def test_help_names_every_method_and_every_measure_and_loads_no_framework(command, names):
    loaded = f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    text, heavy = help_of(command, after=loaded)
    assert heavy == "[]\n"
    for name in names:
        assert name in text
    assert "{" not in text


def test_without_a_backend_there_is_help_without_the_names():
    blocked = "sys.modules.update(dict.fromkeys(['tensorflow', 'jax', 'torch']))"
    text, errors = help_of("evaluate", before=blocked)
    assert "--method" in text
    assert "{" not in text + errors


@pytest.mark.parametrize("code", ["main(['--help'])", "main(['maximize', '--help'])"])
def test_help_for_others_does_not_read_the_tables(code):
    expected = (
        "[name for name in sys.modules if name.endswith(('methods.table', 'evaluation.measures'))]"
    )
    words = (
        f"import sys; from convscope.cli import main; {code}; print({expected}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
