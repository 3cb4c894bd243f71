"""What archives and HDF5 files may hold is looked at before anything is unpacked."""

import stat
import warnings
import zipfile

import h5py
import numpy as np
import pytest

from convscope.errors import ModelError
from convscope.networks.loading import archive, weights_file
from convscope.networks.loading.model_file import read_model
from tests.networks.loading.files import members, rewrite, save_h5
from tests.networks.nets import functional


@pytest.fixture
def model(tmp_path):
    """A good .keras file."""
    functional().save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def add(path, name, data=b"x", **settings):
    """Add a member to an archive, twice as well."""
    info = zipfile.ZipInfo(name)
    for key, value in settings.items():
        setattr(info, key, value)
    with zipfile.ZipFile(path, "a") as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened.writestr(info, data)


ODD = {
    "a way out": (("../out.txt",), {}, "would leave the folder"),
    "a place of its own": (("/etc/cron.d/x",), {}, "would leave the folder"),
    "a way out of Windows": (("assets\\..\\x",), {}, "would leave the folder"),
    "a second configuration": (("config.json", b"{}"), {}, "'config.json' twice"),
    "a link": (("assets/x",), {"external_attr": (stat.S_IFLNK | 0o777) << 16}, "a link to"),
    "a name with a new line": (("assets/a\nb",), {}, "no file is called"),
    "bz2": (("assets/x",), {"compress_type": zipfile.ZIP_BZIP2}, "packed in a way that Keras"),
    "lzma": (("assets/x",), {"compress_type": zipfile.ZIP_LZMA}, "packed in a way that Keras"),
    "zeros": (
        ("assets/zeros", bytes(200 * 2**20)),
        {"compress_type": zipfile.ZIP_DEFLATED},
        "bytes that unpack to",
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_archive_with_odd_members_is_refused_by_every_reader(model, kind):
    member, settings, message = ODD[kind]
    add(model, *member, **settings)
    for read in (read_model, weights_file.shapes):
        with pytest.raises(ModelError, match=message) as error:
            read(model)
        assert "\n" not in str(error.value)


def test_an_archive_of_very_many_members_is_refused(model):
    with zipfile.ZipFile(model, "a") as opened:
        for number in range(archive.MEMBERS):
            opened.writestr(f"assets/{number}", b"")
    with pytest.raises(ModelError, match="holds 1,003 members"):
        read_model(model)


def test_vocabularies_of_an_archive_are_not_unpacked(model, tmp_path):
    add(model, "assets/words.txt")
    before = set(tmp_path.iterdir())
    assert read_model(model).count_params() == functional().count_params()
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (" " * archive.TEXT, "more than 10,485,760 bytes in 'config.json'"),
        ("[]," * archive.ITEMS, r"a configuration of [\d,]+ letters and [\d,]+ items"),
    ],
)
def test_a_configuration_that_would_fill_the_memory_is_not_parsed(model, tmp_path, more, message):
    rewrite(model, lambda config: config.update(more=["MORE"]))
    parts = members(model)
    parts["config.json"] = parts["config.json"].replace(b'"MORE"', more.encode() + b"0")
    with zipfile.ZipFile(model, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in parts.items():
            opened.writestr(name, data)
    with pytest.raises(ModelError, match=message):
        read_model(model)


def elsewhere(file):
    file["layers"]["link"] = h5py.ExternalLink("other.h5", "/numbers")


def soft(file):
    file["link"] = h5py.SoftLink("/layers")


def external(file):
    file.create_dataset("numbers", (4,), "float32", external=[("/etc/passwd", 0, 16)])


def virtual(file):
    layout = h5py.VirtualLayout((4,), "float32")
    layout[:] = h5py.VirtualSource("other.h5", "numbers", (4,))
    file.create_virtual_dataset("numbers", layout)


def vast(file):
    file.create_dataset("numbers", (10**6, 10**6), "float32", chunks=(1, 1000), compression="gzip")


FOREIGN = {
    elsewhere: "a link to somewhere else",
    soft: "a link to somewhere else",
    external: "whose numbers are in another file",
    virtual: "whose numbers are in another file",
    vast: "bytes that unpack to",
}


@pytest.mark.parametrize("spoil", FOREIGN, ids=lambda spoil: spoil.__name__)
def test_arrays_that_lie_elsewhere_or_fill_the_memory_are_refused(tmp_path, spoil):
    weights, whole = tmp_path / "model.weights.h5", tmp_path / "model.h5"
    functional().save_weights(weights)
    save_h5(functional(), whole)
    for path, read in ((weights, weights_file.shapes), (whole, read_model)):
        with h5py.File(path, "r+") as file:
            file.require_group("layers")
            spoil(file)
        with pytest.raises(ModelError, match=FOREIGN[spoil]) as error:
            read(path)
        assert "\n" not in str(error.value)


def test_a_group_inside_itself_is_looked_at_once(tmp_path):
    with h5py.File(tmp_path / "loop.h5", "w") as file:
        file["numbers"] = np.zeros(4, "float32")
        file.create_group("group")["whole"] = file["/"]
        assert archive.refuse_odd_arrays(file, tmp_path / "loop.h5") == 16
