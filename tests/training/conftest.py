"""What the tests of the recipe share: settings and pictures so small that a run takes seconds."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from training.data import Pictures
from training.settings import Phase, Settings, read_settings


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Two classes at a sixteenth of the width, in two phases with the switch between them."""
    recipe = read_settings()
    return replace(
        recipe,
        # In a run of 15 steps blurred views teach two channels nothing.
        augmentation=replace(recipe.augmentation, softness=(1.0, 1.0)),
        arithmetic="float32",
        classes=2,
        width=2,
        batch=8,
        peak_rate=0.05,
        norm_momentum=0.5,
        phases=(Phase(3, 32, "pool", 0.1), Phase(2, 64, "flatten", 0.2)),
    )


@pytest.fixture(scope="session")
def pictures() -> Pictures:
    """Reddish pictures of class 0 and bluish ones of class 1."""
    classes = np.arange(24) % 2
    colours = np.array([[200, 100, 60], [60, 100, 200]])[classes]
    noise = np.random.default_rng(0).integers(-40, 40, (24, 32, 32, 3))
    return Pictures((colours[:, None, None] + noise).astype(np.uint8), classes)


@pytest.fixture
def eager_steps(monkeypatch):
    """Make training steps operation by operation: compiling one takes longer than a short run."""
    original = keras.Model.compile

    def compile(self, *arguments, **settings):
        original(self, *arguments, run_eagerly=True, **settings)

    monkeypatch.setattr(keras.Model, "compile", compile)
