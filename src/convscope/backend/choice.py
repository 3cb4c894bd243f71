"""The choice of the backend, before Keras is imported for the first time."""

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from convscope.errors import InputError, MissingExtra, refuse_unknown

# Also the order of choice. TensorFlow is Keras's own default, and the fastest on a CPU.
BACKENDS = ("tensorflow", "jax", "torch")

# TensorFlow writes log lines from C++ to standard error, where only our messages should be; 2 keeps
# its errors. (The user's own setting is not changed.)
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2"}


def choose() -> str:
    """Return the backend that Keras runs on; set $KERAS_BACKEND if nothing has been chosen.

    These count, in this order: a Keras that is imported already, ``$KERAS_BACKEND``, and the entry
    in ``keras.json`` if that backend is installed. Keras writes "tensorflow" there by itself.

    Raises:
        MissingExtra: no backend is installed, or not the one that ``$KERAS_BACKEND`` names.
        UnknownName: ``$KERAS_BACKEND`` names none that Convscope works on.
    """
    if keras := sys.modules.get("keras"):
        return str(keras.config.backend())
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    stated = os.environ.get("KERAS_BACKEND")
    if stated:
        return _checked(stated)
    chosen = configured()
    if chosen is None or not installed(chosen):
        chosen = next(filter(installed, BACKENDS), None)
    if chosen is None:
        raise MissingExtra(f"Keras needs a backend, and none is installed. Try: {_remedies()}")
    os.environ["KERAS_BACKEND"] = chosen
    return chosen


class _Late:
    """A module of Keras, imported when it is first used and after the backend is chosen."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        choose()
        return getattr(import_module(self._name), name)


keras: Any = _Late("keras")
ops: Any = _Late("keras.ops")


def start() -> None:
    """Import Keras and its backend without the log lines that C++ code writes meanwhile.

    It is for the command line, whose standard error should have our lines only. TensorFlow 2.21
    writes most of its log before it reads any setting.
    """
    choose()
    if "keras" not in sys.modules:
        settings = home() / "keras.json"
        if settings.exists() and not settings.is_file():
            raise InputError(f"Expected Keras's settings in '{settings}'. It is no ordinary file.")
        try:
            with _hushed():
                ops.zeros(1)  # looks for devices, and writes log lines about them
        except (AssertionError, AttributeError, TypeError, ValueError) as error:
            if not settings.is_file():
                raise
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"Keras cannot be loaded with its settings in '{settings}' ({reason}). Try: "
                "mend or remove that file."
            ) from error


def installed(backend: str) -> bool:
    """Return whether a backend can be imported, without importing it."""
    return backend in BACKENDS and importlib.util.find_spec(backend) is not None


def home() -> Path:
    """Return the folder of Keras's settings and weights: ``$KERAS_HOME`` or ``~/.keras``."""
    return Path(os.path.expanduser(os.environ.get("KERAS_HOME") or "~/.keras"))


def configured() -> str | None:
    """Return the backend in ``keras.json``, or None."""
    settings = home() / "keras.json"
    try:
        if not settings.is_file():  # a pipe would be waited for
            return None
        return str(json.loads(settings.read_text(encoding="utf-8"))["backend"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _checked(name: str) -> str:
    refuse_unknown("backend ($KERAS_BACKEND)", [name], BACKENDS)
    if not installed(name):
        others = [other for other in BACKENDS if installed(other)]
        instead = f", or KERAS_BACKEND={others[0]}, which is installed" if others else ""
        remedy = f"pip install 'convscope[{name}]'{instead}"
        raise MissingExtra(f"KERAS_BACKEND={name} names what is not installed. Try: {remedy}")
    return name


@contextmanager
def _hushed() -> Iterator[None]:
    """Hide what is written to file descriptor 2 during a block."""
    if os.environ.get("CONVSCOPE_TRACEBACK"):
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _remedies() -> str:
    return ", or ".join(f"pip install 'convscope[{name}]'" for name in BACKENDS)
