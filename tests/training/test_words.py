"""The words that ship with the weights: measured from pictures, told to any network."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import roc_auc_score

from convscope.datasets.separation import halves
from convscope.networks.loading.embedded import NETWORKS, Embedded, labels
from convscope.networks.loading.embedded.architecture import build
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.patches.randomized import layers_with_weights
from convscope.networks.preprocessing import PREPROCESSING
from convscope.networks.units import Unit
from convscope.networks.words import Words
from training import words

COUNT = 30


@pytest.fixture
def photos():
    """Every second one is darker."""
    noise = np.random.default_rng(0).integers(0, 256, (COUNT, 64, 64, 3))
    noise[1::2] //= 2
    return noise.astype("uint8")


@pytest.fixture
def data(tmp_path, photos):
    """A zip of pictures and the table of their classes."""
    with zipfile.ZipFile(tmp_path / "val.zip", "w") as archive:
        for number, pixels in enumerate(photos):
            stream = io.BytesIO()
            Image.fromarray(pixels).save(stream, "PNG")  # to Pillow, what is inside counts
            archive.writestr(f"val_{number}.JPEG", stream.getvalue())
    rows = (f"val_{number}.JPEG\t{number % 2}\n" for number in range(COUNT))
    (tmp_path / "val.tsv").write_text("".join(rows))
    return tmp_path


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A network of two classes at a sixteenth of the width, in place of the package's own."""
    model = build(classes=2, width=2)
    arrays = {
        f"{layer.name}/{variable.name}": np.asarray(variable)
        for layer in model.layers
        for variable in layer.variables
    }
    path = tmp_path / "small.npz"
    np.savez(path, **arrays)
    own = Embedded(path, tmp_path / "natural.npz", tmp_path / "words.npz", 2)
    monkeypatch.setitem(NETWORKS, "vgg16-tiny", own)
    return model


def test_the_file_has_every_unit_of_layers_with_weights(data, photos, small, monkeypatch, capsys):
    monkeypatch.setattr(words, "BATCH", 4)  # several batches, the last one smaller
    words.main(["--data", str(data)])
    found = Words.load(data / "words.npz")
    network = Network(small, PREPROCESSING["bgr-centred"], (64, 64))
    assert (found.digest, found.photos, found.labels) == (network.digest, COUNT // 2, labels()[:2])
    assert list(found.layers) == layers_with_weights(network)
    assert f"{COUNT} pictures, network {network.digest}" in capsys.readouterr().out
    # The AUC is that of the half that judges.
    tap, classes = Tap("block3_conv2"), np.arange(COUNT) % 2
    means = network.activations(photos / np.float32(255), [tap])[tap].mean((1, 2))
    judging = halves(classes[:, None] == np.arange(2))
    for channel in range(means.shape[1]):
        told = found.of(Unit("block3_conv2", channel)).high.label
        belongs = classes[judging] == found.labels.index(told.text)
        expected = roc_auc_score(belongs, means[judging, channel])
        assert told.auc == pytest.approx(expected, abs=0.006)
        assert told.count == belongs.sum()


def test_pictures_that_are_not_there_leave_the_old_file(tmp_path, small, capsys):
    out = tmp_path / "words.npz"
    out.write_bytes(b"old")
    with pytest.raises(SystemExit) as left:
        words.main(["--data", str(tmp_path / "gone"), "--out", str(out)])
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert out.read_bytes() == b"old"
