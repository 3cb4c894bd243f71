"""Every benchmark runs, on a small network, and says what it measured."""

import sys
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmarks import (
    attribution,
    backends,
    bare,
    beyond,
    digests,
    precision,
    readability,
    recognised,
    seeds,
    steps,
    thumbnails,
    torch_module,
)
from convscope import images
from convscope.attribution.decision import Explanation
from convscope.attribution.methods.table import METHODS
from convscope.maximization.maximize import gallery, maximize
from convscope.networks.natural_measurement import measure
from tests.networks.nets import functional, network, pictures

LABELS = ("bee", "tiger", "teapot", "lemon", "monarch")
BENCHMARKS = Path(beyond.__file__).parent


def small(*arguments, **settings):
    """A network of two convolutions and five classes, with statistics."""
    model = functional()
    natural = measure(network(model), [pictures(20)])
    return replace(network(model, labels=LABELS), name="small", natural=natural)


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a benchmark's main with few steps and these arguments, and return what it prints."""

    def run(module, *arguments):
        monkeypatch.setattr(module, "load", small)
        monkeypatch.setattr(module, "gallery", partial(gallery, steps=2), raising=False)
        monkeypatch.setattr(sys, "argv", [module.__name__, *arguments])
        module.main()
        return capsys.readouterr().out.splitlines()

    return run


def test_every_benchmark_is_tested():
    named = {
        "attribution",
        "backends",
        "bare",
        "beyond",
        "digests",
        "explorer",
        "explorer_load",
        "families",
        "kills",
        "precision",
        "readability",
        "recognised",
        "seeds",
        "served",
        "steps",
        "thumbnails",
        "torch_module",
    }
    assert {path.stem for path in BENCHMARKS.glob("[a-z]*.py")} == named


def test_attribution_times_every_method_and_counts_its_pictures(monkeypatch, capsys):
    monkeypatch.setattr(attribution, "load", small)
    before = Explanation.run
    monkeypatch.setattr(sys, "argv", ["attribution"])
    attribution.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:]] == list(METHODS)
    counts = {line.split()[0]: line.split()[3] for line in lines[2:]}
    # Each has the photo's score to tell, too; some begin with what is gray or blurred.
    assert counts["gradient"] == "2"
    assert counts["smoothgrad"] == "33"
    assert counts["integrated-gradients"] == "34"
    assert counts["score-cam"] == "6"
    assert Explanation.run is before


def test_attribution_keeps_what_it_timed_and_writes_a_table(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(attribution, "load", small)
    work, out = tmp_path / "work.json", tmp_path / "table.md"

    def run(*methods):
        given = ["attribution", "--work", str(work), "--out", str(out), "--methods", *methods]
        monkeypatch.setattr(sys, "argv", given)
        attribution.main()
        return capsys.readouterr().out.splitlines()[2:]

    (first,) = run("grad-cam")
    again, _ = run("grad-cam", "occlusion")
    assert again == first  # not timed again
    rows = [row.split(" | ") for row in out.read_text().splitlines() if row.startswith("| ")]
    assert [row[0] for row in rows[2:]] == ["| grad-cam", "| occlusion"]
    assert {len(row) for row in rows} == {len(attribution.HEAD)}
    assert rows[2][3] == "2"


def test_attribution_says_why_a_method_cannot_be(monkeypatch, tmp_path):
    vectors = {"vector": {"why": "CAMs need a layer with rows and columns."}}
    assert "rows and columns" in attribution.line("grad-cam", vectors["vector"])
    assert "rows and columns" in attribution.markdown("net", {"grad-cam": vectors["vector"]})


def test_beyond_counts_the_channels_of_every_convolution(run):
    first, second, whole = run(beyond, "--channels", "3")
    assert first.startswith("first: ")
    assert second.startswith("second: ")
    assert whole.startswith("in all: ")


def test_thumbnails_are_named_and_compared_with_sharp_photos(run, tmp_path):
    chance = np.random.default_rng(0)
    with zipfile.ZipFile(tmp_path / "val.zip", "w") as archive:
        for number in range(8):
            path = tmp_path / f"{number}.png"
            images.save(chance.random((4, 4, 3), "float32"), path)
            archive.write(path, f"val_{number}.JPEG")
    # 38 and 44 are bee and monarch, which both networks know; 0 is a goldfish.
    table = "".join(f"val_{n}.JPEG\t{place}\n" for n, place in enumerate([38, 44, 0] * 2 + [38, 0]))
    (tmp_path / "val.tsv").write_text(table)
    count, every, shared, sharp, soft = run(thumbnails, "--data", str(tmp_path))
    assert count.startswith("5 thumbnails of 5 shared classes")
    assert every.startswith("among all 5 classes: ")
    assert every.endswith("100.0% in five")
    assert shared.startswith("among the shared ones: ")
    assert sharp.startswith("2 photos, sharp: for ")
    assert soft.endswith("beyond 8 thumbnails (chance 20.0%)")


def test_precision_pairs_the_pictures_of_both(run):
    lines = run(precision, "--units", "4")
    assert [line.partition(":")[0] for line in lines[:2]] == ["float32", "bfloat16"]
    assert lines[2].startswith("reach, bfloat16 less float32: ")


def test_backends_are_compared_pair_by_pair_with_another_seed(run, monkeypatch):
    monkeypatch.setattr(backends, "LAYERS", ("second", "predictions"))
    told = []

    def here(backend, count, seed):
        told.append((backend, seed))
        return {name: np.array(each) for name, each in backends.measured(count, seed).items()}

    monkeypatch.setattr(backends, "measure_on", here)
    lines = run(backends, "--units", "2", "--backends", "jax", "torch")
    assert told == [("jax", 0), ("torch", 0), ("jax", 1)]
    # The same backend in truth, so nothing is apart until the seed is another.
    nothing = "+0.000 +- 0.000, sd 0.000"
    assert lines[2] == f"torch less jax: reach {nothing}; z {nothing}"
    assert "+0.000" not in lines[3]


def test_recognised_counts_the_classes_and_keeps_their_pictures(run, tmp_path):
    said = run(recognised, "--out", str(tmp_path / "made"), "--seed", "3")
    assert said[-1].startswith("5 classes, seed 3: ")
    assert len(list((tmp_path / "made").iterdir())) == 5


def test_recognised_takes_units(run):
    assert run(recognised, "--units", "predictions:bee")[-1].startswith("1 classes, ")


def test_seeds_are_judged_by_a_second_network_beside_chance(run):
    said = run(seeds, "--second", "other", "--units", "3", "--seeds", "2")
    assert "of 6 pictures of 3 units" in said[-1]
    assert "chance 20.0%" in said[-1]


def test_steps_tells_time_and_memory(monkeypatch, capsys):
    monkeypatch.setattr(sys.modules["convscope.networks.loading.load"], "load", small)
    few = partial(maximize, steps=2)
    monkeypatch.setattr(sys.modules["convscope.maximization.maximize"], "maximize", few)
    monkeypatch.setitem(steps.NETWORKS, "small", ({}, "second:1"))
    steps.measure("small")
    assert "small, second:1, 8 px, 2 steps: first picture" in capsys.readouterr().out


def test_bare_times_our_last_steps_beside_others():
    asked = []
    pairs = bare.compare(small(), asked.append, ["second:1", "second:2"], steps=8)
    assert 1 <= len(pairs) <= 2  # in the last quarter, a step or several at a time
    assert len(asked) == len(pairs) + 1  # and one to warm up
    assert {pictures.shape for pictures in asked} == {(2, 8, 8, 3)}
    assert min(seconds for seconds, _ in pairs) > 0


def test_a_turn_on_a_module_times_each_step_but_the_first(monkeypatch):
    monkeypatch.setattr(torch_module, "LAYER", "second")
    seconds = torch_module.ours(small(), 8)(4)
    assert len(seconds) == 3
    assert min(seconds) > 0


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="there it runs, for minutes")
def test_steps_on_a_module_are_only_timed_where_keras_runs_on_pytorch(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["torch_module"])
    with pytest.raises(SystemExit):
        torch_module.main()
    assert "expected KERAS_BACKEND=torch; received: " in capsys.readouterr().err


def test_the_bare_step_is_forward_and_back_to_the_input():
    model = functional()
    tensorflow = pytest.importorskip("tensorflow")
    shown = pictures(2)
    point = tensorflow.constant(shown)
    with tensorflow.GradientTape() as tape:
        tape.watch(point)
        flow = tensorflow.nn.relu(
            tensorflow.nn.conv2d(point, model.layers[1].kernel.numpy(), 1, "VALID")
            + model.layers[1].bias.numpy()
        )
        flow = tensorflow.nn.conv2d(flow, model.layers[2].kernel.numpy(), 1, "VALID")
        score = tensorflow.reduce_mean((flow + model.layers[2].bias.numpy())[..., 0])
    expected = tape.gradient(score, point)
    made = bare.bare(model, "second", "float32")(shown)
    assert abs(made - expected.numpy()).max() < 1e-6


def test_readability_asks_a_network_that_never_saw_the_pictures(run, tmp_path):
    lines = run(
        readability,
        *("--stranger", "other.keras", "--stranger-labels", "names.txt"),
        *("--units", "predictions:*", "--out", str(tmp_path)),
    )
    # All five classes are among the first five of five.
    assert sorted(line.split()[-1] for line in lines[:-1]) == sorted(LABELS)
    assert "small, seed 0: 5 comparable classes: " in lines[-1]
    assert "100.0% in 5" in lines[-1]
    assert len(list(tmp_path.glob("*.png"))) == 5


def test_labels_of_two_lists_match_by_name_then_whatever_their_capitals():
    others = ("Cardigan", "crane", "cardigan", "Jersey", "crane")
    assert readability.matching("cardigan", others) == (2,)
    assert readability.matching("CARDIGAN", others) == (0, 2)
    assert readability.matching("crane", others) == (1, 4)
    assert readability.matching("T-shirt", others) == (3,)
    assert readability.matching("rose", others) == ()


def test_readability_counts_comparable_classes_only():
    opinions = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
    found = readability.ranked(("a", "c", "rose"), opinions, ("a", "b", "c"))
    assert found.ranks == {"a": 0, "c": 1}
    assert found.unknown == ("rose",)
    assert (found.within(1), found.within(2)) == (0.5, 1.0)
    assert str(found).startswith("2 comparable classes, without rose: 50.0% named first, 100.0% in")


def test_digests_are_the_same_again_and_tell_what_differs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)  # and back, at the end
    first = digests.run(tmp_path / "first", ["units", "kernels"])
    again = digests.run(tmp_path / "again", ["units", "kernels"])
    assert set(first) == {"units", "kernels"}
    assert first["kernels"]["kernels.png"]
    assert digests.report(first, again) == 0
    changed = {**again, "units": {"_said.txt": "other"}}
    assert digests.report(first, changed) == 1
    assert "units/_said.txt: " in capsys.readouterr().out


def test_a_digest_is_of_what_is_shown_not_of_how_it_is_packed(tmp_path):
    picture = np.linspace(0, 1, 48, dtype="float32").reshape(4, 4, 3)
    for name, info in (("plain", {}), ("noted", {"seed": "3"})):
        images.save(picture, tmp_path / f"{name}.png", info)
    images.save(1 - picture, tmp_path / "other.png")
    plain, noted, other = (
        digests.of(tmp_path / f"{name}.png") for name in ("plain", "noted", "other")
    )
    assert plain == noted != other
