"""Limits of the server, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server listens, and how much it lets a client use.

    Timeouts are in seconds: of a job from the moment a worker has it, of its wait for a worker
    (`queue_timeout`), of a job whose last client has left (`abandoned_timeout`), of the head and
    the body of a request, and of running requests once the server is told to end.
    `allowed_hosts` are the names by which the server may be called, `allowed_origins` those whose
    pages may read it. `max_memory_bytes` and `max_rows` are for each job, `max_cache_bytes` for all
    answers that are kept.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    worker_count: int = 2
    job_timeout: float = 10.0
    queue_timeout: float = 10.0
    abandoned_timeout: float = 2.0
    head_timeout: float = 10.0
    body_timeout: float = 10.0
    shutdown_timeout: float = 5.0
    max_queued_jobs: int = 256
    max_jobs_per_client: int = 64
    max_body_bytes: int = 2 * 1024**2
    max_memory_bytes: int = 2 * 1024**3
    max_rows: int = 100_000
    max_answer_bytes: int = 32 * 1024**2
    max_cache_bytes: int = 64 * 1024**2

    @property
    def page_timeout(self) -> float:
        """Seconds for a page: the base bounds its work, and a killed worker is dear to replace."""
        return 3 * self.job_timeout

    @property
    def host_names(self) -> frozenset[str]:
        """Host names that a request may carry; an address that is open to all has none of its own.

        >>> sorted(ServerSettings(allowed_hosts=("kg.example",)).host_names)
        ['127.0.0.1', '[::1]', 'kg.example', 'localhost']
        """
        own_name = self.host if ":" not in self.host else f"[{self.host}]"
        all_names = {
            "localhost",
            "127.0.0.1",
            "[::1]",
            own_name.lower(),
            *map(str.lower, self.allowed_hosts),
        }
        return frozenset(all_names - {"0.0.0.0", "[::]"})  # noqa: S104  they are taken out

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")
