"""Model files to rewrite: what an archive or an older file says, changed as a stranger might."""

import json
import zipfile

import h5py


def members(path):
    """The members of an archive, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path, change):
    """Change the configuration in a .keras or .h5 file, in place."""
    if path.suffix == ".keras":
        parts = members(path)
        config = json.loads(parts["config.json"])
        change(config)
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in {**parts, "config.json": json.dumps(config)}.items():
                archive.writestr(name, data)
        return
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        change(config)
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.9.0"


def save_h5(model, path):
    """Save a model as .h5; model.save() prints that this is old."""
    from keras.src.legacy.saving import legacy_h5_format

    legacy_h5_format.save_model_to_hdf5(model, path, include_optimizer=False)


def layer(config, name):
    """The part of a configuration that is the layer of this name."""
    return next(part for part in config["config"]["layers"] if part["config"]["name"] == name)
