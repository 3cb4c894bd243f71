"""A real browser, and an explorer that runs for it in a thread of its own."""

import os
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from importlib import resources

import pytest

NEEDED = "CONVSCOPE_NEEDS_BROWSER"  # where a browser must be there: in continuous integration
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (1440, 768, 360)
SECONDS = 60_000  # milliseconds that a page may take on a busy machine


def absent(reason):
    """Skip a test that needs a browser, or fail where there must be one."""
    if os.environ.get(NEEDED):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium():
    """The system's Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("This needs playwright.")
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        absent("This needs Chromium: apt-get install chromium.")
    # Only root needs to go without a sandbox.
    arguments = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@contextmanager
def served(make, port=0):
    """Run an application, and yield its address; ``make`` gets the port."""
    import uvicorn

    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    number = listening.getsockname()[1]
    settings = uvicorn.Config(
        make(number), log_level="critical", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.01)
    yield f"http://127.0.0.1:{number}"
    server.should_exit = True
    thread.join(20)


def axe_source():
    """The rules of axe, which are in a package: nothing is fetched."""
    pytest.importorskip("axe_playwright_python")
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def findings(page, source, preload=True):
    """What axe finds in a page, as lines; ``preload`` has it fetch style sheets."""
    page.evaluate(source)
    found = page.evaluate("async (preload) => (await axe.run({preload})).violations", preload)
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for each in found
        for node in each["nodes"]
    ]
