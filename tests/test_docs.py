"""What the README says is run, and what it links to is there."""

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from convscope import cli
from convscope.maximize import Recipe
from convscope.tour import PHOTOS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [
    line.partition("#")[0].strip()
    for _, block in BLOCKS
    for line in block.splitlines()
    if line.startswith("convscope ") and "mine.keras" not in line
]


@pytest.fixture
def at_work(tmp_path, monkeypatch):
    """A folder with photo.jpg in it, and climbs of two steps."""
    original = Recipe.__init__

    def quick(self, *args, **settings):
        original(self, *args, **{**settings, "steps": 2})

    monkeypatch.setattr(Recipe, "__init__", quick)
    monkeypatch.chdir(tmp_path)
    shutil.copy(PHOTOS[0], "photo.jpg")
    return tmp_path


def test_the_four_verbs_are_shown():
    verbs = [command.split()[1] for command in COMMANDS]
    assert verbs[:4] == ["maximize", "layers", "animate", "attribute"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command, at_work):
    assert cli.main(shlex.split(command)[1:]) == 0
    assert len(list(at_work.iterdir())) > 1


def test_the_python_of_the_readme_runs(at_work):
    block = next(text for kind, text in BLOCKS if kind == "python" and "import convscope" in text)
    names: dict = {}
    exec(compile(block, "README.md", "exec"), names)
    made = {path.name for path in at_work.iterdir()}
    assert {"unit.png", "sheet.png", "layers.png", "bee.gif", "why.png"} <= made
    objectives = next(text for kind, text in BLOCKS if kind == "python" and "objectives" in text)
    channels = names["network"].layers["block5_conv3"].channels
    exec(compile(objectives, "README.md", "exec"), {**names, "vector": np.ones(channels)})


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target
