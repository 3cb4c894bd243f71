"""The programs among the answers to readers' questions run, one after another, as they stand."""

import re
import shutil
from pathlib import Path

import pytest

from convscope.datasets.sample_photos import PHOTOS

TEXT = (Path(__file__).parents[1] / "docs" / "questions.md").read_text(encoding="utf-8")
ANSWERS = dict(
    re.findall(
        r"^## ([^\n]+)\n(?:(?!^## ).)*?^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE
    )
)


@pytest.fixture(scope="module")
def known():
    """What the programs before have defined."""
    return {}


def test_most_questions_have_a_program():
    assert len(ANSWERS) >= 10


@pytest.mark.parametrize("question", ANSWERS)
def test_the_answer_runs(question, known, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(PHOTOS[0], "photo.jpg")
    exec(compile(ANSWERS[question], question, "exec"), known)
