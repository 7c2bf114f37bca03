"""Asks the services: the one place of kg that reaches the network, and only when told to.

The HTTP library, its cache on disk and the retries are imported here and nowhere else.
"""

from __future__ import annotations

import json
import logging
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

from kg._version import __version__
from kg.literature.service_settings import LookUpSettings
from kg.literature.services import LITERATURE_SERVICES, LiteratureService
from kg.model.audit import LookUp, LookUpQuery
from kg.request_budget import (
    ACCEPTED_ENCODINGS,
    BUSY_STATUSES,
    BudgetExceeded,
    RequestBudget,
    RetryableFailure,
    RetryDelay,
)

_RETRY_STATUSES = BUSY_STATUSES | {500}
_NO_RECORD_BODY = b"Resource not found"
_DAY_SECONDS = 86400.0
for _logger_name in ("stamina", "hishel", "httpx"):
    logging.getLogger(_logger_name).addHandler(
        logging.NullHandler()
    )  # we say ourselves what failed


class UnansweredError(Exception):
    """A question without an answer; the text says why."""


class LiteratureClient:
    """Asks services one question at a time, at a modest pace.

    `contact` is an address of mail, which goes with every request so that a service can reach who
    asks. `cache` is the file that keeps answers between runs; `again` asks even what it holds.
    """

    def __init__(
        self, settings: LookUpSettings, contact: str, cache: Path, again: bool = False
    ) -> None:
        self._settings, self._contact_address, self._refresh_all = settings, contact, again
        self._storage = hishel.SqliteStorage(
            database_path=cache,
            default_ttl=settings.fresh_days * _DAY_SECONDS,
            max_stream_size=settings.largest,
        )
        self._client = CacheClient(
            storage=self._storage,
            headers={
                "User-Agent": build_user_agent(contact),
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
            timeout=settings.timeout,
            follow_redirects=True,
            limits=httpx.Limits(max_keepalive_connections=0),
            max_redirects=settings.redirects,
            event_hooks={"request": [self._refuse_private], "response": [self._refuse_peer]},
        )
        self._trusted_origins = {
            _split_origin(e.base) for e in settings.endpoints.values() if e.trusted
        }
        self._next_request_times: dict[str, float] = {}

    def __enter__(self) -> LiteratureClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch_look_up(self, name: str, question: LookUpQuery) -> LookUp:
        """The answer of a service; Unanswered where it has none that can be used."""
        service, endpoint = LITERATURE_SERVICES[name], self._settings.endpoints[name]
        public_url = endpoint.base.rstrip("/") + service.build_path(question, self._settings.rows)
        url = public_url
        if service.contact_parameter:
            url += ("&" if "?" in public_url else "?") + urlencode(
                {service.contact_parameter: self._contact_address}
            )
        if self._refresh_all:
            self._remove_cached(url)
        body, day = self._fetch_with_retries(name, url)
        if body == _NO_RECORD_BODY:
            return LookUp(name, question, day, public_url)
        try:
            works = service.parse_works(_parse_json(body), question)
        except (ValueError, RecursionError) as fault:
            self._remove_cached(url)
            raise UnansweredError(f"an answer that cannot be read: {fault}") from fault
        return LookUp(name, question, day, public_url, works)

    def _fetch_with_retries(self, name: str, url: str) -> tuple[bytes, str]:
        """The body of an answer and the day it is of, after as many tries as are allowed."""
        settings = self._settings
        budget = RequestBudget(settings.longest, settings.largest)
        longest_wait = settings.longest_wait
        delay = RetryDelay(budget, settings.first_wait, longest_wait, longest_wait)
        try:
            with budget.spend():
                for attempt in stamina.retry_context(
                    on=delay, attempts=settings.attempts, timeout=None
                ):
                    with attempt:
                        self._keep_pace(name)
                        return self._fetch_once(LITERATURE_SERVICES[name], url, budget)
        except BudgetExceeded as fault:
            self._remove_cached(url)  # a body that was cut may look whole
            raise UnansweredError(f"an answer that took {fault}") from fault
        except RetryableFailure as fault:
            wait = fault.wait_seconds
            wait_note = f", and asked to wait {wait:.0f} s" if wait else ""
            raise UnansweredError(f"{fault}{wait_note}") from fault
        except httpx.TooManyRedirects as fault:
            raise UnansweredError(f"more than {self._settings.redirects} redirects") from fault
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise UnansweredError(str(fault) or type(fault).__name__) from fault
        raise AssertionError("the retries end with an answer or an exception")

    def _keep_pace(self, name: str) -> None:
        current_time = time.monotonic()
        wait = self._next_request_times.get(name, current_time) - current_time
        if wait > 0:
            time.sleep(wait)
        self._next_request_times[name] = (
            max(current_time, current_time + wait) + self._settings.endpoints[name].interval
        )

    def _fetch_once(
        self, service: LiteratureService, url: str, budget: RequestBudget
    ) -> tuple[bytes, str]:
        budget.count_request()
        limit = min(self._settings.timeout, budget.seconds_left)
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
        except httpx.UnsupportedProtocol:
            raise
        except httpx.TransportError as fault:
            budget.check_time()
            reason = str(fault) or type(fault).__name__
            if isinstance(fault, httpx.TimeoutException):
                reason = f"no answer within {self._settings.timeout:g} s"
            raise RetryableFailure(reason) from fault

    def _read(
        self, service: LiteratureService, response: httpx.Response, budget: RequestBudget
    ) -> tuple[bytes, str]:
        if response.status_code in _RETRY_STATUSES:
            wait = _parse_retry_after(response.headers.get("Retry-After"))
            raise RetryableFailure(f"it answered {response.status_code}", wait)
        body = self._read_body(response, budget)
        if response.status_code in service.missing_statuses and body.startswith(_NO_RECORD_BODY):
            return _NO_RECORD_BODY, _format_today()
        if response.status_code != 200:
            raise UnansweredError(f"it answered {response.status_code}")
        return body, _find_answer_date(response)

    def _read_body(self, response: httpx.Response, budget: RequestBudget) -> bytes:
        """The bytes of an answer that is neither too large nor too slow."""
        if response.headers.get("Content-Encoding", "").lower() not in ACCEPTED_ENCODINGS:
            raise UnansweredError("an answer packed in a way that was not asked for")
        return b"".join(budget.read_parts(response.iter_bytes()))

    def _remove_cached(self, url: str) -> None:
        for entry in self._storage.get_entries(url):
            self._storage.remove_entry(entry.id)

    def _refuse_private(self, request: httpx.Request) -> None:
        """Hook on each request, those after a redirect too."""
        if _split_origin(str(request.url)) in self._trusted_origins:
            return
        if request.url.scheme != "https":
            raise UnansweredError(
                f"it led to {request.url.scheme}://{request.url.host}, not to HTTPS"
            )
        for address in _resolve_addresses(request.url.host, request.url.port or 443):
            self._refuse_address(address, request.url.host)

    def _refuse_peer(self, response: httpx.Response) -> None:
        """Hook on each answer: the address that was reached, whatever the name led to before."""
        stream = response.extensions.get("network_stream")
        if (
            stream is None
            or _has_proxy()
            or _split_origin(str(response.request.url)) in self._trusted_origins
        ):
            return
        if peer := stream.get_extra_info("server_addr"):
            self._refuse_address(str(peer[0]), response.request.url.host)

    def _refuse_address(self, address: str, host: str) -> None:
        if not _is_public_address(address):
            raise UnansweredError(f"{host} leads to {address}, which is no public address")


def build_user_agent(contact: str) -> str:
    """The agent string, with the address at which who asks can be reached."""
    return f"kg/{__version__} (https://w3id.org/evidence-kg/; mailto:{contact})"


def _parse_json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise ValueError("it is not UTF-8") from fault


def _split_origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _is_public_address(address: str) -> bool:
    """Whether an address is of the public Internet.

    >>> _is_public_address("127.0.0.1"), _is_public_address("::ffff:10.0.0.1")
    (False, False)
    >>> _is_public_address("130.14.29.110")
    True
    """
    parsed_address = ip_address(address.partition("%")[0])
    inner = getattr(parsed_address, "ipv4_mapped", None) or parsed_address
    return bool(inner.is_global) and not inner.is_multicast


def _resolve_addresses(host: str, port: int) -> Iterator[str]:
    """The addresses of a host; none where a proxy or nobody resolves it, for the client to say."""
    if _has_proxy():
        try:
            yield str(ip_address(host))
        except ValueError:
            return
        return
    try:
        address_infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return
    yield from sorted({str(row[4][0]) for row in address_infos})


def _has_proxy() -> bool:
    from urllib.request import getproxies

    return bool(getproxies().keys() & {"http", "https", "all"})


def _parse_retry_after(header: str | None) -> float | None:
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


def _format_today() -> str:
    return datetime.now(UTC).date().isoformat()


def _find_answer_date(response: httpx.Response) -> str:
    """The day of an answer: today, or that of the kept one."""
    status = response.extensions.get("caching")
    if status is None or not status["from_cache"]:
        return _format_today()
    try:
        header_date: date = parsedate_to_datetime(response.headers.get("Date", "")).date()
    except ValueError:
        return _format_today()
    return min(header_date.isoformat(), _format_today())


__all__ = ["LiteratureClient", "UnansweredError", "build_user_agent"]
