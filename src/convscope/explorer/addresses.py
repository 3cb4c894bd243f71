"""How a browser reaches the server: the names that requests may be addressed to."""

import ipaddress
import socket

EVERYWHERE = ("", "0.0.0.0", "::")  # listens at all addresses of the machine, and is none itself
NEVER_SENT = ("192.0.2.1", 9)  # of a network for examples (RFC 5737): asks which way out there is


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine alone.

    Example:
        >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0"), is_loopback("127.example.com")
        (True, False, False)
    """
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def names(host: str) -> list[str]:
    """Return the names of a server that listens at a host, as addresses of pages have them.

    The first one is to be printed. A server that listens everywhere has the names of its machine.

    Example:
        >>> names("Box.local"), names("::1")
        (['box.local'], ['[::1]', '127.0.0.1', 'localhost'])
    """
    own = ["127.0.0.1", "localhost", "[::1]"]
    if host.strip("[]") in EVERYWHERE:
        known = [*_outward(), socket.gethostname().lower(), *own]
    elif is_loopback(host):
        known = [_written(host), *own]
    else:
        known = [_written(host)]
    return list(dict.fromkeys(known))


def _written(host: str) -> str:
    """Return a host as browsers write it: in small letters, brackets around an IPv6 address."""
    plain = host.strip("[]").lower()
    return f"[{plain}]" if ":" in plain else plain


def _outward() -> list[str]:
    """Return the address by which other machines reach this one, if it has one. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(NEVER_SENT)
        except OSError:
            return []
        return [str(probe.getsockname()[0])]
