"""The embedded networks, loaded once for all tests of a process."""

from functools import cache

_LOADED = []


@cache
def embedded_network(name="vgg16-tiny"):
    """Return an embedded network as ``load`` does, with the programs that other tests compiled.

    A network is a frozen value: no verb changes it, and no test may. The tests of loading load
    their own.
    """
    from convscope.networks.loading.load import load

    network = load(name)
    _LOADED.append(network)
    return network


def forget_programs():
    """Let the networks have no programs again."""
    for network in _LOADED:
        network.programs.clear()
