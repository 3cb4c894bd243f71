"""The whole evaluation: what it says, shows and saves."""

import csv
import json

import numpy as np
import pytest

from convscope.attribution.attributions import attributions
from convscope.attribution.evaluation.evaluate import evaluate
from convscope.attribution.evaluation.measures import MEASURES
from convscope.errors import InputError, UnknownName
from convscope.images import read_info
from tests.drawing.extents import all_words, assert_all_text_inside

CONTROLS = ["random", "center", "edges"]


@pytest.fixture(scope="module")
def found(few):
    return evaluate(few, steps=4, samples=2, stages=2)


def test_every_map_and_every_control_has_every_measure(found, few):
    assert [row.name for row in found.rows] == [*few.names, *CONTROLS]
    assert found.measures == list(MEASURES)
    for row in found.table():
        assert all(row[measure] is not None for measure in MEASURES)
    assert found["gradient"].passes >= 1
    with pytest.raises(UnknownName, match="No map is called 'gradientt'.*'gradient'"):
        found["gradientt"]


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_a_source_and_says_how_to_read_it(found, name):
    how = MEASURES[name]
    assert how.source[-4:].isdecimal()
    assert how.source in found.reading()[name]
    assert "{" not in found.reading()[name]
    assert how.better or how.poor is not None


def test_the_best_is_the_best_and_no_control(found):
    values = {row.name: row.scores["insertion"].value for row in found.rows[:2]}
    assert found.best("insertion") == [max(values, key=values.get)]
    values = {row.name: row.scores["sensitivity"].value for row in found.rows[:2]}
    assert found.best("sensitivity") == [min(values, key=values.get)]
    assert found.best("randomization") == []


def test_a_map_fails_that_does_not_beat_every_control(found):
    controls = [row.scores["deletion"].value for row in found.rows if row.is_control]
    assert len(controls) == 3
    for row in found.rows[:2]:
        assert found.poor(row, "deletion") == (row.scores["deletion"].value >= min(controls))
        assert found.poor(row, "randomization") == (row.scores["randomization"].value >= 0.7)
    assert not found.poor(found["edges"], "randomization")


def test_the_table_as_text(found):
    lines = found.markdown().splitlines()
    assert lines[0] == f"| map | {' | '.join(MEASURES)} | runs |"
    assert len([line for line in lines if line.startswith("|")]) == 2 + 2 + 3
    assert any(line.startswith("| random (control) |") for line in lines)
    best = found.best("insertion")[0]
    assert f"**{found[best].scores['insertion'].value:.3f}**" in found.markdown()
    assert "the probability of predictions:bee" in found.markdown()


def test_what_is_confidence_is_said_of_other_targets_too(convolutional, photo):
    other = attributions(convolutional, photo, "conv:1", methods="gradient")
    text = evaluate(other, measures=["deletion"], steps=2).confidence()
    assert "the response of conv:1, as a share: 1 for the photo, 0 for plain gray" in text


def test_several_targets_have_controls_of_their_own(convolutional, photo):
    both = attributions(convolutional, photo, ["predictions:ant", "predictions:bee"])
    found = evaluate(both, measures=["deletion"], steps=2)
    names = [row.name for row in found.rows]
    assert names[:2] == ["predictions:ant", "predictions:bee"]
    assert names[2:5] == [f"predictions:ant · {name}" for name in CONTROLS]
    assert len(names) == 8


def test_progress_rises_to_one(few):
    shares = []
    evaluate(few, steps=3, samples=1, stages=1, progress=lambda share, what: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(set(shares)) > 5


def test_the_figure_shows_all_of_it_and_nothing_is_cut(found):
    figure = found.figure()
    assert_all_text_inside(figure)
    words = all_words(figure)
    for name in (*MEASURES, "gradient", "random", "best", "low is good", "Controls"):
        assert name in words
    assert found._repr_png_().startswith(b"\x89PNG")


def test_it_is_saved_as_figure_table_numbers_and_arrays(found, tmp_path):
    info = read_info(found.save(tmp_path / "a.png"))
    assert (info["convscope"], info["target"]) == ("evaluation", "predictions:1")
    with found.save(tmp_path / "a.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [row.name for row in found.rows]
    assert float(rows[0]["deletion"]) == found.rows[0].scores["deletion"].value
    saved = json.loads(found.save(tmp_path / "a.json").read_text())
    assert (saved["trial"]["steps"], saved["trial"]["measures"]) == (4, list(MEASURES))
    assert "squares of 1 pixels" in saved["reading"]["deletion"]
    curve = saved["rows"]["gradient"]["deletion"]["curve"]
    with np.load(found.save(tmp_path / "a.npz")) as arrays:
        assert arrays["maps"].shape == (5, 12, 12)
        assert arrays["names"].tolist() == [row.name for row in found.rows]
        np.testing.assert_allclose(arrays["curve/deletion"][0], curve)
    with pytest.raises(UnknownName, match=r"file format of this result.*'\.bmp'"):
        found.save(tmp_path / "a.bmp")


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"measures": ["delection"]}, UnknownName, "measure.*Did you mean 'deletion'"),
        ({"measures": []}, InputError, "at least one measure"),
        ({"step": 3}, UnknownName, "setting of an evaluation.*Did you mean 'steps'"),
        ({"steps": 0}, InputError, "steps to be a whole number from 1"),
        ({"radius": 2}, InputError, "radius to be a number from 0 to 1"),
        ({"seed": -1}, InputError, "seed to be a whole number from 0"),
    ],
)
def test_what_is_impossible_is_refused(few, settings, error, message):
    with pytest.raises(error, match=message):
        evaluate(few, **settings)
