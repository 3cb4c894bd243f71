"""From checkpoints comes the film that the training would have given."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

import convscope as cs
from convscope.errors import InputError, ModelError, UnknownName
from tests.training_films.trainings import fit, plain, state

QUICK = {"steps": 2, "precision": "float32"}
UNITS = ("second:1", "classes:0")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A training's checkpoints: weights at the end of each epoch, and the model, with its log."""
    folder = tmp_path_factory.mktemp("run")
    saving = keras.callbacks.ModelCheckpoint(
        folder / "w" / "epoch-{epoch:02d}.weights.h5", save_weights_only=True
    )
    whole = keras.callbacks.ModelCheckpoint(folder / "k" / "small-{epoch:02d}.keras")
    film = cs.FeatureFilm(
        UNITS, None, preprocessing="zero-to-one", moments="epochs", share=None, verbose=False,
        rate=cs.Recipe().rate, **QUICK,
    )  # fmt: skip
    model = plain()
    fit(model, saving, whole, keras.callbacks.CSVLogger(folder / "log.csv"), film, epochs=3)
    return folder, model, film.result


def load(model):
    return cs.load(model, preprocessing="zero-to-one", labels=["left", "right"])


@pytest.fixture(scope="module")
def film(trained):
    folder, _, _ = trained
    return cs.evolve(load(plain()), folder / "w", *UNITS, log=folder / "log.csv", **QUICK)


def test_it_is_the_film_of_the_training(trained, film):
    *_, during = trained
    assert [moment.at for moment in film.moments] == [1, 2, 3]
    for own, other in zip(film.moments, during.moments[1:], strict=True):
        assert own.digest == other.digest
        np.testing.assert_allclose(own.responses, other.responses, rtol=1e-4, atol=1e-5)
        for one, two in zip(own.pictures, other.pictures, strict=True):
            assert np.abs(one.astype(int) - two).max() <= 1
    for layer, values in film.settling.layers.items():
        np.testing.assert_allclose(values, during.settling.layers[layer][1:], atol=1e-5)


def test_weights_and_whole_models_give_the_same_film(trained, film):
    folder, _, _ = trained
    again = cs.evolve(load(plain()), folder / "k", *UNITS, **QUICK)
    for own, other in zip(again.moments, film.moments, strict=True):
        assert (own.digest, own.at) == (other.digest, other.at)
        np.testing.assert_array_equal(own.pictures, other.pictures)


def test_the_given_network_has_its_own_weights_afterwards(trained):
    folder, _, _ = trained
    model = plain()
    fit(model, epochs=1)  # so that its optimizer remembers something, too
    before = state(model)
    network = load(model)
    digest = network.digest
    cs.evolve(network, folder / "w", "second:1", **QUICK)
    assert state(model) == before
    assert load(model).digest == digest == network.digest


def test_a_checkpoint_equal_to_the_last_has_settled(trained, tmp_path):
    folder, _, _ = trained
    for number in (4, 5, 6):
        source = folder / "w" / f"epoch-{3 if number > 4 else 1:02}.weights.h5"
        (tmp_path / f"epoch-{number}.weights.h5").write_bytes(source.read_bytes())
    found = cs.evolve(load(plain()), tmp_path, *UNITS, **QUICK).settling
    for layer, values in found.layers.items():
        assert values[1:] == pytest.approx((1, 1))
        assert values[0] < 0.99999
        assert found.settled(layer) <= 1


def test_the_curve_comes_from_the_log(film):
    assert [when for when, _ in film.curve.lines["loss"]] == [1, 2, 3]
    assert film.curve.measures == ("loss", "accuracy")


def test_labels_of_classes_are_shown(film):
    assert film.labels == ("second:1", "classes:left")


def test_it_tells_how_far_it_is(trained):
    folder, _, _ = trained
    reports = []
    cs.evolve(
        load(plain()),
        folder / "w",
        "second:1",
        progress=lambda *report: reports.append(report),
        **QUICK,
    )
    words = list(dict.fromkeys(message for _, message in reports))
    assert words == ["Filming epoch 1", "Filming epoch 2", "Filming epoch 3"]
    shares = [share for share, _ in reports]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_pictures_may_be_smaller_than_the_network_is_used_to(trained):
    folder, _, _ = trained
    found = cs.evolve(load(plain()), folder / "w", "first:1", size=6, **QUICK)
    assert found.moments[0].pictures[0].shape == (6, 6, 3)
    assert found.record()["size"] == "6x6"


@pytest.mark.parametrize(
    ("units", "more", "error", "message"),
    [
        (("third:1",), {}, UnknownName, "No layer is called 'third'"),
        (("second:1",), {"log": "gone.csv"}, InputError, "Cannot read the log"),
        (("second:1",), {"natural": "gone"}, InputError, "a folder of photos"),
        (("second:1",), {"steps": 0}, InputError, "at least one step"),
    ],
)
def test_what_cannot_be_filmed_is_refused(trained, units, more, error, message):
    folder, _, _ = trained
    with pytest.raises(error, match=message):
        cs.evolve(load(plain()), folder / "w", *units, **{**QUICK, **more})


def test_another_architecture_is_refused_and_the_weights_are_back(trained):
    folder, _, _ = trained
    other = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3, name="second")])
    before = other.get_weights()
    network = cs.load(other, preprocessing="zero-to-one")
    with pytest.raises(ModelError, match="same architecture.*epoch-01.weights.h5"):
        cs.evolve(network, folder / "w", "second:1", **QUICK)
    np.testing.assert_array_equal(before[0], other.get_weights()[0])


def test_its_provenance_is_plain_json(film):
    recorded = json.loads(json.dumps(film.record(), allow_nan=False))
    assert recorded["objectives"] == "second:1 classes:0"
    names = [Path(each).name for each in recorded["checkpoints"].split()]
    assert names == [f"epoch-{n:02}.weights.h5" for n in (1, 2, 3)]
    assert recorded["digest"] == film.moments[-1].digest
    assert recorded["settling"]["layers"]["second"][-1] == pytest.approx(1)
    assert recorded["settling"]["moments"] == [1, 2, 3]
    assert set(recorded["settling"]["at 0.9 from"]) == {"second", "classes"}
    assert recorded["moments"][1]["curve"].keys() == {"accuracy", "loss"}
