"""``convscope layers PHOTO --compare PHOTO`` and ``--second MODEL``: which units differ most."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convscope.terminal import options
from convscope.terminal.options import Stated
from convscope.terminal.progress import Show

if TYPE_CHECKING:
    from convscope.networks.network import Network

TAKES = ("layer", "count", "with_pictures", "precision")
TAKES_OF_SECOND = (*TAKES, "second_preprocessing", "second_labels")


def photos(network: "Network", photo: Path, stated: Stated, told: Show) -> Any:
    """Two photos under one network."""
    return _compared(network, photo, stated["compare"], stated, told)


def networks(network: "Network", photo: Path, stated: Stated, told: Show) -> Any:
    """One photo under two networks."""
    feed, labels = stated.get("second_preprocessing"), stated.get("second_labels")
    told(f"Loading {stated['second']}", None)
    other = options.Source(stated["second"], None, feed, labels).load()
    made = _compared(network, photo, other, stated, told)
    words = options.spelled(
        second=stated["second"],
        second_preprocessing=feed,
        second_labels=labels and str(labels),
    )
    return replace(made, source={**made.source, "second options": shlex.join(words)})


def _compared(network: "Network", photo: Path, other: Any, stated: Stated, told: Show) -> Any:
    from convscope.comparison.compare import compare

    return compare(
        network,
        photo,
        other,
        stated.get("layer"),
        **options.given(count=stated.get("count"), precision=stated.get("precision")),
        pictures="with_pictures" in stated,
        told=told,
    )
