"""An atlas of a whole transformer of KerasHub, and one of heads."""

from collections import Counter

from convscope.atlas.build import build_atlas
from convscope.atlas.layer_sheet import layer_sheet
from convscope.atlas.store import Store
from convscope.atlas.verification import verify
from convscope.networks.loading.load import load
from tests.cards.nets import QUICK
from tests.networks import transformers

SHORT = {**QUICK, "steps": 2}


def test_a_whole_transformer_of_kerashub(tmp_path):
    from tests.networks.hub_models import CLASSES, classifier, vit

    backbone = vit(hidden_dim=4, mlp_dim=8)
    network = load(classifier(backbone=backbone))
    atlas = build_atlas(network, tmp_path / "atlas", **SHORT)
    assert Counter(entry.unit.layer.rpartition("/")[2] for entry in atlas) == {
        "patch_embedding": 4,
        "transformer_block_1": 4,
        "transformer_block_2": 4,
        "predictions": CLASSES,
    }
    assert not verify(Store(tmp_path / "atlas")).torn
    sheet = layer_sheet(atlas, "predictions")
    assert sheet.save(tmp_path / "sheet.png").exists()


def test_heads_have_pictures_of_their_own(tmp_path):
    network = transformers.transformer()
    atlas = build_atlas(network, tmp_path / "atlas", "attention1:h*", "attention1:0", **SHORT)
    assert [str(entry.unit) for entry in atlas] == [
        *("attention1:h0", "attention1:h1", "attention1:0"),
    ]
    assert atlas.entry("attention1:h1").unit.head == 1
    assert len({atlas.picture(str(entry.unit)).tobytes() for entry in atlas}) == 3
    assert layer_sheet(atlas, "attention1").save(tmp_path / "heads.png").exists()
