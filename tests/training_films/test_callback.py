"""A film of learning costs the training nothing but time, and not more of it than was allowed."""

import random
import re
import sys

import keras
import numpy as np
import pytest

import convscope as cs
from convscope.errors import InputError, MissingExtra, ModelError, OutputError, UnknownName
from convscope.training_films.recorder import FilmRecorder
from tests.training_films.trainings import chancy, compiled, fit, plain, reset, state

UNITS = ["second:1", "classes:0"]


@pytest.fixture
def film():
    """A function that makes a quick callback which writes nothing."""

    def film(units=UNITS, **settings):
        quick = {"out": None, "preprocessing": "zero-to-one", "share": None, "verbose": False}
        return cs.FeatureFilm(units, **{**quick, "steps": 2, "precision": "float32", **settings})

    return film


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("build", [plain, chancy])
def test_training_ends_byte_for_byte_as_without_the_film(build, film):
    ends = []
    for callbacks in ([], [film(moments=5)]):
        model = build()
        fit(model, *callbacks)
        draws = [random.random(), np.random.random(), np.asarray(keras.random.normal((2,))).sum()]
        ends.append((state(model), draws))
    assert callbacks[0].result.moments[-1].at == 8
    assert ends[0] == ends[1]


def test_flags_stay_as_they_were(film):
    model = chancy()
    model.get_layer("first").trainable = False
    compiled(model)
    fit(model, film(moments=3))
    assert [layer.trainable for layer in model.layers if layer.weights].count(False) == 1
    assert len(model.optimizer.variables) == 2 + 2 * len(model.trainable_variables)


def test_moments_come_just_when_they_are_wanted(film):
    every = film(moments=5)
    fit(reset(), every)
    assert [moment.at for moment in every.result.moments] == [0, 1, 2, 4, 8]
    listed = film(moments=[3, 5])
    fit(reset(), listed)
    assert [moment.at for moment in listed.result.moments] == [0, 3, 5, 8]
    epochs = film(moments="epochs")
    fit(reset(), epochs, epochs=3)
    assert [moment.at for moment in epochs.result.moments] == [0, 4, 8, 12]
    assert [moment.label for moment in epochs.result.moments][1:3] == ["batch 4", "batch 8"]
    assert not any(each.result.notes for each in (every, listed, epochs))


def test_later_epochs_alone_are_planned_when_a_training_is_taken_up(film):
    again = film(moments=3)
    fit(reset(), again, epochs=3, initial_epoch=2)
    assert [moment.at for moment in again.result.moments] == [0, 1, 4]


def test_several_batches_at_once_are_filmed_when_keras_lets_us(film):
    if keras.backend.backend() == "torch":
        pytest.skip("Keras on PyTorch trains one batch at a time.")
    together = film(moments=[1, 5])
    fit(plain(steps_per_execution=2), together)
    assert [moment.at for moment in together.result.moments] == [0, 2, 6, 8]
    assert "1 at 2, 5 at 6" in together.result.notes[0]


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_of_a_training_without_known_end_moments_double(film):
    unplanned = film(moments=4)
    plain().fit(stream(11), verbose=0, shuffle=False, callbacks=[unplanned])
    assert [moment.at for moment in unplanned.result.moments] == [0, 1, 2, 4, 8, 11]


def stream(batches):
    """Batches that come until they end: Keras does not know how many."""
    chance = np.random.default_rng(0)
    for _ in range(batches):
        yield chance.random((3, 8, 8, 3)).astype("float32"), np.array([0, 1, 0])


@pytest.mark.usefixtures("compiled")
def test_pictures_are_those_of_maximize_on_the_weights_of_then(film):
    quick = {"steps": 2, "rate": 0.1, "patience": 0, "precision": "float32"}
    model, trained = plain(), film(moments=2)
    expected = cs.maximize(cs.load(model, preprocessing="zero-to-one"), "second:1", **quick)
    fit(model, trained)
    after = cs.maximize(cs.load(model, preprocessing="zero-to-one"), "second:1", **quick)
    first, last = trained.result.moments
    assert first.digest == expected.source["digest"] != last.digest == after.source["digest"]
    np.testing.assert_allclose(first.pictures[0] / 255, expected.picture, atol=1.5 / 255)
    np.testing.assert_allclose(last.pictures[0] / 255, after.picture, atol=1.5 / 255)
    np.testing.assert_allclose(first.responses[0], expected.response, rtol=1e-4)
    np.testing.assert_allclose(last.responses[0], after.response, rtol=1e-4)


@pytest.mark.usefixtures("compiled")
def test_programs_are_compiled_once_for_all_moments(film, monkeypatch):
    made = []
    original = FilmRecorder.take

    def take(self, *args, **kw):
        shot = original(self, *args, **kw)
        made.append(set(map(id, self.network.programs._idle.values())))
        return shot

    monkeypatch.setattr(FilmRecorder, "take", take)
    fit(plain(), film(moments=4))
    assert len(made) == 4
    assert made[0] == made[-1]


def test_layers_are_compared_with_what_they_end_as(film):
    settled = film(moments=4)
    fit(reset(), settled)
    found = settled.result.settling
    assert set(found.layers) == {"second", "classes"}
    for values in found.layers.values():
        assert values[-1] == pytest.approx(1)
        assert values[0] < 0.9999
    assert found.pictures == "32 cuttings from two photos that come with Convscope"


def test_the_curve_is_what_keras_reports(film):
    noted = film(moments=3)
    pictures, classes = np.zeros((6, 8, 8, 3), "float32"), np.zeros(6)
    history = fit(reset(), noted, validation_data=(pictures, classes)).history
    lines = noted.result.curve.lines
    assert [when for when, _ in lines["loss"]] == list(range(1, 9))
    assert [when for when, _ in lines["val_loss"]] == [4, 8]
    np.testing.assert_allclose([value for _, value in lines["val_loss"]], history["val_loss"])
    np.testing.assert_allclose(dict(lines["loss"])[8], history["loss"][-1], rtol=1e-5)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_models_of_mixed_precision_are_filmed(policy, film):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        mixed = film(moments=3)
        fit(plain(), mixed)
    finally:
        keras.config.set_dtype_policy(before)
    assert len(mixed.result) == 3


def test_a_distributed_training_is_filmed(film):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("Of TensorFlow.")
    import tensorflow as tf

    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
    with strategy.scope():
        model = plain()
    everywhere = film(moments=3)
    fit(model, everywhere)
    assert [moment.at for moment in everywhere.result.moments] == [0, 1, 8]


def test_units_are_drawn_from_all_layers_where_none_are_named(film):
    drawn = film([], moments=2)
    fit(reset(), drawn)
    layers = [label.partition(":")[0] for label in drawn.result.labels]
    assert layers == ["first", "first", "second", "second", "classes", "classes"]


# ---------------------------------------------------------------------------------- its cost


class Clock:
    """Seconds that pass only when somebody says so."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def timed(film, monkeypatch):
    """A function that films a training of made-up times: (the callback, its clock)."""

    def timed(batch, moment, *, compiling=0.0, known=True, **settings):
        clock = Clock()
        original = FilmRecorder.take

        def take(self, *args, **kw):
            clock.now += moment
            return original(self, *args, **kw)

        monkeypatch.setattr(FilmRecorder, "take", take)

        class Pace(keras.callbacks.Callback):
            def on_train_begin(self, logs=None):
                self.late = compiling

            def on_train_batch_begin(self, number, logs=None):
                clock.now += batch + self.late
                self.late = 0.0

        filming = film(**settings)
        filming._clock = clock
        if known:
            fit(reset(), Pace(), filming, epochs=25)  # 100 batches
        else:
            plain().fit(stream(100), verbose=0, shuffle=False, callbacks=[Pace(), filming])
        return filming.result

    return timed


def test_filming_keeps_to_its_share_of_the_training(timed):
    # 100 s of training allow 10 s: the start, the end and three more of 2 s each.
    found = timed(batch=1.0, moment=2.0, share=0.1, moments=20)
    assert len(found) == 5
    assert found.cost.filming == pytest.approx(10)
    assert found.cost.training == pytest.approx(100)
    assert [found.moments[0].at, found.moments[-1].at] == [0, 100]
    assert re.match("Left out, to stay within the limit: batch ", found.notes[0])
    assert str(found.cost) == "10.0 s, 10.0% of the training's own time; limit 10%"


def test_a_cheap_film_has_all_its_moments(timed):
    found = timed(batch=1.0, moment=0.1, share=0.1, moments=20)
    assert len(found) == 20
    assert not found.notes


def test_a_short_training_is_filmed_evenly_unless_a_share_is_stated(timed):
    # 19 s of training, of which a tenth is one moment of 1.5 s; 20 s are enough for all of them.
    usual = timed(batch=0.19, moment=1.5, moments=10, share="usual")
    assert len(usual) == 10
    assert not usual.notes
    assert str(usual.cost).endswith("limit 10% or 20 s")
    assert len(timed(batch=0.19, moment=1.5, moments=10, share=0.1)) < 4


def test_the_first_and_the_last_moment_are_made_whatever_they_cost(timed):
    found = timed(batch=1.0, moment=50.0, share=0.1, moments=[30, 60])
    assert [moment.at for moment in found.moments] == [0, 100]
    assert "limit 10% (the first and last moment are always filmed)" in str(found.cost)


@pytest.mark.usefixtures("compiled")
def test_a_batch_that_compiles_does_not_make_the_training_look_long(timed):
    # By the first batch's 201 s, 20 moments would be cheap; by the others', only five are.
    found = timed(batch=1.0, moment=2.0, compiling=200.0, share=0.1 / 3, moments=range(2, 90, 4))
    assert len(found) == 5


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_a_moment_that_is_put_off_says_so(timed):
    # Only the time so far counts, as nobody knows the end: three moments of 2 s take 60 s.
    found = timed(batch=1.0, moment=2.0, share=0.1, moments=[40], known=False)
    assert [moment.at for moment in found.moments] == [0, 60, 100]
    assert found.moments[1].wanted == 40
    assert found.notes == ("Filmed later than planned, to stay within the limit: batch 40 at 60.",)


# -------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"units": ["third:1"]}, UnknownName, "No layer is called 'third'"),
        ({"units": ["second:9"]}, InputError, "channels 0 to 4"),
        ({"preprocessing": None}, ModelError, "State preprocessing="),
        ({"labels": ["one"]}, ModelError, "Expected 2 labels"),
        ({"natural": "nowhere"}, InputError, "Expected a folder of photos"),
    ],
)
def test_what_cannot_be_filmed_is_refused_before_anything_is_trained(
    film, settings, error, message
):
    model = plain()
    before = state(model)[: len(model.weights)]
    with pytest.raises(error, match=message):
        fit(model, film(**settings))
    assert state(model)[: len(model.weights)] == before


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"moments": 1}, InputError, "a count of 2 or more"),
        ({"moments": "often"}, InputError, "or 'epochs'.*often"),
        ({"moments": [-1]}, InputError, "batches such as"),
        ({"moments": True}, InputError, "a count of 2 or more"),
        ({"share": -0.1}, InputError, "share of 0 or more"),
        ({"stepps": 1}, InputError, "Did you mean 'steps'"),
        ({"out": "film.mpeg"}, InputError, "ending in .gif"),
        ({"out": __file__ + "/film.webp"}, OutputError, "is a file, not a folder"),
    ],
)
def test_what_is_not_possible_is_refused_at_once(film, settings, error, message):
    with pytest.raises(error, match=message):
        film(**settings)


def test_a_film_that_breaks_does_not_break_the_training(film, monkeypatch):
    original = FilmRecorder.take

    def take(self, at, *args, **kw):
        if at == 2:
            raise MemoryError("no room")
        return original(self, at, *args, **kw)

    monkeypatch.setattr(FilmRecorder, "take", take)
    broken, model = film(moments=[1, 2, 4]), plain()
    with pytest.warns(UserWarning, match="Filming stopped at batch 2: no room"):
        fit(model, broken)
    assert [moment.at for moment in broken.result.moments] == [0, 1]
    monkeypatch.undo()
    unfilmed = plain()
    fit(unfilmed)
    assert state(model) == state(unfilmed)


def test_a_training_that_diverges_is_filmed_as_far_as_it_went(film):
    class Diverge(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                weights = self.model.get_layer("second").kernel
                weights.assign(np.full(weights.shape, np.nan))

    diverging = film(moments=[1, 3])
    with pytest.warns(UserWarning, match="infinite or undefined numbers at second"):
        fit(reset(), Diverge(), diverging)
    assert [moment.at for moment in diverging.result.moments] == [0, 1]


def test_of_an_interrupted_training_there_is_a_film_as_far_as_it_went(film):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 3:
                raise KeyboardInterrupt

    stopped = film(moments=[1, 2, 3, 4])
    assert stopped.result is None
    with pytest.raises(KeyboardInterrupt):
        fit(reset(), Stop(), stopped)
    assert [moment.at for moment in stopped.result.moments] == [0, 1, 2, 3]
    assert stopped.result.cost.training == stopped.result.cost.training  # idle time is no training


@pytest.mark.parametrize("stopped", [False, True], ids=["to its end", "early"])
def test_weights_that_come_after_the_last_batch_are_what_is_filmed_at_the_end(film, stopped):
    class Restore(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = stopped and epoch == 1

        def on_train_end(self, logs=None):
            self.model.set_weights(best)

    model = plain()
    best = model.get_weights()
    restored = film(moments=[1, 8])
    fit(model, Restore(), restored, epochs=3 if stopped else 2)
    found = restored.result
    assert [moment.at for moment in found.moments] == [0, 1, 8]
    assert found.moments[-1].digest == found.moments[0].digest == found.source["digest"]
    assert "put in place after the last batch" in " ".join(found.notes)


def test_without_the_library_tensorboard_is_refused_at_once(film, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(MissingExtra, match=r"convscope\[tensorboard\]"):
        film(tensorboard="logs")


# ------------------------------------------------------------------------------ what is written


def test_files_are_written_at_the_end_and_a_folder_on_the_way(film, tmp_path, capsys):
    class Look(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            seen.extend(sorted(path.name for path in (tmp_path / "folder").iterdir()))

    seen: list[str] = []
    outs = [tmp_path / "learning.gif", tmp_path / "folder", tmp_path / "numbers.json"]
    writing = film(moments=3, out=outs, verbose=True)
    fit(reset(), Look(), writing)
    assert seen == ["batch-0000000", "batch-0000001", "batch-0000008"]
    names = {path.name for path in tmp_path.iterdir()}
    film_and_figure = {"learning.gif", "learning.gif.json", "learning.png", "learning.png.json"}
    assert names == film_and_figure | {"folder", "numbers.json"}
    assert "3 moments of 2 units" in capsys.readouterr().out


def test_a_place_that_is_gone_in_the_end_costs_neither_training_nor_film(film, tmp_path):
    folder = tmp_path / "films"
    folder.mkdir()
    lost = film(moments=2, out=folder / "learning.gif")
    folder.rmdir()
    folder.write_text("in the way")
    with pytest.warns(UserWarning, match="is in the callback's .result"):
        fit(reset(), lost)
    assert len(lost.result) == 2


def test_moments_of_two_trainings_are_not_mixed_in_one_folder(film, tmp_path):
    fit(reset(), film(moments=2, out=tmp_path))
    there = sorted(tmp_path.rglob("*"))
    model = plain()
    before = model.get_weights()
    with pytest.raises(InputError, match=r"with 2, such as batch-0000000. Try: another folder"):
        fit(model, film(moments=3, out=tmp_path))
    assert sorted(tmp_path.rglob("*")) == there
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_a_callback_may_film_again(film):
    again = film(moments=2)
    model = plain()
    fit(model, again)
    first = again.result
    fit(model, again)
    assert again.result is not first
    assert again.result.moments[0].digest == first.moments[-1].digest
