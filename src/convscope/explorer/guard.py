"""``Guard``: which requests the server takes, and the headers of every response.

A page on another site can make a browser send requests to this server, and a name of its own can
be made to point here (DNS rebinding). So the name that a request is addressed to is checked first,
and then where a request comes from.
"""

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response

from convscope.explorer.addresses import names
from convscope.explorer.problems import problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "convscope_token"
SAFE = ("GET", "HEAD")
OWN = ("same-origin", "none")  # of Sec-Fetch-Site: our page, or an address that a person typed
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; frame-ancestors {frames}; base-uri 'none'; form-action 'self'"
)
NOBODY = "'none'"  # may show the pages in a frame
NOTEBOOKS = "http://localhost:* http://127.0.0.1:*"  # of this machine: any port
HEADERS = {
    "Content-Security-Policy": POLICY.format(frames=NOBODY),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Access:
    """Who may use the server.

    Args:
        hosts: the names with ports that requests may be addressed to, exactly: '127.0.0.1:8000'.
        token: what a browser must know; '' if the server is reached from this machine alone.
        frames: whose pages may show ours in a frame, as a policy writes it.
    """

    hosts: frozenset[str]
    token: str = ""
    frames: str = NOBODY

    @classmethod
    def of(cls, host: str, port: int, token: str = "", frames: str = NOBODY) -> "Access":
        """Return the access of a server at an address; browsers leave out the port 80."""
        ends = ("", ":80") if port == 80 else (f":{port}",)
        hosts = frozenset(f"{name}{end}" for name in names(host) for end in ends)
        return cls(hosts, token, frames)


class Guard:
    """The outermost part of the application: every request goes through it.

    Args:
        app: the application.
        access: who may use it.
    """

    def __init__(self, app: App, access: Access) -> None:
        self._app, self._access = app, access
        policy = POLICY.format(frames=access.frames)
        self._headers = {**HEADERS, "Content-Security-Policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on; add the headers to the response."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no sockets here
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refused = self._refused(scope)
        await (refused or self._app)(scope, receive, with_headers)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") not in [[host] for host in self._access.hosts]:
            return problem(421, "This server is not at that address.", self._hint())
        if self._access.token and (response := self._unknown(scope, headers)):
            return response
        site = headers.get("sec-fetch-site")
        if scope["method"] in SAFE:
            if scope["path"].startswith("/api") and site not in (None, *OWN):
                return problem(403, "Another site asked for data of this server.")
            return None
        if site in OWN:
            return None
        if site is None and headers.get("origin") == f"http://{headers['host']}":
            return None
        return problem(403, "Only this server's own pages can change anything.")

    def _unknown(self, scope: Scope, headers: Headers) -> Response | None:
        """Refuse a browser that does not know the token; one that brings it gets a cookie."""
        sent = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        if _same(sent, self._access.token):
            return None
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("token", "")
        if scope["method"] in SAFE and _same(asked, self._access.token):
            own = "/" + quote(scope["path"].lstrip("/"))  # '//name' would be another server
            response = RedirectResponse(own, 303)
            response.set_cookie(
                COOKIE, self._access.token, httponly=True, samesite="strict", path="/"
            )
            return response
        return problem(403, "This server needs its token.", "Open the address that it printed.")

    def _hint(self) -> str:
        return f"Open http://{min(self._access.hosts)}."


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
