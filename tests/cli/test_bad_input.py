"""What people really hand in: odd photos work, and the rest is refused in one line."""

import errno
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convscope.encoding.writers import WRITERS, Writer

SHADES = Image.fromarray(
    np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype("uint8")
)  # RGB

LOOKING = [
    ("layers", "{}", "--out", "made.csv"),
    ("attribute", "{}", "--method", "gradient", "--out", "made.json"),
    ("animate", "classes:1", "--from", "{}", "--steps", "2", "--out", "made.gif"),
]


def upside_down(path):
    exif = Image.Exif()
    exif[0x0112] = 3
    SHADES.save(path, exif=exif)


def animated(path):
    SHADES.save(path, save_all=True, append_images=[SHADES.rotate(90)])


def see_through(path):
    image = SHADES.convert("RGBA")
    image.putalpha(SHADES.convert("L"))
    image.save(path)


ODD = {
    "cmyk.jpg": lambda path: SHADES.convert("CMYK").save(path),
    "deep.png": lambda path: Image.fromarray(np.full((9, 9), 40000, "uint16")).save(path),
    "palette.png": lambda path: SHADES.quantize(16).save(path),
    "gray.png": lambda path: SHADES.convert("L").save(path),
    "alpha.png": see_through,
    "turned.jpg": upside_down,
    "moving.gif": animated,
    "moving.webp": animated,
    "dot.png": lambda path: SHADES.resize((1, 1)).save(path),
}


@pytest.mark.parametrize("name", ODD)
def test_every_kind_of_photo_is_looked_at(run, model, tmp_path, name):
    ODD[name](tmp_path / name)
    mine = model()
    for command in LOOKING:
        ran = run(*[word.format(name) for word in command], "--model", mine)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.startswith("made.")


def bomb(path):
    """A few bytes that say they are 60,000 x 60,000 pixels."""

    def chunk(kind, data):
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b""))


def cut_short(path):
    SHADES.save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("command", LOOKING, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("make", "message"), [(bomb, "at most 100,000,000 pixels"), (cut_short, "damaged or cut short")]
)
def test_a_bomb_and_a_file_cut_short_are_refused_before_anything_is_loaded(
    refused, tmp_path, command, make, message
):
    make(tmp_path / "photo.png")
    words = [word.format("photo.png") for word in command]
    assert message in refused(*words, "--model", "not-even-looked-for.keras")


def spoil(model):
    """Make one weight no number."""
    kernel, bias = model.get_layer("conv").get_weights()
    kernel[0, 0, 0, 0] = np.nan
    model.get_layer("conv").set_weights([kernel, bias])


@pytest.mark.parametrize(
    "command",
    [("maximize", "conv:1"), ("animate", "conv:1"), ("layers", "{}"), ("attribute", "{}")],
    ids=lambda command: command[0],
)
def test_models_that_cannot_be_used_are_refused(refused, model, photo, command):
    from keras import layers

    words = [word.format(photo) for word in command]
    code = model("code.keras", layers.Lambda(lambda maps: maps + 1))
    assert "code from a file is never run" in refused(*words, "--model", code)
    spoiled = model("spoiled.keras", change=spoil)
    assert "not numbers, first in layer 'conv'" in refused(*words, "--model", spoiled)
    for whole in (model("short.keras"), model("short.h5")):
        whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        assert f"Cannot load {whole.name}: damaged" in refused(*words, "--model", whole)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("maximize", "odd"), "odd (Reshape) has no channels"),
        (("animate", "odd"), "odd (Reshape) has no channels"),
        (("layers", "{}", "--layer", "odd"), "odd (Reshape) gives no maps"),
        (("attribute", "{}", "--target", "odd:1"), "odd (Reshape) has no channels"),
        (("units", "odd"), "odd (Reshape) has no channels"),
    ],
)
def test_a_layer_without_channels_is_refused(refused, model, photo, command, message):
    from keras import Sequential, layers

    folds = Sequential([layers.Reshape((14, 14, 2, 2), name="odd"), layers.Reshape((14, 14, 4))])
    mine = model(layer=folds)
    assert message in refused(*[word.format(photo) for word in command], "--model", mine)


WRITING = [
    ("maximize", "conv:1", "--steps", "1", "--out", "unit.png"),
    ("maximize", "conv:0-1", "--steps", "1", "--out", "folder"),
    ("maximize", "conv:0-1", "--steps", "1", "--out", "sheet.png"),
    ("animate", "conv:1", "--steps", "2", "--out", "film.gif"),
    ("layers", "{}", "--out", "seen.png"),
    ("attribute", "{}", "--method", "gradient", "--out", "why.png"),
]


@pytest.mark.parametrize("command", WRITING, ids=lambda command: f"{command[0]}-{command[-1]}")
def test_a_full_disk_ends_with_one_line_and_no_half_file(
    refused, model, photo, monkeypatch, command
):
    mine = model()

    def full(self: Path, *arguments: object) -> None:
        with open(self, "wb") as file:
            file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setitem(WRITERS, ".gif", Writer(lambda reel, path: full(path)))
    Path("folder").mkdir()
    words = [word.format(photo) for word in command]
    assert "Cannot write" in refused(*words, "--model", mine, status=1)


@pytest.mark.parametrize(
    "command",
    [tuple(word.replace("conv:", "block1_conv1:") for word in command) for command in WRITING],
    ids=lambda command: f"{command[0]}-{command[-1]}",
)
def test_a_folder_that_takes_no_files_is_refused_before_the_work(
    refused, photo, monkeypatch, command
):
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    words = [word.format(photo) for word in command]
    assert "The folder does not allow it" in refused(*words, status=1)
