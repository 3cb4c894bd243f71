"""Pictures survive reading, saving and resizing; everything that is no picture is refused."""

import io
import json
import os
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convscope import images
from convscope.errors import OutputError, PictureError, UnknownName
from convscope.images.reading import DESCRIPTION, ORIENTATION

RED, GRAY = [1.0, 0.0, 0.0], [0.5, 0.5, 0.5]


@pytest.fixture
def noise() -> np.ndarray:
    """A picture of 8-bit values, (6, 9, 3)."""
    data = np.random.default_rng(0).integers(0, 256, (6, 9, 3), np.uint8)
    return images.from_bytes(data)


@pytest.fixture
def smooth() -> np.ndarray:
    """A gentle colour gradient, (32, 48, 3): what a lossy format keeps well."""
    down, right = np.mgrid[0:32, 0:48]
    return np.stack([down / 31, right / 47, 1 - right / 47], axis=2).astype(np.float32)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *extra: bytes) -> bytes:
    """A gray PNG that claims any size, with extra chunks."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 2 * min(height, 8)))
    return b"".join([b"\x89PNG\r\n\x1a\n", header, *extra, rows, chunk(b"IEND", b"")])


# ---------------------------------------------------------------------------------- reading


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.gif", "a.bmp", "a.tiff", "a.ppm", "a.jpg"])
def test_every_format_shows_the_same_red(tmp_path, name):
    Image.new("RGB", (5, 3), "red").save(tmp_path / name)
    picture = images.read(tmp_path / name)
    assert picture.shape == (3, 5, 3)
    assert picture.dtype == np.float32
    np.testing.assert_allclose(picture, np.broadcast_to(RED, (3, 5, 3)), atol=0.01)


@pytest.mark.parametrize(
    ("mode", "value", "seen"),
    [
        ("1", 1, [1, 1, 1]),
        ("L", 51, [0.2, 0.2, 0.2]),
        ("LA", (51, 255), [0.2, 0.2, 0.2]),
        ("LA", (51, 0), GRAY),
        ("La", (0, 0), GRAY),
        ("I;16", 13107, [0.2, 0.2, 0.2]),
        ("I;16B", 13107, [0.2, 0.2, 0.2]),
        ("I", 13107, [0.2, 0.2, 0.2]),
        ("F", 0.2, [0.2, 0.2, 0.2]),
        ("P", 0, [0, 0, 0]),
        ("RGB", (255, 0, 0), RED),
        ("RGBA", (255, 0, 0, 255), RED),
        ("RGBA", (255, 0, 0, 0), GRAY),
        ("RGBA", (255, 0, 0, 51), [0.6, 0.4, 0.4]),
        ("CMYK", (0, 255, 255, 0), RED),
        ("YCbCr", (255, 128, 128), [1, 1, 1]),
        ("HSV", (0, 255, 255), RED),
    ],
)
def test_every_mode_of_pillow_becomes_rgb(mode, value, seen):
    image = Image.new(mode, (2, 3), value)
    picture = images.load(image)
    np.testing.assert_allclose(picture, np.broadcast_to(seen, (3, 2, 3)), atol=1e-6)
    assert image.mode == mode


def test_a_transparent_palette_colour_is_laid_over_mid_gray(tmp_path):
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "a.png", transparency=1)
    np.testing.assert_array_equal(images.read(tmp_path / "a.png")[0], [RED, GRAY])


def test_a_transparent_key_colour_is_laid_over_mid_gray(tmp_path):
    image = Image.new("RGB", (2, 1), "red")
    image.putpixel((1, 0), (0, 0, 255))
    image.save(tmp_path / "a.png", transparency=(0, 0, 255))
    np.testing.assert_array_equal(images.read(tmp_path / "a.png")[0], [RED, GRAY])


@pytest.mark.parametrize("name", ["a.png", "a.tiff", "a.pgm"])
def test_sixteen_bit_gray_keeps_its_depth(tmp_path, name):
    data = np.array([[0, 1, 300, 65535]], np.uint16)
    Image.fromarray(data).save(tmp_path / name)
    found = images.read(tmp_path / name)[:, :, 0]
    np.testing.assert_array_equal(np.rint(found * 65535), data)


def test_a_cmyk_jpeg_is_not_shown_as_its_negative(tmp_path):
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "a.jpg")
    np.testing.assert_allclose(images.read(tmp_path / "a.jpg")[4, 4], RED, atol=0.02)


# By the EXIF standard: which sides of the upright scene the stored rows and columns begin at.
STORED = {
    1: lambda scene: scene,  # top, left
    2: lambda scene: scene[:, ::-1],  # top, right
    3: lambda scene: scene[::-1, ::-1],  # bottom, right
    4: lambda scene: scene[::-1],  # bottom, left
    5: lambda scene: scene.T,  # left, top
    6: lambda scene: scene[:, ::-1].T,  # right, top
    7: lambda scene: scene[::-1, ::-1].T,  # right, bottom
    8: lambda scene: scene[::-1].T,  # left, bottom
}


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_held_any_way_is_read_upright(tmp_path, orientation, suffix):
    scene = np.arange(6, dtype=np.uint8).reshape(2, 3)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = np.ascontiguousarray(STORED[orientation](scene))
    lossless = {"lossless": True} if suffix == ".webp" else {}
    Image.fromarray(stored).save(tmp_path / f"a{suffix}", exif=exif, **lossless)
    found = images.to_bytes(images.read(tmp_path / f"a{suffix}"))
    np.testing.assert_array_equal(found[:, :, 0], scene)


def test_a_photo_with_damaged_exif_is_still_a_photo(tmp_path, smooth):
    whole = bytearray(images.encode_jpeg(smooth, {"unit": "fc1"}))
    begin = whole.index(b"Exif") + 14
    whole[begin : begin + 8] = b"\xff" * 8
    (tmp_path / "a.jpg").write_bytes(whole)
    np.testing.assert_allclose(images.read(tmp_path / "a.jpg"), smooth, atol=0.04)


def test_of_an_animation_the_first_frame_is_read(tmp_path):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(images.read(tmp_path / "a.gif")[0, 0], RED)


def test_one_pixel_is_a_picture(tmp_path):
    Image.new("RGB", (1, 1), "red").save(tmp_path / "a.png")
    np.testing.assert_array_equal(images.read(str(tmp_path / "a.png")), [[RED]])


def test_load_takes_a_path_a_pillow_image_and_an_array(tmp_path, noise):
    path = images.save(noise, tmp_path / "a.png")
    image = Image.fromarray(images.to_bytes(noise))
    for source in (path, str(path), image, noise, images.to_bytes(noise), noise.tolist()):
        np.testing.assert_array_equal(images.load(source), noise)


# ------------------------------------------------------------------------- files that are none


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(PictureError, match=r"Cannot read '.*cat\.jpg'\. There is no such file"):
        images.read(tmp_path / "cat.jpg")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(PictureError, match="It is a folder; add a file name"):
        images.read(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(PictureError, match="device or a pipe"):
        images.read(tmp_path / "pipe.png")


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(PictureError, match="The file is empty"):
        images.read(tmp_path / "a.png")


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(png(2, 2))

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(PictureError, match="no permission"):
        images.read(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif", "a.bmp", "a.tiff", "a.ppm"])
def test_a_file_cut_short_anywhere_is_refused_in_one_line(tmp_path, noise, name):
    path = tmp_path / name
    Image.fromarray(images.to_bytes(noise)).save(path)
    whole = path.read_bytes()
    for kept in range(1, len(whole) // 2, 7):
        path.write_bytes(whole[:kept])
        with pytest.raises(PictureError, match=r"^Cannot read '.*[^\n]*$"):
            images.read(path)


def test_a_damaged_file_says_what_to_do(tmp_path, noise):
    whole = images.encode_png(noise)
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PictureError, match=r"damaged or cut short .*Fetch or export it again"):
        images.read(tmp_path / "a.png")


@pytest.mark.parametrize(
    "data",
    [b"hello", b"%PDF-1.7\n", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"],
    ids=["text", "pdf", "eps"],
)
def test_what_is_no_picture_or_a_program_is_refused_whatever_its_name(tmp_path, data):
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(PictureError, match=r"not a picture of a known format.*convert it to PNG"):
        images.read(tmp_path / "a.png")


def test_a_picture_format_outside_the_table_is_refused(tmp_path, noise):
    Image.fromarray(images.to_bytes(noise)).save(tmp_path / "a.ico")
    with pytest.raises(PictureError, match="Expected one of PNG, JPEG"):
        images.read(tmp_path / "a.ico")


# Above our limit, above the size at which Pillow warns, and above the size at which Pillow refuses.
@pytest.mark.parametrize("width", [10_001, 12_000, 60_000])
def test_a_bomb_is_refused_by_its_header(tmp_path, width):
    (tmp_path / "a.png").write_bytes(png(width, 10_000))
    with pytest.raises(PictureError, match="Expected at most 100,000,000 pixels"):
        images.read(tmp_path / "a.png")


def test_a_large_picture_within_the_limit_does_not_warn(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)  # Pillow warns above 10, refuses above 20
    path = images.save(np.zeros((3, 5, 3), np.float32), tmp_path / "a.png")
    assert images.read(path).shape == (3, 5, 3)


def test_reading_leaves_the_warnings_of_others_alone(tmp_path, noise):
    path = images.save(noise, tmp_path / "a.png")
    before = list(warnings.filters)
    images.read(path)
    assert warnings.filters == before


def test_wide_samples_whose_white_is_unknown_are_refused(tmp_path):
    Image.fromarray(np.array([[0, 70_000]], np.int32)).save(tmp_path / "a.tiff")
    with pytest.raises(PictureError, match=r"samples in 0\.\.65535\. Received: 0 to 70000"):
        images.read(tmp_path / "a.tiff")


def test_a_pillow_image_that_cannot_be_decoded_is_refused(noise):
    whole = images.encode_png(noise)
    with (
        Image.open(io.BytesIO(whole[: len(whole) // 2])) as image,
        pytest.raises(PictureError, match="Cannot read a Pillow image: damaged"),
    ):
        images.load(image)


# ----------------------------------------------------------------------------------- arrays


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (4, 5, 3), (4, 5, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64])
def test_gray_rgb_and_rgba_arrays_become_pictures(shape, dtype):
    picture = images.validate(np.ones(shape, dtype) * (255 if dtype == np.uint8 else 1))
    assert picture.dtype == np.float32
    np.testing.assert_array_equal(picture, np.ones((4, 5, 3)))


def test_a_picture_is_new_and_the_array_stays_as_it_was(noise):
    before = noise.copy()
    picture = images.validate(noise)
    np.testing.assert_array_equal(picture, noise)
    assert not np.shares_memory(picture, noise)
    picture[:] = 0
    np.testing.assert_array_equal(noise, before)


def test_opacity_mixes_with_mid_gray():
    picture = images.validate(np.array([[[1.0, 0.0, 0.5, 0.25]]]))
    np.testing.assert_allclose(picture, [[[0.625, 0.375, 0.5]]])


def test_what_rounding_adds_is_clipped():
    np.testing.assert_array_equal(images.validate([[-1e-6, 1 + 1e-6]])[0, :, 0], [0, 1])


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.full((2, 2), np.nan), r"Received: nan to nan\. Replace what is not finite"),
        (np.array([[0, np.inf]]), r"Received: 0 to inf\. Replace what is not finite"),
        (np.array([[0.0, 255.0]]), r"Received: 0 to 255\. Divide by 255"),
        (np.array([[-1.0, 1.0]]), r"Received: -1 to 1\. Move it there: \(array \+ 1\) / 2"),
        (np.array([[-124.0, 151.0]]), r"before any preprocessing"),
        (np.full((2, 2), 40000, np.uint16), r"uint16\. Divide it by what white is, perhaps 65535"),
        (np.zeros((2, 2), np.int64), r"Received: int64\. Convert it: array\.astype\('uint8'\)"),
        (np.zeros((2, 2), bool), r"Received: bool"),
        (np.zeros((1, 4, 5, 3)), r"Received: \(1, 4, 5, 3\)\. Take one picture of the batch"),
        (np.zeros((3, 4, 5)), r"Received: \(3, 4, 5\)\. Put the channels last"),
        (np.zeros((5, 5, 2)), r"Received: \(5, 5, 2\)\. Give gray, RGB or RGB with opacity"),
        (np.zeros(4), r"Received: \(4,\)"),
        (np.zeros((0, 5, 3)), r"Received: \(0, 5, 3\)\. It is empty"),
        ([[0.0], [0.0, 1.0]], r"Expected an array\. Received: list"),
        (None, r"Received: \(\)"),
    ],
)
def test_an_array_that_is_no_picture_is_refused_with_the_remedy(array, message):
    with pytest.raises(PictureError, match=message):
        images.load(array)


# ---------------------------------------------------------------------------------- numbers


def test_every_byte_survives_the_round_trip():
    data = np.arange(256, dtype=np.uint8)
    numbers = images.from_bytes(data)
    assert numbers.dtype == np.float32
    assert (numbers.min(), numbers.max()) == (0, 1)
    np.testing.assert_array_equal(images.to_bytes(numbers), data)


def test_bytes_are_rounded_to_the_nearest_and_clipped():
    numbers = np.array([-1, 0.4 / 255, 0.6 / 255, 254.6 / 255, 2])
    np.testing.assert_array_equal(images.to_bytes(numbers), [0, 0, 1, 255, 255])


def test_nan_does_not_become_black_in_silence():
    with pytest.raises(PictureError, match=r"Expected numbers\. Received: NaN"):
        images.to_bytes(np.array([[np.nan]]))


def test_contrast_has_closed_forms(noise):
    assert images.rms_contrast(np.full((3, 3, 3), 0.7, np.float32)) == 0
    plain = np.broadcast_to(np.float32(RED), (3, 3, 3))
    assert images.rms_contrast(plain) == 0  # a colour is no contrast: each channel has its mean
    board = np.indices((4, 4)).sum(axis=0) % 2
    assert images.rms_contrast(board.astype(np.float32)) == 0.5
    # Scaled about its mean, a picture's contrast scales alike: so contrasts are made equal.
    halved = noise.mean((0, 1)) + (noise - noise.mean((0, 1))) / 2
    np.testing.assert_allclose(
        images.rms_contrast(halved), images.rms_contrast(noise) / 2, rtol=1e-6
    )


# ------------------------------------------------------------------------------------- sizes


def test_resizing_to_the_same_size_changes_nothing(noise):
    np.testing.assert_array_equal(images.resize(noise, (6, 9)), noise)


@pytest.mark.parametrize("size", [(1, 1), (3, 17), (60, 2)])
@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_a_plain_picture_stays_plain_at_any_size(size, channels):
    plain = np.full((7, 8, channels), 0.3, np.float32)
    resized = images.resize(plain, size)
    assert resized.dtype == np.float32
    np.testing.assert_allclose(resized, np.full((*size, channels), 0.3), rtol=1e-6)


def test_shrinking_is_smooth_and_enlarging_stays_in_range():
    board = (np.indices((64, 64)).sum(axis=0) % 2).astype(np.float32)[:, :, None]
    small = images.resize(board, (8, 8))
    np.testing.assert_allclose(small, 0.5, atol=0.05)  # picking pixels would give black or white
    edge = np.repeat(np.float32([0, 1]), 4)[None, :, None].repeat(8, axis=0)
    large = images.resize(edge, (32, 32))
    assert (large.min(), large.max()) == (0, 1)  # bicubic overshoots at an edge


def test_fit_is_resize_when_the_proportions_agree(noise):
    np.testing.assert_array_equal(images.fit(noise, (4, 6)), images.resize(noise, (4, 6)))


@pytest.mark.parametrize(("height", "width"), [(4, 12), (12, 4)])
def test_fit_keeps_the_middle_and_stretches_nothing(height, width):
    # A square stands in the middle; cropped to the square, only it is left.
    picture = np.zeros((height, width, 3), np.float32)
    picture[(height - 4) // 2 :, (width - 4) // 2 :][:4, :4] = 1
    np.testing.assert_array_equal(images.fit(picture, (8, 8)), np.ones((8, 8, 3)))


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 1000, 3), (1000, 1, 3), (225, 224, 3)])
@pytest.mark.parametrize("size", [(64, 48), (3, 100), (100, 3)])
def test_fit_takes_any_proportions(shape, size):
    assert images.fit(np.zeros(shape, np.float32), size).shape == (*size, 3)


@pytest.mark.parametrize("change", [images.resize, images.fit])
def test_a_size_without_pixels_is_refused(noise, change):
    with pytest.raises(PictureError, match=r"at least one pixel.* Received: \(0, 5\)"):
        change(noise, (0, 5))


def test_sizes_of_a_batch_are_refused():
    with pytest.raises(PictureError, match=r"Received: \(1, 4, 5, 3\)"):
        images.resize(np.zeros((1, 4, 5, 3), np.float32), (2, 2))


# ------------------------------------------------------------------------------------ sheets


def test_a_sheet_of_one_is_the_picture(noise):
    np.testing.assert_array_equal(images.sheet([noise]), noise)


def test_a_sheet_keeps_every_picture_in_reading_order(noise):
    cells = [noise * share for share in (0.2, 0.4, 0.6, 0.8, 1.0)]
    whole = images.sheet(iter(cells), columns=3, gap=1, background=0.25)
    assert whole.shape == (6 + 1 + 6, 9 + 1 + 9 + 1 + 9, 3)
    for number, cell in enumerate(cells):
        top, left = 7 * (number // 3), 10 * (number % 3)
        np.testing.assert_array_equal(whole[top : top + 6, left : left + 9], cell)
    np.testing.assert_array_equal(whole[6], np.full((29, 3), 0.25))
    np.testing.assert_array_equal(whole[7:, 20:], np.full((6, 9, 3), 0.25))


def test_smaller_and_gray_pictures_stand_in_the_middle_of_their_cells():
    dot, square = np.ones((1, 1, 1), np.float32), np.zeros((3, 5, 3), np.float32)
    whole = images.sheet([square, dot], columns=2, gap=0, background=0.5)
    expected = np.full((3, 5, 3), 0.5)
    expected[1, 2] = 1
    np.testing.assert_array_equal(whole[:, 5:], expected)


def test_a_sheet_wider_than_its_pictures_has_no_empty_columns(noise):
    assert images.sheet([noise, noise], columns=8, gap=0).shape == (6, 18, 3)


@pytest.mark.parametrize(
    ("cells", "options", "message"),
    [
        ([], {}, "one picture or more. Received: none"),
        ([(2, 2, 2), (2, 2, 3)], {}, r"like channels. Received: \[2, 3\]"),
        ([(2, 2, 3)], {"columns": 0}, "columns >= 1"),
        ([(2, 2, 3)], {"gap": -1}, "gap >= 0"),
    ],
)
def test_a_sheet_that_cannot_be_laid_is_refused(cells, options, message):
    with pytest.raises(PictureError, match=message):
        images.sheet([np.zeros(shape, np.float32) for shape in cells], **options)


# ------------------------------------------------------------------------------------ saving


@pytest.mark.parametrize("suffix", images.ENCODERS)
def test_every_encoder_keeps_the_picture_and_its_info(tmp_path, smooth, suffix):
    info = {"unit": "block5_conv3:17", "label": "пчела 蜂", "recipe": "steps\n512"}
    before = smooth.copy()
    path = images.save(smooth, tmp_path / "new" / f"a{suffix.upper()}", info)
    np.testing.assert_allclose(images.read(path), smooth, atol=0.04)
    assert images.read_info(path) == info
    np.testing.assert_array_equal(smooth, before)


@pytest.mark.parametrize("suffix", images.ENCODERS)
def test_every_encoder_is_deterministic_and_adds_nothing_of_its_own(tmp_path, smooth, suffix):
    encode = images.ENCODERS[suffix]
    assert encode(smooth, {"a": "1", "b": "é"}) == encode(smooth, {"b": "é", "a": "1"})
    assert images.read_info(images.save(smooth, tmp_path / f"a{suffix}")) == {}
    assert b"exif" not in encode(smooth, {}).lower()


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_lossless_formats_keep_every_byte(tmp_path, noise, suffix):
    path = images.save(noise, tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(images.read(path), noise)


def test_one_channel_is_gray_and_an_odd_number_a_row_of_tiles(tmp_path, noise):
    with Image.open(io.BytesIO(images.encode_png(noise[:, :, :1]))) as image:
        assert (image.mode, image.size) == ("L", (9, 6))
    five = np.concatenate([noise, noise[:, :, :2]], axis=2)
    with Image.open(io.BytesIO(images.encode_png(five))) as image:
        assert (image.mode, image.size) == ("L", (5 * 9, 6))
        row = images.from_bytes(np.asarray(image))
    for channel in range(5):
        tile = row[:, 9 * channel : 9 * channel + 9]
        np.testing.assert_array_equal(tile, five[:, :, channel])


def test_quality_makes_a_jpeg_larger(noise):
    assert len(images.encode_jpeg(noise, quality=95)) > len(images.encode_jpeg(noise, quality=30))


def test_a_jpeg_keeps_colour_as_fine_as_light(tmp_path):
    # One red column, one blue: a JPEG of usual make blends their colours into one.
    stripes = np.zeros((16, 16, 3), np.float32)
    stripes[:, ::2, 0] = stripes[:, 1::2, 2] = 0.8
    found = images.read(images.save(stripes, tmp_path / "a.jpg"))
    np.testing.assert_allclose(found, stripes, atol=0.1)


def test_an_unknown_suffix_is_refused_with_the_nearest(tmp_path, noise):
    with pytest.raises(UnknownName, match=r"No picture format is called '\.pgn'.*'\.png'"):
        images.save(noise, tmp_path / "a.pgn")
    with pytest.raises(UnknownName, match=r"No picture format is called 'unit'\. Known: \.jpeg"):
        images.save(noise, tmp_path / "unit")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_encoded_leaves_the_old_file(tmp_path, noise):
    path = images.save(noise, tmp_path / "a.png")
    before = path.read_bytes()
    with pytest.raises(PictureError, match="NaN"):
        images.save(np.full((2, 2, 3), np.nan), path)
    with pytest.raises(PictureError, match=r"Cannot make a WEBP of 20000 x 1 pixels .*Try PNG"):
        images.save(np.zeros((1, 20_000, 3), np.float32), tmp_path / "a.webp")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_an_output_error(tmp_path, noise):
    path = images.save(noise, tmp_path / "a.png")
    with pytest.raises(OutputError, match="is a file, not a folder"):
        images.save(noise, path / "b.png")


@pytest.mark.parametrize("name", ["", "a" * 80, "蜂", "a\0b"])
def test_an_info_name_that_png_cannot_hold_is_refused(noise, name):
    with pytest.raises(PictureError, match="Expected an info name of 1 to 79 Latin-1 letters"):
        images.encode_png(noise, {name: "value"})


def test_a_badly_encoded_file_name_does_not_stop_the_saving(tmp_path, noise):
    start = os.fsdecode(b"caf\xe9.jpg")
    path = images.save(noise, tmp_path / "a.png", {"start": start})
    assert images.read_info(path) == {"start": r"caf\udce9.jpg"}


# ------------------------------------------------------------------------- info of strangers


def test_text_of_another_program_is_read_too(tmp_path):
    packed = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"made elsewhere"))
    (tmp_path / "a.png").write_bytes(png(1, 1, packed, chunk(b"tEXt", b"Software\0camera")))
    assert images.read_info(tmp_path / "a.png") == {
        "Comment": "made elsewhere",
        "Software": "camera",
    }


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_text_that_unpacks_to_fill_the_memory_is_refused(tmp_path, kind):
    head = b"Comment\0\0" if kind == b"zTXt" else b"Comment\0\1\0\0\0"
    bomb = chunk(kind, head + zlib.compress(b"\0" * 2**25))
    (tmp_path / "a.png").write_bytes(png(1, 1, bomb))
    with pytest.raises(PictureError, match=r"Cannot read .*too large"):
        images.read_info(tmp_path / "a.png")


@pytest.mark.parametrize("text", ["A day at the sea", "[1]", "[" * 20_000, '{"unit": 3}'])
def test_the_description_of_a_camera_is_not_taken_for_info(tmp_path, text):
    exif = Image.Exif()
    exif[DESCRIPTION] = text
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
    assert images.read_info(tmp_path / "a.jpg") == {}


def test_info_is_plain_json_for_other_programs(tmp_path, noise):
    path: Path = images.save(noise, tmp_path / "a.jpg", {"unit": "fc1:3"})
    with Image.open(path) as image:
        assert json.loads(image.getexif()[DESCRIPTION]) == {"unit": "fc1:3"}


# Opacity


@pytest.mark.parametrize("suffix", [".png", ".webp"])
@pytest.mark.parametrize("channels", [2, 4])
def test_opacity_is_kept_where_the_format_knows_it(tmp_path, suffix, channels):
    data = np.random.default_rng(0).integers(0, 256, (5, 6, channels)).astype("uint8")
    data[0, :, -1] = 0  # the colours of what cannot be seen are kept, too
    picture = images.from_bytes(data)
    path = images.save(picture, tmp_path / f"a{suffix}", {"unit": "conv:3"}, opacity=True)
    with Image.open(path) as image:
        image.load()
        kept = np.asarray(image)
    gray = channels == 2 and kept.shape[2] == 4  # WebP has no gray
    np.testing.assert_array_equal(kept[:, :, 2:] if gray else kept, data)
    over = np.broadcast_to(images.composite(picture), (5, 6, 3))
    np.testing.assert_allclose(images.read(path), over, atol=1e-6)
    assert images.read_info(path) == {"unit": "conv:3"}


@pytest.mark.parametrize(("suffix", "channels"), [(".jpg", 4), (".jpg", 2), (".png", 6)])
def test_where_opacity_cannot_be_kept_mid_gray_is_behind(tmp_path, suffix, channels):
    picture = np.full((8, 8, channels), 1.0, np.float32)
    picture[:, :4, -1] = 0
    read = images.read(images.save(picture, tmp_path / f"a{suffix}", opacity=True))
    assert read.shape[1] == 8 * (channels - 1 if channels == 6 else 1)
    np.testing.assert_allclose(read[:, :3], 0.5, atol=0.02)
    np.testing.assert_allclose(read[:, 5:8], 1.0, atol=0.02)


def test_without_opacity_four_channels_are_four_tiles(tmp_path):
    path = images.save(np.zeros((5, 6, 4), np.float32), tmp_path / "a.png")
    assert images.read(path).shape == (5, 24, 3)


def test_what_is_transparent_shows_what_is_behind():
    picture = np.zeros((2, 2, 4), np.float32)
    picture[0, :, 3] = 1
    behind = np.float32([[[0.1]], [[0.9]]])
    laid = images.composite(picture, behind)
    np.testing.assert_allclose(laid, np.broadcast_to([[[0.0]], [[0.9]]], (2, 2, 3)))


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (64, 48)])
def test_a_checkerboard_is_light_and_of_two_shades(size):
    board = images.checkered(size)
    assert board.shape == (*size, 1)
    assert board.min() >= 0.8
    assert len(np.unique(board)) == min(2, board.size)
