"""Our maps beside those of other tools: the parts that need none of their environments."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.agreement import __main__ as agreement
from benchmarks.agreement import report, subject, told
from benchmarks.agreement.rows import ROWS, TOOLS, Row
from benchmarks.peers import networks
from convscope.attribution.attribute import attribute
from convscope.attribution.methods.table import ANYWHERE, METHODS
from tests.benchmarks.test_peers import fires
from tests.networks.nets import network, pictures

WORKERS = Path(agreement.__file__).with_name("workers")


@pytest.fixture(scope="module")
def small():
    """A network of everything that is rebuilt, with two photos."""
    own = network(fires())
    entry = networks.Entry(("right",), 8, {"source": "fires"}, until="predictions")
    return subject.Subject(own, entry, "concat", pictures(2), (1, 3))


# ------------------------------------------------------------------------------------ figures


def maps(count=3, seed=0):
    return np.random.default_rng(seed).normal(size=(count, 5, 4))


@pytest.mark.parametrize(("factor", "mean"), [(1.0, 1), (2.5, 1), (-1.0, -1)])
def test_scaled_maps_agree_and_opposite_ones_do_not(factor, mean):
    found = report.agreement(maps(), factor * maps())
    assert found["mean"] == pytest.approx(mean)
    assert found["least"] == pytest.approx(mean)
    assert found["scale"] == pytest.approx(abs(factor))


def test_one_photo_that_differs_is_the_least_and_the_farthest():
    other = maps()
    other[1] = 3 * maps(seed=1)[1]
    found = report.agreement(maps(), other)
    expected = np.corrcoef(maps()[1].ravel(), other[1].ravel())[0, 1]
    assert found["least"] == pytest.approx(expected)
    assert found["mean"] == pytest.approx((2 + expected) / 3)
    assert found["scale"] == pytest.approx(np.linalg.norm(other[1]) / np.linalg.norm(maps()[1]))


def test_a_flat_map_correlates_with_nothing():
    assert np.isnan(report.agreement(maps(1), np.ones((1, 5, 4)))["least"])
    assert report.three(float("nan")) == "-"


def test_only_one_is_shown_as_one():
    assert report.three(1 - 2e-6) == "0.9999"
    assert report.three(-0.5) == "-0.5000"


def test_the_report_has_a_row_a_comparison_and_counts_what_agrees():
    same = next(str(n) for n, row in enumerate(ROWS) if row.same)
    lost = next(str(n) for n, row in enumerate(ROWS) if row.same and str(n) != same)
    other = next(str(n) for n, row in enumerate(ROWS) if not row.same)
    figures = {"mean": 0.9995, "least": 0.9991, "scale": 1.01}
    found = {"net": {same: figures, lost: {"error": "skipped: no"}, other: figures}}
    text = report.markdown(found, photos=2)
    assert "Of 1 comparisons of one definition, 1 agree for every photo to 0.999; 1 could" in text
    first, second = text.split("### As their users get them")
    assert "| 0.9995 | 0.9991 | 1.01 |" in first
    assert "| skipped: no |" in first
    assert ROWS[int(other)].note in second
    widths = {cells.count("|") for cells in first.splitlines() if cells.startswith("|")}
    assert widths == {len(report.HEAD) + 1}


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_is_pinned_and_has_a_worker(tool):
    assert "None" not in report.packages(tool)
    assert (WORKERS / f"{TOOLS[tool].worker}.py").exists()


# ------------------------------------------------------------------------------------ rows


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.ours}-{row.tool}-{row.theirs}")
def test_every_row_asks_for_what_both_know_and_says_what_differs(row, small):
    text = (WORKERS / f"{TOOLS[row.tool].worker}.py").read_text()
    own_name = row.call.removeprefix("signed ")
    assert f'"{own_name}"' in text or row.tool == "iNNvestigate"
    assert row.same or row.note
    json.dumps({k: v for k, v in row.told(small).items() if not isinstance(v, np.ndarray)})
    if row.ours in METHODS:
        assert set(row.ours_told(small)) <= set(METHODS[row.ours].settings)


def test_every_method_of_ours_is_compared_in_one_definition():
    assert {row.ours for row in ROWS if row.same} == set(ANYWHERE)


@pytest.mark.parametrize("size", [64, 227, 12])
def test_patches_leave_no_rest_and_cover_everything(size):
    side, stride = subject.patches(size)
    assert (size - side) % stride == 0
    assert stride <= side < size / 2


def test_the_noise_handed_in_is_that_of_our_smoothgrad(small):
    noise = small.noise(3, 0.2)[1]
    settings = {"method": "smoothgrad", "samples": 3, "noise": 0.2}
    found = attribute(small.network, small.photos[1], "predictions:3", **settings).map
    slopes = [
        attribute(small.network, np.clip(small.photos[1] + each, 0, 1), "predictions:3",
                  method="gradient").map
        for each in noise
    ]  # fmt: skip
    # A copy that leaves [0, 1] is clipped here; of these few numbers few are.
    assert np.corrcoef(found.ravel(), np.mean(slopes, axis=0).ravel())[0, 1] > 0.9


def test_what_is_told_comes_back_with_a_row_for_each_photo(tmp_path):
    array = np.arange(6.0).reshape(2, 3)
    plain = told.written({"steps": 4, "noise": array}, tmp_path)
    again = told.read(json.loads(json.dumps(plain)), 1)
    assert again["steps"] == 4
    np.testing.assert_array_equal(again["noise"], array[1])


# ------------------------------------------------------------------------------------ PyTorch


def test_the_network_without_its_preprocessing_gives_the_same(small, tmp_path):
    torch = pytest.importorskip("torch")
    from benchmarks.peers.torch_networks import load, unfed

    described = networks.export(small.network, small.entry, tmp_path)
    net = load(described["arrays"], "predictions")
    shown = torch.from_numpy(small.photos.transpose(0, 3, 1, 2).copy())
    with torch.no_grad():
        fed, rest = unfed(net, shown)
        np.testing.assert_allclose(rest(fed).numpy(), net(shown).numpy(), rtol=1e-5)
        assert not hasattr(rest, "feed")
        assert hasattr(net, "feed")


# ------------------------------------------------------------------------------------ the command


class Echo:
    """A worker that gives back our own maps, and fails when told to."""

    asked: list
    failing: set
    given: subject.Subject

    def __init__(self, python, module, arguments, log, threads):
        pass

    def ask(self, request, patience):
        Echo.asked.append(request["call"])
        if request["call"] in Echo.failing:
            return {"error": "it broke"}
        row = next(row for row in ROWS if row.call == request["call"])
        path = f"{request['folder']}/maps.npy"
        np.save(path, 2 * agreement.ours(row, Echo.given))
        return {"answers": [{"maps": path}]}

    def close(self):
        pass


@pytest.fixture
def run(monkeypatch, tmp_path, small):
    """Run the command with a tool that takes no time, on a small network."""
    monkeypatch.setattr(agreement, "Worker", Echo)
    monkeypatch.setattr(agreement.environments, "python", lambda *given: sys.executable)
    monkeypatch.setattr(agreement, "subject", lambda *given: small)
    monkeypatch.setattr(agreement, "ROWS", ROWS)
    Echo.given, Echo.failing = small, set()

    def run(*arguments):
        Echo.asked = []
        common = ["--environments", str(tmp_path), "--work", str(tmp_path / "work")]
        common += ["--out", str(tmp_path / "out.md"), "--networks", "vgg16-tiny"]
        agreement.main([*common, *arguments])
        return Echo.asked

    return run


def test_what_is_done_is_not_done_again_and_what_failed_is(run, tmp_path):
    Echo.failing = {"input x gradient"}
    methods = ["--methods", "gradient", "input-x-gradient", "--tools", "Captum"]
    first = run(*methods)
    assert first == ["saliency", "saliency as it comes", "input x gradient"]
    assert "failed: it broke" in (tmp_path / "out.md").read_text()
    Echo.failing = set()
    assert run(*methods) == ["input x gradient"]
    numbers = json.loads((tmp_path / "out.json").read_text())["vgg16-tiny"]
    assert [each["scale"] for each in numbers] == pytest.approx([2, 2, 2])
    assert "Of 2 comparisons of one definition, 2 agree" in (tmp_path / "out.md").read_text()


def test_a_method_that_is_not_there_is_skipped_with_a_word(run, tmp_path, monkeypatch):
    new = Row("tarot", "Captum", "Tarot", "tarot")
    monkeypatch.setattr(agreement, "ROWS", (*ROWS, new))
    monkeypatch.setattr(report, "ROWS", (*ROWS, new))
    assert run("--methods", "tarot") == []
    assert "skipped: no method is called 'tarot' yet" in (tmp_path / "out.md").read_text()


def test_coarse_maps_are_enlarged_as_ours(small):
    coarse = np.arange(8.0).reshape(2, 2, 2)
    large = agreement.enlarged(coarse, small)
    assert large.shape == (2, 8, 8)
    assert large[1, 0, 0] == 4
    whole = np.zeros((2, 8, 8))
    assert agreement.enlarged(whole, small) is whole


def test_photos_are_found_and_their_absence_is_said(tmp_path):
    with pytest.raises(SystemExit, match="Expected photos"):
        subject.found(tmp_path)
    assert len(subject.found(agreement._tour())) == 2


def test_an_unknown_method_is_refused(capsys):
    with pytest.raises(SystemExit):
        agreement.arguments(["--environments", "x", "--methods", "tarot"])
    assert "received: tarot" in capsys.readouterr().err


def test_rows_are_told_apart_by_what_they_are_of(small):
    keys = [agreement.key(row, small) for row in ROWS]
    assert len(set(keys)) == len(keys)
