"""Model files, .keras or the older .h5; code inside a file is never run."""

import json
import re
import zipfile
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from convscope.backend import Model, keras
from convscope.errors import ModelError
from convscope.networks.error_summary import error_summary, reported
from convscope.networks.loading import allow_list, archive, memory_limits, torch_module
from convscope.networks.loading.archive import HDF5, ZIP
from convscope.networks.loading.configuration import Checked, unknown_part
from convscope.networks.loading.zoo import preserve_randomness

SUFFIXES = (".keras", ".h5", ".hdf5")


def read_model(path: Path, custom_objects: Mapping[str, Any] | None = None) -> Model:
    """Return the Keras model in a file, uncompiled, or raise in one line why it cannot be read.

    Args:
        path: a .keras file, or an .h5 or .hdf5 file of a whole model.
        custom_objects: the classes and functions that the file names but Keras does not know.
    """
    _check_kind(path)
    read = _from_archive if path.suffix.lower() == ".keras" else _from_hdf5
    with reported(partial(_unreadable, path)), preserve_randomness():
        return read(path, dict(custom_objects or {}))


def _check_kind(path: Path) -> None:
    """Refuse a file that is no model file, by its name and its first bytes."""
    if path.is_dir():
        hint = "Save the model again: model.save('model.keras')."
        raise ModelError.expected("a model file", f"{path}, a folder", hint)
    if not path.exists():
        raise ModelError(f"There is no model file at {path}; check the path.")
    if not path.is_file():
        raise ModelError.expected("a model file", f"{path}, a device or a pipe")
    if path.suffix.lower() in torch_module.SUFFIXES:
        raise ModelError.expected(
            f"a model file, {', '.join(SUFFIXES)}",
            f"{path.name}, a file of PyTorch, which may run any code when it is read",
            "Try: build the module in Python, load its weights with torch.load(..., "
            "weights_only=True), and pass it: cs.load(module).",
        )
    if path.suffix.lower() not in SUFFIXES:
        raise ModelError.expected(
            f"a model file, {', '.join(SUFFIXES)}", path.name, "Try: model.save('model.keras')."
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
    expected = ZIP if path.suffix.lower() == ".keras" else HDF5
    if not start.startswith(expected):
        swapped = start.startswith(HDF5 if expected is ZIP else ZIP)
        other = ".h5" if expected is ZIP else ".keras"
        hint = f"Rename it to {other}." if swapped else "Try: fetch or save it again."
        raise ModelError.expected(f"a Keras model in {path.name}", "a file of another kind", hint)


def _from_archive(path: Path, known: Mapping[str, Any]) -> Model:
    """Return the model of a .keras file, with its weights."""
    from keras.src.saving import saving_lib, serialization_lib

    with archive.opened(path) as opened:
        text = json.loads(archive.text_inside(opened, "config.json", path))
        config = Checked(path.name, known).configuration(text)
        with archive.weights_inside(opened, path) as (data, _, stored):
            # As Keras's own reader does it, but of the configuration that has been looked at, and
            # without the files of vocabularies that an archive may hold.
            with (
                reported(partial(_unbuildable, path, str(_version(opened, path)))),
                memory_limits.kept(path.name, stored),
                serialization_lib.ObjectSharingScope(),
            ):
                model = serialization_lib.deserialize_keras_object(
                    config, custom_objects=known, safe_mode=True
                )
            memory_limits.refuse_huge_maps(path.name, model)
            store = saving_lib.H5IOStore(data, mode="r")
            with reported(partial(_unfitting, path)), closing(store):
                # Keras collects what does not fit, and takes back what a part of it could read.
                failed, errors = set[int](), dict[int, tuple[Any, Exception]]()
                saving_lib._load_state(
                    model,
                    store,
                    assets_store=None,
                    inner_path="",
                    visited_saveables=set(),
                    failed_saveables=failed,
                    error_msgs=errors,
                )
                for layer in failed:
                    raise errors[layer][1]
    return model


def _from_hdf5(path: Path, known: Mapping[str, Any]) -> Model:
    """Return the model of an older .h5 file, with its weights."""
    import h5py
    from keras.src.legacy.saving import json_utils, legacy_h5_format, saving_options, saving_utils
    from keras.src.saving import serialization_lib

    with h5py.File(path, "r") as file:
        text = file.attrs.get("model_config")
        if text is None:
            raise _weights_only(path)
        stored = archive.refuse_odd_arrays(file, path)
        config = Checked(path.name, known).configuration(json.loads(archive.parsable(text, path)))
        with (
            reported(partial(_unbuildable, path, str(file.attrs.get("keras_version")))),
            memory_limits.kept(path.name, stored),
            saving_options.keras_option_scope(use_legacy_config=True),
            serialization_lib.SafeModeScope(True),
        ):
            model = saving_utils.model_from_config(
                json_utils.decode(json.dumps(config)), custom_objects=dict(known)
            )
        memory_limits.refuse_huge_maps(path.name, model)
        with reported(partial(_unfitting, path)):
            legacy_h5_format.load_weights_from_hdf5_group(file["model_weights"], model)
    return model


def _weights_only(path: Path) -> ModelError:
    return ModelError(
        f"{path.name} holds weights without a model. Try: a zoo name with --weights FILE or "
        "weights=, or the whole model, saved with model.save('model.keras')."
    )


def _unfitting(path: Path, error: Exception) -> ModelError:
    return ModelError(
        f"The weights in {path.name} do not fit its own model ({error_summary(error)}). "
        "Try: save the whole model again."
    )


def _version(opened: zipfile.ZipFile, path: Path) -> object:
    """Return which version of Keras wrote an archive, as the archive says."""
    with suppress(KeyError, ValueError):
        text = archive.text_inside(opened, "metadata.json", path)
        return json.loads(text).get("keras_version")
    return None


def _unbuildable(path: Path, version: str, error: Exception) -> ModelError:
    text = str(error)
    older = path.suffix.lower() != ".keras"
    for mark in ("Could not locate class '", "Unknown layer: '", "Could not locate function '"):
        _, found, rest = text.partition(mark)
        if found:
            name = rest.partition("'")[0]
            if older and name in allow_list.OPERATIONS - allow_list.LAYERS:
                return _unkept(path, name)
            return unknown_part(path.name, name)
    # Keras tells the innermost reason last, behind all that it was building at the time.
    reason = error_summary(ValueError(text.rpartition("Exception encountered: ")[2] or text))
    if older and "too many positional arguments" in reason:
        return _unkept(path, reason)
    own = re.match(r"(\w+)\.__init__\(\) ", reason)
    if own and own[1] not in allow_list.LAYERS:
        return ModelError(
            f"{path.name} is whole, but its class {own[1]} cannot be built again from it ({reason})"
            f". Try: give {own[1]} an __init__ that takes **kwargs and hands them on, and a "
            "get_config() with its own settings, and save the model again; or build it in Python "
            "and pass it."
        )
    saved = f"was saved by Keras {version}" if version[:1].isdecimal() else "is of another Keras"
    return ModelError(
        f"{path.name} is whole, but {saved}, and Keras {keras.version()} cannot build it ({reason})"
        ". Try: save it again with this Keras, or build the model in Python, load its weights, and "
        "pass it."
    )


def _unkept(path: Path, what: str) -> ModelError:
    """Return the error for a graph with operations, which older files do not store completely."""
    return ModelError(
        f"{path.name} has operations of keras.ops between its layers, and a {path.suffix} file "
        f"does not keep them whole ({what}). Try: save the model as .keras, "
        "model.save('model.keras')."
    )


def _unreadable(path: Path, error: Exception) -> ModelError:
    if isinstance(error, KeyError) and "config.json" in str(error):
        return ModelError(
            f"{path.name} is an archive without a Keras model. Try: model.save('model.keras')."
        )
    return ModelError(
        f"Cannot load {path.name}: damaged, cut short or of another Keras "
        f"({error_summary(error)}). "
        "Try: fetch or save it again."
    )
