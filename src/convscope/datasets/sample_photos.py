"""The two photos that come with the package; who made them stands in ``samples/README.md``."""

from pathlib import Path

PHOTOS = tuple(Path(__file__).with_name("samples") / name for name in ("coffee.jpg", "chelsea.jpg"))
