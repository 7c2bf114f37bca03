"""Asks the services: the one place of kg that reaches the network, and only when told to.

The HTTP library, its cache on disk and the retries are imported here and nowhere else; they come
with `evidence-kg[fetch]`.
"""

from __future__ import annotations

import json
import logging
import random
import socket
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import hishel
import httpx
import stamina
from hishel.httpx import CacheClient

from kg import __version__
from kg.literature.manners import Manners
from kg.literature.services import SERVICES, Service
from kg.model.audit import LookUp, Question
from kg.request_budget import BudgetExceeded, RequestBudget

_UNWELL = frozenset({429, 500, 502, 503, 504})
_ENCODINGS = ("", "identity", "gzip")
_NO_RECORD = b"Resource not found"
_DAY = 86400.0
for _name in ("stamina", "hishel", "httpx"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # we say ourselves what failed


class Unanswered(Exception):
    """A question without an answer; the text says why."""


class _Unwell(Exception):
    """The service said that it cannot answer now, and perhaps for how long."""

    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__(f"answered {status}")
        self.wait = wait


class _Retry:
    """How long to wait before the next try, if there is time: the service's own wish, or ours."""

    def __init__(self, manners: Manners, budget: RequestBudget) -> None:
        self._manners, self._budget = manners, budget
        self._wait = manners.first_wait

    def __call__(self, fault: Exception) -> bool | float:
        wait = self._wait * random.uniform(1, 1.5)  # noqa: S311  so that callers do not march in step
        self._wait = min(2 * self._wait, self._manners.longest_wait)
        if isinstance(fault, _Unwell):
            if fault.wait is not None:
                wait = fault.wait
        elif not isinstance(fault, httpx.TransportError) or isinstance(
            fault, httpx.UnsupportedProtocol
        ):
            return False
        most = min(self._manners.longest_wait, self._budget.seconds_left)
        return wait if wait < most else False


class Outside:
    """Asks services one question at a time, at a modest pace.

    `contact` is an address of mail, which goes with every request so that a service can reach who
    asks. `cache` is the file that keeps answers between runs; `again` asks even what it holds.
    """

    def __init__(self, manners: Manners, contact: str, cache: Path, again: bool = False) -> None:
        self._manners, self._contact, self._again = manners, contact, again
        self._storage = hishel.SqliteStorage(
            database_path=cache,
            default_ttl=manners.fresh_days * _DAY,
            max_stream_size=manners.largest,
        )
        self._client = CacheClient(
            storage=self._storage,
            headers={
                "User-Agent": agent(contact),
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
            timeout=manners.timeout,
            follow_redirects=True,
            limits=httpx.Limits(max_keepalive_connections=0),
            max_redirects=manners.redirects,
            event_hooks={"request": [self._refuse_private], "response": [self._refuse_peer]},
        )
        self._trusted = {_origin(e.base) for e in manners.endpoints.values() if e.trusted}
        self._next: dict[str, float] = {}

    def __enter__(self) -> Outside:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, name: str, question: Question) -> LookUp:
        """The answer of a service; Unanswered where it has none that can be used."""
        service, endpoint = SERVICES[name], self._manners.endpoints[name]
        plain = endpoint.base.rstrip("/") + service.path(question, self._manners.rows)
        url = plain
        if service.contact:
            url += ("&" if "?" in plain else "?") + urlencode({service.contact: self._contact})
        if self._again:
            self._forget(url)
        body, day = self._fetched(name, url)
        if body == _NO_RECORD:
            return LookUp(name, question, day, plain)
        try:
            works = service.works(_parsed(body), question)
        except (ValueError, RecursionError) as fault:
            self._forget(url)
            raise Unanswered(f"an answer that cannot be read: {fault}") from fault
        return LookUp(name, question, day, plain, works)

    def _fetched(self, name: str, url: str) -> tuple[bytes, str]:
        """The body of an answer and the day it is of, after as many tries as are allowed."""
        budget = RequestBudget(self._manners.longest, self._manners.largest)
        try:
            with budget.spend():
                for attempt in stamina.retry_context(
                    on=_Retry(self._manners, budget),
                    attempts=self._manners.attempts,
                    timeout=None,
                ):
                    with attempt:
                        self._keep_pace(name)
                        return self._once(SERVICES[name], url, budget)
        except BudgetExceeded as fault:
            self._forget(url)  # a body that was cut may look whole
            raise Unanswered(f"an answer that took {fault}") from fault
        except _Unwell as fault:
            asked = f", and asked to wait {fault.wait:.0f} s" if fault.wait else ""
            raise Unanswered(f"it {fault}{asked}") from fault
        except httpx.TimeoutException as fault:
            raise Unanswered(f"no answer within {self._manners.timeout:g} s") from fault
        except httpx.TooManyRedirects as fault:
            raise Unanswered(f"more than {self._manners.redirects} redirects") from fault
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise Unanswered(str(fault) or type(fault).__name__) from fault
        raise AssertionError("the retries end with an answer or an exception")

    def _keep_pace(self, name: str) -> None:
        now = time.monotonic()
        wait = self._next.get(name, now) - now
        if wait > 0:
            time.sleep(wait)
        self._next[name] = max(now, now + wait) + self._manners.endpoints[name].interval

    def _once(self, service: Service, url: str, budget: RequestBudget) -> tuple[bytes, str]:
        budget.count_request()
        limit = min(self._manners.timeout, budget.seconds_left)
        try:
            with (
                budget.cut_connections() as trace,
                self._client.stream(
                    "GET",
                    url,
                    timeout=limit,
                    extensions={"caching": {"key": url}, "trace": trace},
                ) as response,
            ):
                return self._read(service, response, budget)
        except httpx.TransportError:
            budget.check_time()
            raise

    def _read(
        self, service: Service, response: httpx.Response, budget: RequestBudget
    ) -> tuple[bytes, str]:
        if response.status_code in _UNWELL:
            raise _Unwell(response.status_code, _wait(response.headers.get("Retry-After")))
        body = self._body(response, budget)
        if response.status_code in service.missing and body.startswith(_NO_RECORD):
            return _NO_RECORD, _today()
        if response.status_code != 200:
            raise Unanswered(f"it answered {response.status_code}")
        return body, _day(response)

    def _body(self, response: httpx.Response, budget: RequestBudget) -> bytes:
        """The bytes of an answer that is neither too large nor too slow."""
        if response.headers.get("Content-Encoding", "").lower() not in _ENCODINGS:
            raise Unanswered("an answer packed in a way that was not asked for")
        parts = []
        for part in response.iter_bytes():
            budget.count_bytes(len(part))
            budget.check_time()
            parts.append(part)
        budget.check_time()  # a body without a length ends where its connection is cut
        return b"".join(parts)

    def _forget(self, url: str) -> None:
        for entry in self._storage.get_entries(url):
            self._storage.remove_entry(entry.id)

    def _refuse_private(self, request: httpx.Request) -> None:
        """Hook on each request, those after a redirect too."""
        if _origin(str(request.url)) in self._trusted:
            return
        if request.url.scheme != "https":
            raise Unanswered(f"it led to {request.url.scheme}://{request.url.host}, not to HTTPS")
        for address in _addresses(request.url.host, request.url.port or 443):
            self._refuse(address, request.url.host)

    def _refuse_peer(self, response: httpx.Response) -> None:
        """Hook on each answer: the address that was reached, whatever the name led to before."""
        stream = response.extensions.get("network_stream")
        if stream is None or _proxied() or _origin(str(response.request.url)) in self._trusted:
            return
        if peer := stream.get_extra_info("server_addr"):
            self._refuse(str(peer[0]), response.request.url.host)

    def _refuse(self, address: str, host: str) -> None:
        if not _public(address):
            raise Unanswered(f"{host} leads to {address}, which is no public address")


def agent(contact: str) -> str:
    """The agent string, with the address at which who asks can be reached."""
    return f"kg/{__version__} (https://w3id.org/evidence-kg/; mailto:{contact})"


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise ValueError("it is not UTF-8") from fault


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _public(address: str) -> bool:
    """Whether an address is of the public Internet.

    >>> _public("127.0.0.1"), _public("::ffff:10.0.0.1"), _public("130.14.29.110")
    (False, False, True)
    """
    found = ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or found
    return bool(inner.is_global) and not inner.is_multicast


def _addresses(host: str, port: int) -> Iterator[str]:
    """The addresses of a host; none where a proxy or nobody resolves it, for the client to say."""
    if _proxied():
        try:
            yield str(ip_address(host))
        except ValueError:
            return
        return
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return
    yield from sorted({str(row[4][0]) for row in found})


def _proxied() -> bool:
    from urllib.request import getproxies

    return bool(getproxies().keys() & {"http", "https", "all"})


def _wait(header: str | None) -> float | None:
    """Seconds of a Retry-After, which is a number or a date; None where it says nothing."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _day(response: httpx.Response) -> str:
    """The day of an answer: today, or that of the kept one."""
    status = response.extensions.get("caching")
    if status is None or not status["from_cache"]:
        return _today()
    try:
        told: date = parsedate_to_datetime(response.headers.get("Date", "")).date()
    except ValueError:
        return _today()
    return min(told.isoformat(), _today())


__all__ = ["Outside", "Unanswered", "agent"]
