"""How fast the explorer answers, in a real browser.

    python -m benchmarks.explorer --work FOLDER

Needs playwright and Chromium. What is made is kept in the folder, so that a second run has its
layer of 256 pictures already; units that have no picture yet are looked for in each run. Times of
the server are those of a client that keeps its connection; times of the browser are from the
navigation to the event ``load``.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.served import Served

LAYER = "block4_conv1"  # of 256 units, all with their pictures
TOUCHED, UNTOUCHED = "block4_conv2", "block5_conv1"  # layers of units that are not made yet
CHANNELS = 256
UNIT = f"{LAYER}:17"
CLASS = "predictions:bee"
TIMES = 10


class Table:
    """Rows of what was measured, printed as they come."""

    def add(self, what: str, seconds: float, aim: float | None = None, more: str = "") -> None:
        """Print a row: milliseconds beside the aim."""
        aimed = "" if aim is None else f"aim {1000 * aim:5.0f}"
        load = f"{os.getloadavg()[0]:.1f}"
        print(f"{what:<58} {1000 * seconds:7.0f} ms  {aimed:<10} load {load}  {more}", flush=True)


@contextmanager
def asked(server: Served, path: str) -> Iterator[Callable[[], float]]:
    """Yield what measures one response, in seconds, on a connection that is kept."""
    parts = urlsplit(server.address)

    def once() -> float:
        began = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status}")
        return time.perf_counter() - began

    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port)) as connection:
        yield once


def median(measure: Callable[[], float]) -> tuple[float, str]:
    """Return the median of some measurements after one that is not counted, and the longest."""
    measure()
    found = [measure() for _ in range(TIMES)]
    return statistics.median(found), f"longest {1000 * max(found):.0f}"


@contextmanager
def browser() -> Iterator[Any]:
    """Yield a page of Chromium."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    with sync_playwright() as playwright:
        own = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        context = own.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(120_000)
        yield context.new_page()
        own.close()


def loaded(page: Any, address: str) -> float:
    """Return how long a page takes until everything on it has come, in seconds."""
    page.goto(address, wait_until="load")
    script = "() => performance.getEntriesByType('navigation')[0].loadEventStart"
    return page.evaluate(script) / 1000


def shown(page: Any, selector: str) -> None:
    """Wait until a picture is on the page."""
    page.wait_for_function(
        "place => { const it = document.querySelector(place); "
        "return it && it.complete && it.naturalWidth > 0 }",
        arg=selector,
    )


def missing(server: Served, layer: str) -> Iterator[str]:
    """Yield units of a layer that have no picture yet, from the end, which no page shows first."""
    for channel in reversed(range(CHANNELS)):
        unit = f"{layer}:{channel}"
        if b"data-large" in server.get(f"/unit/{quote(unit)}"):
            yield unit


def starting(cache: Path, table: Table) -> None:
    """Measure the start."""
    with Served(cache) as server:
        server.get("/")
        taken, known = time.perf_counter() - server.began, server.frameworks()
        more = f"{1000 * server.processor():.0f} of a processor; frameworks: {known or 'none'}"
        table.add("start to first response of /", taken, 1, more)
        table.add("start to network ready", server.ready())


def pages(server: Served, page: Any, table: Table, photo: str, dream: str) -> None:
    """Measure every kind of page."""
    kinds = {
        "first page": "/",
        f"layer of {CHANNELS} units": f"/layer/{LAYER}",
        "the same by similarity": f"/layer/{LAYER}?sort=similarity",
        "unit": f"/unit/{UNIT}",
        "photo": photo,
        "dream of 256 steps": dream,
        "compare": f"/compare?a=unit:{UNIT}&b=unit:{LAYER}:18",
    }
    for name, path in kinds.items():
        with asked(server, path) as once:
            taken, more = median(once)
        table.add(f"{name}: server", taken, 0.1, more)
        page.goto(server.address + path)
        server.idle()  # what the page itself has asked for
        address = server.address + path
        taken, more = median(lambda address=address: loaded(page, address))
        table.add(f"{name}: browser, until load", taken, None, more)


def unseen(server: Served, page: Any, table: Table) -> None:
    """Measure how long a unit without a picture takes from the click until its picture is there."""
    for layer, name in ((UNTOUCHED, "of a layer never touched"), (TOUCHED, "of a layer touched")):
        units = missing(server, layer)
        if layer == TOUCHED:
            server.finished(server.post("/api/units", {"units": [next(units)]}))
        for _ in range(1 if layer == UNTOUCHED else 3):
            unit = next(units)
            page.goto(f"{server.address}/compare")  # a page that asks for nothing
            began = time.perf_counter()
            page.goto(f"{server.address}/unit/{unit}")
            shown(page, ".large img")
            step = page.locator(".large").inner_text().partition("\n")[0]
            table.add(f"unit {name}: on the screen", time.perf_counter() - began, 2, step)
            shown(page, ".large > img")
            table.add("... its picture is done", time.perf_counter() - began, None, unit)
    units = missing(server, TOUCHED)
    unit = next(units)
    page.goto(f"{server.address}/layer/{TOUCHED}?q=5")  # whose tiles are asked for at once
    page.wait_for_selector(".tile.working")
    began = time.perf_counter()
    page.goto(f"{server.address}/unit/{unit}")
    shown(page, ".large img")
    table.add("unit, while 16 tiles of its layer are made", time.perf_counter() - began, 2, unit)
    server.idle()
    page.goto(f"{server.address}/layer/{TOUCHED}?q=9")
    began = time.perf_counter()
    page.wait_for_selector(".tile.working")
    count = page.locator(".tile > img").count()
    page.wait_for_function(f"() => document.querySelectorAll('.tile > img').length > {count}")
    table.add("tiles of a layer touched: the first ones", time.perf_counter() - began)
    page.wait_for_function(f"() => document.querySelectorAll('.tile > img').length >= {count + 16}")
    table.add("... 16 of them", time.perf_counter() - began)
    for job in server.jobs():
        server.post(f"/api/jobs/{job['id']}/stop")
    page.goto(f"{server.address}/compare")
    server.idle()


def photographed(server: Served, page: Any, table: Table) -> str:
    """Measure how long a photo takes from its drop until its first layer; return its page."""
    for name in ("first photo since the start", "another photo"):
        page.goto(server.address)
        server.idle()
        data = _photo()
        began = time.perf_counter()
        page.set_input_files(
            "#photo", {"name": "photo.png", "mimeType": "image/png", "buffer": data}
        )
        page.wait_for_selector("#rows .photo-row")
        table.add(f"{name}: first layer after the drop", time.perf_counter() - began, 1)
        found = urlsplit(page.url).path
        page.wait_for_function("() => !document.querySelector('[data-wanted]')")
        table.add("... all of it, with its attributions", time.perf_counter() - began)
        server.idle()
    return found


def _photo() -> bytes:
    """Return a photo that was never seen: coloured noise."""
    import io

    import numpy as np
    from PIL import Image

    stream = io.BytesIO()
    noise = np.random.default_rng().integers(0, 256, (40, 40, 3), "uint8")
    Image.fromarray(noise).resize((640, 480)).save(stream, "PNG")
    return stream.getvalue()


def climbed(server: Served, page: Any, table: Table) -> str:
    """Measure ascents from the click to the first frame, to a stop; return the page of a whole one.

    The first step is what a page shows first: the picture before the ascent is not counted.
    """
    unit = f"{TOUCHED}:{CHANNELS - 1}"
    found = ""
    for attempt, name in enumerate(("first ascent since the start", "another ascent")):
        page.goto(f"{server.address}/unit/{unit}")
        shown(page, ".large > img")
        server.idle()
        seed = int(time.time()) + attempt
        # The button asks for seed 0, which may have been made; a new seed is asked for instead.
        began = time.perf_counter()
        job = server.post("/api/dreams", {"what": unit, "seed": seed})
        page.goto(server.address + job["page"])
        page.wait_for_function("() => !document.getElementById('frame').hidden")
        table.add(f"{name}: a picture on the screen", time.perf_counter() - began, 0.3)
        page.wait_for_function("() => Number(document.getElementById('step').max) >= 1")
        table.add("... its first step", time.perf_counter() - began)
        found = job["page"]
        server.finished(job)
        told = json.loads(server.get(f"/api{found.replace('dream', 'dreams')}"))
        table.add(f"... all {told['count'] - 1} steps", time.perf_counter() - began)
    job = server.post("/api/dreams", {"what": unit, "seed": seed + 1, "steps": 2000})
    page.goto(server.address + job["page"])
    page.wait_for_function("() => Number(document.getElementById('step').max) >= 20")
    before = int(page.evaluate("() => Number(document.getElementById('step').max)"))
    began = time.perf_counter()
    page.click("#stop")
    ended = server.finished(job)
    taken = time.perf_counter() - began
    told = json.loads(server.get(f"/api{job['page'].replace('dream', 'dreams')}"))
    more = f"{ended['state']}; shown {before} at the click, ended after {told['count'] - 1}"
    table.add("a stop", taken, None, more)
    return found


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="where results are kept")
    work = parser.parse_args().work
    work.mkdir(parents=True, exist_ok=True)
    table = Table()
    print(f"{os.cpu_count()} processors; load is the average of the last minute")
    for _ in range(3):
        starting(work, table)
    with Served(work) as server, browser() as page:
        server.ready()
        dream = climbed(server, page, table)
        photo = photographed(server, page, table)
        unseen(server, page, table)
        server.finished(server.post("/api/layers", {"layer": LAYER}))
        pages(server, page, table, photo, dream)
        made = re.search(rb"([\d,]+) pictures? made", server.get("/"))
        print(f"{made[1].decode() if made else 'no'} pictures in the store")


if __name__ == "__main__":
    main()
