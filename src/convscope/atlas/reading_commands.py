"""The commands of an atlas that is there: status, show, verify and prune."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from convscope.errors import ConvscopeError
from convscope.terminal import options, output
from convscope.terminal.options import argument, option
from convscope.terminal.progress import progress

if TYPE_CHECKING:
    from convscope.atlas.entry import Entry
    from convscope.atlas.store import Store

Folder = Annotated[Path, argument("FOLDER", "The folder of an atlas.")]
EditionName = Annotated[
    str | None,
    option(
        "NAME", "One of the editions that 'atlas status' lists. Default: the latest.", "--edition"
    ),
]


def status(folder: Folder, json: options.AsJson = False) -> None:
    """List what an atlas has: its editions, and how many pictures there are of each layer.

    An edition is all pictures of one network, recipe and size.
    """
    from convscope.atlas.store import Store

    with Store(folder) as store:
        found = [_status(store, name) for name in store.editions()]
    if json:
        output.as_json(found)
        return
    for edition in found:
        output.line(
            f"{edition['edition']}  {edition['network']}, {edition['size']}: "
            f"{edition['pictures']:,} of {edition['planned']:,} pictures, "
            f"{edition['seconds'] / 60:.1f} minutes"
        )
        for layer, count in edition["layers"].items():
            output.line(f"  {layer}  {count:,}")
    if not found:
        output.line("It is empty.")


def _status(store: "Store", name: str) -> dict[str, Any]:
    edition, planned = store.editions()[name]
    layers = store.counts(name)
    return {
        "edition": name,
        "network": edition.network,
        "digest": edition.digest,
        "size": edition.shown_size,
        "natural": edition.natural,
        "versions": edition.versions,
        "recipe": edition.recipe.as_json(),
        "pictures": sum(layers.values()),
        "planned": planned,
        "seconds": store.seconds(name),
        "layers": layers,
    }


def show(
    folder: Folder,
    unit: Annotated[str, argument("UNIT", "A unit: block5_conv3:17 or predictions:bee.")],
    seed: options.Seed = None,
    edition: EditionName = None,
    json: options.AsJson = False,
) -> None:
    """Print what an atlas knows of a unit, and the path of its picture."""
    from convscope.atlas.atlas import read_atlas
    from convscope.atlas.store import Store

    found = read_atlas(folder, edition)
    entry = found.entry(unit, seed)
    with Store(folder) as store:
        store.picture(entry)  # refused if it is torn
        path = store.path(entry.key)
        labels = store.labels(found.name)
    if json:
        output.as_json({"path": str(path), **entry.table(), "evidence": dict(entry.evidence)})
        return
    output.line(str(path))
    output.lines(_told(entry, labels))


def _told(entry: "Entry", labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is known of a unit, as words with their values."""

    def listed(some: Any) -> str:
        return "; ".join(f"{labels.get(name, name)} {value:.4g}" for name, value in some or ())

    row = entry.table()
    rows = [("unit", entry.label), ("seed", str(entry.seed))]
    rows += [
        (name, f"{row[name]:.4g}")
        for name in ("response", "contrast", "reach")
        if row[name] is not None
    ]
    if row["silent"] is not None:
        rows.append(("silent", "yes" if row["silent"] else "no"))
    selectivity = entry.evidence.get("selectivity")
    if selectivity:
        rows.append(("selectivity", f"rank {selectivity['rank']} of {selectivity['units']}"))
    for side in ("inputs", "outputs"):
        for sign in ("exciting", "inhibiting"):
            rows.append((f"{sign} {side}", listed((entry.evidence.get(side) or {}).get(sign))))
    rows.append(("nearest by weights", listed(entry.evidence.get("nearest"))))
    rows.append(("nearest by responses", listed(entry.evidence.get("alike"))))
    words = entry.evidence.get("words")
    if words:
        rows.append(("in words", words["says"]))
    rows.append(("note", row["note"]))
    return [(f"{name}:", value) for name, value in rows if value]


def verify(folder: Folder, json: options.AsJson = False) -> None:
    """Read every row and every picture of an atlas, and say what is torn.

    The exit status is 1 if anything is.
    """
    from convscope.atlas.store import Store
    from convscope.atlas.verification import verify as verified

    with progress("Reading every picture") as show, Store(folder) as store:
        found = verified(store, show)
    if json:
        output.as_json(
            {
                "whole": found.whole,
                "torn": list(found.torn),
                "leftover": [str(path) for path in found.leftover],
                "foreign": [str(path) for path in found.foreign],
                "damage": found.damage,
            }
        )
    else:
        for text in found.lines():
            output.line(text)
    if found.torn or found.damage:
        raise ConvscopeError(
            f"The atlas in '{folder}' is not whole. Try: convscope atlas prune, then atlas build."
        )


def prune(
    folder: Folder,
    keep: Annotated[
        str | None,
        option("NAME", "The only edition to keep; all others are removed. Default: all of them."),
    ] = None,
) -> None:
    """Remove what is torn and files without a row, so that a build makes it again.

    With --keep, all other editions are removed as well. Files of somebody else's stay.
    """
    from convscope.atlas.atlas import read_atlas
    from convscope.atlas.store import writing
    from convscope.atlas.verification import prune as pruned

    read_atlas(folder, keep)
    with progress("Reading every picture") as show, writing(folder) as store:
        removed = [
            key
            for name in store.editions()
            if keep is not None and name != keep
            for key in store.forget(name)
        ]
        found = pruned(store, show)
    output.line(
        f"Removed: {len(found.torn):,} torn, {len(found.leftover):,} without a row, "
        f"{len(removed):,} of other editions. Left: {found.whole:,} pictures."
    )
