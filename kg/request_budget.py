"""What the requests of one operation may take together: seconds and bytes, whoever answers.

A time-out of a client holds for one read, so that a service which sends a byte a second is never
over it. Here the connection itself is cut when the time is over, in whatever state it is: while a
head, a body or a handshake comes in. It works with httpx, which reports each connection to the
extension `trace` of a request (https://www.python-httpx.org/advanced/extensions/#trace); a client
must not keep connections, because it reports only new ones.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Trace = Callable[[str, Mapping[str, Any]], None]

BUSY_STATUSES = frozenset({429, 502, 503, 504})
"""HTTP statuses that may be gone at the next attempt."""

ACCEPTED_ENCODINGS = ("", "identity", "gzip")
"""How an answer may be packed: one piece of gzip unpacks to some 64 MB at most."""


class BudgetExceeded(Exception):
    """The text says what is used up: so many seconds or bytes, in so many requests."""

    def __init__(self, budget: RequestBudget, limit: str) -> None:
        requests = "1 request" if budget.requests == 1 else f"{budget.requests:,} requests"
        super().__init__(f"{limit} ({requests})")


class OutOfTime(BudgetExceeded):
    """The seconds are used up."""


class OutOfBytes(BudgetExceeded):
    """The bytes are used up."""


class RequestBudget:
    """Seconds and bytes for requests that belong together, and what is left of them.

    Only the time in `spend` counts, with the waits between tries. A budget may be a part of a
    larger one, `whole`, which it also draws on.

    >>> budget = RequestBudget(10, 1000)
    >>> budget.count_bytes(600)
    >>> budget.count_bytes(600)
    Traceback (most recent call last):
    kg.request_budget.OutOfBytes: more than 1,000 bytes (0 requests)
    """

    def __init__(self, seconds: float, most_bytes: int, whole: RequestBudget | None = None) -> None:
        self.seconds, self.most_bytes, self.whole = seconds, most_bytes, whole
        self.requests = 0
        self._bytes = 0
        self._spent = 0.0
        self._since: float | None = None

    @property
    def seconds_left(self) -> float:
        """Seconds until the first of this and the larger budgets is used up."""
        running = 0.0 if self._since is None else time.monotonic() - self._since
        own = self.seconds - self._spent - running
        return own if self.whole is None else min(own, self.whole.seconds_left)

    def count_request(self) -> None:
        """Begin one more request.

        Raises:
            OutOfTime: there is no time for it.
        """
        self.check_time()
        self.requests += 1
        if self.whole is not None:
            self.whole.count_request()

    def count_bytes(self, number: int) -> None:
        """Take so many bytes.

        Raises:
            OutOfBytes: there are not so many left.
        """
        self._bytes += number
        if self._bytes > self.most_bytes:
            raise OutOfBytes(self, f"more than {self.most_bytes:,} bytes")
        if self.whole is not None:
            self.whole.count_bytes(number)

    def read_parts(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The parts of a body as they come, each counted.

        Raises:
            OutOfBytes, OutOfTime: the body is too large or too slow.
        """
        for part in parts:
            self.count_bytes(len(part))
            self.check_time()
            yield part
        self.check_time()  # a body without a length ends where its connection is cut

    def check_time(self) -> None:
        """Nothing while there is time.

        Raises:
            OutOfTime: there is none.
        """
        if self.seconds_left > 0:
            return
        used_up: RequestBudget = self
        while used_up.whole is not None and used_up.whole.seconds_left <= 0:
            used_up = used_up.whole
        raise OutOfTime(used_up, f"more than {used_up.seconds:g} s")

    @contextmanager
    def spend(self) -> Iterator[None]:
        """Count the time of a block, once where blocks are nested."""
        if self._since is not None:
            yield
            return
        self._since = time.monotonic()
        try:
            with self.whole.spend() if self.whole is not None else contextlib.nullcontext():
                yield
        finally:
            self._spent += time.monotonic() - self._since
            self._since = None

    @contextmanager
    def cut_connections(self) -> Iterator[Trace]:
        """What a request is given as its extension `trace`: its connections end with the time."""
        twins: list[socket.socket] = []
        lock, ended = threading.Lock(), threading.Event()

        def note(event: str, info: Mapping[str, Any]) -> None:
            if not event.endswith("connect_tcp.complete"):
                return
            connection = info["return_value"].get_extra_info("socket")
            if isinstance(connection, socket.socket):
                with lock:
                    # A TLS handshake takes the descriptor away from its owner; a twin stays.
                    twins.append(connection.dup())
                if ended.is_set():
                    cut()

        def cut() -> None:
            ended.set()
            with lock:
                for twin in twins:
                    with contextlib.suppress(OSError):
                        twin.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(0.0, self.seconds_left), cut)
        timer.daemon = True
        timer.start()
        try:
            yield note
        finally:
            timer.cancel()
            with lock:
                for twin in twins:
                    twin.close()
                twins.clear()


class RetryableFailure(Exception):
    """A failure that may pass; `wait_seconds` is how long the service asks to wait, if it does."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(reason)


class RetryDelay:
    """Seconds to wait after a failure, False where there is no time: stamina's `on`.

    Args:
        budget: what all attempts share.
        first_wait: seconds before the second attempt; each later wait is twice as long.
        longest_wait: the most seconds of a wait of our own.
        longest_request: the most seconds that a service may ask for.
    """

    def __init__(
        self,
        budget: RequestBudget,
        first_wait: float,
        longest_wait: float,
        longest_request: float = float("inf"),
    ) -> None:
        self._budget, self._wait = budget, first_wait
        self._longest_wait, self._longest_request = longest_wait, longest_request

    def __call__(self, fault: Exception) -> bool | float:
        if not isinstance(fault, RetryableFailure):
            return False
        wait = self._wait * random.uniform(1, 1.5)  # noqa: S311  so that callers do not march in step
        self._wait = min(2 * self._wait, self._longest_wait)
        if fault.wait_seconds is not None:
            wait = fault.wait_seconds
        return wait if wait < min(self._longest_request, self._budget.seconds_left) else False


__all__ = [
    "ACCEPTED_ENCODINGS",
    "BUSY_STATUSES",
    "BudgetExceeded",
    "OutOfBytes",
    "OutOfTime",
    "RequestBudget",
    "RetryDelay",
    "RetryableFailure",
    "Trace",
]
