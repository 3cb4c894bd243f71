"""Errors in the shell's words."""

from convscope.terminal.usage import in_shell


def test_values_and_other_words_are_left_alone():
    options = {"steps": "--steps", "weights": "--weights"}
    assert in_shell("Received: steps=0. Try custom_objects={}.", options) == (
        "Received: steps=0. Try custom_objects={}."
    )
    assert in_shell("Give --weights FILE or weights=; a", options) == "Give --weights FILE; a"
