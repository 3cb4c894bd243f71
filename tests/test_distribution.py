"""What the wheel and the source archive hold, and what is said of the release."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from convscope.version import VERSION

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LARGEST = 20_000_000  # bytes
INFO = f"convscope-{VERSION}.dist-info"


def built(source, kind, folder):
    """Build an archive from a folder of sources, without any network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (found,) = (path for path in folder.iterdir() if path.suffix in (".whl", ".gz"))
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return built(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


def contents(archive):
    with zipfile.ZipFile(archive) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = set(contents(wheel))
    kept = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src/convscope").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    about = ("METADATA", "RECORD", "WHEEL", "entry_points.txt")
    licenses = ("licenses/LICENSE", "licenses/NOTICE")
    assert names == kept | {f"{INFO}/{name}" for name in (*about, *licenses)}
    assert "convscope/py.typed" in names


def test_the_archives_are_small(wheel, sdist):
    assert wheel.stat().st_size < LARGEST
    assert sdist.stat().st_size < LARGEST


def test_the_source_archive_holds_what_builds_the_wheel_and_builds_the_same(wheel, sdist, tmp_path):
    with tarfile.open(sdist) as file:
        file.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    assert {path.name for path in folder.iterdir()} == {
        *("src", "README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "NOTICE"),
        *("pyproject.toml", "PKG-INFO", ".gitignore"),
    }
    again = built(folder, "wheel", tmp_path / "again")
    assert contents(again) == contents(wheel)


def test_the_metadata_says_what_an_index_shows(wheel):
    found = contents(wheel)
    about = Parser().parsestr(found[f"{INFO}/METADATA"].decode())
    assert (about["Name"], about["Version"]) == ("convscope", VERSION)
    assert about["License-Expression"] == "Apache-2.0"
    labels = {line.partition(",")[0] for line in about.get_all("Project-URL")}
    assert {"Source", "Documentation", "Changelog", "Issues"} <= labels
    assert "convscope = convscope.cli:main" in found[f"{INFO}/entry_points.txt"].decode()


def test_every_python_that_is_named_is_allowed():
    named = [
        int(line.rpartition(".")[2])
        for line in PROJECT["classifiers"]
        if re.search(r"Python :: 3\.\d+$", line)
    ]
    assert PROJECT["requires-python"] == f">=3.{min(named)}"
    assert named == list(range(min(named), max(named) + 1))


def test_the_citation_names_this_version():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", text, flags=re.M) == [VERSION]
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
