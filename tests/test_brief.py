"""Reprs: one short line, whatever a value holds."""

import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Mapping

import numpy as np
import pytest

import convscope
from convscope import Preprocessing, Recipe, Transforms
from convscope.brief import LONGEST, MOST, Brief, shortened

# Drawings and command lines are made and used inside; nobody is handed one.
WRITTEN = (Recipe, Preprocessing, Transforms)  # people write these: their repr is the call
INSIDE = (
    *("convscope.drawing", "convscope.encoding", "convscope.cli", "convscope.terminal"),
    *("convscope.backend", "convscope.networks.modules"),  # these import frameworks
)
OUTSIDE = ("__main__", ".figure", "_figure", ".command", ".options")


def dataclasses_of_convscope():
    for found in pkgutil.walk_packages(convscope.__path__, "convscope."):
        if found.name.startswith(INSIDE) or found.name.endswith(
            ("__main__", ".figure", "_figure", ".command", ".options")
        ):
            continue
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            own = inspect.isclass(value) and value.__module__ == found.name
            if own and dataclasses.is_dataclass(value):
                yield value


def parts(kind):
    """A type and all that it is made of, but for what functions take and give."""
    yield kind
    if typing.get_origin(kind) is not Callable:
        for part in typing.get_args(kind):
            yield from parts(part)


def holds_much(kind, seen=frozenset()):
    """Whether values of a class may hold arrays, tables or a network."""
    names = vars(importlib.import_module(kind.__module__))
    for field in dataclasses.fields(kind):
        declared = field.type
        if isinstance(declared, str):
            declared = names.get(declared.partition(" ")[0], declared)
        if not field.repr:
            continue
        for part in parts(declared):
            plain = typing.get_origin(part) or part
            if plain in (np.ndarray, Mapping, dict) or typing.get_args(part)[1:] == (Ellipsis,):
                return True
            deeper = dataclasses.is_dataclass(plain) and plain not in {*seen, *WRITTEN}
            if deeper and holds_much(plain, seen | {kind, plain}):
                return True
    return False


HEAVY = [kind for kind in dataclasses_of_convscope() if kind not in WRITTEN and holds_much(kind)]


def test_the_walk_finds_what_people_are_handed():
    names = {kind.__name__ for kind in HEAVY}
    assert names >= {
        *("Network", "Maximized", "Gallery", "Card", "Activations", "Attribution", "Attributions"),
        *("Evaluation", "Film", "Learning", "Story", "Dictionary", "Factors", "Differences"),
        *("ConnectionWeights", "Statistics", "Explanation", "Finding", "Direction", "Objective"),
    }


@pytest.mark.parametrize("kind", HEAVY, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_what_holds_arrays_tables_or_a_network_is_brief(kind):
    assert issubclass(kind, Brief)
    assert not kind.__repr__.__qualname__.startswith("__create_fn__")
    assert kind.__repr__.__module__.startswith("convscope")
    assert "_recursive_repr" not in kind.__repr__.__qualname__
    assert not hasattr(kind.__repr__, "__wrapped__")  # dataclasses wrap the reprs that they write


@dataclasses.dataclass(frozen=True)
class Example(Brief):
    array: np.ndarray
    table: dict
    text: str
    values: tuple
    hidden: int = dataclasses.field(default=3, repr=False)


def test_a_dataclass_says_its_fields_each_cut_short():
    value = Example(np.zeros((64, 64, 3), "float32"), {"a": 1, "b": 2}, "x" * 500, (1, 2))
    shown = repr(value)
    assert shown.startswith("<Example array 64x64x3 float32, table 2 entries, text xxx")
    assert "hidden" not in shown
    assert len(shown) <= MOST + len("<Example >")


def test_a_line_stays_one_line_and_steers_no_terminal():
    shown = repr(Example(np.zeros(2), {}, "two\nlines\x1b[2J", ()))
    assert "\n" not in shown
    assert "\x1b" not in shown


def test_a_value_is_said_in_a_few_letters():
    assert shortened(list(range(1000))) == "1000 items"
    assert len(shortened("word " * 100)) == LONGEST
    assert shortened(None) == "None"


# Real results of a small network, each made in the quickest way.


@pytest.fixture(scope="module")
def network():
    import keras

    keras.utils.set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((16, 16, 3)),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.Conv2D(6, 3, activation="relu", name="deeper"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax", name="dense"),
        ],
        name="small",
    )
    return convscope.load(model, preprocessing="zero-to-one", labels=["cat", "dog"])


@pytest.fixture(scope="module")
def photo():
    return np.random.default_rng(0).random((16, 16, 3)).astype("float32")


@pytest.fixture(scope="module")
def results(network, photo, tmp_path_factory):
    made = {
        "maximized": convscope.maximize(network, "conv:1", steps=2),
        "gallery": convscope.gallery(network, "conv:0-1", steps=2),
        "activations": convscope.activations(network, photo),
        "attribution": convscope.attribute(network, photo, "dense:cat", method="gradient"),
        "attributions": convscope.attributions(
            network, photo, "dense:cat", methods=["gradient", "grad-cam"]
        ),
        "film": convscope.animate(network, "conv:1", steps=2),
        "story": convscope.story(network, photo, "conv", steps=2, pictures=False),
        "dictionary": convscope.dictionary(network, photo, (5, 5), pictures=False),
        "differences": convscope.compare(network, photo, 1 - photo, pictures=False),
        "factors": convscope.factors(network, photo, layer="deeper", count=2, pictures=False),
        "grid": convscope.activation_grid(network, photo, "deeper", 2, size=12),
        "wiring": convscope.weights(network, "deeper:1", pictures=False),
    }
    made["evaluation"] = convscope.evaluate(made["attributions"], measures=["deletion"])
    made["card"] = convscope.card(network, made["maximized"], seeds=2, others=1)
    folder = tmp_path_factory.mktemp("checkpoints")
    for number in range(2):
        network.model.save_weights(folder / f"epoch-{number}.weights.h5")
    made["learning"] = convscope.evolve(network, folder, "conv:1", steps=2)
    return made


def test_a_network_says_its_layers_its_size_and_its_classes(network):
    assert repr(network) == "Network small: 4 layers, 16x16x3, 2 classes"


def test_every_result_is_one_short_line(results):
    for name, result in results.items():
        shown = repr(result)
        assert shown.startswith(f"<{type(result).__name__} ")
        assert "\n" not in shown, name
        assert len(shown) < 200, name


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("maximized", "<Maximized conv:1, response "),
        ("gallery", "<Gallery of 2 pictures: conv:0, conv:1>"),
        ("attribution", "<Attribution dense:cat by gradient, logit "),
        ("attributions", "<Attributions 2 maps, dense:cat in ndarray: gradient, grad-cam>"),
        ("evaluation", "<Evaluation 2 maps and 3 controls by 1 measure, dense:cat in ndarray>"),
        ("film", "<Film conv:1, "),
        ("learning", "<Learning 1 unit at 2 moments: conv:1>"),
        ("story", "<Story of small in 1 layer: conv>"),
        ("grid", "<ActivationGrid of deeper in small: 12 x 12 places, 2 groups>"),
        ("wiring", "<ConnectionWeights of deeper:1 in small: 4 connections>"),
    ],
)
def test_a_result_says_what_it_is(results, name, beginning):
    assert repr(results[name]).startswith(beginning)


def test_a_card_prints_its_text_and_shows_one_line(results):
    card = results["card"]
    assert str(card) == card.text()
    assert "\n" not in repr(card)


def test_notebooks_still_get_the_picture(results):
    for name, result in results.items():
        assert result._repr_png_() or result._repr_html_(), name
