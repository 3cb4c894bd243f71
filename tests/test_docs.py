"""What the README says is run, and what it links to is there."""

import re
import shlex
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import convscope
from convscope import cli
from convscope.datasets.sample_photos import PHOTOS
from convscope.networks.loading.load import load
from convscope.networks.loading.zoo import LITE, remedy
from tests.quick import short_ascents

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [
    line.partition("#")[0].strip()
    for _, block in BLOCKS
    for line in block.splitlines()
    if line.startswith("convscope ") and "mine.keras" not in line
]


# What is added to a command that takes long, so that it has less to do.
LESS = {
    "evaluate": ("--trial", "steps=2", "--trial", "samples=1", "--trial", "stages=1"),
    "story": ("--layer", "block3_conv3"),
    "dictionary": ("--layer", "block3_conv3"),
    "layers": ("--count", "1"),
}


@pytest.fixture
def at_work(tmp_path, monkeypatch):
    """A folder with photo.jpg in it, and ascents of two steps."""
    short_ascents(monkeypatch)
    monkeypatch.chdir(tmp_path)
    for photo, name in zip(PHOTOS, ("photo.jpg", "other.jpg"), strict=True):
        shutil.copy(photo, name)
    return tmp_path


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    """Two checkpoints of a training, in a folder."""
    folder = tmp_path_factory.mktemp("training") / "checkpoints"
    folder.mkdir()
    model = load().model
    for epoch in (1, 2):
        model.save_weights(folder / f"epoch-{epoch}.weights.h5")
    return folder


def test_the_four_verbs_are_shown():
    verbs = [command.split()[1] for command in COMMANDS]
    assert verbs[:4] == ["maximize", "layers", "animate", "attribute"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command, at_work, checkpoints):
    if LITE in command and remedy(LITE):
        pytest.skip("the extra imagenet is not installed")
    (at_work / "checkpoints").symlink_to(checkpoints)
    words = shlex.split(command)[1:]
    assert cli.main([*words, *LESS.get(words[0], ())]) == 0
    assert len(list(at_work.iterdir())) > len(("photo.jpg", "other.jpg", "checkpoints"))


@pytest.mark.usefixtures("compiled")
def test_the_python_of_the_readme_runs(at_work):
    block = next(text for kind, text in BLOCKS if kind == "python" and "import convscope" in text)
    names: dict = {}
    exec(compile(block, "README.md", "exec"), names)
    made = {path.name for path in at_work.iterdir()}
    assert {"unit.png", "sheet.png", "layers.png", "bee.gif", "why.png"} <= made
    objectives = next(text for kind, text in BLOCKS if kind == "python" and "objectives" in text)
    exec(compile(objectives, "README.md", "exec"), names)


def test_the_training_of_the_readme_is_filmed(at_work):
    block = next(text for kind, text in BLOCKS if kind == "python" and "FeatureFilm" in text)
    model = keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            keras.layers.Conv2D(4, 3, name="conv1"),
            keras.layers.Conv2D(4, 3, name="conv2"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x = np.random.default_rng(0).random((16, 16, 16, 3), "float32")
    names = {"cs": convscope, "model": model, "x": x, "y": np.arange(16) % 2}
    exec(compile(block, "README.md", "exec"), names)
    with Image.open(at_work / "learning.webp") as film:
        assert film.n_frames > 1


PAGES = [
    path.relative_to(ROOT)
    for folder in (".", "docs", "benchmarks", "training")
    for path in sorted((ROOT / folder).glob("*.md"))
]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target
