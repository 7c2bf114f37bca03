"""Starting and ending the server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

import uvicorn

from kg.server import log
from kg.server.app import application
from kg.server.connection import connections
from kg.server.library import Library
from kg.server.service import Service
from kg.server.settings import Settings
from kg.stores.sandbox import NO_NETWORK_WALL


def serve(base: str | None, settings: Settings) -> None:
    """Serve a base until a signal ends it; the log says the address once it can be used.

    Raises:
        OutsideError: the port cannot be had.
    """
    from kg.errors import OutsideError

    log.install()
    with snapshot(base) as store:
        service = Service(settings, store, base)
        config = uvicorn.Config(
            application(service),
            host=settings.host,
            port=settings.port,
            http=connections(settings.head_seconds),
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            lifespan="on",
            timeout_graceful_shutdown=int(settings.grace),
            timeout_keep_alive=15,
            h11_max_incomplete_event_size=128 * 1024,
            backlog=512,
        )
        try:
            listening = config.bind_socket()
            # asyncio sets this only where a socket names its protocol, which uvicorn's does not:
            # an answer in two writes would wait 40 ms for the client to acknowledge the first
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except SystemExit:  # uvicorn's way to say that it cannot
            raise OutsideError(
                f"cannot listen on {settings.host}:{settings.port}: is it taken? Try --port 0"
            ) from None
        address = listening.getsockname()
        name = f"[{address[0]}]" if ":" in address[0] else address[0]
        running = replace(settings, port=address[1])
        if not running.is_local:
            warning = f"{settings.host} can be reached by other machines; there is no log-in"
            log.write_line({"level": "warning", "message": f"warning: {warning}"})
        server = _Server(config)

        def log_start() -> None:
            if "network" not in service.queries.walls:
                log.write_line({"level": "warning", "message": f"warning: {NO_NETWORK_WALL}"})
            address_shown = f"http://{name}:{running.port}/"
            log.write_line({"level": "info", "message": f"serving {address_shown}"})

        server.ready = log_start
        server.run(sockets=[listening])
    if server.stopped_by == signal.SIGINT:
        raise KeyboardInterrupt


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    ready: Callable[[], None]
    stopped_by: int = 0

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on a signal, once; uvicorn would raise it again before the snapshot is removed."""
        before = {s: signal.signal(s, self.handle_exit) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the signal and begin to end."""
        self.stopped_by = sig
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, workers included, then say so."""
        await super().startup(sockets)
        if self.started:
            self.ready()


@contextmanager
def snapshot(base: str | None) -> Iterator[Path]:
    """A copy of the graph of a base that nothing else can change, for as long as it is needed."""
    from kg import api
    from kg.stores.oxigraph import write_store

    graph = api.open_graph(base)
    with tempfile.TemporaryDirectory(prefix="kg-serve-") as folder:
        place = Path(folder) / "store"
        made = getattr(graph, "path", None)
        if made is None:
            write_store(graph.quads(), place)
        else:
            _copied(made, place)
        Library.read(base).keep(place.with_name("grades.json"))
        yield place


def _copied(store: Path, place: Path) -> None:
    """Copy a store; its data files are never changed in place, so they are linked if possible."""

    def take(source: str, target: str) -> None:
        if source.endswith(".sst"):
            try:
                os.link(source, target)
                return
            except OSError:  # another file system
                pass
        shutil.copy2(source, target)

    shutil.copytree(store, place, copy_function=take, ignore=shutil.ignore_patterns("LOCK", "LOG*"))
