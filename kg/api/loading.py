"""Loads files into a store on disk, in a child process that Ctrl-C or the end of its parent ends.

`python -m kg.api.loading` is the child: it reads one line of JSON, loads, and answers with one.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from kg import errors
from kg.errors import DataError, KgError, LimitError, OutsideError, UsageError
from kg.formats.streams import measured, unpacked_suffix
from kg.model import Diagnostic
from kg.model.record import dataclass
from kg.processes import child_environment, module_command

if TYPE_CHECKING:
    from pyoxigraph import Quad

KGX_SUFFIXES = (".tsv", ".csv", ".jsonl", ".ndjson")
STATEMENT_SUFFIXES = (".nt", ".nq", ".ttl", ".trig")
FAULTS_TOLD = 20
_TICK = 0.2


@dataclass(frozen=True, slots=True)
class FileCount:
    """What became of one file: `lines` is `taken` + `empty` + `faulty`."""

    path: str
    lines: int
    taken: int
    empty: int
    faulty: int


@dataclass(frozen=True, slots=True)
class Loading:
    """What a load did; `quads` is what the store holds now, `added` what is new in it."""

    store: str
    files: tuple[FileCount, ...]
    quads: int
    added: int
    seconds: float


def load_files(files: Sequence[str | Path], store: str | Path, strict: bool = False) -> Loading:
    """What was added to the store at a path: all of the files, or nothing.

    KGX (TSV, JSON Lines), N-Triples, N-Quads, Turtle and TriG, packed or not. Faulty lines are told
    on stderr and left out, or end the load with `strict`; so does progress, on a terminal.

    Raises:
        UsageError: a file of an unknown format, or a path that is no store.
        DataError: a file that cannot be read, or a faulty line with `strict`.
        OutsideError: another process writes the store, or the disk is full.
    """
    for file in files:
        suffix = unpacked_suffix(file)
        if suffix not in (*KGX_SUFFIXES, *STATEMENT_SUFFIXES):
            known = ", ".join((*KGX_SUFFIXES, *STATEMENT_SUFFIXES))
            raise UsageError(f"{file}: the suffix {suffix!r} is none of {known}")
    request = {"files": [str(file) for file in files], "store": str(store), "strict": strict}
    child = subprocess.Popen(  # noqa: S603  this Python, a module of kg
        module_command("kg.api.loading"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=child_environment(),
    )
    try:
        if child.stdin is None or child.stdout is None:
            raise OutsideError("the loading process has no pipes")
        child.stdin.write(json.dumps(request) + "\n")
        child.stdin.flush()
        answer = child.stdout.read()
        status = child.wait()
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
    return _answered(answer, status)


def _answered(answer: str, status: int) -> Loading:
    if status < 0 or not answer:
        word = signal.Signals(-status).name if status < 0 else f"status {status}"
        raise LimitError(
            f"the loading process ended with {word} before it was done; the store is as it was. "
            "A file may nest too deep, or need more memory than there is."
        )
    found = json.loads(answer)
    if "error" in found:
        raise getattr(errors, found["error"])(found["message"])
    found["files"] = tuple(FileCount(**file) for file in found["files"])
    return Loading(**found)


# The child


def main() -> None:
    """Load what the first line of stdin asks for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent has it, and ends this process
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        answer = _load(**request)
    except KgError as fault:
        answer = {"error": type(fault).__name__, "message": str(fault)}
    except MemoryError:
        answer = {"error": "LimitError", "message": "out of memory; the store is as it was"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # the watching thread waits for a line that does not come


def _end_with_parent() -> None:
    sys.stdin.read()  # returns when the parent is gone
    os._exit(1)


def _load(files: list[str], store: str, strict: bool) -> dict[str, Any]:
    from kg.stores.oxigraph import add
    from kg.stores.snapshots import current, is_store, writing

    began = time.monotonic()
    root = Path(store)
    with writing(root) as writer:
        before = current(root).name if is_store(root) else ""
        writer.branch()
        held = _count(writer.work)
        reading = _Reading(strict)
        add(reading.quads(files), writer)
        quads = _count(writer.work)
        name = hashlib.sha256(f"{before}\0{reading.digest.hexdigest()}".encode()).hexdigest()[:32]
        if quads > held:
            writer.publish(name)
    return {
        "store": store,
        "files": [*map(_fields, reading.counts)],
        "quads": quads,
        "added": quads - held,
        "seconds": round(time.monotonic() - began, 3),
    }


def _fields(count: FileCount) -> dict[str, Any]:
    return {name: getattr(count, name) for name in FileCount.__annotations__}


def _count(path: Path) -> int:
    from pyoxigraph import Store

    if not path.exists():
        return 0
    store = Store(str(path))
    found = len(store)
    del store
    return found


class _Reading:
    """All files of a load, one after the other, with their faults, counts and digest."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.counts: list[FileCount] = []
        self.digest = hashlib.sha256()
        self.told = 0
        self._shows = sys.stderr.isatty()

    def quads(self, files: Iterable[str]) -> Iterator[Quad]:
        """Quads of all files."""
        from kg.rdf.encode import words

        yield from words()
        for file in files:
            with measured(file) as (data, share):
                yield from self._file(Path(file), _Noted(data, self.digest), share)

    def _file(self, path: Path, data: Any, share: Callable[[], float]) -> Iterator[Quad]:
        reader, found = _reader(path, data)
        begin = last = time.monotonic()
        for number, item in enumerate(found):
            if isinstance(item, Diagnostic):
                self._fault(item)
            else:
                yield item
            if self._shows and not number % 1024 and (now := time.monotonic()) - last > _TICK:
                last = now
                self._progress(path, reader.lines, now - begin, share())
        if self._shows:
            sys.stderr.write("\r\x1b[K")
        self.counts.append(
            FileCount(str(path), reader.lines, reader.taken, reader.empty, reader.faulty)
        )

    def _fault(self, fault: Diagnostic) -> None:
        from kg.render.escape import terminal

        if self.strict:
            raise DataError(f"{fault}; nothing was loaded, as --strict asks")
        self.told += 1
        if self.told <= FAULTS_TOLD:
            sys.stderr.write(f"{terminal(str(fault))}\n")
        elif self.told == FAULTS_TOLD + 1:
            sys.stderr.write("further faults are only counted\n")

    def _progress(self, path: Path, lines: int, spent: float, share: float) -> None:
        left = spent / share - spent if share > 0.01 else 0
        rate = lines / spent if spent else 0
        sys.stderr.write(
            f"\r\x1b[K{path.name}: {lines:,} lines, {rate:,.0f} a second, {share:.0%}"
            + (f", {left:,.0f} s left" if left else "")
        )
        sys.stderr.flush()


class _Noted:
    """A file whose bytes are noted in a digest as they are read."""

    def __init__(self, file: BinaryIO, digest: Any) -> None:
        self._file, self._digest = file, digest
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._file.read(size)
        self._digest.update(data)
        return data

    read1 = read

    def readable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """No."""
        return False

    def seekable(self) -> bool:
        """No."""
        return False

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The file is closed by whoever opened it."""
        self.closed = True


def _reader(path: Path, data: Any) -> tuple[Any, Iterator[Quad | Diagnostic]]:
    from kg.formats.kgx import KgxReader
    from kg.formats.statements import StatementReader

    suffix = unpacked_suffix(path)
    if suffix in STATEMENT_SUFFIXES:
        statements = StatementReader(path, suffix)
        return statements, statements.quads(data)
    rows = KgxReader(path)
    return rows, _encoded(rows.things(data))


def _encoded(things: Iterable[Any]) -> Iterator[Quad | Diagnostic]:
    from kg.rdf.encode import encode_things

    for thing in things:
        if isinstance(thing, Diagnostic):
            yield thing
        else:
            yield from encode_things((thing,))


if __name__ == "__main__":
    main()
