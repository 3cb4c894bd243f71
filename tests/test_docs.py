"""What the README and the how-to pages say is run, and what they link to is there."""

import re
import shlex
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import convscope
from convscope import cli, images
from convscope.datasets.sample_photos import PHOTOS
from convscope.networks.loading.load import load
from convscope.networks.loading.zoo import LITE, remedy
from tests.quick import short_ascents

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SITE = "https://convscope.github.io/convscope/"
GITHUB = re.compile(
    r"https://(?:raw\.githubusercontent|github)\.com/convscope/convscope/(?:(?:blob|tree)/)?main/(.+)"
)
# The README and the pages whose commands and programs are run.
PAGES = [ROOT / "README.md", DOCS / "start.md", *sorted((DOCS / "how-to").glob("*.md"))]
BLOCKS = [
    (page.stem, kind, text)
    for page in PAGES
    for kind, text in re.findall(
        r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
]
# A server that runs until Ctrl-C, and workers on Ray: both have tests of their own.
APART = re.compile(r"convscope (tour|explore)\b|--ray ")
COMMANDS = list(
    dict.fromkeys(
        line.partition("  #")[0].strip()
        for _, kind, block in BLOCKS
        for line in block.splitlines()
        if kind in ("", "sh") and line.startswith("convscope ") and not APART.search(line)
    )
)
PROGRAMS = {
    page: [text for where, kind, text in BLOCKS if where == page and kind == "python"]
    for page, kind, _ in BLOCKS
    if kind == "python"
}
PYTORCH = "KERAS_BACKEND"  # in a program that needs another backend than the tests'


# What is added to a command that takes long, so that it has less to do.
LESS = {
    "evaluate": ("--trial", "steps=2", "--trial", "samples=1", "--trial", "stages=1"),
    "story": ("--layer", "block3_conv3"),
    "dictionary": ("--layer", "block3_conv3"),
    "layers": ("--count", "1"),
}


def small_model() -> keras.Model:
    """Return a classifier of two classes with the layers that the pages name."""
    model = keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            keras.layers.Conv2D(4, 3, name="conv1"),
            keras.layers.Conv2D(4, 3, name="conv2"),
            keras.layers.Conv2D(4, 3, name="conv4"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2, activation="softmax", name="dense"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy")
    return model


@pytest.fixture(scope="module")
def belongings(tmp_path_factory):
    """What the pages take for given: checkpoints, a model file with its labels, photos."""
    folder = tmp_path_factory.mktemp("belongings")
    (folder / "checkpoints").mkdir()
    model = load().model
    for epoch in (1, 2):
        model.save_weights(folder / "checkpoints" / f"epoch-{epoch}.weights.h5")
    small_model().save(folder / "mine.keras")
    small_model().save(folder / "squeezenet.keras")
    (folder / "names.txt").write_text("cat\ndog\n", encoding="utf-8")
    chance = np.random.default_rng(0)
    for number in range(24):
        photo = chance.random((16, 16, 3), "float32")
        images.save(photo, folder / "photos" / ("cat", "dog")[number % 2] / f"{number}.png")
    return folder


@pytest.fixture
def at_work(tmp_path, monkeypatch, belongings):
    """A folder with photo.jpg in it, and ascents of two steps."""
    short_ascents(monkeypatch)
    monkeypatch.chdir(tmp_path)
    for photo, name in zip(PHOTOS, ("photo.jpg", "other.jpg"), strict=True):
        shutil.copy(photo, name)
    shutil.copy(PHOTOS[1], "cat.jpg")
    for each in belongings.iterdir():
        (tmp_path / each.name).symlink_to(each)
    return tmp_path


def test_the_four_verbs_are_shown():
    verbs = [command.split()[1] for command in COMMANDS]
    assert verbs[:4] == ["maximize", "layers", "animate", "attribute"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_pages_runs(command, at_work, capsys):
    if LITE in command and remedy(LITE):
        pytest.skip("the extra imagenet is not installed")
    before = len(list(at_work.iterdir()))
    words = shlex.split(command)[1:]
    if words[0] == "check":
        words += ["--labels", "names.txt"]
    assert cli.main([*words, *LESS.get(words[0], ())]) == 0
    made = len(list(at_work.iterdir())) > before
    assert made or capsys.readouterr().out  # some commands only print


def run(page: str, names: dict) -> dict:
    """Run the programs of a page one after another, in one namespace, and return it."""
    for program in PROGRAMS[page]:
        if PYTORCH not in program:
            exec(compile(program, f"{page}.md", "exec"), names)
    return names


@pytest.mark.usefixtures("compiled")
def test_the_programs_about_pictures_run(at_work):
    run("pictures", {})
    made = {path.name for path in at_work.iterdir()}
    assert {"unit.png", "sheet.png", "layers.png", "bee.gif", "why.png"} <= made


@pytest.mark.parametrize("page", ["README", "start"])
def test_the_program_of_a_first_page_runs(page, at_work):
    run(page, {})
    assert (at_work / "bee.png").is_file()


def test_the_training_of_the_page_is_filmed(at_work):
    x = np.random.default_rng(0).random((16, 16, 16, 3), "float32")
    run("training-film", {"cs": convscope, "model": small_model(), "x": x, "y": np.arange(16) % 2})
    with Image.open(at_work / "learning.webp") as film:
        assert film.n_frames > 1


@pytest.mark.usefixtures("at_work")
def test_a_model_of_ones_own_is_loaded():
    names = run("own-model", {"cs": convscope, "model": small_model()})
    assert names["network"].preprocessing.describe().startswith("BGR")


@pytest.mark.usefixtures("at_work")
def test_the_programs_for_notebooks_run():
    names = run("notebooks", {"cs": convscope, "network": load()})
    assert names["picture"]._repr_png_()


def test_every_page_with_a_program_is_run():
    known = {"README", "start", "pictures", "training-film", "own-model", "notebooks"}
    assert set(PROGRAMS) == known


TEXTS = [
    path.relative_to(ROOT)
    for folder in (
        ".",
        "docs",
        "docs/how-to",
        "docs/reference",
        "docs/models",
        "benchmarks",
        "training",
    )
    for path in sorted((ROOT / folder).glob("*.md"))
]


@pytest.mark.parametrize("page", TEXTS, ids=str)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)\)", text):
        assert exists(target, (ROOT / page).parent), target


def exists(target: str, folder: Path) -> bool:
    """Whether what a link leads to is in the repository, or made of what is there."""
    ours = GITHUB.fullmatch(target)
    if ours:
        return (ROOT / ours[1]).exists()
    if target.startswith(SITE):
        return is_page(DOCS / target.removeprefix(SITE))
    return "://" in target or (folder / target).exists() or is_page(folder / target)


def is_page(path: Path) -> bool:
    """Whether the site has a page; those of lessons are made of the programs."""
    path = Path(*path.parts)
    if path.resolve().parent == DOCS / "learn":
        return path.stem == "index" or (DOCS / "lessons" / f"{path.stem}.py").is_file()
    return any(path.with_suffix(suffix).is_file() for suffix in (".md", ".rst"))


def test_the_readme_reads_right_on_a_package_index():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    assert len(targets) > 20
    assert [each for each in targets if not each.startswith("https://")] == []
