"""A film of learning is a value: it has a frame a moment, a figure, numbers, and many forms."""

import json

import numpy as np
import pytest

from convscope import images, objectives
from convscope.encoding.writers import WRITERS
from convscope.errors import InputError
from convscope.maximization.recipe import Recipe
from convscope.training_films.convergence import Convergence
from convscope.training_films.curve import Curve
from convscope.training_films.formats import FORMATS, checked
from convscope.training_films.result import LIMIT, Cost, Learning, Moment
from tests.encoding.films import see


def film(count=4, channels=3, side=12):
    """A film of two units, with a curve."""
    chance = np.random.default_rng(0)
    times = [0, *(3**power for power in range(count - 1))]
    moments = tuple(
        Moment(
            at=at,
            label=f"batch {at}",
            pictures=tuple(
                chance.integers(0, 256, (side, side, channels), dtype=np.uint8) for _ in range(2)
            ),
            responses=(0.5 * at, float("nan")),
            digest=f"{at:016}",
        )
        for at in times
    )
    lines = {"loss": tuple((float(at), 1 / at) for at in range(1, times[-1] + 1))}
    return Learning(
        objectives=(objectives.unit("conv:1"), objectives.unit("classes:0")),
        labels=("conv:1", "classes:cat"),
        moments=moments,
        counts="batch",
        curve=Curve(lines, "batch"),
        settling=Convergence({"conv": (*np.linspace(0, 1, count),)}, "4 pictures"),
        recipe=Recipe(),
        size=f"{side}x{side}",
        source={"network": "small", "digest": moments[-1].digest, "backend": "b", "versions": "v"},
    )


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_film_has_one_frame_a_moment_and_holds_the_last(suffix, tmp_path):
    if WRITERS[suffix].needs:
        pytest.importorskip(WRITERS[suffix].needs[0])
    path = film().film(tmp_path / f"learning{suffix}")
    seen = see(path)
    frames = seen.pictures[
        # A video goes on refining a picture that is held; another moment changes far more.
        np.r_[True, np.abs(np.diff(seen.pictures.astype(int), axis=0)).mean((1, 2, 3)) > 1]
    ]
    assert len(frames) == 4
    assert seen.pictures.shape[2] == 880
    if suffix in (".gif", ".webp"):
        np.testing.assert_allclose(seen.seconds, [0.4, 0.4, 0.4, 2.0], atol=0.011)


def test_thirty_moments_stay_below_three_megabytes(tmp_path):
    # Noise is the worst there is to compress.
    path = film(12, side=64).film(tmp_path / "learning.webp")
    assert path.stat().st_size < LIMIT


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_form_is_written_with_its_numbers(suffix, tmp_path):
    if suffix in WRITERS and WRITERS[suffix].needs:
        pytest.importorskip(WRITERS[suffix].needs[0])
    path = film().save(tmp_path / f"learning{suffix}")
    beside = {"": path / "learning.json", ".json": path}
    record = json.loads(beside.get(suffix, path.with_name(f"{path.name}.json")).read_text())
    assert record["convscope"] == "evolve"
    assert [each["at"] for each in record["moments"]] == [0, 1, 3, 9]


def test_a_folder_has_the_pictures_of_each_moment_with_their_origin(tmp_path):
    made = film()
    folder = made.save(tmp_path / "learning")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    assert names[:3] == [
        "batch-0000000/classes-0.png",
        "batch-0000000/conv-1.png",
        "batch-0000001/classes-0.png",
    ]
    shown = images.to_bytes(images.read(folder / "batch-0000003" / "conv-1.png"))
    np.testing.assert_array_equal(shown, made.moments[2].pictures[0])
    info = images.read_info(folder / "batch-0000003" / "conv-1.png")
    assert (info["objectives"], info["moment"], info["digest"]) == ("conv:1", "batch 3", f"{3:016}")


def test_a_figure_carries_its_origin(tmp_path):
    info = images.read_info(film().save(tmp_path / "learning.png"))
    assert (info["convscope"], info["objectives"]) == ("evolve", "conv:1 classes:0")
    assert json.loads(info["recipe"])["steps"] == Recipe().steps
    assert "moments" not in info


def test_numbers_that_are_none_are_null():
    recorded = film().record()
    assert recorded["moments"][1]["responses"] == {"conv:1": 0.5, "classes:cat": None}
    assert recorded["moments"][2]["curve"] == {"loss": 0.333333}
    assert recorded["settling"]["at 0.9 from"] == {"conv": "batch 9"}


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (Cost(2.0, 100.0, 0.1), "2.0 s, 2.0% of the training's own time; limit 10%"),
        (Cost(2.0, 1.0, None), "2.0 s, 200.0% of the training's own time; no limit"),
        (Cost(2.0, 1.0, 0.1), "limit 10% (the first and last moment are always filmed)"),
        (Cost(2.0, 0.0, 0.1), "2.0 s, inf%"),
    ],
)
def test_the_cost_is_told_as_seconds_and_share(cost, text):
    assert text in str(cost)


def test_an_unknown_form_is_refused():
    with pytest.raises(InputError, match=r"ending in .gif, .webp.* or a folder. Received: 'a.bmp'"):
        checked("a.bmp")


def test_a_notebook_shows_the_figure():
    assert film()._repr_png_().startswith(b"\x89PNG")
