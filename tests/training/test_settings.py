"""The settings file is the recipe: complete, and read strictly."""

import pytest

from convscope.errors import InputError, UnknownName
from training.settings import DEFAULT, Adversary, Phase, read_settings

ROBUST = DEFAULT.with_name("robust.toml")


def test_the_recipe_is_the_published_one():
    settings = read_settings()
    assert settings.phases == (
        Phase(10, 32, "pool", 0.1),
        Phase(4, 48, "pool", 0.1),
        Phase(4, 64, "flatten", 0.2),
    )
    assert (settings.batch, settings.peak_rate, settings.weight_decay) == (256, 0.25, 5e-4)
    assert settings.augmentation.area == (0.3, 1.0)


def test_only_the_robust_recipe_has_an_adversary():
    assert read_settings().adversary is None
    robust = read_settings(ROBUST)
    assert robust.adversary == Adversary(radius=0.75, steps=1, stride=1.5)
    assert robust.phases[-1] == Phase(1, 64, "flatten", 0.0)


@pytest.mark.parametrize("path", sorted(DEFAULT.parent.glob("*.toml")), ids=lambda path: path.stem)
def test_every_recipe_is_whole(path):
    assert read_settings(path).phases


def test_half_an_adversary_is_refused(tmp_path):
    text = ROBUST.read_text(encoding="utf-8").replace("steps = 1\n", "")
    (tmp_path / "robust.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="radius, steps, stride, share. Missing: steps"):
        read_settings(tmp_path / "robust.toml")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("peak_rate", "peek_rate", "No setting is called 'peek_rate'. Did you mean 'peak_rate'"),
        ("shift =", "shifts =", "No setting is called 'shifts'. Did you mean 'shift'"),
        ("head = ", "heat = ", "No setting is called 'heat'. Did you mean 'head'"),
    ],
)
def test_a_misspelt_setting_is_refused_with_the_nearest_name(tmp_path, right, wrong, message):
    path = tmp_path / "settings.toml"
    path.write_text(DEFAULT.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    with pytest.raises(UnknownName, match=message):
        read_settings(path)


def test_a_missing_setting_is_named(tmp_path):
    path = tmp_path / "settings.toml"
    text = DEFAULT.read_text(encoding="utf-8").replace("seed = 0\n", "")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="Missing: seed"):
        read_settings(path)


@pytest.mark.parametrize("phases", ["phases = []\n", "phases = 3\n", "", "[phases]\nside = 32\n"])
def test_a_recipe_without_phases_is_refused(tmp_path, phases):
    path = tmp_path / "settings.toml"
    before, *_, rest = DEFAULT.read_text(encoding="utf-8").split("[[phases]]")
    path.write_text(f"{before}{phases}[augmentation]{rest.split('[augmentation]')[1]}")
    with pytest.raises(InputError, match="at least one \\[\\[phases\\]\\], each with epochs, side"):
        read_settings(path)


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    (tmp_path / "settings.toml").write_text("not toml")
    with pytest.raises(InputError, match="Expected a TOML file"):
        read_settings(tmp_path / "settings.toml")
