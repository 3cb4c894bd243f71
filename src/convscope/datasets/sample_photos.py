"""The two photos in the package; ``samples/README.md`` names their authors."""

from pathlib import Path

PHOTOS = tuple(Path(__file__).with_name("samples") / name for name in ("coffee.jpg", "chelsea.jpg"))
