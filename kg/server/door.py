"""What every request passes: host, origin, path and size; and what every answer leaves with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.server.log import write_line
from kg.server.metrics import Metrics
from kg.server.settings import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
STEADY = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class TooLarge(Exception):
    """A body beyond the cap."""


@dataclass(frozen=True, slots=True)
class Door:
    """The outermost layer of the server."""

    app: ASGIApp
    settings: Settings
    metrics: Metrics
    log: Callable[[Mapping[str, Any]], None] = write_line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, seen = time.perf_counter(), {"status": 500, "bytes": 0}
        headers = Headers(scope=scope)
        origin = _allowed_origin(headers, self.settings)

        async def leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                out = MutableHeaders(scope=message)
                for name, value in STEADY.items():
                    out.setdefault(name, value)
                if origin:
                    _open_to(origin, out)
            elif message["type"] == "http.response.body":
                seen["bytes"] += len(message.get("body", b""))
            await send(message)

        self.metrics.active += 1
        try:
            refusal = self._refusal(scope, headers)
            if refusal is None and scope["method"] == "OPTIONS" and origin:
                await _plain(leave, 204, "", {"access-control-max-age": "600"})
            elif refusal is None:
                await self.app(scope, _capped(receive, self.settings.body), leave)
            else:
                await _plain(leave, *refusal)
        finally:
            self.metrics.active -= 1
            self._note(scope, seen, time.perf_counter() - began)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        host = _hostname(headers.get("host", ""))
        if host not in self.settings.names:
            # A page elsewhere may point a name of its own at this address (DNS rebinding).
            return 421, "this server does not go by that name; start it with --allow-host NAME"
        if headers.get("content-encoding", "identity") != "identity":
            return 415, "compressed bodies are not read"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.settings.body:
            return 413, f"at most {self.settings.body} bytes are read"
        if scope["method"] == "POST" and _is_foreign(headers, self.settings):
            return 403, "a page of another site may not post here"
        path = scope["path"]
        if any(part in ("..", ".") for part in path.split("/")) or "\\" in path or "\0" in path:
            return 400, "this is not an address"
        return None

    def _note(self, scope: Scope, seen: dict[str, int], seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.metrics.saw(method, route, seen["status"], seconds)
        self.log(
            {
                "client": (scope.get("client") or ("",))[0],
                "method": method,
                # what stands behind the question mark is a person's own and is not kept
                "path": scope["path"][:200],
                "status": seen["status"],
                "bytes": seen["bytes"],
                "ms": round(seconds * 1000, 1),
            }
        )


_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH")


def _hostname(host: str) -> str:
    """The name in a Host header, without the port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def _is_foreign(headers: Headers, settings: Settings) -> bool:
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") == "cross-site"
    if _allowed_origin(headers, settings):
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


def _allowed_origin(headers: Headers, settings: Settings) -> str:
    origin = headers.get("origin", "")
    if "*" in settings.cors:
        return "*" if origin else ""
    return origin if origin in settings.cors else ""


def _open_to(origin: str, out: MutableHeaders) -> None:
    out["access-control-allow-origin"] = origin
    out["access-control-allow-methods"] = "GET, HEAD, POST, OPTIONS"
    out["access-control-allow-headers"] = "accept, content-type"
    out["access-control-expose-headers"] = "etag, link, x-kg-hint, x-kg-truncated"
    out["cross-origin-resource-policy"] = "cross-origin"
    out.add_vary_header("Origin")


def _capped(receive: Receive, most: int) -> Receive:
    """The same body, ended where it grows beyond the cap whatever its header said."""
    left = most

    async def limited() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    return limited


async def _plain(send: Send, status: int, text: str, headers: dict[str, str] | None = None) -> None:
    body = f"{text}\n".encode() if text else b""
    fields = {"content-type": "text/plain; charset=utf-8", "connection": "close"}
    fields |= {"content-length": str(len(body))} | (headers or {})
    raw = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
