"""What a shell completes: layers and units, however the shell cuts a command line into words."""

import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from convscope.terminal import completion
from convscope.terminal.completion import complete_layers, complete_units, completed, join_words

SCRIPT = """
eval "$SOURCE"
COMP_WORDS=("${@:2}"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
_convscope_completion "$1"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def context():
    return line(None)


def line(model, option="model"):
    """A command line with this model, of a command with this option."""
    command = SimpleNamespace(params=[SimpleNamespace(name=option)])
    return SimpleNamespace(params={"model": model}, command=command)


def test_layers_and_classes_are_completed(context):
    assert complete_layers(context, "block5") == [f"block5_conv{n}" for n in (1, 2, 3)] + [
        "block5_pool"
    ]
    assert "predictions:bee" in complete_units(context, "predictions:be")
    assert complete_units(context, "predictions:sports") == ["predictions:sports car"]
    assert "predictions:bee" not in complete_units(context, "")  # all classes are too many
    assert "block1_conv1" in complete_units(context, "")


def test_nothing_is_completed_for_a_network_that_is_not_known(monkeypatch, tmp_path):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path))
    for context in (line("mine.keras"), line(None, "folder")):
        assert complete_units(context, "") == complete_layers(context, "") == []


@pytest.mark.parametrize(
    ("metavar", "by"),
    [("UNIT...", complete_units), ("[LAYER]", complete_layers), ("PHOTO|FOLDER", None)],
)
def test_what_an_option_is_called_says_how_it_is_completed(metavar, by):
    assert completed(metavar, {"show_default": False}).get("autocompletion") == by
    assert completed(metavar, {"autocompletion": len})["autocompletion"] is len


@pytest.mark.parametrize(
    ("words", "joined", "begun"),
    [
        (["convscope", "maximize", "pre"], ["convscope", "maximize", "pre"], ""),
        (["convscope", "maximize", "a", ":", "be"], ["convscope", "maximize", "be"], "a:"),
        (["convscope", "maximize", "a", ":"], ["convscope", "maximize", ""], "a:"),
        (["convscope", "units", "--model", "=", "vg"], ["convscope", "units", "--model", "vg"], ""),
        (["convscope", "maximize", "a", ":", "b\\ c"], ["convscope", "maximize", "'b\\ c'"], "a:"),
    ],
)
def test_words_that_bash_has_cut_are_joined(words, joined, begun, monkeypatch):
    for name, value in (
        (completion.COMPLETING, completion.BASH),
        ("COMP_WORDS", "\n".join(words)),
        ("COMP_CWORD", str(len(words) - 1)),
        (completion.BEGUN, ""),
    ):
        monkeypatch.setenv(name, value)
    join_words()
    assert os.environ["COMP_WORDS"].split("\n") == joined
    assert os.environ["COMP_CWORD"] == str(len(joined) - 1)
    assert os.environ[completion.BEGUN] == begun


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_itself_completes_a_class_whose_name_has_a_space(tmp_path):
    program = tmp_path / "convscope"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m convscope "$@"\n')
    program.chmod(0o755)
    source = subprocess.run(
        [program],
        env={**os.environ, "_CONVSCOPE_COMPLETE": "source_bash"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = ["convscope", "maximize", "predictions", ":", "sports"]
    done = subprocess.run(
        ["bash", "--norc", "-c", SCRIPT, "bash", str(program), *words],
        env={**os.environ, "SOURCE": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "sports\\ car\n"
