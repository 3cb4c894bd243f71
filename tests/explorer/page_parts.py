"""What a page shows, whoever made it: its texts, pictures and charts, without what is alive."""

from html.parser import HTMLParser
from pathlib import PurePosixPath

VOID = {"area", "br", "hr", "img", "input", "link", "meta", "path", "rect", "line"}
# What only a server can do, and what there is in its place.
ALIVE = {"button", "script", "dialog", "aside", "form"}
CLASSES = {"actions", "starts", "bar", "offer", "tools", "again", "ways", "versus", "intro"}


class Shown(HTMLParser):
    """The parts of a page's main content, in order, and all that the page leads to."""

    def __init__(self, text):
        super().__init__()
        self.parts, self.links, self._open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.links += [found[name] for name in ("href", "src") if name in found]
        out = (
            tag in ALIVE
            or "hidden" in found
            or bool(CLASSES & set((found.get("class") or "").split()))
        )
        if tag not in VOID:
            self._open.append((tag, out, tag == "main"))
        if self._told():
            if tag == "img":
                self.parts.append(("img", PurePosixPath(found["src"]).stem, found.get("alt")))
            if tag in ("path", "rect", "line"):
                self.parts.append((tag, *sorted(found.items())))
            if found.get("aria-label"):
                self.parts.append(("label", found["aria-label"]))

    def handle_endtag(self, tag):
        while tag not in VOID and self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self._told() and data.strip():
            self.parts.append(("text", " ".join(data.split())))

    def _told(self):
        inside = any(main for _, _, main in self._open)
        return inside and not any(out for _, out, _ in self._open)
