"""``convscope atlas map``: the page, and what is refused before a network is loaded."""

import numpy as np
import pytest

from convscope import images


@pytest.fixture
def snaps(tmp_path):
    """Sixteen photos of noise."""
    chance = np.random.default_rng(0)
    for number in range(16):
        images.save(chance.random((16, 16, 3), "float32"), tmp_path / "snaps" / f"{number}.png")
    return "snaps"


@pytest.fixture
def without_umap(monkeypatch):
    """A layout by the first two channels, since UMAP takes long to load."""
    monkeypatch.setattr(
        "convscope.activation_atlases.atlas.lay_out",
        lambda vectors, seed: np.clip(vectors[:, :2] / vectors.max(), 0, 1),
    )
    for module in ("atlas", "layout"):
        name = f"convscope.activation_atlases.{module}.refuse_if_missing"
        monkeypatch.setattr(name, lambda: None)


def test_a_map_of_a_model(run, model, snaps, without_umap, tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow, of the extra map, is not installed")
    words = ("--layer", "conv", "--natural", snaps, "--cells", "2", "--least", "1", "--steps", "2")
    words += ("--per-photo", "5")
    ran = run("atlas", "map", model(), *words, "--out", "map")
    assert (ran.status, ran.err) == (0, "")
    path, line = ran.out.splitlines()
    assert path == "map/index.html"
    assert line.startswith("2 x 2  ")
    made = {each.relative_to(tmp_path / "map").as_posix() for each in (tmp_path / "map").rglob("*")}
    assert {"index.html", "map.png", "points.parquet", "data/map.js"} <= made
    again = run("show", "map/map.png").out.splitlines()[-1]
    assert again.startswith("convscope atlas map MODEL --layer conv --natural snaps --cells 2 ")
    assert again.endswith("--per-photo 5 --least 1 --size 16x16 --seed 0 --steps 2 --out map-2")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--natural", "nowhere", "--out", "map"), "Expected a folder of photos or a .zip"),
        (("--natural", "snaps", "--out", "snaps"), "Expected a new or empty folder"),
        (("--natural", "snaps"), "--out"),
        (("--natural", "snaps", "--out", "map", "--size", "big"), "a size such as 224"),
    ],
)
def test_what_cannot_be_is_refused(refused, snaps, without_umap, options, message):
    assert message in refused("atlas", "map", "vgg16-tiny", "--layer", "block5_conv3", *options)
