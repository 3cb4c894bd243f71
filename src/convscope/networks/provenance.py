"""The provenance of a result, which is written into its file."""

from convscope.backend import keras
from convscope.images import PhotoLike
from convscope.networks.network import Network
from convscope.networks.photo import recorded_path
from convscope.version import VERSION


def source(network: Network, photo: PhotoLike | None = None) -> dict[str, str]:
    """Return the network, the backend and versions of a result, and its photo if there is one."""
    return {
        **({} if photo is None else {"photo": recorded_path(photo)}),
        "network": network.name,
        "digest": network.digest,
        "backend": keras.backend.backend(),
        "versions": f"convscope {VERSION}, keras {keras.__version__}",
    }
