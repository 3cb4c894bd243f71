"""Units over HTTP: made when they are asked for, kept, and the same as a command makes."""

import json
import threading

import numpy as np
import pytest

import convscope as cs
from convscope import images
from convscope.atlas.store import writing
from convscope.explorer import sketches as sketching
from convscope.explorer.jobs import WAITING
from convscope.explorer.sketches import KEPT, Sketches
from convscope.explorer.work import KINDS


def test_a_unit_is_made_once_and_shown_from_then_on(explorer):
    assert "The picture of this unit is not made yet." in explorer.get("/unit/conv:2").text
    job = explorer.finished(explorer.post("/api/units", {"units": ["conv:2"]}))
    assert job["result"] == {"units": ["conv:2"]}
    page = explorer.get("/unit/conv:2").text
    assert "not made yet.</span>" not in page
    with explorer.studio.loaded.store() as store:
        (entry,) = store.named(explorer.studio.loaded.edition.name, "conv:2")
        made = entry.made
    assert f"/api/pictures/{entry.key}.webp" in page
    explorer.finished(explorer.post("/api/units", {"units": ["conv:2"]}))
    with explorer.studio.loaded.store() as store:
        assert store.named(explorer.studio.loaded.edition.name, "conv:2")[0].made == made


def test_its_picture_is_that_of_the_command(explorer, network):
    explorer.finished(explorer.post("/api/units", {"units": ["classes:ruby"]}))
    with explorer.studio.loaded.store() as store:
        (entry,) = store.named(explorer.studio.loaded.edition.name, "classes:0")
    response = explorer.get(f"/api/pictures/{entry.key}.webp")
    assert response.headers["content-type"] == "image/webp"
    assert "immutable" in response.headers["cache-control"]
    shown = images.decode(response.content, "it")
    made = cs.maximize(network, "classes:ruby").picture
    np.testing.assert_array_equal(shown, made)


def test_other_seeds_and_the_opposite(explorer):
    body = {"units": ["conv:0"], "evidence": ["opposite", "seeds"]}
    explorer.finished(explorer.post("/api/units", body))
    page = explorer.get("/unit/conv:0").text
    assert page.count('class="name">seed ') == 3
    assert "Make other seeds and the opposite" not in page


def test_a_whole_layer(explorer):
    explorer.finished(explorer.post("/api/layers", {"layer": "conv"}))
    page = explorer.get("/layer/conv").text
    assert page.count("/api/pictures/") == 5
    assert "not made yet" not in page


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"units": []}, 400, "Expected 1 to 16 texts"),
        ({"units": "conv:0"}, 400, "Expected 1 to 16 texts"),
        ({"units": ["conv:0"] * 17}, 400, "Expected 1 to 16 texts"),
        ({"units": [3]}, 400, "Expected 1 to 16 texts"),
        ({"units": ["conw:0"]}, 404, "Did you mean 'conv'"),
        ({"units": ["conv:9"]}, 400, "Received"),
        ({"units": ["<img src=x>"]}, 404, "No layer is called"),
        ({"units": ["conv:0"], "evidence": ["nothing"]}, 404, "No evidence is called"),
    ],
)
def test_what_cannot_be_made_is_refused(explorer, body, status, says):
    response = explorer.post("/api/units", body)
    assert response.status_code == status
    assert says in response.json()["title"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b" " * 70_000, "application/json", 413),
        (b"units=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
    ],
)
def test_bodies_that_are_no_json_are_refused(explorer, content, kind, status):
    headers = {"origin": "http://127.0.0.1:8000", "content-type": kind}
    response = explorer.client.post("/api/units", content=content, headers=headers)
    assert response.status_code == status
    assert json.loads(response.text)["status"] == status


def test_a_full_queue_says_when_to_try_again(explorer, monkeypatch):
    gate, began = threading.Event(), threading.Event()

    def waiting(loaded, job):
        began.set()
        assert gate.wait(30)
        return {}

    monkeypatch.setitem(KINDS, "units", waiting)
    try:
        names = [f"conv:{a}" for a in range(5)] + [f"-conv:{a}" for a in range(5)]
        codes = []
        for name in names[: WAITING + 2]:
            codes.append(explorer.post("/api/units", {"units": [name]}))
            if len(codes) == 1:
                assert began.wait(30)
        assert [each.status_code for each in codes] == [202] * (WAITING + 1) + [429]
        assert codes[-1].headers["retry-after"] == "5"
        for each in codes[1:-1]:
            explorer.post(f"/api/jobs/{each.json()['id']}/stop")
    finally:
        gate.set()
    explorer.finished(codes[0])


def test_pictures_are_named_by_keys_alone(explorer):
    for name in ("../atlas", "0" * 31, "0" * 32, "%2e%2e%2fatlas"):
        assert explorer.get(f"/api/pictures/{name}.webp").status_code == 404


def test_a_torn_store_is_one_line_and_not_a_crash(network, tmp_path, explorer):
    with writing(tmp_path / "atlas"):
        pass
    (tmp_path / "atlas" / "atlas.sqlite").write_bytes(b"not a database")
    loaded = explorer.studio.loaded
    object.__setattr__(loaded, "folder", tmp_path)
    try:
        response = explorer.get("/")
        assert response.status_code == 400
        assert "atlas" in response.text
    finally:
        object.__setattr__(loaded, "folder", explorer.folder / loaded.edition.name)


def test_jobs_are_listed_and_found(explorer):
    made = explorer.finished(explorer.post("/api/units", {"units": ["conv:1"]}))
    assert explorer.get(f"/api/jobs/{made['id']}").json() == made
    assert explorer.get("/api/jobs").json()[0] == made
    assert explorer.get("/api/jobs/nothing").status_code == 404
    assert explorer.post(f"/api/jobs/{made['id']}/explode").status_code == 404


def test_a_sketch_is_shown_until_the_picture_is_there(explorer, monkeypatch):
    """Sketches are told in order, each can be read, and they leave the picture as it is."""
    monkeypatch.setattr(sketching, "RATE", 0)
    loaded, events = explorer.studio.loaded, explorer.jobs.events
    place = events.now
    explorer.finished(explorer.post("/api/units", {"units": ["classes:1"], "evidence": ["seeds"]}))
    with loaded.store() as store:
        entries = store.named(loaded.edition.name, "classes:1")
    (first,) = [each for each in entries if each.seed == loaded.edition.recipe.seed]
    told = [data for name, data in since(events, place) if name == "sketch"]
    assert {each["key"] for each in told} == {first.key}  # other seeds have no tile
    steps = [each["step"] for each in told]
    assert steps == sorted(steps)
    assert steps[0] > 0
    assert steps[-1] < told[0]["total"]
    response = explorer.get(f"/api/sketches/{first.key}.webp?step={steps[-1]}")
    assert response.headers["cache-control"] == "no-store"
    sketch = images.decode(response.content, "it")
    shown = images.decode(explorer.get(f"/api/pictures/{first.key}.webp").content, "it")
    assert sketch.shape == shown.shape
    # It is the picture after the last step but a few, not the start, which is nearly gray.
    assert np.abs(sketch - shown).mean() < np.abs(shown - 0.5).mean() / 2
    np.testing.assert_array_equal(shown, cs.maximize(loaded.network, "classes:1").picture)
    assert explorer.get("/api/sketches/none.webp").status_code == 404


def since(events, place):
    """Return what was published after a place in the log: names and data."""
    texts = [text for _, text in events._after(int(place.rpartition(".")[2]))]
    lines = [dict(line.split(": ", 1) for line in text.strip().splitlines()) for text in texts]
    return [(each["event"], json.loads(each["data"])) for each in lines]


def test_only_the_latest_sketches_are_kept():
    sketches = Sketches()
    for number in range(KEPT + 3):
        sketches.keep(str(number), b"first")
    sketches.keep("5", b"second")
    sketches.keep("new", b"first")
    assert sketches.get("5") == b"second"
    assert [sketches.get(str(number)) is None for number in (2, 3, 4)] == [True, True, False]
