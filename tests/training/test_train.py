"""A whole run in small: it learns, resumes, and exports what it learned."""

import shutil
from dataclasses import replace

import keras
import numpy as np
import pytest

from convscope.errors import InputError, MissingWeights
from convscope.networks.loading.embedded.architecture import assign, from_weights
from training import train as command
from training.data import centred
from training.fold import export, fold, rounded
from training.settings import Phase
from training.train import train


@pytest.fixture(scope="module")
def run(settings, pictures, tmp_path_factory):
    """All epochs of one run, and a folder with its checkpoint after each."""
    folder = tmp_path_factory.mktemp("run")
    epochs = []
    for epoch in train(pictures, settings, state=folder / "state.npz"):
        shutil.copy(folder / "state.npz", folder / f"{epoch.number}.npz")
        epochs.append(epoch)
    return epochs, folder


def test_loss_goes_down_and_the_classes_are_told_apart(run):
    epochs, _ = run
    assert [epoch.number for epoch in epochs] == [1, 2, 3, 4, 5]
    assert epochs[-1].loss < 0.9 * epochs[0].loss
    assert epochs[-1].accuracy > 0.8


@pytest.mark.parametrize("done", [3, 4], ids=["at the switch of heads", "within a phase"])
def test_an_interrupted_run_ends_with_the_same_weights(run, settings, pictures, done, tmp_path):
    epochs, folder = run
    state = shutil.copy(folder / f"{done}.npz", tmp_path / "state.npz")
    *_, last = train(pictures, settings, state=state, resume=True)
    assert last.number == 5
    for ours, theirs in zip(
        last.network.get_weights(), epochs[-1].network.get_weights(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


def test_the_export_loads_into_the_plain_network_and_answers_alike(run, tmp_path):
    network, folded = run[0][-1].network, fold(run[0][-1].network)
    feed = centred(np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3), dtype=np.uint8))
    expected = keras.ops.convert_to_numpy(keras.ops.softmax(network.predict_on_batch(feed)))
    export(folded, tmp_path / "weights.npz")
    plain = from_weights(tmp_path / "weights.npz")
    # What the file holds is the folded weights, rounded: known to the last bit. How much rounding
    # moves an answer depends on the weights and the processor; with the weights as they were the
    # answers agree.
    for name, array in folded.items():
        layer, kind = name.split("/")
        held = keras.ops.convert_to_numpy(getattr(plain.get_layer(layer), kind))
        np.testing.assert_array_equal(held, rounded(array).astype("float16").astype("float32"))
    assign(plain, folded)
    np.testing.assert_allclose(plain.predict_on_batch(feed), expected, rtol=1e-2, atol=1e-4)


@pytest.mark.usefixtures("eager_steps")
def test_a_run_with_an_average_exports_it_and_goes_on_after_a_stop(settings, pictures, tmp_path):
    short = replace(settings, phases=(Phase(3, 32, "pool", 0.0),), average=0.5)
    *_, plain = train(pictures, replace(short, average=0.0))
    *_, through = train(pictures, short, state=tmp_path / "all.npz")
    next(train(pictures, short, state=tmp_path / "state.npz"))
    *_, again = train(pictures, short, state=tmp_path / "state.npz", resume=True)
    assert through.loss == pytest.approx(plain.loss, rel=1e-4)  # it learns as without
    apart = [
        np.abs(one - other).max()
        for one, other in zip(
            through.network.get_weights(), plain.network.get_weights(), strict=True
        )
    ]
    assert max(apart) > 1e-4
    for ours, theirs in zip(
        again.network.get_weights(), through.network.get_weights(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)


def test_a_checkpoint_of_other_settings_is_refused(run, settings, pictures):
    other = replace(settings, peak_rate=0.1)
    with pytest.raises(InputError, match=r"same settings. Received: 3\.npz.*peak_rate=0\.05"):
        next(train(pictures, other, state=run[1] / "3.npz", resume=True))


def test_resuming_without_a_checkpoint_is_refused(settings, pictures, tmp_path):
    with pytest.raises(MissingWeights, match=r"none at .*gone\.npz"):
        next(train(pictures, settings, state=tmp_path / "gone.npz", resume=True))


def test_less_than_a_batch_is_refused(settings, pictures):
    with pytest.raises(InputError, match=r"one batch of 100 pictures. Received: 24"):
        next(train(pictures, replace(settings, batch=100)))


def test_the_command_exports_what_it_trained(
    run, settings, pictures, tmp_path, monkeypatch, capsys
):
    # Training is replayed from above: the command only reads, tells and writes.
    monkeypatch.setattr(command, "read_settings", lambda path: settings)
    monkeypatch.setattr(command, "read_pictures", lambda paths, split: pictures)
    monkeypatch.setattr(command, "train", lambda *given, **more: iter(run[0]))
    out = tmp_path / "weights.npz"
    command.main(["--data", "anywhere", "--out", str(out)])
    assert from_weights(out).output_shape == (None, 2)
    assert capsys.readouterr().out.count("epoch") == 5


def test_resuming_a_run_that_was_done_exports_it(
    run, settings, pictures, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(command, "read_settings", lambda path: settings)
    monkeypatch.setattr(command, "read_pictures", lambda paths, split: pictures)
    shutil.copy(run[1] / "5.npz", tmp_path / "weights.checkpoint.npz")
    out = tmp_path / "weights.npz"
    command.main(["--data", "anywhere", "--out", str(out), "--resume"])
    assert from_weights(out).output_shape == (None, 2)
    assert capsys.readouterr().out == "epoch 5/5  was done\n"


@pytest.mark.usefixtures("eager_steps")
def test_a_run_that_diverges_ends_and_keeps_its_checkpoint(settings, pictures, tmp_path):
    state = tmp_path / "state.npz"
    wild = replace(settings, peak_rate=float("inf"))
    with pytest.raises(InputError, match=r"a finite loss. Received: nan in epoch 1.*peak_rate"):
        next(train(pictures, wild, state=state))
    assert not state.exists()


def test_the_command_says_what_is_wrong_in_one_line(tmp_path, capsys):
    out = tmp_path / "missing" / "weights.npz"
    with pytest.raises(SystemExit, match="2"):
        command.main(["--data", str(tmp_path), "--out", str(out)])
    assert capsys.readouterr().err.startswith("Expected an existing folder.")
