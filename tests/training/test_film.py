"""A run keeps moments that a film can be made of, and is the same run with them and without."""

import shutil

import numpy as np
import pytest

import convscope as cs
from convscope.errors import InputError
from convscope.networks.loading.embedded import architecture
from convscope.training_films.curve import read_log
from training import train as command
from training.data import centred
from training.film import COLUMNS, LOG, Film
from training.train import train


@pytest.fixture(scope="module")
def run(settings, pictures, tmp_path_factory):
    """A run of 5 epochs of 3 steps that keeps 6 moments, with its checkpoint after epoch 3."""
    folder = tmp_path_factory.mktemp("run")
    film = Film.of(folder / "film", settings, len(pictures), 6)
    for epoch in train(pictures, settings, state=folder / "state.npz", film=film):
        if epoch.number == 3:
            shutil.copy(folder / "state.npz", folder / "3.npz")
    return film, epoch.network, folder


def weights(path, settings):
    plain = architecture.build(settings.classes, settings.width)
    plain.load_weights(path)
    return plain


def test_moments_are_kept_from_the_start_to_the_end(run):
    film, _, _ = run
    assert film.moments == (0, 1, 2, 4, 8, 15)
    names = sorted(path.name for path in film.folder.iterdir())
    assert names == [LOG, *(f"step-{step:07}.weights.h5" for step in film.moments)]


def test_the_last_moment_answers_as_the_trained_network(run, settings):
    film, network, _ = run
    plain = weights(film.folder / "step-0000015.weights.h5", settings)
    feed = centred(np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3), dtype=np.uint8))
    logits = network.predict_on_batch(feed)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(plain.predict_on_batch(feed), shares, atol=1e-4)


def test_the_run_is_the_same_without_a_film(run, settings, pictures):
    _, network, _ = run
    *_, last = train(pictures, settings)
    for ours, theirs in zip(last.network.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_a_run_that_is_taken_up_keeps_the_same_moments_and_log(run, settings, pictures, tmp_path):
    film, _, folder = run
    again = Film(shutil.copytree(film.folder, tmp_path / "film"), film.moments)
    state = shutil.copy(folder / "3.npz", tmp_path / "state.npz")
    for _ in train(pictures, settings, state=state, resume=True, film=again):
        pass
    assert [row[:2] for row in again.noted()] == [row[:2] for row in film.noted()]
    for name in ("step-0000008.weights.h5", "step-0000015.weights.h5"):
        both = [weights(each.folder / name, settings).get_weights() for each in (film, again)]
        for ours, theirs in zip(*both, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


def test_the_log_has_a_row_a_step(run):
    film, _, _ = run
    assert [row[:2] for row in film.noted()] == [(step, (step - 1) // 3) for step in range(1, 16)]
    curve = read_log(film.folder / LOG, "step")
    assert tuple(curve.lines) == COLUMNS[2:]
    assert len(curve.lines["loss"]) == 15


def test_evolve_makes_the_film(run, settings):
    film, _, _ = run
    plain = architecture.build(settings.classes, settings.width)
    made = cs.evolve(
        cs.load(plain, preprocessing="bgr-centred"),
        film.folder,
        "block1_conv1:0",
        log=film.folder / LOG,
        steps=1,
        precision="float32",
    )
    assert [moment.label for moment in made.moments] == [f"step {step}" for step in film.moments]
    assert made.curve.measures == ("loss", "accuracy")


def test_a_folder_with_another_film_is_refused(
    run, settings, pictures, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(command, "read_settings", lambda path: settings)
    monkeypatch.setattr(command, "read_pictures", lambda paths, split: pictures)
    with pytest.raises(SystemExit, match="2"):
        command.main(
            ["--data", "any", "--out", str(tmp_path / "w.npz"), "--film", str(run[0].folder)]
        )
    assert "with 6, such as step-0000000.weights.h5" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_film_of_one_moment_is_refused(settings, tmp_path):
    with pytest.raises(InputError, match="at least 2 moments"):
        Film.of(tmp_path, settings, 100, 1)
