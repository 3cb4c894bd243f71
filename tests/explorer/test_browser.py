"""The explorer in a real browser: every page, alive, by keyboard, and without a foreign request."""

import io
import re
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from convscope.films.filming import Filming
from convscope.maximization import maximize
from convscope.maximization.ascent import ascend
from tests.cards.nets import colours
from tests.explorer.browser import SECONDS, WIDTHS, axe_source, chromium, findings, served
from tests.explorer.conftest import parts

DREAM = {"what": "classes:ruby", "steps": 24, "seed": 1}


def until(page, true):
    """Wait until an expression is true; the page's own policy allows it no strings as code."""
    end = time.monotonic() + SECONDS / 1000
    while not page.evaluate(true):
        assert time.monotonic() < end, true
        page.wait_for_timeout(50)


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


class Site:
    """An explorer that runs, with its parts."""

    def __init__(self, folder):
        from convscope.explorer.app import create_app
        from convscope.explorer.guard import Access

        self.folder = folder
        self.studio, self.jobs = parts(folder, colours())
        self.make = lambda port: create_app(self.studio, self.jobs, Access.of("127.0.0.1", port))

    def ready(self):
        """Wait until the network is loaded."""
        until = time.monotonic() + 60
        while self.studio.loaded is None:
            assert time.monotonic() < until
            time.sleep(0.01)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = Site(tmp_path_factory.mktemp("site"))
    with served(made.make) as address:
        made.address = address
        made.ready()
        yield made


@pytest.fixture
def context(browser, site):
    """A fresh browser, that fails a test on any request to somebody else, and on any error."""
    errors, foreign = [], []
    found = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    found.set_default_timeout(SECONDS)

    def watch(page):
        page.on(
            "response",
            lambda response: (
                errors.append(f"{response.status} {response.url}")
                if response.status >= 400
                else None
            ),
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: errors.append(message.text) if message.type == "error" else None,
        )

    found.on("page", watch)
    found.on(
        "request",
        lambda request: (
            None
            if urlsplit(request.url).netloc == urlsplit(site.address).netloc
            or request.url.startswith(("blob:", "data:"))
            else foreign.append(request.url)
        ),
    )
    found.allowed = []  # errors that a test provokes
    yield found
    found.close()
    assert foreign == []
    assert [each for each in errors if not any(part in each for part in found.allowed)] == []


@pytest.fixture
def page(context):
    return context.new_page()


@pytest.fixture(scope="module")
def photo():
    """A photo of red noise, as the bytes of a PNG."""
    pixels = np.random.default_rng(0).integers(0, 90, (40, 40, 3), "uint8")
    pixels[..., 0] += 150
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def drop(page, site, photo, name="ruby.png"):
    """Choose a photo on the first page, and wait until its page shows everything."""
    page.goto(site.address)
    with page.expect_navigation(url="**/photo/*"):
        page.set_input_files("#photo", {"name": name, "mimeType": "image/png", "buffer": photo})
    page.wait_for_selector("#rows .photo-row")
    until(page, "!document.querySelector('[data-wanted]')")


def dreamt(page, site):
    """Have an ascent made, from the first page, and wait for its end."""
    page.goto(site.address)
    page.fill("#class", "ruby")
    with page.expect_navigation(url="**/dream/*"):
        page.click("#dream")
    page.wait_for_selector("#over:not([hidden])")


def test_what_is_seen_is_made(page, site):
    page.goto(f"{site.address}/layer/conv")
    until(page, "document.querySelectorAll('.grid .tile > img').length === 5")
    assert page.locator("[data-missing]").count() == 0
    assert "not made yet" not in page.locator(".grid a").first.get_attribute("aria-label")
    assert page.locator(".grid .tile > img").first.evaluate("image => image.naturalWidth") == 16


def test_a_picture_is_seen_while_it_is_made(page, site, monkeypatch):
    gate = threading.Event()

    def waiting(*args, **settings):
        for step in ascend(*args, **settings):
            yield step
            if step.number:
                gate.wait(20)

    monkeypatch.setattr(maximize, "ascend", waiting)
    page.goto(f"{site.address}/unit/-conv:1")
    page.wait_for_selector(".large .sketch img")
    until(page, "document.querySelector('.large .sketch img').naturalWidth === 16")
    assert re.fullmatch(r"step \d+ of \d+", page.locator(".large .step").inner_text())
    gate.set()
    page.wait_for_selector(".large > img")
    assert page.locator(".sketch").count() == 0


def test_a_photo_is_dropped_and_explained(page, site, photo):
    drop(page, site, photo)
    assert page.locator(".top-five a").count() == 2
    assert page.locator(".maps .over").count() == 5
    page.locator("#opacity").fill("20")
    assert page.locator(".over").first.evaluate("map => getComputedStyle(map).opacity") == "0.2"
    box = page.locator("#place img").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3)
    page.wait_for_selector("#firing h2")
    assert page.locator("#firing h2").inner_text() == "Units that fire at row 4, column 9"
    page.click("[data-inversion]")
    page.wait_for_selector(".keeps img")
    page.reload()
    assert page.locator(".keeps img").count() == 1


def test_an_ascent_climbs_and_its_film_is_that_of_the_page(page, site):
    dreamt(page, site)
    assert page.locator("#score path").count() == 1
    assert page.locator(".top-five li").first.inner_text().startswith("ruby")
    assert re.search(r"ruby \(step \d+\)\.$", page.locator("#way").inner_text())
    last = int(page.locator("#step").get_attribute("max"))
    page.locator("#step").fill("3")
    assert page.locator("#at").inner_text() == "3"
    assert "step=3" in page.url
    page.reload()
    assert page.locator("#frame").get_attribute("src").endswith("/frames/3.webp")
    page.click("#forth")
    assert page.locator("#at").inner_text() == "4"
    page.select_option("#format", ".png")
    page.click("#save")
    page.wait_for_selector("#saved:not([hidden])")
    with page.expect_download() as download:
        page.click("#saved")
    name = page.locator("#ascent").get_attribute("data-name")
    made = site.studio.loaded.folder / "dreams" / name / "film.png"
    assert Path(download.value.path()).read_bytes() == made.read_bytes()
    assert last > 1


@pytest.fixture
def slow(monkeypatch):
    """Ascents that take a while, one step at a time."""
    gate, usual = threading.Event(), Filming.steps

    def steps(self):
        for each in usual(self):
            yield each
            gate.wait(0.15)

    monkeypatch.setattr(Filming, "steps", steps)
    yield gate
    gate.set()


def test_a_live_ascent_is_paused_reloaded_left_and_stopped(context, page, site, slow):
    page.goto(f"{site.address}/unit/conv:2")
    with page.expect_navigation(url="**/dream/*"):
        page.click("[data-dream]")
    until(page, "Number(document.getElementById('step').max) >= 2")
    page.click("#pause")
    page.wait_for_selector("#pause:has-text('Go on')")
    before = page.locator("#step").get_attribute("max")
    page.reload()
    page.wait_for_selector("#pause:has-text('Go on')")
    page.wait_for_timeout(500)
    assert int(page.locator("#step").get_attribute("max")) <= int(before) + 1
    second = context.new_page()  # a second tab sees the same
    second.goto(page.url)
    second.wait_for_selector("#pause:has-text('Go on')")
    page.click("#pause")
    until(second, f"Number(document.getElementById('step').max) > {before} + 1")
    page.go_back()
    page.wait_for_selector("[data-dream]")
    page.go_forward()
    page.wait_for_selector("#running:not([hidden])")
    page.click("#stop")
    page.wait_for_selector("#over:not([hidden])")
    assert page.locator("#state").inner_text().startswith("Stopped after")
    second.wait_for_selector("#over:not([hidden])")


def test_the_list_of_work_shows_what_runs_and_stops_it(page, site, slow):
    page.goto(f"{site.address}/unit/conv:1")
    with page.expect_navigation(url="**/dream/*"):
        page.click("[data-dream]")
    page.wait_for_selector("#jobs-count:has-text('1')")
    page.click("#jobs-button")
    row = page.locator(f"#jobs li:has(a[href='{urlsplit(page.url).path}'])")
    stop, bar = row.locator("button:has-text('Stop')"), row.locator("progress")
    stop.wait_for()
    # A button that were replaced as the work goes on would lose a click that has just begun.
    stop.evaluate("button => { button.dataset.seen = 'yes'; }")
    before = bar.evaluate("bar => bar.value")
    while bar.evaluate("bar => bar.value") <= before:
        page.wait_for_timeout(50)
    assert stop.get_attribute("data-seen") == "yes"
    stop.click()
    row.locator(".state:has-text('stopped')").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#jobs").is_hidden()
    assert page.evaluate("document.activeElement.id") == "jobs-button"


def test_by_keyboard_alone(page, site):
    page.goto(f"{site.address}/layer/conv")
    until(page, "document.querySelectorAll('.grid .tile > img').length === 5")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('tile')"):
            break
    focused = "document.activeElement.dataset.unit"
    assert page.evaluate(focused) == "conv:0"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "conv:2"
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "conv:3"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/unit/conv%3A3")
    for key, end in (("k", "conv%3A2"), ("j", "conv%3A3"), ("[", "/layer/conv")):
        with page.expect_navigation():
            page.keyboard.press(key)
        assert page.url.endswith(end)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("conv:4")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".grid .tile").count() == 1
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()


def test_without_scripts_pages_can_be_read(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/layer/conv?sort=reach")
    page.click(".grid a >> nth=0")
    assert "/unit/" in page.url
    page.click("text=next")
    page.goto(site.address)
    assert page.locator(".strip li").count() > 0
    context.close()


def test_what_goes_wrong_is_said_on_the_page(page, context, site):
    context.allowed += ["404", "415", "ERR_CONNECTION"]
    page.goto(site.address)
    page.fill("#class", "zebra")
    page.click("#dream")
    assert "No class has this name." in page.locator("#notices").inner_text()
    page.set_input_files(
        "#photo", {"name": "x.png", "mimeType": "image/png", "buffer": b"not a picture"}
    )
    context.allowed.append("400")
    page.wait_for_selector("#notices :text('Cannot read')")
    page.goto(f"{site.address}/layer/conw")
    assert "Did you mean 'conv'" in page.locator("main").inner_text()


# What axe looks at: it takes a second a page, and what it finds hardly depends on the width.
LOOKED_AT = (("light", 1440), ("dark", 360))


def test_pages_fit_every_width_and_axe_finds_nothing(browser, site, context, photo):
    """Every page fits three widths, in light and dark."""
    page = context.new_page()
    drop(page, site, photo)
    seen = page.url
    dreamt(page, site)
    dream = page.url
    page.goto(f"{site.address}/unit/conv:1")
    page.wait_for_selector(".large > img")
    source = axe_source()
    addresses = {
        "first": site.address,
        "layer": f"{site.address}/layer/conv?sort=reach",
        "none found": f"{site.address}/layer/conv?q=nothing",
        "unit": f"{site.address}/unit/conv:1",
        "photo": seen,
        "dream": dream,
        "compare": f"{site.address}/compare?a=unit:conv:1&b=unit:conv:2",
        "missing": f"{site.address}/nothing",
    }
    context.allowed += ["404"]
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for name, address in addresses.items():
                page.goto(address)
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    found.append(f"{name} at {width} px is {wide} px wide")
                if (scheme, width) in LOOKED_AT:
                    where = f"{name}, {width} px, {scheme}"
                    found += [f"{where}: {each}" for each in findings(page, source)]
    assert found == []


def test_a_page_goes_on_after_the_server_was_started_again(browser, tmp_path):
    first = Site(tmp_path)
    with served(first.make) as address:
        first.ready()
        port = urlsplit(address).port
        page = browser.new_page()
        page.goto(f"{address}/layer/conv")
        until(page, "document.querySelectorAll('.grid .tile > img').length === 5")
    second = Site(tmp_path)
    with served(second.make, port):
        second.ready()
        page.goto(f"{address}/layer/conv")
        assert page.locator(".grid .tile > img").count() == 5  # what was made is still there
        page.close()
