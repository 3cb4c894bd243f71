"""The spectrum that MACO paints with: measured from pictures, whole or not at all."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from convscope.canvas import color
from convscope.canvas.spectrum import natural
from training import spectrum

COUNT = 5


def waves(frequency, count=COUNT):
    """Gray pictures of one wave across, at random phases."""
    place = 2 * np.pi * frequency * (np.arange(64) + 0.5) / 64
    phases = np.random.default_rng(0).uniform(0, 6, count)
    strength = 0.5 * np.sin(place[None, :] + phases[:, None])
    gray = 1 / (1 + np.exp(-strength))
    return np.rint(255 * np.broadcast_to(gray[:, None, :, None], (count, 64, 64, 3))).astype(
        "uint8"
    )


def test_a_wave_is_found_where_it_is():
    found = spectrum.measure(waves(6)).magnitude
    peak = np.unravel_index(found[..., 0].argmax(), found.shape[:2])
    assert peak == (0, 6)
    # All of its power, in what the window spreads it to; half of it is the conjugate's.
    power = found[0, 4:9, 0] ** 2
    brightness = 0.5 * np.linalg.norm(color.FROM_RGB @ np.ones(3)) / 2
    across = power.sum() + 2 * (found[1, 4:9, 0] ** 2).sum()
    assert np.sqrt(across) == pytest.approx(brightness, rel=0.1)


def test_a_stated_decline_is_found():
    cycles = np.maximum(np.hypot(*np.indices((17, 17))), 1)[..., None]
    np.testing.assert_allclose(
        spectrum.decline(3 / cycles ** np.array([1.0, 1.3, 2.0])), [1.0, 1.3, 2.0], rtol=1e-5
    )


def test_the_file_in_the_package_is_natural():
    assert natural().magnitude.shape == (spectrum.KNOWN + 1, spectrum.KNOWN + 1, 3)
    # Between 1 and 1.5: about one over frequency, as has long been known of photographs.
    assert (natural().decline > 1).all()
    assert (natural().decline < 1.6).all()


def test_the_file_holds_what_was_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(spectrum, "BATCH", 2)  # several batches, the last one smaller
    photos = np.random.default_rng(0).integers(0, 256, (COUNT, 64, 64, 3)).astype("uint8")
    names = [f"val_{number}.JPEG" for number in range(COUNT)]
    with zipfile.ZipFile(tmp_path / "val.zip", "w") as archive:
        for name, pixels in zip(names, photos, strict=True):
            stream = io.BytesIO()
            Image.fromarray(pixels).save(stream, "PNG")  # to Pillow, what is inside counts
            archive.writestr(name, stream.getvalue())
    (tmp_path / "val.tsv").write_text("".join(f"{name}\t0\n" for name in names))
    out = tmp_path / "spectrum.npz"
    spectrum.main(["--data", str(tmp_path), "--out", str(out)])
    assert f"{COUNT} pictures" in capsys.readouterr().out
    with np.load(out) as arrays:
        expected = spectrum.measure(photos)
        np.testing.assert_allclose(arrays["magnitude"], expected.magnitude, rtol=1e-5)
        np.testing.assert_allclose(arrays["decline"], expected.decline, rtol=1e-5)


def test_pictures_that_are_not_there_leave_the_old_file(tmp_path, capsys):
    out = tmp_path / "spectrum.npz"
    out.write_bytes(b"old")
    with pytest.raises(SystemExit) as left:
        spectrum.main(["--data", str(tmp_path / "gone"), "--out", str(out)])
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert out.read_bytes() == b"old"
