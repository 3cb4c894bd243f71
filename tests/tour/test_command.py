"""``convscope tour``: what it is made with, and what it replaces."""

from pathlib import Path


def test_a_tour_replaces_nobody_elses_page(refused, run, monkeypatch):
    import convscope as cs
    from convscope.datasets.sample_photos import COFFEE
    from convscope.tour import tour
    from convscope.tour.page import Chapter

    def make(out, **settings):
        tour._write(out, cs.load(), [Chapter("One", "Done.", [])])
        return out / "index.html"

    monkeypatch.setattr("convscope.tour.tour.make", make)
    assert run("tour", "--out", "new").status == 0
    assert run("tour", "--out", "new").status == 0  # of our own it does
    Path("site").mkdir()
    index = Path("site/index.html")
    for text in ("<p>mine</p>", "<p>Made by Convscope, by hand</p>"):
        index.write_text(text)
        message = refused("tour", "--out", "site")
        assert f"Received: '{index}', which is there already and was not saved by" in message
        assert index.read_text() == text
    Path("home/pictures").mkdir(parents=True)
    own = Path("home/pictures/holiday.png")
    own.write_bytes(COFFEE.read_bytes())
    assert f"Received: '{own}', which is there already" in refused("tour", "--out", "home")
    own.unlink()
    own.with_suffix(".txt").write_text("in nobody's way")
    assert run("tour", "--out", "home").status == 0
    Path("odd/index.html").mkdir(parents=True)
    assert "It is a folder" in refused("tour", "--out", "odd", status=1)


def test_a_tour_is_made_with_what_was_asked_for(run, photo, monkeypatch):
    passed = {}

    def make(out, **settings):
        passed.update(settings, out=out)
        settings["progress"]("Chapter", 0.5)
        return Path(out) / "index.html"

    monkeypatch.setattr("convscope.tour.tour.make", make)
    ran = run("tour", "--photo", photo, "--seed", "7")
    assert ran.out == f"{Path('convscope-tour', 'index.html')}\n"
    assert (passed["out"], passed["seed"]) == (Path("convscope-tour"), 7)
    assert [each.path for each in passed["photos"]] == [photo]
