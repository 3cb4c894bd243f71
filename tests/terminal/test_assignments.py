"""Settings as NAME=VALUE: what is written is read again as it was."""

import pytest

from convscope.terminal.assignments import assigned, assignments


@pytest.mark.parametrize(
    "values",
    [
        {"steps": 3, "noise": 0.25, "layer": "block5_conv3", "patience": None},
        {"clip": True, "rules": ["epsilon", "zplus"], "text": "3", "word": "none"},
    ],
)
def test_assignments_are_read_as_they_are_written(values):
    words = assignments("--set", values)
    assert words[::2] == ["--set"] * len(values)
    assert assigned(words[1::2], "--set") == values
