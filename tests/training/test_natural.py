"""The statistics that ship with the weights: measured from pictures, told to any network."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from convscope.networks.loading.embedded.architecture import build
from convscope.networks.natural_statistics import LEVELS, Statistics
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.preprocessing import PREPROCESSING
from training import natural

COUNT = 5


@pytest.fixture
def photos():
    return np.random.default_rng(0).integers(0, 256, (COUNT, 64, 64, 3)).astype("uint8")


@pytest.fixture
def data(tmp_path, photos):
    """A zip of pictures and the table of their classes."""
    names = [f"val_{number}.JPEG" for number in range(COUNT)]
    with zipfile.ZipFile(tmp_path / "val.zip", "w") as archive:
        for name, pixels in zip(names, photos, strict=True):
            stream = io.BytesIO()
            Image.fromarray(pixels).save(stream, "PNG")  # to Pillow, what is inside counts
            archive.writestr(name, stream.getvalue())
    (tmp_path / "val.tsv").write_text("".join(f"{name}\t0\n" for name in names))
    return tmp_path


@pytest.fixture
def weights(tmp_path):
    """Two classes at a sixteenth of the width."""
    model = build(classes=2, width=2)
    arrays = {
        f"{layer.name}/{variable.name}": np.asarray(variable)
        for layer in model.layers
        for variable in layer.variables
    }
    np.savez(tmp_path / "weights.npz", **arrays)
    return tmp_path / "weights.npz", model


def test_the_file_holds_the_distribution_of_every_unit(
    data, weights, photos, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(natural, "BATCH", 2)  # several batches, the last one smaller
    path, model = weights
    out = tmp_path / "natural.npz"
    natural.main(["--data", str(data), "--weights", str(path), "--out", str(out)])
    found = Statistics.load(out)
    network = Network(model, PREPROCESSING["bgr-centred"], (64, 64))
    assert (found.count, found.digest) == (COUNT, network.digest)
    assert f"{COUNT} pictures, network {network.digest}" in capsys.readouterr().out
    tap = Tap("block3_conv2")
    means = network.activations(photos / np.float32(255), [tap])[tap].mean((1, 2))
    quantiles = found.arrays["block3_conv2/channel/quantiles"]
    np.testing.assert_allclose(quantiles, np.quantile(means, LEVELS, axis=0), rtol=1e-3, atol=1e-3)
    assert {f"{name}/channel/quantiles" for name in network.layers} <= set(found.arrays)


def test_statistics_of_other_weights_go_beside_them(data, weights):
    path, _ = weights
    natural.main(["--data", str(data), "--weights", str(path)])
    assert Statistics.load(path.with_name("weights_natural.npz")).count == COUNT


def test_pictures_that_are_not_there_leave_the_old_file(tmp_path, weights, capsys):
    out = tmp_path / "natural.npz"
    out.write_bytes(b"old")
    given = ["--data", str(tmp_path / "gone"), "--weights", str(weights[0]), "--out", str(out)]
    with pytest.raises(SystemExit) as left:
        natural.main(given)
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert out.read_bytes() == b"old"
