"""The real libraries, as far as they are installed, without any network."""

import re

import numpy as np
import pytest
from PIL import Image

from convscope.errors import InputError
from convscope.training_films.loggers.mlflow import MlflowLogger
from convscope.training_films.loggers.trackio import TrackioLogger
from convscope.training_films.loggers.wandb import WandbLogger

PICTURE = np.random.default_rng(0).integers(0, 256, (12, 12, 3), "uint8")
UNITS = {"conv:1": PICTURE, "classes:cat (big)": 255 - PICTURE}

# They warn about what they do themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


def found(folder, suffix=".png"):
    """The pictures that were written, as one of ours and one of its negatives."""
    pictures = []
    for path in sorted(folder.rglob(f"*{suffix}")):
        with Image.open(path) as image:
            pictures.append(np.asarray(image.convert("RGB")))
    return pictures


def is_among(picture, pictures):
    return any(np.array_equal(picture, each) for each in pictures)


def test_wandb_keeps_the_pictures_in_an_offline_run(tmp_path, monkeypatch):
    wandb = pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    with pytest.raises(InputError, match=r"a run of wandb. Received: none"):
        WandbLogger()
    run = wandb.init(project="test", dir=str(tmp_path), settings=wandb.Settings(silent=True))
    try:
        logger = WandbLogger()
        for at in (0, 4):
            logger.add(UNITS, at)
        logger.close()
        assert run.summary["convscope/batch"] == 4
    finally:
        run.finish()
    pictures = found(tmp_path)
    assert len(pictures) == 4
    assert all(is_among(each, pictures) for each in UNITS.values())


def test_mlflow_keeps_the_pictures_with_their_steps(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # the other kind needs a database
    mlflow = pytest.importorskip("mlflow")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri((tmp_path / "runs").as_uri())
    try:
        with pytest.raises(InputError, match=r"an active run of MLflow. Received: none"):
            MlflowLogger()
        with mlflow.start_run():
            logger = MlflowLogger()
            for at in (0, 4):
                logger.add(UNITS, at)
            logger.close()
    finally:
        mlflow.set_tracking_uri(before)
    names = sorted(path.name for path in tmp_path.rglob("*.png"))
    assert len(names) == 4
    for part in ("step.4.", "conv.1.step", "1 classes.cat _big_"):  # the signs differ by version
        assert sum(re.search(part, name) is not None for name in names) == 2
    assert all(is_among(each, found(tmp_path)) for each in UNITS.values())


def test_trackio_keeps_the_pictures(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path))
    trackio = pytest.importorskip("trackio")
    with pytest.raises(InputError, match=r"a run of trackio. Received: none"):
        TrackioLogger()
    trackio.init(project="test", name="run")
    try:
        logger = TrackioLogger()
        for at in (0, 4):
            logger.add(UNITS, at)
        logger.close()
    finally:
        trackio.finish()
    pictures = found(tmp_path)
    assert len(pictures) == 4
    assert all(is_among(each, pictures) for each in UNITS.values())
