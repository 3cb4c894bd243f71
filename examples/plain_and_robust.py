"""Two networks of one architecture: one trained on photos, one against an adversary.

This makes two sheets with a row for each network: eight classes, and twelve channels drawn at
random. They are written to the current folder, or to a folder that you name:
python plain_and_robust.py FOLDER
"""

import sys
from pathlib import Path

import convscope as cs
from convscope.maximization.result import Gallery

NETWORKS = ["vgg16-tiny", "vgg16-tiny-robust"]
CLASSES = ["king penguin", "monarch", "espresso", "school bus"]
CLASSES += ["goldfish", "golden retriever", "jellyfish", "ladybug"]
UNITS = ["block1_conv2:2", "block2_conv1:22", "block2_conv2:30", "block3_conv2:49"]
UNITS += ["block3_conv3:119", "block4_conv1:71", "block4_conv2:242", "block4_conv3:250"]
UNITS += ["block5_conv1:26", "block5_conv2:116", "block5_conv2:187", "block5_conv3:71"]

DPI = 96  # pixels an inch: small files, for a page


def main(out: Path, **settings) -> None:
    asked = {"classes": [f"predictions:{name}" for name in CLASSES], "units": UNITS}
    networks = [cs.load(name) for name in NETWORKS]
    for what, units in asked.items():
        rows = [cs.gallery(network, *units, **settings).results for network in networks]
        both = Gallery(tuple(result for row in rows for result in row))
        print(*both.save(out / f"{what}-plain-and-robust.png", columns=len(units), dpi=DPI))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
