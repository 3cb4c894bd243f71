"""The provenance of a result, which is written into its file."""

from convscope.backend import keras
from convscope.images import PhotoLike
from convscope.networks.network import Network
from convscope.networks.photo import recorded_path
from convscope.version import VERSION

TRANSFORMER = "transformer"


def source(network: Network, photo: PhotoLike | None = None) -> dict[str, str]:
    """Return the network, the backend and versions of a result, and its photo if there is one.

    The architecture is told of a transformer, whose pictures have a default recipe of their own.
    """
    return {
        **({} if photo is None else {"photo": recorded_path(photo)}),
        "network": network.name,
        "digest": network.digest,
        **({"architecture": TRANSFORMER} if network.has_tokens else {}),
        "backend": keras.backend.backend(),
        "versions": f"convscope {VERSION}, keras {keras.__version__}",
    }
