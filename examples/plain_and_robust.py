"""Two networks of one architecture: one trained on photos, one also against an adversary.

This makes a sheet of eight classes with a row for each network. It is written to the current
folder, or to a folder that you name: python plain_and_robust.py FOLDER
"""

import sys
from pathlib import Path

import convscope as cs

CLASSES = ["king penguin", "monarch", "espresso", "school bus"]
CLASSES += ["goldfish", "golden retriever", "jellyfish", "ladybug"]

DPI = 96  # pixels an inch: small files, for a page


def main(out: Path, **settings) -> None:
    classes = [f"predictions:{name}" for name in CLASSES]
    both = cs.gallery(cs.load("vgg16-tiny-plain"), *classes, **settings)
    both += cs.gallery(cs.load("vgg16-tiny"), *classes, **settings)
    print(*both.save(out / "classes-plain-and-robust.png", columns=len(classes), dpi=DPI))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
