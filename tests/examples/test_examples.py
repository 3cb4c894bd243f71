"""Every example runs and makes the pictures that are committed beside it."""

import importlib.util
from pathlib import Path

import pytest

from tests.quick import short_ascents

EXAMPLES = Path(__file__).parents[2] / "examples"
MADE = {
    "activation_max": {"classes.png", "edges-to-objects.png"},
    "layer_vis": {
        "layers-of-coffee.png",
        "block4-of-coffee.png",
        "story-of-coffee.png",
        "place-in-coffee.png",
        "factors-of-coffee.png",
        "chelsea-and-coffee.png",
        "weights-of-espresso.png",
    },
    "plain_and_robust": {"classes-plain-and-robust.png"},
    "attribution": {"why-espresso.png", "which-map-to-believe.png"},
    "animate_activations": {
        "sports-car.webp",
        "sports-car.webp.json",
        "bee-from-coffee.webp",
        "bee-from-coffee.webp.json",
        "bee-from-coffee.png",
    },
}


def test_every_example_is_tested():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(MADE)


@pytest.mark.parametrize("name", MADE)
def test_an_example_makes_its_pictures_where_it_is_told_and_says_so(
    name, monkeypatch, tmp_path, capsys
):
    short_ascents(monkeypatch)
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    example.main(tmp_path, steps=2)
    assert {path.name for path in tmp_path.iterdir()} == MADE[name]
    output = {Path(line).name for line in capsys.readouterr().out.splitlines()}
    assert output == {each for each in MADE[name] if not each.endswith(".json")}


def test_the_pictures_are_committed_and_small():
    kept = {path.name for path in (EXAMPLES / "pictures").iterdir()}
    assert set().union(*MADE.values()) <= kept
    assert sum(path.stat().st_size for path in (EXAMPLES / "pictures").iterdir()) < 8_000_000
