"""What a comparison needs that is not there yet: pictures of units, and how photos differ."""

from collections.abc import Mapping
from typing import Any

from convscope.comparison.compare import UNITS_OF, Differences, LayerDifference
from convscope.comparison.compare import compare as differences
from convscope.drawing.style import RESPONSES, colormap
from convscope.drawing.tile import COVERING, Scale
from convscope.errors import InputError
from convscope.explorer.compare_page import can_differ, request_of
from convscope.explorer.findings import Findings
from convscope.explorer.jobs import Job
from convscope.explorer.photo_work import layers_of_photo
from convscope.explorer.photos import named
from convscope.explorer.sides import Side, side
from convscope.explorer.studio import Loaded
from convscope.explorer.unit_work import paint_missing


def compare_sides(loaded: Loaded, job: Job) -> Mapping[str, Any]:
    """Compute what a comparison shows; the request has 'a' and 'b', as ``side`` takes them."""
    one, other = (side(loaded, job.request[name]) for name in ("a", "b"))
    for each in (one, other):
        if not each.is_known:
            _known(loaded, each, job)
    if can_differ(one, other):
        findings = Findings(loaded.folder)
        found = _differences(loaded, findings, one, other)
        findings.put("differences", request_of(loaded, one, other), found)
    return {"a": one.title, "b": other.title}


def _known(loaded: Loaded, each: Side, job: Job) -> None:
    """Make the picture of a unit, or look at a photo."""
    if each.kind == "photo":
        findings, photo = Findings(each.of.folder), named(loaded, each.name).photo()
        asked = {"photo": each.name}
        findings.put("layers", asked, layers_of_photo(each.of, findings, photo, job))
        return
    address, _, seed = each.name.rpartition(";")
    evidence = ("seeds",) if int(seed) != each.of.edition.recipe.seed else ()
    paint_missing(each.of, job, [address], evidence, is_told=each.of is loaded)


def _differences(loaded: Loaded, findings: Findings, one: Side, other: Side) -> dict[str, Any]:
    """Return how two photos differ in a network, or two networks for a photo; or why not."""
    photo = named(loaded, one.name).photo()
    what = other.of.network if one.of is not other.of else named(loaded, other.name).photo()
    try:
        found = differences(one.of.network, photo, what)
    except InputError as error:  # two networks with different layers
        return {"why": str(error)}
    measures = sorted({layer.measure for layer in found.layers})
    return {
        "kind": found.kind,
        "rows": [_row(findings, found, layer) for layer in found.shown()],
        "measures": [f"{measure}: {UNITS_OF[measure]}" for measure in measures],
    }


def _row(findings: Findings, found: Differences, layer: LayerDifference) -> dict[str, Any]:
    """Return the channels of a layer that differ most, with their maps on one scale."""
    maps = [own.maps[layer.layer] for own in found.sides]
    shown = [*layer.first(found.count), *layer.other(found.count)]
    drawn = [[own[:, :, each.unit.channel] for own in maps] for each in shown]
    scale = Scale.of([own for pair in drawn for own in pair] or maps, COVERING)
    room = (scale.high - scale.low) or 1.0
    return {
        "layer": layer.layer,
        "similarity": f"{layer.similarity:.3f}",
        "units": [
            {
                "unit": str(each.unit),
                "apart": f"{each.apart:+.2f}",
                "maps": [
                    findings.keep(colormap(RESPONSES, (own - scale.low) / room)) for own in pair
                ],
            }
            for each, pair in zip(shown, drawn, strict=True)
        ],
    }
