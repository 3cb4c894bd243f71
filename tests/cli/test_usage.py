"""Help that people read, completion that loads no framework, and errors in the shell's words."""

import itertools
import os
import subprocess
import sys

import pytest

from convscope.canvas import CANVASES
from convscope.cli import commands
from convscope.datasets.photos import LEAST
from convscope.networks.loading.zoo import ZOO

COMMANDS = commands.NAMES


@pytest.mark.parametrize("command", ["", *commands.GROUPS, *COMMANDS])
def test_help_shows_no_types_and_breaks_no_paragraph(run, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    output = run(*command.split(), "--help").out
    for word in ("<", "{", "...]..."):
        assert word not in output
    prose = output.split("\u256d")[0].splitlines()
    for line, following in itertools.pairwise(prose):
        words = following.split()
        if line.strip() and words and not line.strip().startswith("Usage"):
            # The next line's first word would not have fitted on this one.
            assert len(line.rstrip()) + 1 + len(words[0]) > 78


def test_help_says_how_many_photos_are_enough(run):
    for command in ("card", "story", "dictionary"):
        output = " ".join(run(command, "--help").out.replace("\u2502", " ").split())
        assert f"at least {LEAST}" in output


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_the_version_has_a_short_option(run, option):
    assert run(option).out.startswith("convscope ")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("maximize --canvas ", set(CANVASES)),
        ("maximize --model vgg16-t", {"vgg16-tiny", "vgg16-tiny-plain"}),
        ("units --model ", set(ZOO)),
        ("attribute a.png --method grad-", {"grad-cam", "grad-cam++"}),
        ("", {name.split()[0] for name in COMMANDS}),
    ],
)
def test_a_shell_completes_names_without_a_framework(words, expected):
    code = (
        "import sys; from convscope.cli import main; status = main([]); "
        "print([n for n in ('keras', 'tensorflow', 'jax', 'torch') if n in sys.modules], "
        "file=sys.stderr)"
    )
    line = f"convscope {words}"
    settings = {
        "_CONVSCOPE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **settings},
        check=False,
    )
    assert expected <= set(done.stdout.split())
    assert done.stderr.strip() in ("[]", "")


def test_a_setting_of_pythons_is_the_shells_option_in_the_shell(run, model):
    def rescaled(built):
        from keras import layers

        built.layers[1].scale = 1.0
        assert isinstance(built.layers[1], layers.Rescaling)

    message = run("maximize", "conv:1", "--model", model(change=rescaled)).err
    assert "State --preprocessing as one of" in message
    assert "preprocessing=" not in message
