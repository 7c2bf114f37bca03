"""What every request passes: host, origin, path and size; and what every answer leaves with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.server.http.metrics import RequestMetrics
from kg.server.log import write_line
from kg.server.security_headers import SECURITY_HEADERS
from kg.server.settings import ServerSettings


class BodyTooLarge(Exception):
    """A body beyond the cap."""


@dataclass(frozen=True, slots=True)
class RequestGuard:
    """The outermost layer of the server."""

    inner_app: ASGIApp
    settings: ServerSettings
    metrics: RequestMetrics
    write_log: Callable[[Mapping[str, Any]], None] = write_line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            await self.inner_app(scope, receive, send)
            return
        began, response_facts = time.perf_counter(), {"status": 500, "bytes": 0}
        headers = Headers(scope=scope)
        origin = _find_allowed_origin(headers, self.settings)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                response_facts["status"] = message["status"]
                response_headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    response_headers.setdefault(name, value)
                if origin:
                    _allow_origin(origin, response_headers)
            elif message["type"] == "http.response.body":
                response_facts["bytes"] += len(message.get("body", b""))
            await send(message)

        self.metrics.active_requests += 1
        try:
            refusal = self._find_refusal(scope, headers)
            if refusal is None and scope["method"] == "OPTIONS" and origin:
                await _send_plain_text(
                    send_with_headers, 204, "", {"access-control-max-age": "600"}
                )
            elif refusal is None:
                await self.inner_app(
                    scope, _limit_body(receive, self.settings.max_body_bytes), send_with_headers
                )
            else:
                await _send_plain_text(send_with_headers, *refusal)
        finally:
            self.metrics.active_requests -= 1
            self._record_request(scope, response_facts, time.perf_counter() - began)

    def _find_refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        host = _parse_hostname(headers.get("host", ""))
        if host not in self.settings.host_names:
            # A page elsewhere may point a name of its own at this address (DNS rebinding).
            return 421, "this server does not go by that name; start it with --allow-host NAME"
        if headers.get("content-encoding", "identity") != "identity":
            return 415, "compressed bodies are not read"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.settings.max_body_bytes:
            return 413, f"at most {self.settings.max_body_bytes} bytes are read"
        if scope["method"] == "POST" and _is_cross_site(headers, self.settings):
            return 403, "a page of another site may not post here"
        path = scope["path"]
        if (
            any(path_part in ("..", ".") for path_part in path.split("/"))
            or "\\" in path
            or "\0" in path
        ):
            return 400, "this is not an address"
        return None

    def _record_request(self, scope: Scope, response_facts: dict[str, int], seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _KNOWN_METHODS else "other"
        self.metrics.record_request(method, route, response_facts["status"], seconds)
        self.write_log(
            {
                "client": (scope.get("client") or ("",))[0],
                "method": method,
                # what stands behind the question mark is a person's own and is not kept
                "path": scope["path"][:200],
                "status": response_facts["status"],
                "bytes": response_facts["bytes"],
                "ms": round(seconds * 1000, 1),
            }
        )


_KNOWN_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH")


def _parse_hostname(host: str) -> str:
    """The name in a Host header, without the port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def _is_cross_site(headers: Headers, settings: ServerSettings) -> bool:
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") == "cross-site"
    if _find_allowed_origin(headers, settings):
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


def _find_allowed_origin(headers: Headers, settings: ServerSettings) -> str:
    origin = headers.get("origin", "")
    if "*" in settings.allowed_origins:
        return "*" if origin else ""
    return origin if origin in settings.allowed_origins else ""


def _allow_origin(origin: str, response_headers: MutableHeaders) -> None:
    response_headers["access-control-allow-origin"] = origin
    response_headers["access-control-allow-methods"] = "GET, HEAD, POST, OPTIONS"
    response_headers["access-control-allow-headers"] = "accept, content-type"
    response_headers["access-control-expose-headers"] = "etag, link, x-kg-hint, x-kg-truncated"
    response_headers["cross-origin-resource-policy"] = "cross-origin"
    response_headers.add_vary_header("Origin")


def _limit_body(receive: Receive, max_bytes: int) -> Receive:
    """The same body, ended where it grows beyond the cap whatever its header said."""
    bytes_left = max_bytes

    async def receive_limited() -> Message:
        nonlocal bytes_left
        message = await receive()
        bytes_left -= len(message.get("body", b""))
        if bytes_left < 0:
            raise BodyTooLarge
        return message

    return receive_limited


async def _send_plain_text(
    send: Send, status: int, text: str, headers: dict[str, str] | None = None
) -> None:
    body = f"{text}\n".encode() if text else b""
    fields = {"content-type": "text/plain; charset=utf-8", "connection": "close"}
    fields |= {"content-length": str(len(body))} | (headers or {})
    raw = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
