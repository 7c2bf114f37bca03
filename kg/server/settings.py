"""Limits of the server, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server listens, and how much it lets a client use.

    `timeout` is in seconds for each job, from the moment a worker has it; `patience` the seconds
    that a job may wait for a worker, `linger` those that the job of a page may go on after its last
    client has left. `head_seconds` and `body_seconds` are for a request to come. `body` and
    `memory` are bytes. `hosts` are the names by which the server may be called, `cors` the origins
    that may read it from a page of their own.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = ()
    cors: tuple[str, ...] = ()
    workers: int = 2
    timeout: float = 10.0
    patience: float = 10.0
    queue: int = 256
    per_client: int = 64
    body: int = 2 * 1024**2
    head_seconds: float = 10.0
    body_seconds: float = 10.0
    memory: int = 2 * 1024**3
    rows: int = 100_000
    answer: int = 32 * 1024**2
    cache: int = 64 * 1024**2
    linger: float = 2.0
    grace: float = 5.0

    @property
    def page_timeout(self) -> float:
        """Seconds for a page: the base bounds its work, and a killed worker is dear to replace."""
        return 3 * self.timeout

    @property
    def host_names(self) -> frozenset[str]:
        """Host names that a request may carry; an address that is open to all has none of its own.

        >>> sorted(ServerSettings(hosts=("kg.example",)).host_names)
        ['127.0.0.1', '[::1]', 'kg.example', 'localhost']
        """
        own_name = self.host if ":" not in self.host else f"[{self.host}]"
        all_names = {
            "localhost",
            "127.0.0.1",
            "[::1]",
            own_name.lower(),
            *map(str.lower, self.hosts),
        }
        return frozenset(all_names - {"0.0.0.0", "[::]"})  # noqa: S104  they are taken out

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")
