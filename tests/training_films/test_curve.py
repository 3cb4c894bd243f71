"""A curve keeps what there is to draw, and reads the logs of others."""

import numpy as np
import pytest

from convscope.errors import InputError
from convscope.training_films.curve import MOST, Curve, Recorder, read_log


def test_what_is_recorded_is_what_was_reported():
    recorder = Recorder()
    for batch in range(1, 4):
        recorder.note(batch, {"loss": np.float32(1 / batch), "accuracy": 0.5})
    recorder.add(3, {"val_loss": 0.25})
    curve = recorder.curve("batch")
    assert curve.lines["loss"] == ((1.0, 1.0), (2.0, 0.5), (3.0, float(np.float32(1 / 3))))
    assert curve.lines["val_loss"] == ((3.0, 0.25),)


def test_a_long_training_is_thinned_evenly_and_its_logs_not_even_looked_at():
    looked = []

    class Number:
        def __init__(self, value):
            self.value = value

        def __float__(self):
            looked.append(self.value)
            return float(self.value)

    recorder = Recorder()
    for batch in range(1, 20 * MOST + 1):
        recorder.note(batch, {"loss": Number(batch)})
    times = [when for when, _ in recorder.curve("batch").lines["loss"]]
    assert MOST / 2 <= len(times) <= MOST
    assert len(set(np.diff(times))) == 1
    assert len(looked) < 5 * MOST


def test_validation_is_kept_whole_in_a_long_training():
    recorder = Recorder()
    for epoch in range(1, 13):
        for batch in range(1, 1001):
            recorder.note(1000 * (epoch - 1) + batch, {"loss": 1.0})
        recorder.add(1000 * epoch, {"val_loss": 1.0})
    assert [when for when, _ in recorder.lines["val_loss"]] == [1000 * n for n in range(1, 13)]
    assert len(recorder.lines["loss"]) <= MOST


def test_what_is_no_number_is_left_out():
    recorder = Recorder()
    recorder.note(1, {"loss": float("nan"), "name": "adam", "accuracy": 1})
    recorder.note(2, None)
    assert recorder.curve("batch").lines == {"accuracy": ((1.0, 1.0),)}


@pytest.mark.parametrize(
    ("names", "measures"),
    [
        (["accuracy", "loss", "val_loss"], ("loss", "accuracy")),
        (["loss", "auc", "sparse_categorical_accuracy"], ("loss", "sparse_categorical_accuracy")),
        (["loss", "auc", "learning_rate", "head_loss"], ("loss", "auc")),
        (["learning_rate"], ()),
    ],
)
def test_the_loss_and_one_that_rises_are_shown(names, measures):
    assert Curve(dict.fromkeys(names, ()), "batch").measures == measures


def test_a_value_is_the_last_one_known():
    curve = Curve({"loss": ((1.0, 3.0), (4.0, 2.0))}, "batch")
    assert [curve.at("loss", when) for when in (0, 1, 3.9, 4, 9)] == [None, 3, 3, 2, 2]
    assert curve.at("accuracy", 4) is None


def test_a_log_of_keras_is_read_with_epochs_as_they_are_done(tmp_path):
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    logger = keras.callbacks.CSVLogger(tmp_path / "log.csv", separator=";")
    data = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
    history = model.fit(*data, epochs=3, verbose=0, validation_data=data, callbacks=[logger])
    curve = read_log(tmp_path / "log.csv", "epoch")
    assert [when for when, _ in curve.lines["loss"]] == [1, 2, 3]
    np.testing.assert_allclose([v for _, v in curve.lines["loss"]], history.history["loss"])
    assert curve.measures == ("loss",)


def test_steps_are_counted_where_checkpoints_count_them(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,epoch,loss\n10,0,2.5\n20,0,1.5\nstep,epoch,loss\n30,1,NaN\n")
    assert read_log(path, "step").lines == {"loss": ((10.0, 2.5), (20.0, 1.5))}
    assert read_log(path, "epoch").lines == {"loss": ((1.0, 2.5), (1.0, 1.5))}
    assert read_log(path, "iteration").lines == read_log(path, "step").lines
    path.write_text("step,loss\n10,2.5\n")
    with pytest.raises(InputError, match="a column epoch, as the checkpoints are counted"):
        read_log(path, "epoch")
    assert read_log(path, "checkpoint").counts == "step"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Received: 'log.csv' with nothing"),
        ("time,loss\n1,2\n", "a column step or batch.*with time, loss"),
        (b"\xff\xfe\x00", "not a table"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path, text, message):
    path = tmp_path / "log.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=message):
        read_log(path, "step")
    with pytest.raises(InputError, match="Cannot read the log 'gone.csv'"):
        read_log(tmp_path / "gone.csv", "step")
