"""Ours beside other tools: the parts that need none of their environments."""

import json
import math
import sys

import keras
import numpy as np
import pytest
from keras import layers

from benchmarks.peers import __main__ as peers
from benchmarks.peers import judge, networks, plot, report, worker
from benchmarks.peers.environments import REQUIREMENTS
from benchmarks.peers.units import draw, rotated
from convscope.networks.patches.capture import Tap
from tests.networks.nets import functional, network, pictures, settle

CHANNELS = {"first": 8, "second": 16, "third": 2}


# ------------------------------------------------------------------------------------ units


def test_fewer_units_are_the_first_of_more():
    assert draw(CHANNELS, 5, seed=1) == draw(CHANNELS, 12, seed=1)[:5]


def test_units_are_drawn_once_from_every_layer_in_turn():
    drawn = draw(CHANNELS, 26, seed=0)
    assert len(set(drawn)) == len(drawn) == 26
    assert {unit.split(":")[0] for unit in drawn[:3]} == set(CHANNELS)
    assert draw(CHANNELS, 5, seed=0) != draw(CHANNELS, 5, seed=1)


def test_every_tool_is_first_as_often_as_any_other():
    tools = ["a", "b", "c"]
    assert [rotated(tools, turn)[0] for turn in range(6)] == [*tools, *tools]
    assert all(sorted(rotated(tools, turn)) == tools for turn in range(6))


# ------------------------------------------------------------------------------------ judge


def test_what_does_not_move_is_seen_as_it_is():
    picture = pictures(1)[0]
    still = np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    np.testing.assert_allclose(judge.transformed(picture, still)[0], picture, atol=1e-6)


def test_a_shift_by_a_pixel_shows_the_next_one():
    picture = pictures(1)[0]
    down = np.array([[[1.0, 0.0, 1 / 8], [0.0, 1.0, 0.0]]])
    np.testing.assert_allclose(judge.transformed(picture, down)[0, :-1], picture[1:], atol=1e-6)


def test_plain_pictures_stay_plain_under_every_transform():
    seen = judge.transformed(np.full((8, 8, 3), 0.25), judge.placements())
    assert seen.shape == (32, 8, 8, 3)
    np.testing.assert_allclose(seen, 0.25, atol=1e-6)


def test_transforms_are_the_same_for_all_and_within_their_ranges():
    np.testing.assert_array_equal(judge.placements(), judge.placements())
    many = judge.placements(1000)
    sizes = np.sqrt(np.abs(np.linalg.det(many[:, :, :2])))
    assert 1 / 1.1 - 1e-9 < sizes.min() < sizes.max() < 1 / 0.9 + 1e-9
    assert 0.9 / 16 < np.abs(many[:, :, 2]).max() < 1 / 16
    angles = np.degrees(np.arctan2(many[:, 1, 0], many[:, 0, 0]))
    assert 9 < np.abs(angles).max() < 10


def test_contrast_is_limited_about_the_mean_colour_and_never_raised():
    picture = worker.to_bytes(pictures(1, side=32)[0])
    own = judge.contrast(picture / 255)
    half = judge.limited(picture, own / 2)
    assert half.dtype == np.uint8
    assert judge.contrast(half / 255) == pytest.approx(own / 2, rel=0.01)
    np.testing.assert_allclose(half.mean((0, 1)), picture.mean((0, 1)), atol=0.5)
    assert judge.limited(picture, own * 2) is picture


def test_the_judge_hears_a_unit_before_its_activation():
    small = network(functional())
    picture = worker.to_bytes(pictures(1)[0])
    seen = judge.Judge(small).see("second:1", picture)
    alone = small.activations((picture / 255)[None], [Tap("second")])[Tap("second")]
    assert seen.response == pytest.approx(alone[0, ..., 1].mean(), abs=1e-5)
    gray = judge.Judge(small).see("second:1", np.full((8, 8, 3), 128, "uint8"))
    assert gray.robust == pytest.approx(gray.response, abs=1e-4)
    assert gray.contrast < 1e-9


def test_quality_is_measured_from_gray_also_below_zero():
    assert judge.quality(3.0, 0.0, 4.0) == 0.75
    assert judge.quality(-5.0, -9.0, -5.0) == 1
    assert judge.quality(-9.0, -9.0, -5.0) == 0
    assert math.isnan(judge.quality(1.0, 2.0, 2.0))


def test_the_first_time_that_is_enough_and_censored_medians():
    assert judge.first([1, 2, 3], [0.1, 0.96, 0.5], 0.95) == 2
    assert judge.first([1, 2], [0.1, 0.9], 0.95) == math.inf
    assert judge.median([3.0, 1.0, math.inf]) == 3
    assert judge.median([1.0, math.inf, math.inf]) == math.inf
    assert math.isnan(judge.median([]))


# ------------------------------------------------------------------------------------ worker


def test_snapshots_are_few_and_have_the_first_and_the_last():
    found = worker.moments(512)
    assert (found[0], found[-1]) == (1, 512)
    assert len(found) <= 16
    assert worker.moments(5) == [1, 2, 3, 4, 5]


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(worker.time, "perf_counter", lambda: self.now)

    def ascend(self, watch, steps, each=1.0, look=50.0):
        def paint():
            self.now += look
            return np.zeros((2, 2, 3))

        def ascend():
            for step in range(1, steps + 1):
                self.now += 9.0 if step == 1 else each
                watch(step, paint)

        return watch.run(ascend)


def test_looking_takes_no_time_and_the_first_step_is_told_apart(monkeypatch):
    watch = Clock(monkeypatch).ascend(worker.Watch(8), 8)
    assert watch.seconds[-1] == 16
    assert watch.compiling() == 8
    answer = worker.result_of(watch, passes=6)
    assert answer["warm"][-1] == 8
    assert (answer["passes"], answer["made"], answer["step_seconds"]) == (48, 8, 1)
    assert answer["pictures"].dtype == np.uint8


def test_an_ascent_ends_with_its_budget_and_keeps_its_last_picture(monkeypatch):
    watch = Clock(monkeypatch).ascend(worker.Watch(100, budget=4.5), 100)
    assert watch.steps[-1] == 6  # the first step is not counted
    assert watch.steps[-1] < watch.total


def test_an_ascent_ends_after_its_most_steps(monkeypatch):
    watch = Clock(monkeypatch).ascend(worker.Watch(100, most=5), 100)
    assert watch.steps[-1] == 5


def test_a_worker_answers_in_lines_whatever_libraries_print(monkeypatch, tmp_path):
    module = tmp_path / "chatty.py"
    module.write_text(
        "from benchmarks.peers.worker import Watch, result_of, serve\n"
        "import numpy as np\n"
        "def ascend(request):\n"
        "    print('chatter')\n"
        "    if request['units'] == ['bad']: raise ValueError('no such unit')\n"
        "    if request['units'] == ['dead']: raise SystemExit('gone')\n"
        "    watch = Watch(3)\n"
        "    paint = lambda: np.zeros((2, 2, 3))\n"
        "    return [result_of(watch.run(lambda: [watch(n, paint) for n in (1, 2, 3)]))]\n"
        "serve(lambda: ascend)\n"
    )
    root = worker.Path(worker.__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{worker.os.pathsep}{root}")
    ours = worker.Worker(sys.executable, "chatty", (), tmp_path / "log")
    ask = {"folder": str(tmp_path)}
    (answer,) = ours.ask({**ask, "units": ["good"]}, 60)["answers"]
    assert np.load(answer["pictures"]).shape == (3, 2, 2, 3)
    assert answer["peak_mib"] > 1
    assert ours.ask({**ask, "units": ["bad"]}, 60) == {"error": "ValueError: no such unit"}
    assert ours.ask({**ask, "units": ["dead"]}, 60) == {"error": "ended: gone"}
    ours.close()


# ------------------------------------------------------------------------------------ networks


def fires():
    """A small network of everything that is rebuilt: a chain, a fire module, a dense head."""
    image = keras.Input((8, 8, 3))
    flow = layers.Conv2D(4, 3, strides=2, activation="relu", name="conv1")(image)
    flow = layers.ZeroPadding2D(((1, 0), (0, 2)), name="pad")(flow)
    left = layers.Conv2D(3, 1, activation="relu", name="left")(flow)
    right = layers.Conv2D(2, 3, padding="same", activation="relu", name="right")(flow)
    flow = layers.Concatenate(name="concat")([left, right])
    flow = layers.MaxPooling2D(2, name="pool")(flow)
    flow = layers.Dense(6, activation="relu", name="fc")(layers.Flatten(name="flat")(flow))
    head = layers.Dense(5, activation="softmax", name="predictions")(flow)
    return settle(keras.Model(image, head, name="fires"))


def exported(tmp_path, until="predictions"):
    small = network(fires())
    entry = networks.Entry(("right",), 8, {"source": "fires"}, until=until)
    return small, networks.export(small, entry, tmp_path)


@pytest.mark.parametrize("layer", ["conv1", "right", "concat", "fc", "predictions"])
def test_torch_and_keras_rebuild_the_same_network(tmp_path, layer):
    torch = pytest.importorskip("torch")
    from benchmarks.peers.torch_networks import load

    small, described = exported(tmp_path)
    shown = pictures(3)
    expected = small.activations(shown, [Tap(layer)])[Tap(layer)]
    channels_first = torch.from_numpy(shown.transpose(0, 3, 1, 2).copy())
    with torch.no_grad():
        made = load(described["arrays"], layer)(channels_first).numpy()
    made = made.transpose(0, 2, 3, 1) if made.ndim == 4 else made
    np.testing.assert_allclose(made, expected, atol=1e-3)


def test_the_exported_keras_model_takes_pictures_as_they_are(tmp_path):
    small, described = exported(tmp_path)
    model = keras.models.load_model(described["keras"])
    shown = pictures(3)
    made = keras.ops.convert_to_numpy(model(shown))
    np.testing.assert_allclose(made, small.probabilities(shown), atol=1e-3)


@pytest.mark.parametrize("part", ["embedded", "whole"])
def test_the_embedded_network_is_the_same_in_torch(tmp_path, part):
    torch = pytest.importorskip("torch")
    from benchmarks.peers.torch_networks import load

    entry = networks.entries(None, 128)["vgg16-tiny"]
    ours = networks.opened(entry.load)
    described = networks.export(ours, entry, tmp_path)
    shown = pictures(2, side=64)
    tap = Tap("block5_conv3" if part == "embedded" else "predictions", after=part == "whole")
    expected = ours.activations(shown, [tap])[tap]
    with torch.no_grad():
        until = "block5_conv3" if part == "embedded" else None
        made = load(described["arrays"], until)(
            torch.from_numpy(shown.transpose(0, 3, 1, 2).copy())
        )
    made = made.numpy().transpose(0, 2, 3, 1) if made.ndim == 4 else made.numpy()
    np.testing.assert_allclose(made, expected, atol=1e-3 * max(1, np.abs(expected).max()))


def test_paddings_that_frameworks_do_differently_are_refused(tmp_path):
    image = keras.Input((8, 8, 3))
    flow = layers.Conv2D(2, 3, strides=2, padding="same", name="uneven")(image)
    small = network(settle(keras.Model(image, flow)))
    with pytest.raises(ValueError, match="uneven has strides"):
        networks.plan(small, "uneven")
    with pytest.raises(ValueError, match="Expected a layer"):
        networks.plan(network(functional()), "missing")


# ------------------------------------------------------------------------------------ report


def record(times=(1.0, 2.0, 4.0), robust=(0.0, 5.0, 9.6), natural=4.0, **changes):
    """A judged ascent, with Q = 10 and gray = 0."""
    return {
        "seconds": list(times),
        "warm": [time - 0.5 for time in times],
        "made": 8,
        "total": 8,
        "passes": 8,
        "step_seconds": 0.5,
        "peak_mib": 1024.0,
        "gray": 0.0,
        "q": [10.0, 0.2],
        "natural": natural,
        "seen": [[value, value, 0.1] for value in robust],
        **changes,
    }


def test_a_row_has_medians_over_all_units_and_counts_the_censored():
    never = record(robust=(0.0, 1.0, 2.0))
    row = report.row([record(), record(), never])
    assert (row["quality"], row["quality_apart"], row["natural"]) == (4, 3.5, 2)
    assert row["share"] == pytest.approx(2 / 3)
    assert report.row([record(), never, never])["quality"] == math.inf


def test_failed_ascents_count_as_never_and_a_failed_tool_keeps_its_row():
    row = report.row([record(), {"error": "no memory"}, {"error": "no memory"}])
    assert row["quality"] == math.inf
    assert row["share"] == pytest.approx(1 / 3)
    assert "2 of 3 failed: no memory" in report.line("tool", row)[0]
    failed = report.row([{"error": "not installed: gone"}])
    assert report.line("tool", failed)[:2] == ["tool", "failed: not installed: gone"]


def test_units_without_a_quality_are_left_out():
    undefined = record(q=[-1.0, 0.2])
    row = report.row([record(), undefined, record(q=None)])
    assert (row["judged"], row["share"]) == (1, 1)


def test_the_table_has_the_ratio_to_ours_and_the_shortest_recipe(tmp_path):
    slow = record(times=(4.0, 8.0, 16.0))
    short = record(times=(0.5, 0.6, 0.7))
    never = record(robust=(0.0, 1.0, 2.0))
    rows = {
        "net": {
            "convscope": [record()],
            "lucent": [slow],
            "horama": [never],
            "xplique": [{"error": "no"}],
            "convscope 16 steps": [never],
            "convscope 32 steps": [short],
        },
        "timed": {"convscope": [{k: v for k, v in record().items() if k != "seen"}]},
    }
    found = report.summary(rows)
    assert found["net"]["lucent"]["ratio"] == 4
    assert report.shortest(found["net"]) == "convscope 32 steps"
    given = peers.arguments(["--environments", str(tmp_path), "--out", str(tmp_path / "r.md")])
    text = report.markdown(found, given)
    assert "convscope 32 steps, the shortest recipe that gets there" in text
    (lucent,) = [line for line in text.splitlines() if line.startswith("| lucent")]
    assert [cell.strip() for cell in lucent.split("|")][5:9] == ["16", "16", "100%", "4"]
    (horama,) = [line for line in text.splitlines() if line.startswith("| horama")]
    assert "> budget" in horama
    assert "| xplique | failed: no |" in text
    assert "only the time of a step" in text
    plot.save(rows, tmp_path / "r.png")
    assert (tmp_path / "r.png").stat().st_size > 1000


def test_a_curve_rises_to_the_share_that_got_there():
    never = record(robust=(0.0, 1.0, 2.0))
    assert plot.curve([record(), never]) == ([4.0], [0.5])


def test_labels_are_moved_apart_in_their_order():
    placed = plot.spread([0.5, 0.5, 0.1], gap=0.1)
    assert placed == [0.45, 0.55, 0.1]


@pytest.mark.parametrize("tool", report.PACKAGES)
def test_every_tool_is_pinned(tool):
    pinned = (REQUIREMENTS / f"{tool.replace('-', '_')}.txt").read_text().splitlines()
    assert all("==" in line for line in pinned if not line.startswith("#"))
    assert "None" not in report.packages(tool)


# ------------------------------------------------------------------------------------ resuming


class Fake:
    """A worker that needs no environment, and fails when told to."""

    asked: list
    failing: set

    def __init__(self, python, module, arguments, log):
        self.module = module

    def ask(self, request, patience):
        Fake.asked.append((self.module.rpartition(".")[2], *request["units"]))
        if self.module.rpartition(".")[2] in Fake.failing:
            return {"error": "it broke"}
        answers = []
        for number, _ in enumerate(request["units"]):
            path = f"{request['folder']}/{number}.npy"
            np.save(path, np.full((3, 64, 64, 3), 100 + 10 * number, "uint8"))
            kept = {k: v for k, v in record().items() if k not in ("gray", "q", "natural", "seen")}
            answers.append({**kept, "pictures": path})
        return {"answers": answers}

    def close(self):
        pass


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Run the command with tools that take no time."""
    monkeypatch.setattr(peers, "Worker", Fake)
    monkeypatch.setattr(peers.environments, "python", lambda tool, folder: sys.executable)
    Fake.failing = set()

    def run(*arguments):
        Fake.asked = []
        common = ["--environments", str(tmp_path), "--work", str(tmp_path / "work")]
        common += ["--out", str(tmp_path / "out.md"), "--networks", "vgg16-tiny", "--steps", "16"]
        peers.main([*common, *arguments])
        return Fake.asked

    return run


def test_what_is_done_is_not_done_again(fake, tmp_path):
    tools = ["--tools", "convscope", "convscope batches", "lucent"]
    first = fake("--units", "2", *tools)
    assert len(first) == 2 * 3 + 2
    assert fake("--units", "2", *tools) == []
    more = fake("--units", "3", *tools)
    assert len(more) == 3 + 1
    with (tmp_path / "work" / "ascents.jsonl").open("a") as file:
        file.write('{"network": "vgg')  # interrupted while writing
    assert fake("--units", "3", *tools) == []
    numbers = json.loads((tmp_path / "out.json").read_text())
    assert numbers["vgg16-tiny"]["lucent"]["units"] == 3


def test_a_tool_that_failed_is_in_the_table_and_tried_again(fake, tmp_path):
    Fake.failing = {"xplique"}
    tools = ["--units", "1", "--tools", "convscope", "lucent", "xplique"]
    fake(*tools)
    assert "| xplique | failed: it broke |" in (tmp_path / "out.md").read_text()
    Fake.failing = set()
    assert [name for name, *_ in fake(*tools)] == ["xplique"]
    assert "failed" not in (tmp_path / "out.md").read_text().split("## vgg16-tiny")[1]


def test_an_unknown_network_is_refused(capsys):
    with pytest.raises(SystemExit):
        peers.arguments(["--environments", "x", "--networks", "vgg61"])
    assert "expected networks among vgg16-tiny" in capsys.readouterr().err


def test_natural_pictures_are_cropped_to_squares_and_scaled(tmp_path):
    from PIL import Image

    from benchmarks.peers.natural import _batches

    wide = np.zeros((10, 30, 3), "uint8")
    wide[:, 10:20] = 255
    for number in range(3):
        Image.fromarray(wide).save(tmp_path / f"{number}.png")
    (batch,) = _batches(tmp_path, 8)
    assert batch.shape == (3, 8, 8, 3)
    np.testing.assert_allclose(batch, 1)
