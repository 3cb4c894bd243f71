"""What is computed about a photo: its layers, one place of it, the reasons, what a layer keeps."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convscope.activation.activations import activations
from convscope.activation.representative_layers import representative_layers
from convscope.activation.result import Activations
from convscope.attribution.attribute import attribute
from convscope.attribution.methods.table import METHODS
from convscope.drawing.overlay import diverging, reach
from convscope.drawing.style import RESPONSES, colormap
from convscope.drawing.tile import COVERING, Scale
from convscope.errors import InputError, refuse_unknown
from convscope.explorer.findings import Findings
from convscope.explorer.jobs import Job
from convscope.explorer.photos import named
from convscope.explorer.studio import Loaded
from convscope.images import Photo
from convscope.maximization.maximize import maximize
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import to_input
from convscope.networks.units import Unit
from convscope.objectives import inversion
from convscope.semantic_dictionary.dictionary import dictionary

CHANNELS = 8  # of each layer
PLACE = 6  # units of each layer at a place
SIDE = 256  # pixels of the longer side of what is drawn
DEFAULTS = ("gradient", "integrated-gradients", "grad-cam", "lrp-composite", "occlusion")

Finding = Callable[[Loaded, Findings, Photo, Job], Mapping[str, Any]]


def layers_of_photo(
    loaded: Loaded, findings: Findings, photo: Photo, job: Job
) -> Mapping[str, Any]:
    """Find which channels of each layer respond to the photo most, and what it is taken for."""
    network = loaded.network
    picture, layers = to_input(network, photo), _layers(network)
    rows = []
    if layers:
        seen = activations(network, photo, layers)
        rows = [_row(findings, seen, layer) for layer in layers]
    return {
        "photo": findings.keep(_enlarged(picture)),
        "size": list(picture.shape[:2]),
        "top": [[label, index, float(share)] for index, label, share in network.opinion(picture)],
        "rows": rows,
        "methods": {name: METHODS[name].says for name in METHODS},
        "defaults": [name for name in DEFAULTS if name in METHODS],
    }


def _row(findings: Findings, seen: Activations, layer: str) -> dict[str, Any]:
    """Return a layer's strongest channels, with their maps on one scale."""
    maps, best = seen.maps[layer], seen.strongest(layer, CHANNELS)
    chosen = [maps[..., each.unit.channel] for each in best]
    scale = Scale.of(chosen, COVERING)
    room = (scale.high - scale.low) or 1.0
    return {
        "layer": layer,
        "shape": list(maps.shape),
        "units": [
            {
                "unit": str(each.unit),
                "strength": float(f"{each.strength:.4g}"),
                "map": findings.keep(colormap(RESPONSES, (own - scale.low) / room)),
            }
            for each, own in zip(best, chosen, strict=True)
        ],
    }


def _layers(network: Network) -> list[str]:
    """Return the layers of a photo's page: none of a network without maps."""
    try:
        return [info.address for info in representative_layers(network)]
    except InputError:
        return []


def channels_of_photo(
    loaded: Loaded, findings: Findings, photo: Photo, job: Job
) -> Mapping[str, Any]:
    """Find how strongly every channel of one layer responds to the photo, before activation."""
    assert photo.picture is not None
    tap = Tap(job.request["layer"])
    values = loaded.network.activations(photo.picture[None], [tap])[tap][0]
    means = values.reshape(-1, values.shape[-1]).mean(0, dtype="float64")
    return {"responses": [float(f"{value:.5g}") for value in means]}


def maps_of_photo(loaded: Loaded, findings: Findings, photo: Photo, job: Job) -> Mapping[str, Any]:
    """Find which parts of the photo speak for a class and which against it, by one method."""
    method, target = job.request["method"], job.request.get("target")
    found = attribute(loaded.network, photo, target, method=method, progress=job.progress)
    limit = reach(found.map)
    about = METHODS[method]
    return {
        "map": findings.keep(diverging(found.map, limit)),
        "method": method,
        "label": found.label,
        "caption": found.caption(),
        "note": found.note,
        "says": about.says,
        "source": about.source,
        "caution": about.caution,
        "ends": list(about.ends),
        "limit": float(f"{limit:.3g}"),
    }


def place_of_photo(loaded: Loaded, findings: Findings, photo: Photo, job: Job) -> Mapping[str, Any]:
    """Find which channels of each layer fire unusually at one place of the photo."""
    row, column = job.request["at"]
    found = dictionary(
        loaded.network,
        photo,
        at=(row, column),
        count=PLACE,
        pictures=False,
        progress=job.progress,
    )
    return {
        "at": [row, column],
        "natural": max((entry.natural for entry in found.entries), default=0),
        "rows": [
            {
                "layer": entry.layer,
                "firing": entry.firing,
                "total": entry.total,
                "units": [
                    [str(word.channel), float(f"{word.unusual:.3g}")] for word in entry.words
                ],
            }
            for entry in found.entries
        ],
    }


def inversion_of_photo(
    loaded: Loaded, findings: Findings, photo: Photo, job: Job
) -> Mapping[str, Any]:
    """Make the picture with the same responses in one layer: what that layer keeps of the photo."""
    network, layer = loaded.network, loaded.network.layer(job.request["layer"]).address
    made = maximize(network, inversion(layer, photo), progress=job.progress)
    return {
        "picture": findings.keep(made.picture),
        "layer": layer,
        "top": [[label, float(share)] for _, label, share in network.opinion(made.picture, 3)],
    }


def _enlarged(photo: np.ndarray) -> np.ndarray:
    """Return a photo as the network sees it, its pixels as squares that can be seen."""
    times = max(1, SIDE // max(photo.shape[:2]))
    return np.repeat(np.repeat(photo, times, axis=0), times, axis=1)


# What can be asked about a photo.
ASKED: dict[str, Finding] = {
    "layers": layers_of_photo,
    "channels": channels_of_photo,
    "maps": maps_of_photo,
    "place": place_of_photo,
    "inversion": inversion_of_photo,
}


def checked(network: Network, kind: str, asked: Mapping[str, Any], photo: str) -> dict[str, Any]:
    """Return the request about a photo, with only what belongs to it.

    Args:
        network: the network.
        kind: a name in ``ASKED``.
        asked: 'method' and perhaps 'target'; 'at'; 'layer'.
        photo: the name of the photo.

    Raises:
        InputError: a value is missing, or is not possible.
        UnknownName: there is no such method, layer or class.
    """
    request: dict[str, Any] = {"photo": photo}
    if kind == "maps":
        method = _text(asked, "method")
        refuse_unknown("method of attribution", [method], METHODS)
        request["method"] = method
        if asked.get("target"):
            request["target"] = str(single(network, _text(asked, "target")))
    elif kind == "place":
        at = asked.get("at")
        height, width = network.size
        if not (
            isinstance(at, list)
            and len(at) == 2
            and all(isinstance(each, int) and not isinstance(each, bool) for each in at)
            and 0 <= at[0] < height
            and 0 <= at[1] < width
        ):
            raise InputError.expected(
                f"a place as 'at', from [0, 0] to [{height - 1}, {width - 1}]", repr(at)[:40]
            )
        request["at"] = at
    elif kind in ("inversion", "channels"):
        request["layer"] = network.layer(_text(asked, "layer")).address
    return request


def _text(asked: Mapping[str, Any], name: str) -> str:
    found = asked.get(name)
    if not isinstance(found, str) or not 0 < len(found) < 1000:
        raise InputError.expected(f"a text as {name!r}", repr(found)[:40])
    return found


def single(network: Network, address: str) -> Unit:
    """Return the unit that is to be explained.

    Raises:
        InputError: the address is one of several units.
        UnknownName: there is no such layer or class.
    """
    found = network.units(address)
    if len(found) != 1:
        raise InputError.expected("one unit as 'target'", repr(address)[:80])
    return found[0]


def look(loaded: Loaded, job: Job) -> Mapping[str, Any]:
    """Answer what is asked about a photo, and keep the answer."""
    kind, findings = job.kind.removeprefix("photo-"), Findings(loaded.folder)
    photo = named(loaded, job.request["photo"]).photo()
    found = dict(ASKED[kind](loaded, findings, photo, job))
    findings.put(kind, job.request, found)
    return found
