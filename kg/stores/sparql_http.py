"""HTTP requests to a SPARQL service: they end in time, are tried again, and fail in one sentence.

All requests of an operation share one budget of seconds and bytes, and all that are ever made
share a larger one: see `kg.request_budget`.

No redirect is followed: a service answers where it was named, or not at all.
"""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from kg.errors import LimitError, OutsideError
from kg.request_budget import (
    ACCEPTED_ENCODINGS,
    BUSY_STATUSES,
    OutOfBytes,
    OutOfTime,
    RequestBudget,
    RetryableFailure,
    RetryDelay,
)

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 10.0
"""Seconds until a service must have taken the call."""

MAX_REPLY_BYTES = 128 * 1024**2
"""Bytes of all answers to one operation; a table takes some ten times as much memory."""

TOTAL_SECONDS, TOTAL_BYTES = 1800.0, 4 * 1024**3
"""What all operations on one store may take together."""

MAX_ATTEMPTS = 4
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds before the second attempt, and before a later one where the service names none."""
TOKEN_VARIABLE = "KG_SPARQL_TOKEN"  # noqa: S105  the name of the variable, not what it holds


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back: status, headers with names in lower case, and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def reason(self) -> str:
        """The first words of the body, on one line."""
        text = " ".join(self.body[:2000].decode("utf-8", "replace").split())
        return text if len(text) <= 200 else text[:199] + "…"


@dataclass(eq=False)
class SparqlHttpClient:
    """Requests to the service at `base_url`; a name and password in it are sent, never shown."""

    base_url: str = field(repr=False)
    patience_seconds: float = 60.0
    max_bytes: int = MAX_REPLY_BYTES
    max_attempts: int = MAX_ATTEMPTS
    total: RequestBudget = field(
        default_factory=lambda: RequestBudget(TOTAL_SECONDS, TOTAL_BYTES), repr=False
    )
    _auth: httpx.Auth | None = field(default=None, init=False, repr=False)

    @property
    def public_url(self) -> str:
        """The address as messages show it."""
        return strip_credentials(self.base_url)

    @cached_property
    def _http_client(self) -> httpx.Client:
        import httpx

        client = httpx.Client(
            follow_redirects=False,
            trust_env=True,
            timeout=CONNECT_SECONDS,
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"Accept-Encoding": "gzip"},
        )
        weakref.finalize(self, client.close)  # a store is opened and never closed
        return client

    def new_budget(
        self, seconds: float | None = None, most_bytes: int | None = None
    ) -> RequestBudget:
        """A budget for the requests of one operation; what is not said is that of every one."""
        return RequestBudget(
            seconds or self.patience_seconds, most_bytes or self.max_bytes, whole=self.total
        )

    def send_request(
        self,
        method: str,
        url: str,
        *,
        budget: RequestBudget | None = None,
        body_file: IO[bytes] | None = None,
        **request: Any,
    ) -> HttpReply:
        """The reply to a request, whatever its status; a busy service is asked again.

        `budget` is that of the operation, shared by all attempts; `body_file` a file for the body
        of a reply with status 200; `request` holds what httpx takes: `params`, `data`, `content`,
        `headers`.

        Raises:
            TimeoutError: no reply in time.
            OutsideError: no reply at all, or one that asks for a password or points elsewhere.
            LimitError: the replies are too large.
        """
        client = self._http_client
        import stamina

        logging.getLogger("stamina").addHandler(logging.NullHandler())
        budget = budget or self.new_budget()
        delay = RetryDelay(budget, FIRST_WAIT, LONGEST_WAIT)
        try:
            with budget.spend():
                for attempt in stamina.retry_context(
                    on=delay, attempts=self.max_attempts, timeout=None
                ):
                    with attempt:
                        return self._send_once(client, method, url, budget, body_file, request)
        except OutOfTime as fault:
            raise TimeoutError(
                f"{self.public_url} did not answer within its time: {fault}"
            ) from None
        except OutOfBytes as fault:
            raise LimitError(f"{self.public_url} sends {fault}: add LIMIT") from None
        except RetryableFailure as fault:
            wait, note = fault.wait_seconds, ""
            if wait is not None and wait >= budget.seconds_left:
                note = f", and asks to wait {wait:g} s, longer than there is time for"
            raise OutsideError(f"{self.public_url} cannot be reached: {fault}{note}") from None
        raise AssertionError("unreachable")

    def _send_once(
        self,
        client: httpx.Client,
        method: str,
        url: str,
        budget: RequestBudget,
        body_file: IO[bytes] | None,
        request: Mapping[str, Any],
    ) -> HttpReply:
        reply = self._read_reply(client, method, url, budget, body_file, request)
        if reply.status == 401:
            self._auth = self._choose_credentials(reply)
            reply = self._read_reply(client, method, url, budget, body_file, request)
        if reply.status in (401, 403):
            raise OutsideError(
                f"{self.public_url} refuses the request ({reply.status}): give a name and password "
                f"as in sparql+https://NAME:PASSWORD@host/..., or a token in {TOKEN_VARIABLE}"
            )
        if 300 <= reply.status < 400:
            redirect_target = reply.headers.get("location", "elsewhere")
            raise OutsideError(
                f"{self.public_url} points to {redirect_target[:200]}; name that address itself"
            )
        if reply.status in BUSY_STATUSES:
            wait = reply.headers.get("retry-after", "")
            seconds = float(wait[:9]) if wait.isdecimal() and wait.isascii() else None
            raise RetryableFailure(f"it answers {reply.status} {reply.reason}".rstrip(), seconds)
        return reply

    def _choose_credentials(self, reply: HttpReply) -> httpx.Auth | None:
        import httpx

        parts = urlsplit(self.base_url)
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        auth_challenge = reply.headers.get("www-authenticate", "").lower()
        if token := os.environ.get(TOKEN_VARIABLE):
            return _build_bearer_auth(token)
        if not name:
            return None
        digest = auth_challenge.startswith("digest")
        return httpx.DigestAuth(name, password) if digest else httpx.BasicAuth(name, password)

    def _read_reply(
        self,
        client: httpx.Client,
        method: str,
        url: str,
        budget: RequestBudget,
        body_file: IO[bytes] | None,
        request: Mapping[str, Any],
    ) -> HttpReply:
        import httpx

        budget.count_request()
        seconds_left = budget.seconds_left
        limits = httpx.Timeout(seconds_left, connect=min(CONNECT_SECONDS, seconds_left))
        target = url if "@" not in urlsplit(url).netloc else strip_credentials(url)
        try:
            with (
                budget.cut_connections() as trace,
                client.stream(
                    method,
                    target,
                    auth=self._auth,
                    timeout=limits,
                    extensions={"trace": trace},
                    **request,
                ) as response,
            ):
                body = self._read_body(
                    response, budget, body_file if response.status_code == 200 else None
                )
                headers = {name.lower(): value for name, value in response.headers.items()}
                return HttpReply(response.status_code, headers, body)
        except httpx.TransportError as fault:
            budget.check_time()
            if isinstance(fault, httpx.ConnectTimeout):
                raise RetryableFailure("nobody answers at this address") from None
            raise RetryableFailure(str(fault) or type(fault).__name__) from None
        except (httpx.InvalidURL, httpx.HTTPError, UnicodeError) as fault:
            raise OutsideError(f"{self.public_url} cannot be asked: {fault}") from None

    def _read_body(
        self, response: httpx.Response, budget: RequestBudget, body_file: IO[bytes] | None
    ) -> bytes:
        if response.headers.get("content-encoding", "").lower() not in ACCEPTED_ENCODINGS:
            raise OutsideError(
                f"{self.public_url} packs its answer in a way that it was not asked for"
            )
        parts = budget.read_parts(response.iter_bytes())
        if body_file is None:
            return b"".join(parts)
        body_file.seek(0)
        body_file.truncate()
        body_file.writelines(parts)
        return b""


def _build_bearer_auth(token: str) -> httpx.Auth:
    import httpx

    class BearerAuth(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Any:
            request.headers["Authorization"] = f"Bearer {token}"
            yield request

    return BearerAuth()


def strip_credentials(url: str) -> str:
    """An address without name, password and fragment.

    >>> strip_credentials("https://me:secret@example.org/sparql#data=/x")
    'https://example.org/sparql'
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, fragment="").geturl()
