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

from kg.errors import OutsideError
from kg.server import log
from kg.server.app import build_application
from kg.server.grade_library import GradeLibrary
from kg.server.http.deadline_connection import build_connection_class
from kg.server.http.runtime import ServerRuntime
from kg.server.settings import ServerSettings
from kg.stores.sandbox import NETWORK_WARNING


def serve_base(base_path: str | None, settings: ServerSettings) -> None:
    """Serve a base until a signal ends it; the log says the address once it can be used.

    Raises:
        OutsideError: the port cannot be had.
    """
    log.install()
    with copy_snapshot(base_path) as store:
        service = ServerRuntime(settings, store, base_path)
        config = _build_config(service)
        listening = _bind_socket(config)
        address, port = listening.getsockname()[:2]
        if not replace(settings, port=port).is_local:
            _warn(f"{settings.host} can be reached by other machines; there is no log-in")
        server = _Server(config)

        def log_start() -> None:
            if "network" not in service.query_pool.active_restrictions:
                _warn(NETWORK_WARNING)
            name = f"[{address}]" if ":" in address else address
            log.write_line({"level": "info", "message": f"serving http://{name}:{port}/"})

        server.report_ready = log_start
        server.run(sockets=[listening])
    if server.stop_signal == signal.SIGINT:
        raise KeyboardInterrupt


def _warn(warning: str) -> None:
    log.write_line({"level": "warning", "message": f"warning: {warning}"})


def _build_config(service: ServerRuntime) -> uvicorn.Config:
    settings = service.server_settings
    return uvicorn.Config(
        build_application(service),
        host=settings.host,
        port=settings.port,
        http=build_connection_class(settings.head_timeout),
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=int(settings.shutdown_timeout),
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=128 * 1024,
        backlog=512,
    )


def _bind_socket(config: uvicorn.Config) -> socket.socket:
    """The socket that requests come to; OutsideError where the port cannot be had."""
    try:
        listening = config.bind_socket()
    except SystemExit:  # uvicorn's way to say that it cannot
        raise OutsideError(
            f"cannot listen on {config.host}:{config.port}: is it taken? Try --port 0"
        ) from None
    # asyncio sets this only where a socket names its protocol, which uvicorn's does not:
    # an answer in two writes would wait 40 ms for the client to acknowledge the first
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    report_ready: Callable[[], None]
    stop_signal: int = 0

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on a signal, once; uvicorn would raise it again before the snapshot is removed."""
        previous_handlers = {
            s: signal.signal(s, self.handle_exit) for s in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in previous_handlers.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the signal and begin to end."""
        self.stop_signal = sig
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, workers included, then say so."""
        await super().startup(sockets)
        if self.started:
            self.report_ready()


@contextmanager
def copy_snapshot(base_path: str | None) -> Iterator[Path]:
    """A copy of the graph of a base that nothing else can change, for as long as it is needed."""
    from kg.api.graphs import open_graph
    from kg.stores.oxigraph_disk import write_store

    graph = open_graph(base_path)
    with tempfile.TemporaryDirectory(prefix="kg-serve-") as folder:
        place = Path(folder) / "store"
        existing_path = getattr(graph, "path", None)
        if existing_path is None:
            write_store(graph.iterate_quads(), place)
        else:
            _copy_store(existing_path, place)
        GradeLibrary.read(base_path).save_grades(place.with_name("grades.json"))
        yield place


def _copy_store(store: Path, place: Path) -> None:
    """Copy a store; its data files are never changed in place, so they are linked if possible."""

    def link_or_copy(source: str, target: str) -> None:
        if source.endswith(".sst"):
            try:
                os.link(source, target)
                return
            except OSError:  # another file system
                pass
        shutil.copy2(source, target)

    shutil.copytree(
        store, place, copy_function=link_or_copy, ignore=shutil.ignore_patterns("LOCK", "LOG*")
    )
