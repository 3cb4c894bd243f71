"""The two photos in the package; ``samples/README.md`` names their authors."""

from pathlib import Path

COFFEE, CAT = (Path(__file__).with_name("samples") / name for name in ("coffee.jpg", "chelsea.jpg"))
PHOTOS = (COFFEE, CAT)
CAT_LABEL = "Egyptian cat"  # the class of networks of ImageNet that is nearest to this cat
