"""Figures become whole files, the same each time; and nothing heavy is loaded before that."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from convscope import figures, pictures
from convscope.errors import InputError


def some_figure():
    return figures.sheet([np.full((4, 4, 3), 0.25)] * 3, ["a", "b", "c"], ["", "", ""])


@pytest.mark.parametrize("suffix", figures.FORMATS)
def test_the_same_figure_makes_the_same_bytes(tmp_path, suffix):
    info = {"network": "vgg16-tiny", "photo": "Käfer.jpg"}
    first = figures.save(some_figure(), tmp_path / f"one{suffix}", info)
    second = figures.save(some_figure(), tmp_path / f"two{suffix.upper()}", info)
    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes()) > 500


def test_provenance_travels_inside_a_png(tmp_path):
    info = {"network": "vgg16-tiny", "photo": "Käfer.jpg"}
    path = figures.save(some_figure(), tmp_path / "sheet.png", info)
    assert pictures.read_info(path) == info


def test_a_png_stores_no_opacity_and_the_same_colours(tmp_path):
    figure = some_figure()
    figure.savefig(tmp_path / "whole.png", dpi=144, facecolor="white")
    figures.save(figure, tmp_path / "small.png")
    whole, small = (Image.open(tmp_path / f"{name}.png") for name in ("whole", "small"))
    assert (whole.mode, small.mode) == ("RGBA", "RGB")
    assert np.array_equal(np.asarray(whole)[:, :, :3], np.asarray(small))
    assert small.info["dpi"] == pytest.approx((144, 144), abs=0.1)


def test_a_png_has_as_many_pixels_as_asked_for(tmp_path):
    figure = some_figure()
    (tmp_path / "small.png").write_bytes(figures.to_png(figure, dpi=72))
    height, width = pictures.read(tmp_path / "small.png").shape[:2]
    assert (width, height) == tuple(figure.get_size_inches() * 72)


def test_another_number_of_pixels_an_inch_is_in_the_record(tmp_path):
    figure, info = some_figure(), {"network": "vgg16-tiny"}
    usual, small = (
        figures.save(figure, tmp_path / f"{dpi}.png", info, dpi=dpi) for dpi in (figures.DPI, 72)
    )
    assert pictures.read(usual).shape[1] == 2 * pictures.read(small).shape[1]
    assert pictures.read_info(usual) == info
    assert pictures.read_info(small) == {**info, "dpi": "72"}
    with pytest.raises(InputError, match="Expected dpi from 1 to 1200. Received: 0"):
        figures.save(figure, tmp_path / "none.png", dpi=0)


def test_savefig_works_as_matplotlib_users_know_it(tmp_path):
    some_figure().savefig(tmp_path / "sheet.png")
    assert pictures.read(tmp_path / "sheet.png").shape[2] == 3


def test_an_unknown_suffix_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(
        InputError, match=r"No figure format is called '\.pngg'. Did you mean '\.png'"
    ):
        figures.save(some_figure(), tmp_path / "sheet.pngg")
    assert list(tmp_path.iterdir()) == []


def test_a_figure_that_cannot_be_drawn_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "sheet.png"
    path.write_bytes(b"old")
    figure = some_figure()
    monkeypatch.setattr(figure, "savefig", lambda *args, **kw: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        figures.save(figure, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_figures_load_no_matplotlib_until_one_is_made_and_never_pyplot():
    code = (
        "import sys, numpy; from convscope import figures; "
        "assert 'matplotlib' not in sys.modules; "
        "figures.to_png(figures.sheet([numpy.zeros((2, 2, 3))], ['a'], [''])); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
