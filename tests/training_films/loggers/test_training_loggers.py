"""All loggers of a training: what they get, when they are refused, and one that fails."""

import sys

import numpy as np
import pytest

from convscope.errors import InputError, MissingExtra, UnknownName
from convscope.training_films.loggers.table import LOGGERS
from convscope.training_films.loggers.training_loggers import TrainingLoggers
from tests.training_films.test_result import film


class Notes:
    """A logger of the user's own; it may fail at a moment."""

    def __init__(self, fails_at=None):
        self.given, self.closed, self.fails_at = [], 0, fails_at

    def add(self, pictures, at):
        if at == self.fails_at:
            raise OSError("the disk is\nfull")
        self.given.append((at, pictures))

    def close(self):
        self.closed += 1


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_a_logger_gets_bytes_in_three_channels_by_unit(channels):
    made, own, warned = film(channels=channels), Notes(), []
    every = TrainingLoggers(own, None, warned.append)
    every.open(made.labels)
    for moment in made.moments[:2]:
        every.add(moment)
    every.close()
    assert [at for at, _ in own.given] == [0, 1]
    for (_, pictures), moment in zip(own.given, made.moments, strict=False):
        assert list(pictures) == ["conv:1", "classes:cat"]
        for given, picture in zip(pictures.values(), moment.pictures, strict=True):
            assert given.dtype == np.uint8
            assert given.shape == (12, 12 * (5 if channels == 5 else 1), 3)
            first = picture[:, :, 0] if picture.ndim == 3 else picture
            np.testing.assert_array_equal(given[:, :12, 0], first)
    assert (own.closed, warned) == (1, [])


def test_a_logger_that_fails_is_left_out_and_the_others_go_on():
    made, bad, good, warned = film(), Notes(fails_at=1), Notes(), []
    every = TrainingLoggers([bad, good], None, warned.append)
    every.open(made.labels)
    for moment in made.moments:
        every.add(moment)
    every.close()
    assert [at for at, _ in bad.given] == [0]
    assert len(good.given) == len(made.moments)
    assert warned == ["Notes has failed and gets no more pictures (OSError: the disk is full)."]


def test_what_is_no_logger_is_refused_before_the_training():
    with pytest.raises(UnknownName, match=r"No logger is called 'wandbb'. Did you mean 'wandb'"):
        TrainingLoggers("wandbb", None, print)
    with pytest.raises(InputError, match=r"or an object with add\(\) and close\(\)"):
        TrainingLoggers([object()], None, print)


@pytest.mark.parametrize("name", LOGGERS)
def test_without_its_library_a_logger_names_the_extra(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=rf"needs {name}.*convscope\[{name}\]"):
        TrainingLoggers(["wandb", "mlflow", "trackio"] if name == "wandb" else name, None, print)
