"""What a network sees in a photo, on networks whose maps are known on paper."""

import json

import numpy as np
import pytest

from convscope import drawing, images
from convscope.activation.activations import activations
from convscope.errors import InputError, PictureError, UnknownName
from convscope.networks.blocks import main_layers
from convscope.networks.units import Unit
from tests.activation.networks import LABELS, colours, deep, photo
from tests.drawing.extents import all_words, assert_all_text_inside

# Numbers


def test_maps_are_what_the_layers_answer_after_their_activation():
    found = activations(colours(), photo())
    red = np.zeros((4, 6))
    red[1, 2] = 1  # 2 * 1 - 1; elsewhere -1, which the ReLU takes away
    np.testing.assert_allclose(found.maps["mix"][:, :, 0], red, atol=1e-6)
    np.testing.assert_allclose(found.maps["mix"][:, :, 1], photo()[:, :, 2], atol=1e-6)
    np.testing.assert_allclose(found.maps["twice"], 2 * found.maps["mix"], atol=1e-6)
    assert list(found.maps) == ["mix", "twice"]


def test_the_strongest_channel_is_the_one_that_answers_most_on_the_whole():
    first, second, third = activations(colours(), photo()).strongest("mix")
    # Blue answers 0.5 in a row of four, red 1 in one place of 24.
    assert first.unit == Unit("mix", 1)
    assert first.strength == pytest.approx(0.5 / 4)
    assert first.at == (3, 0)
    assert second.unit == Unit("mix", 0)
    assert second.strength == pytest.approx(1 / 24)
    assert second.maximum == pytest.approx(1)
    assert second.at == (1, 2)
    assert (third.unit, third.strength) == (Unit("mix", 2), 0)


def test_what_is_below_zero_does_not_weaken_a_channel():
    found = activations(colours(separate=True), photo())
    assert found.maps["mix"][0, 0, 0] == pytest.approx(-1)
    red = next(strong for strong in found.strongest("mix") if strong.unit.channel == 0)
    assert red.strength == pytest.approx(1 / 24)


def test_channels_that_are_equally_strong_stand_in_order():
    found = activations(colours(), np.zeros((4, 6, 3), "float32"))
    assert [strong.unit.channel for strong in found.strongest("mix")] == [0, 1, 2]


def test_the_opinion_is_the_networks_own():
    found = activations(colours(), photo())
    logit = 2 / 24 + 1 / 4  # bright: both channels of 'twice', averaged over space
    likely = np.exp(logit) / (1 + np.exp(logit))
    assert [label for _, label, _ in found.top] == [LABELS[1], LABELS[0]]
    assert found.top[0][2] == pytest.approx(likely, abs=1e-6)


def test_the_table_has_a_row_for_every_channel_in_plain_numbers():
    found = activations(colours(), photo())
    rows = found.table()
    assert len(rows) == 6
    assert json.loads(json.dumps(rows)) == rows
    assert rows[0]["unit"] == "mix:1"
    assert (rows[1]["rank"], rows[1]["row"], rows[1]["column"]) == (2, 1, 2)
    assert [row["unit"] for row in found.table(1)] == ["mix:1", "twice:1"]


# Photos


def test_the_photo_and_the_network_are_left_as_they_were():
    network, given = colours(), photo()
    before = [np.array(weight) for weight in network.model.get_weights()]
    activations(network, given).figure()
    np.testing.assert_array_equal(given, photo())
    for weight, old in zip(network.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_a_path_an_image_and_an_array_are_the_same_photo(tmp_path):
    from PIL import Image

    path = images.save(photo(), tmp_path / "photo.png")
    saved = images.read(path)
    with Image.open(path) as image:
        found = [activations(colours(), given) for given in (path, image, saved)]
    for other in found[1:]:
        np.testing.assert_array_equal(other.maps["mix"], found[0].maps["mix"])
    assert found[0].source["photo"] == str(path)


def test_a_large_photo_is_cropped_to_the_networks_size():
    assert activations(colours(), np.full((40, 90, 3), 0.5, "float32")).photo.shape == (4, 6, 3)


def test_a_gray_network_is_fed_the_mean_of_the_colours():
    found = activations(deep(1), np.full((8, 8, 3), [0.0, 0.3, 0.9], "float32"))
    np.testing.assert_allclose(found.photo, np.full((8, 8, 1), 0.4), atol=1e-6)


def test_a_network_of_many_channels_takes_arrays_of_as_many():
    network = colours(channels=5)
    given = np.linspace(0, 1, 4 * 6 * 5, dtype="float32").reshape(4, 6, 5)
    found = activations(network, given)
    np.testing.assert_allclose(found.maps["mix"][:, :, 1], given[:, :, 4], atol=1e-6)
    assert found.kernels is None
    assert_all_text_inside(found.figure())
    with pytest.raises(PictureError, match=r"array \(height, width, 5\).*shape \(4, 6, 3\)"):
        activations(network, photo())
    with pytest.raises(PictureError, match=r"Received: a path, 'photo\.png'"):
        activations(network, "photo.png")


def test_a_missing_photo_is_refused():
    with pytest.raises(PictureError, match="no such file"):
        activations(colours(), "nowhere.png")


# Layers


def test_layers_can_be_named_and_come_in_the_order_they_run():
    found = activations(colours(separate=True), photo(), ["twice", "mix_relu", "twice"])
    assert list(found.maps) == ["mix_relu", "twice"]
    assert list(activations(colours(), photo(), "twice").maps) == ["twice"]


def test_every_kind_of_convolution_counts():
    assert [info.kind for info in main_layers(colours())] == ["Conv2D", "DepthwiseConv2D"]


def test_a_misspelt_layer_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownName, match="Did you mean 'twice'"):
        activations(colours(), photo(), ["twise"])
    with pytest.raises(UnknownName, match="Did you mean 'mix'"):
        activations(colours(), photo()).figure(layer="mixx")


def test_a_layer_without_maps_is_refused():
    with pytest.raises(InputError, match=r"pool .* gives no maps.*Layers with maps: .*mix, twice"):
        activations(colours(), photo(), "pool")
    with pytest.raises(InputError, match="at least one layer"):
        activations(colours(), photo(), [])


def test_a_network_without_convolutions_asks_for_layers():
    from keras import Input, Model, layers

    from convscope.networks.network import Network
    from convscope.networks.preprocessing import Preprocessing

    image = Input((4, 6, 3))
    model = Model(image, layers.MaxPooling2D(2, name="pool")(image))
    network = Network(model, Preprocessing(), (4, 6), name="pooling")
    with pytest.raises(InputError, match=r"no convolutions.*layers=\[\.\.\.\], out of .*pool"):
        activations(network, photo())


# Figures


@pytest.mark.parametrize("count", [None, 1, 2])
def test_the_figure_shows_the_units_it_says(count):
    found = activations(colours(), photo())
    units = found.shown_units(count)
    figure = found.figure(pictures={unit: photo() for unit in units}, count=count)
    assert_all_text_inside(figure)
    words = all_words(figure)
    assert len(units) == 2 * (count or 3)
    assert all(f":{unit.channel}" in words for unit in units)
    assert "the picture that its unit looks for" in words
    assert "bright" in words


def test_the_figure_of_one_layer_shows_its_channels_in_order():
    found = activations(colours(), photo())
    assert found.shown_units(layer="mix") == [Unit("mix", channel) for channel in range(3)]
    assert found.shown_units(2, layer="mix") == [Unit("mix", 0), Unit("mix", 1)]
    assert "All 3 channels" in all_words(found.figure("mix"))
    assert "The 2 strongest of 3" in all_words(found.figure("mix", count=2))


def test_of_many_layers_the_figure_shows_some_from_the_first_to_the_last_and_says_so():
    found = activations(deep(20), np.full((8, 8), 0.5, "float32"))
    shown = [unit.layer for unit in found.shown_units()]
    assert len(found.maps) == 20
    assert len(shown) == 16
    assert (shown[0], shown[-1]) == ("conv0", "conv19")
    assert "Shown: 16 of 20 layers" in all_words(found.figure())


def test_a_figure_says_when_the_numbers_leave_out_what_is_below_zero():
    assert "taken as 0" in all_words(activations(colours(separate=True), photo()).figure())
    assert "taken as 0" not in all_words(activations(colours(), photo()).figure())


def test_a_count_below_one_is_refused():
    with pytest.raises(InputError, match=r"whole number from 1\. Received: 0"):
        activations(colours(), photo()).figure(count=0)


@pytest.mark.parametrize("bgr", [False, True])
def test_kernels_are_brought_to_the_order_of_the_photo(bgr):
    found = activations(colours(bgr=bgr), photo())
    assert found.kernels.layer == "mix"
    # The kernel of channel 0 looks at the network's first colour: red, or blue in BGR.
    np.testing.assert_array_equal(
        found.kernels.weights[0, 0, :, 0], [0, 0, 2] if bgr else [2, 0, 0]
    )
    assert "Kernels of mix in colours" in all_words(found.kernels_figure())


def test_kernels_that_are_no_pictures_are_refused():
    found = activations(colours(channels=5), np.zeros((4, 6, 5), "float32"))
    with pytest.raises(InputError, match="its kernels cannot be shown as pictures"):
        found.kernels_figure()


# Files


@pytest.mark.parametrize("suffix", [*drawing.FORMATS, ".npz", ".csv", ".json"])
def test_the_same_activations_make_the_same_file(tmp_path, suffix):
    found = activations(colours(), photo())
    one, two = (found.save(tmp_path / f"{name}{suffix}") for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_arrays_come_back_from_an_npz(tmp_path):
    found = activations(colours(), photo())
    with np.load(found.save(tmp_path / "maps.npz"), allow_pickle=False) as file:
        np.testing.assert_array_equal(file["maps/mix"], found.maps["mix"])
        np.testing.assert_array_equal(file["photo"], found.photo)
        np.testing.assert_array_equal(file["kernels/mix"], found.kernels.weights)
        assert list(file["top/label"]) == ["bright", "dark"]
        assert str(file["info/network"]) == "colours"


def test_tables_come_back_from_csv_and_json(tmp_path):
    found = activations(colours(), photo())
    lines = found.save(tmp_path / "maps.csv").read_text().splitlines()
    assert lines[0] == "unit,layer,channel,rank,strength,maximum,row,column"
    assert len(lines) == 7
    record = json.loads(found.save(tmp_path / "maps.json", count=1).read_text())
    assert record["channels"] == found.table(1)
    assert record["top"][0]["label"] == "bright"
    assert record["network"] == "colours"


def test_a_saved_figure_carries_its_provenance(tmp_path):
    found = activations(colours(), photo())
    info = images.read_info(found.save(tmp_path / "layers.png"))
    assert info == found.info()
    assert info["convscope"] == "layers"
    assert info["network"] == "colours"


def test_a_network_without_a_class_layer_has_no_opinion_and_still_a_figure(tmp_path):
    found = activations(deep(2), np.full((8, 8), 0.5, "float32"))
    assert found.top == ()
    assert images.read_info(found.save(tmp_path / "a.png"))["top"] == "no class layer"
    with np.load(found.save(tmp_path / "a.npz")) as arrays:
        assert arrays["top/index"].shape == (0,)
    assert json.loads(found.save(tmp_path / "a.json").read_text())["top"] == []
    assert found.save(tmp_path / "a.csv").read_text().count("\n") == 1 + len(found.table())


def test_an_unknown_suffix_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(InputError, match=r"file format of this result.*Did you mean '\.json'"):
        activations(colours(), photo()).save(tmp_path / "a.jsn")
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_shows_the_figure():
    assert activations(colours(), photo())._repr_png_().startswith(b"\x89PNG")
