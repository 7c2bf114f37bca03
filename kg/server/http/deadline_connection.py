"""A connection that may not stay open for a request that never comes (slow loris).

uvicorn ends a connection that is idle between requests, and h11 caps the size of a head; neither
limits how slowly one comes. A deadline runs whenever no request is being answered.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

TIMEOUT_RESPONSE = (
    b"HTTP/1.1 408 Request Timeout\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 31\r\nconnection: close\r\n\r\n"
    b"the request did not come whole\n"
)


class DeadlineConnection(H11Protocol):
    """HTTP/1.1 on one connection, whose request line and headers must come within `seconds`."""

    seconds: ClassVar[float] = 10.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._start_deadline()

    def data_received(self, data: bytes) -> None:
        """Take what came; the deadline stays until a whole head is there."""
        super().data_received(data)
        cycle: Any = self.cycle  # None until the first request, whatever its type says
        if cycle is None or cycle.response_complete:
            self._start_deadline()
        else:
            self._cancel_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end of the connection."""
        self._cancel_deadline()
        super().connection_lost(exc)

    def _start_deadline(self) -> None:
        if self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(self.seconds, self._close_late)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close_late(self) -> None:
        if self.cycle is None:  # after an answer the client could take this for the next one
            self.transport.write(TIMEOUT_RESPONSE)
        self.transport.close()


def build_connection_class(seconds: float) -> type[DeadlineConnection]:
    """The connections of a server that waits so many seconds for a head."""
    return type("Connection", (DeadlineConnection,), {"seconds": seconds})
