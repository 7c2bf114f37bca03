"""The sandbox of a process that runs what a stranger wrote: memory, core files, network, parent.

Each restriction is asked of the kernel once, at the start, before there is a second thread. What
the kernel does not have is left out; `apply_restrictions` says which are in force.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

MAX_MEMORY_BYTES = 3 * 1024**3
"""Address space of a process that answers queries: what outgrows it ends, and nothing else."""

STACK_BYTES = 256 * 1024**2
"""Bytes of stack: the parser of the store recurses once for each bracket."""

NETWORK_WARNING = (
    "queries are not isolated from the network here, since the system allows no user namespaces; "
    "SERVICE is refused all the same"
)
"""What to tell a person where the restriction `network` is not in force."""

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_DEATH_SIGNAL, _SIGKILL = 1, 9


def apply_restrictions(memory: int = MAX_MEMORY_BYTES) -> tuple[str, ...]:
    """The restrictions now in force: some of `memory`, `network` and `parent`.

    Args:
        memory: bytes of address space.
    """
    restrictions_by_name = {
        "memory": lambda: _limit_memory(memory),
        "network": _cut_network,
        "parent": _die_with_parent,
    }
    return tuple(name for name, build in restrictions_by_name.items() if build())


def run_with_large_stack(work: Callable[[], T]) -> T:
    """What the work gives or raises, in a thread with a stack of `STACK_BYTES`."""
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as fault:  # noqa: BLE001  it is raised where it is waited for
            _clear_frames(fault)
            done.set_exception(fault)

    before = threading.stack_size(STACK_BYTES)
    try:
        threading.Thread(target=run, daemon=True).start()
    finally:
        threading.stack_size(before)
    return done.result()


def _clear_frames(fault: BaseException | None) -> None:
    """Empty the frames that a fault holds: what Oxigraph gave may not end in another thread."""
    while fault is not None:
        traceback.clear_frames(fault.__traceback__)
        fault = fault.__cause__ or fault.__context__


def _limit_memory(memory: int) -> bool:
    """Bound the memory of this process and leave no core file."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return False
    for resource_kind, max_value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(resource_kind)
        if hard == resource.RLIM_INFINITY or max_value < hard:
            resource.setrlimit(resource_kind, (max_value, hard))
    return True


def _cut_network() -> bool:
    """Move this process to a network namespace of its own, which has not even a loopback."""
    if not sys.platform.startswith("linux"):
        return False
    # Oxigraph opens sockets from Rust: audit hooks of Python never see them.
    return bool(ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER | _NEW_NETWORK) == 0)


def _die_with_parent() -> bool:
    """Ask to be killed when the parent ends, however it ends."""
    if not sys.platform.startswith("linux"):
        return False
    parent = os.getppid()
    done = ctypes.CDLL(None, use_errno=True).prctl(_DEATH_SIGNAL, _SIGKILL) == 0
    if done and os.getppid() != parent:  # it ended in between
        os._exit(1)
    return bool(done)


if __name__ == "__main__":  # kg doctor asks what this machine can do
    sys.stdout.write(" ".join(apply_restrictions()))
