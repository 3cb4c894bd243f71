"""Pictures beside what they are about: in a stated precision, and so again."""

import shlex
from pathlib import Path

import numpy as np
import pytest

from convscope import images
from tests.quick import short_ascents

QUICK = ("--layer", "block1_conv2")


@pytest.fixture
def other(tmp_path, monkeypatch):
    """A second photo."""
    monkeypatch.chdir(tmp_path)
    noise = np.random.default_rng(1).random((64, 64, 3), "float32")
    return images.save(noise, Path("other.png"))


@pytest.fixture
def quick(monkeypatch):
    """Ascents of two steps."""
    short_ascents(monkeypatch)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(
    "words",
    [
        ("layers", "noise.png", "--with-pictures", "--count", "1", *QUICK),
        ("story", "noise.png", "--steps", "2", "--count", "1", *QUICK),
        ("dictionary", "noise.png", "--at", "20,30", "--count", "1", *QUICK),
        ("factors", "noise.png", "--count", "2", *QUICK),
        ("grid", "noise.png", "--count", "2", "--size", "16", *QUICK),
        ("compare", "noise.png", "other.png", "--with-pictures", "--count", "1", *QUICK),
        (
            "compare",
            "noise.png",
            "--second",
            "vgg16-tiny-plain",
            "--with-pictures",
            "--count",
            "1",
            *QUICK,
        ),
        ("weights", "block2_conv1:5", "--count", "1"),
    ],
    ids=lambda words: "-".join(words[:3]),
)
def test_pictures_beside_a_result_are_made_in_a_stated_precision_and_again(
    run, photo, other, quick, words, precision
):
    assert run(*words, "--precision", precision, "--out", "a.png").status == 0
    output = run("show", "a.png").out
    command = output.splitlines()[-1]
    assert command.count(f" --precision {precision}") == 1
    assert precision in output.split("\n\n")[0]
    assert run(*shlex.split(command)[1:], "--out", "b.png").status == 0
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()
    run(*words, "--out", "c.png")  # what the machine chose is told, too
    assert " --precision " in run("show", "c.png").out.splitlines()[-1]


@pytest.mark.parametrize("words", [(), ("--kernels",)])
def test_a_precision_of_no_picture_is_refused(refused, photo, words):
    message = refused("layers", photo, *words, "--precision", "float32")
    assert message.startswith("Expected --precision for pictures that are made. Try: --with-pic")
