"""HTTP requests to a SPARQL service: they end in time, are tried again, and fail in one sentence.

All requests of an operation share one budget of seconds and bytes, and all that are ever made
share a larger one: see `kg.request_budget`.

httpx and stamina come with the extra `fetch`. No redirect is followed: a service answers where it
was named, or not at all.
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
from kg.request_budget import OutOfBytes, OutOfTime, RequestBudget

if TYPE_CHECKING:
    import httpx

CONNECT = 10.0
"""Seconds until a service must have taken the call."""

MOST_BYTES = 128 * 1024**2
"""Bytes of all answers to one operation; a table takes some ten times as much memory."""

TOTAL_SECONDS, TOTAL_BYTES = 1800.0, 4 * 1024**3
"""What all operations on one store may take together."""

ATTEMPTS = 4
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds before the second attempt, and before a later one where the service names none."""
ENCODINGS = ("", "identity", "gzip")
"""How an answer may be packed: one piece of gzip unpacks to some 64 MB at most."""
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


@dataclass(eq=False)
class Wire:
    """Requests to the service at `base`; a name and password in it are sent, and never shown."""

    base: str = field(repr=False)
    patience: float = 60.0
    most_bytes: int = MOST_BYTES
    attempts: int = ATTEMPTS
    total: RequestBudget = field(
        default_factory=lambda: RequestBudget(TOTAL_SECONDS, TOTAL_BYTES), repr=False
    )
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
        client = httpx.Client(
            follow_redirects=False,
            trust_env=True,
            timeout=CONNECT,
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
            seconds or self.patience, most_bytes or self.most_bytes, whole=self.total
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        budget: RequestBudget | None = None,
        into: IO[bytes] | None = None,
        **request: Any,
    ) -> Reply:
        """The reply to a request, whatever its status; a busy service is asked again.

        `budget` is that of the operation, shared by all attempts; `into` a file for the body of a
        reply with status 200; `request` holds what httpx takes: `params`, `data`, `content`,
        `headers`.

        Raises:
            TimeoutError: no reply in time.
            OutsideError: no reply at all, or one that asks for a password or points elsewhere.
            LimitError: the replies are too large.
        """
        client = self._client
        import stamina

        logging.getLogger("stamina").addHandler(logging.NullHandler())
        budget = budget or self.new_budget()
        try:
            with budget.spend():
                for attempt in stamina.retry_context(
                    on=_Retry(budget), attempts=self.attempts, timeout=None
                ):
                    with attempt:
                        return self._once(client, method, url, budget, into, request)
        except OutOfTime as fault:
            raise TimeoutError(f"{self.shown} did not answer within its time: {fault}") from None
        except OutOfBytes as fault:
            raise LimitError(f"{self.shown} sends {fault}: add LIMIT") from None
        except _Again as fault:
            raise OutsideError(f"{self.shown} cannot be reached: {fault}") from None
        raise AssertionError("unreachable")

    def _once(
        self,
        client: httpx.Client,
        method: str,
        url: str,
        budget: RequestBudget,
        into: IO[bytes] | None,
        request: Mapping[str, Any],
    ) -> Reply:
        reply = self._read(client, method, url, budget, into, request)
        if reply.status == 401:
            self._auth = self._credentials(reply)
            reply = self._read(client, method, url, budget, into, request)
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
            seconds = float(wait[:9]) if wait.isdecimal() and wait.isascii() else None
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
        budget: RequestBudget,
        into: IO[bytes] | None,
        request: Mapping[str, Any],
    ) -> Reply:
        import httpx

        budget.count_request()
        left = budget.seconds_left
        limits = httpx.Timeout(left, connect=min(CONNECT, left))
        target = url if "@" not in urlsplit(url).netloc else without_password(url)
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
                body = self._body(response, budget, into if response.status_code == 200 else None)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Reply(response.status_code, headers, body)
        except httpx.TransportError as fault:
            budget.check_time()
            if isinstance(fault, httpx.ConnectTimeout):
                raise _Again("nobody answers at this address") from None
            raise _Again(str(fault) or type(fault).__name__) from None
        except (httpx.InvalidURL, httpx.HTTPError, UnicodeError) as fault:
            raise OutsideError(f"{self.shown} cannot be asked: {fault}") from None

    def _body(
        self, response: httpx.Response, budget: RequestBudget, into: IO[bytes] | None
    ) -> bytes:
        if response.headers.get("content-encoding", "").lower() not in ENCODINGS:
            raise OutsideError(f"{self.shown} packs its answer in a way that it was not asked for")
        parts = []
        if into:
            into.seek(0)
            into.truncate()
        for chunk in response.iter_bytes():
            budget.count_bytes(len(chunk))
            budget.check_time()
            into.write(chunk) if into else parts.append(chunk)
        budget.check_time()  # a body without a length ends where its connection is cut
        return b"".join(parts)


class _Retry:
    """How long to wait before the next attempt: what the service asks for, if there is time."""

    def __init__(self, budget: RequestBudget) -> None:
        self.budget = budget
        self.wait = FIRST_WAIT

    def __call__(self, fault: Exception) -> bool | float:
        if not isinstance(fault, _Again):
            return False
        wait = self.wait if fault.wait is None else fault.wait
        self.wait = min(2 * self.wait, LONGEST_WAIT)
        if wait < self.budget.seconds_left:
            return wait
        if fault.wait is not None:
            fault.args = (f"{fault}, and asks to wait {wait:g} s, longer than there is time for",)
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
