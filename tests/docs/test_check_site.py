"""The check of the built site: what leads nowhere and what is foreign is found."""

import pytest

from docs.check_site import main, problems

PAGE = (
    '<html><head><link rel="canonical" href="https://x.org"></head><body id="top">{}</body></html>'
)


@pytest.fixture
def site(tmp_path):
    """A function that writes a page and a style sheet, and returns the problems."""

    def site(body: str, style: str = "p {color: red}") -> list[str]:
        (tmp_path / "a.html").write_text(PAGE.format(body), encoding="utf-8")
        (tmp_path / "b.html").write_text(PAGE.format("<p id='there'>"), encoding="utf-8")
        (tmp_path / "site.css").write_text(style, encoding="utf-8")
        return problems(tmp_path)[0]

    return site


@pytest.mark.parametrize(
    "body",
    [
        '<a href="b.html#there">b</a><a href="#top">up</a><a href="https://elsewhere.org">e</a>',
        '<img src="data:image/png;base64,AA"><link rel="stylesheet" href="site.css">',
    ],
)
def test_a_page_without_a_problem(site, body):
    assert site(body) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('<a href="c.html">c</a>', "leads to c.html, which is not there"),
        ('<a href="b.html#here">b</a>', "a page without this place"),
        ('<img src="https://x.org/a.png">', "fetches https://x.org/a.png"),
        ('<script src="//x.org/a.js"></script>', "fetches //x.org/a.js"),
        ('<link rel="stylesheet" href="https://x.org/a.css">', "fetches https://x.org/a.css"),
        ("<style>@import 'https://x.org/a.css';</style>", "fetches https://x.org/a.css"),
        ('<p style="background: url(https://x.org/b.png)">', "fetches https://x.org/b.png"),
    ],
)
def test_a_problem_is_found(site, body, says):
    (problem,) = site(body)
    assert problem.startswith("a.html ")
    assert says in problem


def test_a_foreign_font_in_a_style_sheet_is_found(site):
    (problem,) = site("", "@font-face {src: url('https://x.org/a.woff2')}")
    assert problem == "site.css fetches https://x.org/a.woff2"


def test_an_empty_folder_is_no_site(tmp_path, capsys):
    assert main(tmp_path) == 1
    assert capsys.readouterr().out.startswith("0 links within the site")
