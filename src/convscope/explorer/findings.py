"""``Findings``: what was computed about photos, as JSON and pictures named by their content."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convscope import files, images
from convscope.brief import Brief

FOLDER, PICTURES = "findings", "pictures"
NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Findings(Brief):
    """What was computed, by what was asked for.

    Args:
        folder: of everything that is made with a network.
    """

    folder: Path

    def get(self, kind: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was found for a request; empty if that was not asked for yet."""
        return files.remembered(self._path(kind, request))

    def put(self, kind: str, request: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """Keep what was found for a request."""
        files.put_json(self._path(kind, request), dict(found))

    def keep(self, picture: np.ndarray) -> str:
        """Keep a picture, (height, width, 1 or 3) in [0, 1], and return its name."""
        data = images.encode_png(picture)
        name = hashlib.sha256(data).hexdigest()[:32]
        path = self._picture(name)
        if not path.is_file():
            files.put(path, data)
        return name

    def picture(self, name: str) -> Path | None:
        """Return where the picture of a name is; None if there is none."""
        path = self._picture(name)
        return path if NAME.fullmatch(name) and path.is_file() else None

    def _picture(self, name: str) -> Path:
        return self.folder / FOLDER / PICTURES / f"{name}.png"

    def _path(self, kind: str, request: Mapping[str, Any]) -> Path:
        text = json.dumps([kind, dict(request)], sort_keys=True)
        return self.folder / FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"

    def _brief(self) -> str:
        return str(self.folder)
