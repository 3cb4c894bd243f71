"""Rows that other packages add to a table; the example package, installed."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

import convscope as cs
from convscope import cli, plugins
from convscope.attribution.methods.table import METHODS
from convscope.canvas import CANVASES
from convscope.errors import ConvscopeWarning, ModelError
from convscope.networks.loading.zoo import ZOO
from convscope.plugins import Table

EXAMPLE = Path(__file__).parents[1] / "examples/plugin"
GROUP = "convscope.numbers"
TABLES = (METHODS, CANVASES, ZOO)


@pytest.fixture
def numbers(monkeypatch):
    """Return a table of numbers, with what some entry points add to it."""

    def table(**paths):
        points = [EntryPoint(name, path, GROUP) for name, path in paths.items()]
        monkeypatch.setattr(plugins, "entry_points", lambda group: points if group == GROUP else [])
        return Table(GROUP, {"two": 2.0}, lambda row: isinstance(row, float), "a number")

    return table


def test_rows_of_others_come_after_the_own_ones_by_name(numbers):
    table = numbers(tau="math:tau", e="math:e")
    assert list(table) == ["two", "e", "tau"]
    assert table["tau"] == pytest.approx(2 * np.pi)
    assert len(table) == 3
    assert list(table.own) == ["two"]


@pytest.mark.parametrize(
    ("name", "path", "why"),
    [
        ("gone", "no_such_module:row", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("gone", "math:no_such_row", "AttributeError: "),
        ("odd", "math:floor", "TypeError: expected a number, received <built-in function floor>"),
        ("two", "math:e", "ValueError: there is a 'two' already"),
    ],
)
def test_a_broken_plugin_is_named_and_left_out(numbers, name, path, why):
    table = numbers(**{name: path, "pi": "math:pi"})
    with pytest.warns(ConvscopeWarning) as warned:
        assert dict(table) == {"two": 2.0, "pi": np.pi}
    (message,) = (str(warning.message) for warning in warned)
    start = f"The plug-in {name!r} of {GROUP} in an unknown package is left out ("
    assert message.startswith(start + why)
    assert dict(table) == {"two": 2.0, "pi": np.pi}  # once said is enough


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder into which pip has installed the example package."""
    folder = tmp_path_factory.mktemp("plugin")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--no-build-isolation", "--target", folder, EXAMPLE], check=True)
    return folder


@pytest.fixture
def example(installed, monkeypatch):
    """Have the example package for one test."""

    def forget():
        for table in TABLES:
            vars(table).pop("rows", None)

    monkeypatch.syspath_prepend(installed)
    forget()
    yield
    forget()
    for name in [each for each in sys.modules if each.split(".")[0] == "convscope_example"]:
        del sys.modules[name]


def stripes():
    """A picture of upright stripes, dark and bright, that are three pixels wide."""
    columns = np.arange(32) // 3 % 2
    return np.broadcast_to(columns[None, :, None], (32, 32, 3)).astype("float32")


@pytest.mark.usefixtures("example")
def test_the_network_of_the_example_tells_stripes(run):
    named = [line.split()[:2] for line in run("models").out.splitlines()]
    assert ["stripes", "32x32"] in named
    network = cs.load("stripes")
    assert network.labels == ("upright stripes", "flat stripes")
    pictures = np.stack([stripes(), stripes().swapaxes(0, 1)])
    found = network.model.predict(pictures, verbose=0)  # its pictures are 0 to 1 already
    assert (np.argmax(found, axis=1) == [0, 1]).all()
    with pytest.raises(ModelError, match="no weights for stripes, which a plug-in brings"):
        cs.load("stripes", weights="file.h5")


@pytest.mark.usefixtures("example")
def test_the_method_of_the_example_is_the_largest_magnitude():
    network = cs.load("stripes")
    signed = cs.attribute(network, stripes(), "predictions:0", method="gradient").map
    found = cs.attribute(network, stripes(), "predictions:0", method="gradient-magnitude").map
    assert found.any()
    np.testing.assert_allclose(found, np.abs(signed) / 3, rtol=1e-5)  # the colours are alike


@pytest.mark.usefixtures("example")
def test_the_canvas_of_the_example_is_gray_and_in_the_record(tmp_path):
    network = cs.load("stripes")
    made = cs.maximize(network, "predictions:upright stripes", canvas="gray", steps=8)
    assert np.ptp(made.picture, axis=-1).max() == 0
    assert np.ptp(made.picture) > 0.2
    made.save(tmp_path / "gray.png")
    assert cs.Recipe.load(tmp_path / "gray.png").canvas == "gray"
    assert cli.main(["show", str(tmp_path / "gray.png")]) == 0
