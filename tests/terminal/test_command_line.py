"""The options that commands share, and their way back from provenance to a command."""

from pathlib import Path

import pytest

from convscope.cli.record_to_command import command_again
from convscope.terminal.options import NetworkOptions, spelled
from convscope.terminal.record import Record

INFO = {"convscope": "maximize", "objective": "conv:3", "digest": "12ab", "network": "mine"}


def told(**more):
    """The command that a record gives, and its notes."""
    return command_again(Record({**INFO, **more}, "unit.png"))


def test_only_what_was_stated_is_spelled():
    assert NetworkOptions().spelled() == []
    source = NetworkOptions(
        "/home/me/mine.keras",
        preprocessing="zero-to-one",
        labels=Path("/home/me/names.txt"),
        head="species",
        input_size="32",
    )
    assert source.spelled() == [
        *("--model", "/home/me/mine.keras", "--preprocessing", "zero-to-one"),
        *("--labels", "/home/me/names.txt", "--head", "species", "--input-size", "32"),
    ]
    assert spelled(plain=False, with_pictures=True, count=3) == ["--with-pictures", "--count", "3"]


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("vgg16-tiny", ""),
        ("vgg16", " --model vgg16"),
        ("vgg16 (random weights)", " --model vgg16 --weights random"),
        ("vgg16-tiny (random weights)", " --weights random"),
        ("mine", " --model MODEL"),
    ],
)
def test_a_network_of_python_is_named_as_well_as_can_be(network, words):
    command, notes = told(network=network)
    assert command == f"convscope maximize conv:3{words}"
    assert bool(notes) == ("MODEL" in words)


@pytest.mark.parametrize("text", ["own(twice) - l2", "direction(conv, vector 1234abcd)"])
def test_what_was_made_in_python_is_said_to_be(text):
    command, (note,) = told(network="vgg16-tiny", objective=text)
    assert command == "convscope maximize OBJECTIVE"
    assert note == f"OBJECTIVE was made in Python, which no command says again: '{text}'."


def test_a_command_is_quoted_for_a_shell():
    command, _ = told(objective="predictions:sports car", options="--model 'my model.keras'")
    assert command.endswith("'predictions:sports car' --model 'my model.keras'")


def test_settings_without_an_option_come_from_the_file():
    from convscope.maximization.recipe import Recipe

    command, _ = told(network="vgg16-tiny", recipe=Recipe(rate=0.1, seed=4).as_json())
    assert command == "convscope maximize conv:3 --seed 4 --rate 0.1"
    command, _ = told(network="vgg16-tiny", recipe=Recipe(decay=1.5, seed=4).as_json())
    assert command == "convscope maximize conv:3 --seed 4 --recipe unit.png"
