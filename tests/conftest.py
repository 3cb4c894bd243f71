"""Run command lines in this process, and photos to run them on."""

import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from convscope import images
from convscope.cli import main
from tests import embedded
from tests.eager import eager_programs, runs_eagerly

# A shell starts jobs in the background with Ctrl-C ignored; tests of it need it, wherever they run.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Ran:
    """What a command line left behind."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="module", autouse=True)
def programs(request):
    """Compile programs, but not in the rooms of ``tests/eager.py``."""
    if not runs_eagerly(request.path.relative_to(Path(__file__).parent).as_posix()):
        yield None
        return
    embedded.forget_programs()
    with eager_programs() as compiled:
        yield compiled
    embedded.forget_programs()


@pytest.fixture
def compiled(programs, monkeypatch):
    """Compile programs in a test of such a room."""
    if programs:
        embedded.forget_programs()
        monkeypatch.setattr(f"{programs.__module__}.compiled", programs)


@pytest.fixture
def shared_networks(monkeypatch):
    """Let commands that ask for an embedded network as it is take the shared one."""
    from convscope.networks.loading.embedded import NETWORKS
    from convscope.terminal.options import NetworkOptions

    original = NetworkOptions.load

    def load(self, listing=False):
        stated = [self.preprocessing, *self.settings().values()]
        if listing or self.model not in NETWORKS or any(each is not None for each in stated):
            return original(self, listing)
        return embedded.embedded_network(self.model)

    monkeypatch.setattr(NetworkOptions, "load", load)


@pytest.fixture
def run(capsys, monkeypatch, tmp_path, shared_networks):
    """Run a command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONVSCOPE_TRACEBACK", raising=False)
    monkeypatch.setattr("convscope.terminal.progress.LONG", 3600.0)  # however slow this machine is

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ran(status, printed.out, printed.err)

    return run


@pytest.fixture
def refused(run):
    """Run a command line that is refused: one line on standard error, nothing else anywhere."""

    def refused(*arguments: object, status: int = 2) -> str:
        before = set(Path().iterdir())
        ran = run(*arguments)
        assert (ran.status, ran.out) == (status, "")
        assert ran.err.startswith("convscope: ")
        assert ran.err.count("\n") == 1
        assert set(Path().iterdir()) == before
        return ran.err.removeprefix("convscope: ")

    return refused


@pytest.fixture
def photo(photo_file) -> Path:
    """A small photo, by its name in an empty folder."""
    return photo_file


@pytest.fixture
def photo_file(tmp_path, monkeypatch) -> Path:
    """A small photo of nothing in particular, by its name in an empty folder."""
    monkeypatch.chdir(tmp_path)
    noise = np.random.default_rng(0).random((80, 100, 3), "float32")
    return images.save(noise, Path("noise.png"))


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A function that builds a small model, changes it if told so, and saves it: to its file."""
    import keras
    from keras import layers

    monkeypatch.chdir(tmp_path)

    def model(name: str = "mine.keras", layer: object = None, change: object = None) -> Path:
        image = keras.Input((16, 16, 3))
        flow = layers.Conv2D(4, 3, activation="relu", name="conv")(layers.Rescaling(1 / 255)(image))
        flow = layers.GlobalAveragePooling2D(name="mean")(flow if layer is None else layer(flow))
        built = keras.Model(image, layers.Dense(3, activation="softmax", name="classes")(flow))
        if change:
            change(built)
        built.save(name)
        return Path(name)

    return model
