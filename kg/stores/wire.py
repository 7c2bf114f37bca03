"""One HTTP request to a SPARQL service: it ends in time, is tried again, and fails in one sentence.

httpx and stamina come with the extra `fetch`. No redirect is followed: a service answers where it
was named, or not at all.
"""

from __future__ import annotations

import logging
import os
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from kg.errors import LimitError, OutsideError

if TYPE_CHECKING:
    import httpx

CONNECT = 10.0
"""Seconds until a service must have taken the call."""

MOST_BYTES = 512 * 1024**2
"""Bytes of one answer."""

ATTEMPTS = 4
_BUSY = frozenset({429, 502, 503, 504})
TOKEN = "KG_SPARQL_TOKEN"  # noqa: S105  the name of the variable, not what it holds


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, headers with names in lower case, and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def reason(self) -> str:
        """The first words of the body, on one line."""
        text = " ".join(self.body[:2000].decode("utf-8", "replace").split())
        return text if len(text) <= 200 else text[:199] + "…"


class _Again(Exception):
    """A failure that may pass: `wait` is in seconds where the service said how long."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        self.wait = wait
        super().__init__(reason)


class _Over(Exception):
    """The time is over."""


@dataclass(eq=False)
class Wire:
    """Requests to the service at `base`; a name and password in it are sent, and never shown."""

    base: str = field(repr=False)
    patience: float = 60.0
    most_bytes: int = MOST_BYTES
    attempts: int = ATTEMPTS
    _auth: httpx.Auth | None = field(default=None, init=False, repr=False)

    @property
    def shown(self) -> str:
        """The address as messages show it."""
        return without_password(self.base)

    @cached_property
    def _client(self) -> httpx.Client:
        try:
            import httpx
        except ImportError:
            raise OutsideError(
                "a SPARQL service needs httpx and stamina: pip install 'evidence-kg[fetch]'"
            ) from None
        client = httpx.Client(follow_redirects=False, trust_env=True, timeout=CONNECT)
        weakref.finalize(self, client.close)  # a store is opened and never closed
        return client

    def send(
        self,
        method: str,
        url: str,
        *,
        patience: float | None = None,
        into: IO[bytes] | None = None,
        **request: Any,
    ) -> Reply:
        """The reply to a request, whatever its status; a busy service is asked again.

        `patience` is the time for all attempts together, in seconds; `into` a file for the body of
        a reply with status 200, which may then be of any size; `request` holds what httpx takes:
        `params`, `data`, `content`, `headers`.

        Raises:
            TimeoutError: no reply in time.
            OutsideError: no reply at all, or one that asks for a password or points elsewhere.
            LimitError: the reply is too large.
        """
        client = self._client
        import stamina

        logging.getLogger("stamina").addHandler(logging.NullHandler())
        left = patience or self.patience
        end = time.monotonic() + left
        try:
            for attempt in stamina.retry_context(
                on=_again, attempts=self.attempts, timeout=left, wait_initial=0.2, wait_max=5.0
            ):
                with attempt:
                    return self._once(client, method, url, end, into, request)
        except _Over:
            raise TimeoutError(f"{self.shown} did not answer within {left:g} s") from None
        except _Again as fault:
            raise OutsideError(f"{self.shown} cannot be reached: {fault}") from None
        raise AssertionError("unreachable")

    def _once(
        self,
        client: httpx.Client,
        method: str,
        url: str,
        end: float,
        into: IO[bytes] | None,
        request: Mapping[str, Any],
    ) -> Reply:
        reply = self._read(client, method, url, end, into, request)
        if reply.status == 401:
            self._auth = self._credentials(reply)
            reply = self._read(client, method, url, end, into, request)
        if reply.status in (401, 403):
            raise OutsideError(
                f"{self.shown} refuses the request ({reply.status}): give a name and password as "
                f"in sparql+https://NAME:PASSWORD@host/..., or a token in {TOKEN}"
            )
        if 300 <= reply.status < 400:
            where = reply.headers.get("location", "elsewhere")
            raise OutsideError(f"{self.shown} points to {where[:200]}; name that address itself")
        if reply.status in _BUSY:
            wait = reply.headers.get("retry-after", "")
            seconds = min(30.0, float(wait)) if wait.isdecimal() else None
            raise _Again(f"it answers {reply.status} {reply.reason}".rstrip(), seconds)
        return reply

    def _credentials(self, reply: Reply) -> httpx.Auth | None:
        import httpx

        parts = urlsplit(self.base)
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        wanted = reply.headers.get("www-authenticate", "").lower()
        if token := os.environ.get(TOKEN):
            return _Bearer(token)
        if not name:
            return None
        digest = wanted.startswith("digest")
        return httpx.DigestAuth(name, password) if digest else httpx.BasicAuth(name, password)

    def _read(
        self,
        client: httpx.Client,
        method: str,
        url: str,
        end: float,
        into: IO[bytes] | None,
        request: Mapping[str, Any],
    ) -> Reply:
        import httpx

        left = end - time.monotonic()
        if left <= 0:
            raise _Over
        limits = httpx.Timeout(left, connect=min(CONNECT, left))
        target = url if "@" not in urlsplit(url).netloc else without_password(url)
        try:
            with client.stream(
                method, target, auth=self._auth, timeout=limits, **request
            ) as response:
                body = self._body(response, end, into if response.status_code == 200 else None)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Reply(response.status_code, headers, body)
        except httpx.ConnectTimeout:
            raise _Again("nobody answers at this address") from None
        except httpx.TimeoutException:
            raise _Over from None
        except httpx.TransportError as fault:
            raise _Again(str(fault) or type(fault).__name__) from None
        except (httpx.InvalidURL, httpx.HTTPError, UnicodeError) as fault:
            raise OutsideError(f"{self.shown} cannot be asked: {fault}") from None

    def _body(self, response: httpx.Response, end: float, into: IO[bytes] | None) -> bytes:
        parts, size = [], 0
        if into:
            into.seek(0)
            into.truncate()
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self.most_bytes and not into:
                raise LimitError(
                    f"{self.shown} sends more than {self.most_bytes:,} bytes: add LIMIT"
                )
            if time.monotonic() > end:  # one that drips would otherwise never end
                raise _Over
            into.write(chunk) if into else parts.append(chunk)
        return b"".join(parts)


def _again(fault: Exception) -> bool | float:
    if isinstance(fault, _Again):
        return fault.wait if fault.wait is not None else True
    return False


def _Bearer(token: str) -> httpx.Auth:  # noqa: N802  it stands for a class of httpx's
    import httpx

    class Bearer(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Any:
            request.headers["Authorization"] = f"Bearer {token}"
            yield request

    return Bearer()


def without_password(url: str) -> str:
    """An address without name, password and fragment.

    >>> without_password("https://me:secret@example.org/sparql#data=/x")
    'https://example.org/sparql'
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, fragment="").geturl()
