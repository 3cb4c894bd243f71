"""One figure: the same units of several networks, a row each."""

import pytest

from convscope import images
from convscope.errors import InputError
from convscope.networks.loading.embedded import NETWORKS
from convscope.networks.loading.load import load
from training import rows


def test_units_are_drawn_from_all_convolutions_and_again_the_same():
    network = load()
    drawn = rows.draw(network, 400, seed=0)
    assert len(set(drawn)) == 400
    assert {unit.partition(":")[0] for unit in drawn} == {
        info.address for info in network.layers.values() if "Conv" in info.kind
    }
    assert drawn == rows.draw(network, 400, seed=0) != rows.draw(network, 400, seed=1)


def test_weights_of_a_file_are_a_network_under_a_name():
    file = NETWORKS["vgg16-tiny"].weights
    other = rows.opened(f"again={file}")
    assert other.name == "again"
    assert other.digest == load().digest


def test_a_name_that_is_none_is_refused():
    with pytest.raises(InputError, match=r"or NAME=FILE\.npz. Received: 'resnet'"):
        rows.opened("resnet")


def test_the_figure_has_a_row_a_network_and_says_what_is_on_it(tmp_path, monkeypatch, capsys):
    calls = []
    original = rows.gallery

    def quick(network, *units, seed):
        calls.append((network.name, units, seed))
        return original(network, *units, seed=seed, steps=1)

    monkeypatch.setattr(rows, "gallery", quick)
    out = tmp_path / "rows.png"
    again = f"again={NETWORKS['vgg16-tiny'].weights}"
    rows.main(["vgg16-tiny", again, "--count", "3", "--seed", "5", "--out", str(out)])
    (one, units, seed), (two, *rest) = calls
    assert (one, two) == ("vgg16-tiny", "again")
    assert [units, seed] == rest
    assert len(units) == 3
    assert seed == 5
    assert images.read_info(out)["units"].split() == list(units)
    assert images.read_info(out)["networks"] == "vgg16-tiny again=vgg16_tiny.npz"
    height, width = images.read(out).shape[:2]
    assert width > height
    assert "seed 5: " + " ".join(units) in capsys.readouterr().out
