"""Where a result comes from: what travels inside its file."""

from typing import Any

from convscope.networks.network import Network
from convscope.networks.photo import written
from convscope.version import VERSION


def source(network: Network, photo: Any = None) -> dict[str, str]:
    """Which network, backend and versions made a result, and from which photo if any."""
    import keras

    return {
        **({} if photo is None else {"photo": written(photo)}),
        "network": network.name,
        "digest": network.digest,
        "backend": keras.backend.backend(),
        "versions": f"convscope {VERSION}, keras {keras.__version__}",
    }
