"""Where results go: names tell the request, and a stranger's file is never lost."""

from pathlib import Path

import pytest

FAST = ("--steps", "1", "--precision", "float32")


def test_default_names_tell_the_request(run, photo, model):
    mine, labels = model(), Path("names.txt")
    labels.write_text("sea urchin\n../..\nc\n")
    own = ("--model", mine, "--labels", labels)
    names = {
        ("maximize", "classes:sea urchin", *FAST): "classes-sea-urchin.png",
        ("maximize", "classes:../..", *FAST): "classes-..-...png",
        ("maximize", "classes:c", "--canvas", "pixel", *FAST): "classes-c-pixel.png",
        ("maximize", "classes:c", "--seed", "3", *FAST): "classes-c-seed-3.png",
        ("attribute", photo, "--method", "gradient"): "noise-gradient.png",
        ("attribute", photo, "--target", "classes:c", "--method", "gradient"): (
            "noise-classes-c-gradient.png"
        ),
        ("attribute", photo, "--method", "grad-cam", "--layer", "conv"): "noise-grad-cam-conv.png",
        ("attribute", photo, "--method", "gradient,occlusion", "--target", "conv:1"): (
            "noise-conv-1-maps.png"
        ),
    }
    for words, name in names.items():
        ran = run(*words, *own)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.split("  ")[0].splitlines()[0] == name
        assert Path(name).is_file()


@pytest.mark.parametrize("labels", [("a b", "A-b", "c"), ("crane", "crane", "c")])
def test_classes_whose_labels_give_one_name_have_files_of_their_own(run, photo, model, labels):
    mine = model()
    Path("names.txt").write_text("\n".join(labels))
    own = ("--model", mine, "--labels", "names.txt")
    verbs = (
        ("maximize", "{}", *FAST),
        ("animate", "{}", "--steps", "2"),
        ("weights", "{}"),
        ("attribute", photo, "--method", "gradient", "--target", "{}"),
    )
    names = []
    for verb in verbs:
        for index in range(3):
            ran = run(*(str(word).format(f"classes:#{index}") for word in verb), *own)
            assert (ran.status, ran.err) == (0, ""), ran.err
            names.append(ran.out.splitlines()[0].split("  ")[0])
    assert len({name.casefold() for name in names}) == len(names)
    assert (names[0], names[2]) == (f"classes-{labels[0].replace(' ', '-')}-0.png", "classes-c.png")
    ran = run("maximize", "classes:*", *FAST, *own, "--out", "all")
    assert {path.name for path in Path("all").iterdir()} == {*names[:3]}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("maximize", "conv:1", *FAST), "conv-1.png"),
        (("layers", "noise.png"), "noise-layers.png"),
        (("attribute", "noise.png", "--method", "gradient"), "noise-gradient.png"),
        (("animate", "conv:1", "--steps", "2"), "conv-1.gif"),
    ],
)
def test_a_strangers_file_is_kept_and_ours_is_replaced(run, photo, model, words, name):
    mine = model()
    Path(name).write_bytes(b"precious")
    other = Path(name).with_stem(f"{Path(name).stem}-2")
    for _ in range(2):
        ran = run(*words, "--model", mine)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.splitlines()[0].split("  ")[0] == str(other)
    assert Path(name).read_bytes() == b"precious"
    assert not other.with_stem(f"{Path(name).stem}-3").exists()
    ran = run(*words, "--model", mine, "--out", name)
    assert ran.status == 2
    assert "was not saved by Convscope" in ran.err
    assert run(*words, "--model", mine, "--out", other).status == 0


@pytest.mark.parametrize("there", [b"a plain text", b'{"frames": 3}'])
@pytest.mark.parametrize(
    ("words", "out", "beside"),
    [
        (("animate", "conv:1", "--steps", "2"), "film.gif", "film.gif.json"),
        (("animate", "conv:1", "--steps", "2"), "film.csv", "film.csv.json"),
        (("card", "conv:1", *FAST), "it.png", "it.card.json"),
        (("evolve", "runs", "conv:1", *FAST), "it.webp", "it.png"),
        (("evolve", "runs", "conv:1", *FAST), "it.webp", "it.png.json"),
        (("evolve", "runs", "conv:1", *FAST), "it.pdf", "it.pdf.json"),
    ],
)
def test_a_strangers_file_beside_it_is_kept(refused, model, words, out, beside, there):
    Path("runs").mkdir(exist_ok=True)
    mine = model("runs/epoch-1.keras")
    Path(beside).write_bytes(there)
    message = refused(*words, "--model", mine, "--out", out)
    assert f"Received: '{beside}', which is there already" in message
    assert Path(beside).read_bytes() == there


def test_by_default_a_film_goes_where_nothing_lies_beside_and_replaces_its_own(run, model):
    mine = model()
    Path("conv-1.gif.json").write_text("[]")
    for _ in range(2):
        ran = run("animate", "conv:1", "--steps", "2", "--model", mine)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.split("  ")[0] == "conv-1-2.gif"
    assert Path("conv-1.gif.json").read_text() == "[]"


def test_suffixes_are_listed_once(refused):
    message = refused("maximize", "block1_conv1:3", "--out", "x.bmp")
    assert message.count(".png") == 1
    assert ".jpg" in message
    assert ".pdf" in message
