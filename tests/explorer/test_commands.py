"""The commands of pages: each is read by the command line, and makes what its page shows."""

import html
import re
import shlex

import pytest
import typer
from click import Context

import convscope as cs
from convscope.atlas.atlas import read_atlas
from convscope.atlas.build import build_atlas
from convscope.cli.commands import app
from convscope.errors import UnknownName
from convscope.explorer.commands import commands_of_comparison, commands_of_pictures
from convscope.explorer.export import exported
from convscope.explorer.studio import Studio
from convscope.progress import silent
from tests.atlas.conftest import SHORT
from tests.cards.nets import colours


def read(command):
    """Read a command as the command line does, without running it; what it was told, by names."""
    name, *words = shlex.split(command)
    assert name == "convscope"
    found = typer.main.get_command(app)
    context = Context(found)
    while hasattr(found, "resolve_command"):
        name, found, words = found.resolve_command(context, words)
        context = Context(found, context, name) if hasattr(found, "resolve_command") else context
    return found.make_context(name, list(words), parent=context).params


def told(page):
    """The command and the Python of a page."""
    found = re.findall(r"<code>(.*?)</code>", page, re.DOTALL)
    return [html.unescape(each) for each in found]


def test_a_command_that_is_not_one_is_refused():
    with pytest.raises(UnknownName, match="No option is called"):
        read("convscope atlas build vgg16-tiny --out atlas --no-such-option 3")


@pytest.mark.parametrize(
    "page", ["/", "/layer/conv", "/unit/conv:0", "/compare?a=unit:conv:0&b=unit:conv:1"]
)
def test_every_page_has_a_command_that_can_be_typed(explorer, page):
    command, python = told(explorer.get(page).text)
    for each in command.splitlines():
        read(each)
    for each in python.splitlines():
        compile(each, page, "eval")


def test_the_command_of_a_layer_makes_its_pictures(network, tmp_path, monkeypatch):
    """So does the Python: the same edition, so the same keys."""
    monkeypatch.chdir(tmp_path)
    made = build_atlas(network, tmp_path / "made", "conv:0-1", size=12, **SHORT)
    page = exported(made, "site", tmp_path / "site", silent).parent / "layers" / "00-conv.html"
    command, python = told(page.read_text("utf-8"))
    eval(python.replace("conv:*", "conv:0-1"), {"cs": cs, "network": network})
    again = read_atlas("atlas")
    assert [entry.key for entry in again] == [entry.key for entry in made]
    stated = read(command)
    assert (stated["units"], stated["size"], stated["steps"]) == (["conv:*"], "12x12", 4)


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("vgg16-tiny", "", "convscope atlas build vgg16-tiny"),
        (
            "mine",
            "--model mine.keras --preprocessing 'BGR, 0..255' --labels 'my labels.txt'",
            "convscope atlas build mine.keras --preprocessing 'BGR, 0..255' --labels",
        ),
    ],
)
def test_the_options_of_the_network_are_in_the_command(tmp_path, name, options, expected):
    network = colours(name=name)
    loaded = Studio(name, lambda: network, folder=tmp_path, options=options).start(silent)
    command = commands_of_pictures(loaded)["command"]
    assert command.startswith(expected)
    read(command)


def test_two_networks_are_compared_by_a_command(network, tmp_path):
    other = colours(name="other")
    options = "--model other.keras --labels names.txt"
    beside = Studio("other", lambda: other, folder=tmp_path, options=options)
    loaded = Studio("colours", lambda: network, folder=tmp_path, second=beside).start(silent)
    found = commands_of_comparison(loaded, "a b.jpg", "a b.jpg", loaded.second, loaded.second)
    stated = read(found["command"])
    assert (stated["second"], str(stated["second_labels"])) == ("other.keras", "names.txt")
    assert [str(each) for each in stated["photo"]] == ["a b.jpg"]
    found = commands_of_comparison(loaded, "a.jpg", "b.jpg", None, loaded)
    assert [str(each) for each in read(found["command"])["photo"]] == ["a.jpg", "b.jpg"]
