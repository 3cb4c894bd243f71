"""The page of a photo: as the network sees it, layer by layer, and why it decides as it does."""

from collections.abc import Mapping
from typing import Any

from convscope.atlas.store import Store
from convscope.explorer.commands import commands_of_photo
from convscope.explorer.findings import Findings
from convscope.explorer.photo_work import DEFAULTS, single
from convscope.explorer.photos import every, named
from convscope.explorer.studio import Loaded
from convscope.explorer.tiles import Tile, tiles
from convscope.networks.units import Unit

OTHERS = 4  # photos to compare with


def photo_page(
    loaded: Loaded, store: Store | None, name: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the page of a photo shows.

    Args:
        loaded: the network.
        store: its atlas.
        name: of the photo.
        query: 'target', the class or unit that is explained; the likeliest class by default.

    Raises:
        UnknownName: there is no such photo or class.
    """
    kept, findings = named(loaded, name), Findings(loaded.folder)
    seen = findings.get("layers", {"photo": name})
    asked = query.get("target", "")
    target = str(single(loaded.network, asked)) if asked else ""
    about = {"photo": name, **({"target": target} if target else {})}
    maps = {
        method: findings.get("maps", {**about, "method": method})
        for method in seen.get("defaults", DEFAULTS)
    }
    head = loaded.description.head
    units = [Unit.parse(each["unit"]) for row in seen.get("rows", []) for each in row["units"]]
    known = {tile.unit: tile for tile in tiles(loaded, store, units)}
    return {
        "name": name,
        "title": kept.title,
        "seen": seen,
        "rows": [
            {
                **row,
                "units": [(known[each["unit"]], each) for each in row["units"]],
                "inversion": findings.get("inversion", {"photo": name, "layer": row["layer"]}),
            }
            for row in seen.get("rows", [])
        ],
        "maps": maps,
        "target": target,
        "label": loaded.network.describe(Unit.parse(target)) if target else _likeliest(seen),
        "head": head,
        "classes": _classes(loaded),
        "second": loaded.second.network.name if loaded.second else "",
        "others": [each for each in every(loaded.folder) if each.name != name][:OTHERS],
        **commands_of_photo(loaded, kept.title, target),
    }


def _likeliest(seen: Mapping[str, Any]) -> str:
    top = seen.get("top") or []
    return str(top[0][0]) if top else "the likeliest class"


def _classes(loaded: Loaded) -> list[Tile]:
    """Return the classes that can be explained, without pictures."""
    info = loaded.network.head
    if info is None:
        return []
    units = [Unit(info.address, index) for index in range(info.channels)]
    labels = {unit: loaded.network.describe(unit) for unit in units}
    prefix = f"{info.address}:"
    return [Tile(str(unit), text, text.removeprefix(prefix)) for unit, text in labels.items()]
