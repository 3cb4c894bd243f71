"""Which maps to believe, over several photos: boxes, tables, and that what is done is kept."""

import json

import numpy as np
import pytest

from benchmarks.judged import __main__ as judged
from benchmarks.judged import report
from benchmarks.judged.boxes import Box, boxes, inside, points
from convscope import images as files
from tests.networks import transformers
from tests.networks.nets import functional, network, pictures

BOX = Box(top=0.5, left=0.0, bottom=1.0, right=0.5)  # the lower left quarter


# -------------------------------------------------------------------------------------- boxes


def spot(row, column, side=8):
    heat = np.full((side, side), -0.1)
    heat[row, column] = 3.0
    return heat


def test_the_highest_square_is_in_the_box_or_not():
    assert points(spot(6, 1), BOX, side=2)
    assert not points(spot(1, 1), BOX, side=2)
    assert not points(spot(6, 6), BOX, side=2)
    assert points(spot(7, 1), BOX, side=7)  # cut to one row, whose middle is in it
    assert not points(spot(4, 1), BOX, side=5)  # its square's middle is above the box


def test_of_what_is_above_zero_the_share_in_the_box_counts():
    heat = spot(6, 1) + spot(0, 7) + 0.2  # what is below zero elsewhere is not counted
    assert inside(heat, BOX) == pytest.approx(0.5)
    assert inside(np.ones((8, 8)), BOX) == pytest.approx(BOX.share)
    assert inside(-np.ones((8, 8)), BOX) is None


def test_every_box_lies_in_its_photo():
    for box in boxes().values():
        assert 0 <= box.top < box.bottom <= 1
        assert 0 <= box.left < box.right <= 1


# -------------------------------------------------------------------------------------- tables


def row(deletion, insertion, control=False, **more):
    why = {} if deletion is not None else {"deletion": "it took 1,003 pictures."}
    values = {"deletion": deletion, "insertion": insertion, **more}
    return {**values, "control": control, "passes": 7, "why": why}


@pytest.fixture
def records():
    def photo(gradient, occlusion):
        rows = {
            "gradient": row(*gradient),
            "occlusion": row(*occlusion),
            "random": row(0.3, 0.3, control=True),
            "center": row(0.2, 0.5, control=True),
        }
        return {"label": "bee", "probability": 0.5, "reading": {"deletion": "d"}, "rows": rows}

    return {
        "one": photo((0.25, 0.4), (0.1, 0.9)),
        "two": photo((0.1, 0.2), (0.2, 0.7)),
    }


def test_means_are_over_the_photos_and_missing_where_one_is(records):
    assert report.mean(records, "gradient", "deletion") == pytest.approx(0.175)
    records["two"]["rows"]["gradient"] = row(None, 0.2)
    assert report.mean(records, "gradient", "deletion") is None


def test_controls_are_beaten_by_less_of_deletion_and_more_of_insertion(records):
    assert report.beaten(records, "gradient", "deletion", ["random"]) == 2
    assert report.beaten(records, "gradient", "deletion", ["random", "center"]) == 1
    assert report.beaten(records, "gradient", "insertion", ["random"]) == 1
    assert report.beaten(records, "occlusion", "insertion", ["random", "center"]) == 2


def test_the_best_method_is_bold_and_no_control_is(records):
    lines = {line.split(" | ")[0][2:]: line for line in report.overall(records)[2:]}
    assert "| **0.150** | **0.800** | 1, 1 | 2, 2 | 7 |" not in lines["occlusion"]  # equal is not
    assert "| **0.150** | **0.800** | 2, 1 | 2, 2 | 7 |" in lines["occlusion"]
    assert "| 0.175 | 0.300 | 2, 1 | 1, 0 | 7 |" in lines["gradient"]
    assert "| 0.200 | 0.500 |  |  | 7 |" in lines["center (control)"]


def test_the_report_has_every_photo_and_says_why_numbers_are_missing(records):
    records["two"]["rows"]["gradient"] = row(None, 0.2)
    text = report.markdown(records, "a network", {"stages": 3})
    assert "one: bee, 50%; two: bee, 50%" in text
    assert "- No deletion: it took so many pictures (gradient)." in text
    assert "### Deletion\n\n| Map | one | two |" in text
    assert "| gradient | 0.250 | - |" in text


def test_of_many_photos_there_are_means_alone(records):
    one = records["one"]
    text = report.markdown({f"{n}": one for n in range(report.MOST + 1)}, "a network", {})
    assert "50% on average" in text
    assert "## Every photo" not in text
    assert "| occlusion | **0.100** |" in text


def test_what_was_seen_is_shown_of_the_photos_and_methods_at_hand(records, tmp_path):
    path = tmp_path / "looked.json"
    photos = {"one": {"found": {"gradient": "in part"}, "words": "A bee."}, "nine": {}}
    methods = {"gradient": "Dots.", "tarot": "Cards."}
    path.write_text(json.dumps({"how": "By eye.", "photos": photos, "methods": methods}))
    text = "\n".join(report.looked(records, path))
    assert "| gradient | in part | Dots. |" in text
    assert "- one: A bee." in text
    assert "Cards" not in text
    assert report.looked(records, tmp_path / "none.json") == []


def test_what_was_seen_is_of_methods_and_photos_that_there_are():
    seen = json.loads(report.LOOKED.read_text())
    assert set(seen["photos"]) == set(boxes())
    for photo in seen["photos"].values():
        assert set(photo["found"]) == set(seen["methods"]) == set(judged.ANYWHERE)
        assert set(photo["found"].values()) <= {"yes", "in part", "no"}


# -------------------------------------------------------------------------------------- the command


def test_of_another_network_all_methods_that_work_are_judged(tmp_path, monkeypatch, capsys):
    path = tmp_path / "photo.png"
    files.save(transformers.photo(), path)
    some = ("gradient", "attention-rollout", "lrp-epsilon")
    monkeypatch.setattr(judged, "METHODS", {name: judged.METHODS[name] for name in some})
    assert judged.working(transformers.transformer(), path) == ["gradient", "attention-rollout"]
    assert "lrp-epsilon is left out: " in capsys.readouterr().out
    with pytest.raises(SystemExit):
        judged.arguments(["--model", "a.keras", "--network", "vgg16-tiny"])


def test_a_photo_that_is_done_is_not_done_again(tmp_path, monkeypatch, capsys):
    for name, picture in zip(("bee", "zoo"), pictures(2), strict=True):
        files.save(picture, tmp_path / f"{name}.png")
    monkeypatch.setattr(judged, "opened", lambda read: network(functional()))
    monkeypatch.setattr(judged, "LAYERS", {"vgg16-tiny": "first"})
    out = tmp_path / "out" / "RESULTS.md"
    common = ["--network", "vgg16-tiny", "--photos", str(tmp_path), "--work", str(tmp_path / "w")]
    given = [*common, "--out", str(out), "--methods", "gradient", "grad-cam", "--samples", "1"]
    judged.main(given)
    assert "bee: " in capsys.readouterr().out.splitlines()[0]
    made = json.loads(out.with_suffix(".json").read_text())
    assert set(made["bee"]["rows"]) == {"gradient", "grad-cam", "random", "center", "edges"}
    assert 0 <= made["bee"]["rows"]["gradient"]["inside"] <= 1
    assert "inside" not in made["zoo"]["rows"]["gradient"]  # nobody drew a box
    assert (tmp_path / "w" / "bee-judged.png").exists()

    def never(*given, **settings):
        raise AssertionError("it was done")

    monkeypatch.setattr(judged, "attributions", never)
    judged.main(given)
    assert json.loads(out.with_suffix(".json").read_text()) == made
    with pytest.raises(AssertionError):
        judged.main([*given, "--stages", "1"])
