"""Who may ask: names are checked first, other sites are refused, and a token where it is needed."""

import pytest
from starlette.testclient import TestClient

from convscope.explorer.app import create_app
from convscope.explorer.guard import COOKIE, HEADERS, Access
from tests.explorer.conftest import HOST, OWN, parts

TOKEN = "a-token-that-was-printed"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1:8001", "127.0.0.1", "", f"{HOST}.evil"]
)
@pytest.mark.parametrize("address", ["/", "/api/jobs", "/static/explorer.css", "/nothing"])
def test_a_name_that_is_not_ours_is_refused_first(explorer, host, address):
    response = explorer.get(address, host=host)
    assert response.status_code == 421
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", [HOST, "localhost:8000", "[::1]:8000"])
def test_the_names_of_this_machine_are_taken(explorer, host):
    assert explorer.get("/api/jobs", host=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": f"http://{HOST}"},
        {"origin": "http://evil.example"},
        {"origin": f"https://{HOST}"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "null"},
        {},
    ],
)
def test_another_site_can_change_nothing(explorer, headers):
    response = explorer.client.post("/api/units", json={"units": ["conv:0"]}, headers=headers)
    assert response.status_code == 403
    assert "Only this server's own pages" in response.json()["title"]


@pytest.mark.parametrize("headers", [OWN, {"sec-fetch-site": "same-origin"}])
def test_our_own_pages_can(explorer, headers):
    response = explorer.client.post("/api/units", json={"units": ["conv:0"]}, headers=headers)
    assert response.status_code == 202


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_read_data(explorer, site):
    assert explorer.get("/api/jobs", **{"sec-fetch-site": site}).status_code == 403
    assert explorer.get("/", **{"sec-fetch-site": site}).status_code == 200  # a link leads here


@pytest.mark.parametrize(
    "address", ["/", "/api/jobs", "/static/explorer.css", "/nothing", "/api/nothing", "/unit/x:1"]
)
def test_every_response_has_the_headers(explorer, address):
    response = explorer.get(address)
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    assert not any(name.startswith("access-control") for name in response.headers)


def test_a_crash_has_the_headers_too(explorer, monkeypatch):
    monkeypatch.setattr("convscope.explorer.api.jobs_of", lambda request: 1 / 0)
    response = explorer.get("/api/jobs")
    assert response.status_code == 500
    assert response.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert response.json()["title"] == "Something went wrong in the server."


def test_pages_have_no_script_or_style_inside(explorer):
    for address in ("/", "/layer/conv", "/unit/conv:0", "/nothing"):
        text = explorer.get(address).text
        assert " style=" not in text
        assert " onclick=" not in text
        assert text.count("<script") == text.count('<script type="module" src="/static/')


@pytest.fixture
def guarded(tmp_path):
    """A client of an explorer that listens for others."""
    studio, jobs = parts(tmp_path)
    app = create_app(studio, jobs, Access.of("192.168.0.2", 8000, TOKEN))
    return TestClient(app, base_url="http://192.168.0.2:8000", follow_redirects=False)


def test_other_machines_need_the_token(guarded):
    for address in ("/", "/api/jobs", "/static/explorer.css"):
        assert guarded.get(address).status_code == 403
    assert guarded.get("/?token=wrong").status_code == 403
    assert guarded.get("/", headers={"host": "127.0.0.1:8000"}).status_code == 421
    first = guarded.get(f"/?token={TOKEN}")
    assert (first.status_code, first.headers["location"]) == (303, "/")
    cookie = first.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={TOKEN};")
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert guarded.get("/api/jobs").status_code == 200  # the client has kept the cookie


def test_a_token_does_not_replace_the_other_checks(guarded):
    guarded.cookies.set(COOKIE, TOKEN)
    response = guarded.post("/api/units", json={"units": ["conv:0"]})
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("listens", "port", "asked"),
    [
        ("2001:db8::1", 8000, "[2001:db8::1]:8000"),
        ("::1", 8000, "[::1]:8000"),
        ("Box.local", 8000, "box.local:8000"),
        ("0.0.0.0", 8000, "localhost:8000"),
        ("127.0.0.1", 80, "127.0.0.1"),
    ],
)
def test_a_browser_that_writes_the_host_its_own_way_is_let_in(tmp_path, listens, port, asked):
    studio, jobs = parts(tmp_path)
    client = TestClient(create_app(studio, jobs, Access.of(listens, port)))
    assert client.get("/api/jobs", headers={"host": asked}).status_code == 200
    assert client.get("/api/jobs", headers={"host": f"{asked}.evil"}).status_code == 421


def test_the_token_leads_to_no_other_server(guarded):
    response = guarded.get(f"http://192.168.0.2:8000//evil.example/a%3Fb?token={TOKEN}")
    assert response.headers["location"] == "/evil.example/a%3Fb"
