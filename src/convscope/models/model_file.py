"""Whole models in files, .keras or the older .h5; code inside a file is never run."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from convscope.errors import ModelError
from convscope.models.reasons import first_line
from convscope.models.zoo import own_chance

SUFFIXES = (".keras", ".h5", ".hdf5")
HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"
# Keras's own layers that run what another framework saved.
FOREIGN = {"TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}
# Weights hardly shrink when they are packed, so a file that unpacks to far more is a trap.
UNPACKED, ROOM = 20, 64 * 2**20


def read_model(path: Path, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Read a Keras model, uncompiled, or say in one line why it cannot be.

    Args:
        path: a .keras file, or an .h5 or .hdf5 file of a whole model.
        custom_objects: the classes and functions that the file names but Keras does not know.
    """
    import keras

    _check_kind(path)
    config = _config(path)
    known = dict(custom_objects or {})
    _refuse_code(path, config, known)
    try:
        with own_chance():
            return keras.models.load_model(
                path, custom_objects=known, compile=False, safe_mode=True
            )
    except MemoryError:
        raise
    except Exception as error:  # Keras, zipfile and HDF5 raise nearly every type on a bad file
        raise _unreadable(path, error) from error


def _check_kind(path: Path) -> None:
    """Refuse what is plainly no model file, by its name and its first bytes."""
    if path.is_dir():
        hint = "Save the model again: model.save('model.keras')."
        raise ModelError(f"Expected a model file. Received: {path}, a folder. {hint}")
    if not path.exists():
        raise ModelError(f"There is no model file at {path}; check the path.")
    if path.suffix.lower() not in SUFFIXES:
        raise ModelError(
            f"Expected a model file, {', '.join(SUFFIXES)}. Received: {path.name}. "
            "Try: model.save('model.keras')."
        )
    if path.name.endswith(".weights.h5"):
        raise _weights_only(path)
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise ModelError(f"Cannot read {path.name}: {error.strerror}.") from error
    if not start:
        raise ModelError(f"{path.name} is empty. Try: fetch or save it again.")
    wanted = ZIP if path.suffix.lower() == ".keras" else HDF5
    if not start.startswith(wanted):
        swapped = start.startswith(HDF5 if wanted is ZIP else ZIP)
        other = ".h5" if wanted is ZIP else ".keras"
        hint = f"Rename it to {other}." if swapped else "Try: fetch or save it again."
        raise ModelError(
            f"Expected a Keras model in {path.name}. Received: a file of another kind. {hint}"
        )


def _config(path: Path) -> Any:
    """What the file says the model is made of: plain JSON, nothing is built yet."""
    try:
        if path.suffix.lower() == ".keras":
            with zipfile.ZipFile(path) as archive:
                refuse_bomb(archive, path)
                return json.loads(archive.read("config.json"))
        import h5py

        with h5py.File(path, "r") as file:
            text = file.attrs.get("model_config")
            if text is None:
                raise _weights_only(path)
            return json.loads(text)
    except ModelError:
        raise
    except Exception as error:  # a damaged archive may raise nearly every type
        raise _unreadable(path, error) from error


def refuse_bomb(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse an archive whose few bytes would fill the memory."""
    unpacked = sum(part.file_size for part in archive.infolist())
    most = UNPACKED * path.stat().st_size + ROOM
    if unpacked > most:
        raise ModelError(
            f"Expected a Keras archive of at most {most:,} bytes inside. Received: {path.name}, "
            f"{path.stat().st_size:,} bytes that unpack to {unpacked:,}."
        )


def _refuse_code(path: Path, config: Any, known: Mapping[str, Any]) -> None:
    """Refuse pickled functions, and classes that Keras would import from elsewhere to find them.

    Looked for here, not left to Keras: its safe mode did not cover .h5 files before 3.11.
    """
    for part in _parts(config):
        kind, settings = part.get("class_name"), part.get("config")
        if kind == "Lambda" and "Lambda" not in known and _is_code(settings):
            name = settings.get("name", "lambda") if isinstance(settings, dict) else "lambda"
            raise ModelError(
                f"{path.name} has code of its own in its Lambda layer {name!r}, and code from a "
                "file is never run. Try: build the model in Python and pass it, or "
                "custom_objects={'Lambda': a layer that does the same}."
            )
        if kind == "__lambda__" and "Lambda" not in known:
            raise ModelError(
                f"{path.name} has a function of its own inside, and code from a file is never "
                "run. Try: build the model in Python and pass it."
            )
        if isinstance(kind, str) and kind in FOREIGN - set(known):
            raise ModelError(
                f"{path.name} runs what another framework saved ({kind}), and code from a file is "
                "never run. Try: build the model in Python and pass it."
            )
        module = part.get("module")
        if isinstance(kind, str) and isinstance(module, str) and not _is_keras(module):
            names = {kind, str(part.get("registered_name")), str(settings)}
            if not (names & set(known)) and not _is_registered(part):
                name = str(settings) if kind == "function" else kind
                raise _unknown_part(path, name)


def _parts(config: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary inside a configuration, however deep."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _is_code(settings: Any) -> bool:
    """Whether a Lambda layer's function is anything but a name."""
    if not isinstance(settings, dict):
        return True
    function = settings.get("function")
    named = isinstance(function, dict) and function.get("class_name") == "function"
    return not (named or isinstance(function, str))


def _is_keras(module: str) -> bool:
    """Whether a class is Keras's own; its helpers that reach files and the net are not layers."""
    parts = module.split(".")
    reaching = {"utils", "saving", "config", "legacy", "datasets"}
    return parts[0] == "keras" and not reaching & set(parts[1:])


def _is_registered(part: dict[str, Any]) -> bool:
    """Whether the program has registered a class of this name with Keras."""
    import keras

    name = part.get("registered_name") or part.get("class_name")
    return keras.saving.get_registered_object(name) is not None


def _unknown_part(path: Path, name: str) -> ModelError:
    return ModelError(
        f"{path.name} needs {name!r}, which is not part of Keras. Try: "
        f"custom_objects={{{name!r}: {name}}}, or build the model in Python and pass it."
    )


def _weights_only(path: Path) -> ModelError:
    return ModelError(
        f"{path.name} holds weights without a model. Try: a zoo name with --weights FILE or "
        "weights=, or the whole model, saved with model.save('model.keras')."
    )


def _unreadable(path: Path, error: Exception) -> ModelError:
    if isinstance(error, KeyError) and "config.json" in str(error):
        return ModelError(
            f"{path.name} is an archive without a Keras model. Try: model.save('model.keras')."
        )
    text = str(error)
    for mark in ("Could not locate class '", "Unknown layer: '", "Could not locate function '"):
        _, found, rest = text.partition(mark)
        if found:
            return _unknown_part(path, rest.partition("'")[0])
    return ModelError(
        f"Cannot load {path.name}: damaged, cut short or of another Keras ({first_line(error)}). "
        "Try: fetch or save it again."
    )
