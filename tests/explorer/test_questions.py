"""What is asked about a unit: its card, its kernels, and photos that excite it."""

import numpy as np
import pytest

import convscope as cs
from convscope.datasets.photos import Photos
from tests.cards.nets import KERNEL, folder
from tests.explorer.test_photos import encoded, noise, send


def ask(explorer, kind, unit="conv:0"):
    """Ask, wait, and return what was found."""
    return explorer.finished(explorer.post(f"/api/unit/{kind}", {"unit": unit}))["result"]


def test_a_card_has_the_findings_of_the_command(explorer, network):
    found = ask(explorer, "card", "classes:ruby")
    made = cs.card(network, "classes:ruby")
    assert [(each["name"], each["says"]) for each in found["findings"]] == [
        (each.name, each.says) for each in made.findings
    ]
    assert made.findings[0].name in explorer.get("/unit/classes:ruby").text
    again = explorer.post("/api/unit/card", {"unit": "classes:0"})
    assert (again.status_code, again.json()["result"]) == (200, found)


def test_kernels_are_drawn_for_the_inputs(explorer):
    found = ask(explorer, "kernels")
    assert set(found["kernels"]) == {"red"}  # the only colour that counts for unit 0
    assert found["limit"] == pytest.approx(KERNEL[0, 0])
    assert explorer.get(f"/api/findings/{found['kernels']['red']}.png").status_code == 200
    explorer.finished(explorer.post("/api/units", {"units": ["conv:0"]}))
    assert f"/api/findings/{found['kernels']['red']}.png" in explorer.get("/unit/conv:0").text


def test_photos_that_excite_a_unit(explorer, tmp_path):
    refused = explorer.post("/api/unit/exemplars", {"unit": "conv:0"})
    job = explorer.finished(refused, "failed")
    assert "Try: convscope explore with --natural DIR" in job["error"]
    loaded = explorer.studio.loaded
    (tmp_path / "photos").mkdir()
    object.__setattr__(loaded, "natural", Photos.of(folder(tmp_path / "photos")))
    try:
        kinds = {each["title"]: each["photos"] for each in ask(explorer, "exemplars")["kinds"]}
        assert {"most", "middling", "least"} <= set(kinds)
        responses = [each["response"] for each in kinds["most"]]
        assert responses == sorted(responses, reverse=True)
        assert min(responses) >= max(each["response"] for each in kinds["least"])
        assert "Photos: most" in explorer.get("/unit/conv:0").text
    finally:
        object.__setattr__(loaded, "natural", None)


@pytest.mark.parametrize(
    ("kind", "unit", "status"),
    [("magic", "conv:0", 404), ("card", "conw:0", 404), ("card", "conv:*", 400)],
)
def test_questions_that_have_no_answer_are_refused(explorer, kind, unit, status):
    assert explorer.post(f"/api/unit/{kind}", {"unit": unit}).status_code == status


def test_a_layer_in_the_order_of_a_photo_s_responses(explorer, network):
    name = send(explorer, encoded(noise(20, 20, 3))).json()["photo"]
    address = f"/layer/conv?sort=photo&photo={name}"
    assert 'data-unasked="' in explorer.get(address).text
    job = explorer.post(f"/api/photos/{name}/channels", {"layer": "conv"})
    responses = np.array(explorer.finished(job)["result"]["responses"])
    page = explorer.get(address).text
    assert "data-unasked" not in page
    places = [page.index(f'data-unit="conv:{unit}"') for unit in np.argsort(-responses)]
    assert places == sorted(places)
    assert explorer.get("/layer/conv?sort=photo&photo=nothing").status_code == 404


def test_the_commands_load_the_same_network(explorer):
    loaded = explorer.studio.loaded
    object.__setattr__(loaded, "options", "--model 'my net.keras' --preprocessing zero-to-one")
    try:
        photo = send(explorer, encoded(noise(9, 9, 4))).json()["photo"]
        asked = {"what": "conv:1", "steps": 2, "seed": 5}
        job = explorer.post("/api/dreams", asked)
        explorer.finished(job)
        explorer.finished(explorer.post("/api/units", {"units": ["conv:3"]}))
        for page in (f"/photo/{photo}", job.json()["page"], "/unit/conv:3", "/unit/conv:3@0,0"):
            text = explorer.get(page).text
            assert "--model &#39;my net.keras&#39; --preprocessing zero-to-one" in text, page
    finally:
        object.__setattr__(loaded, "options", "")
