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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from kg import errors
from kg.errors import DataError, KgError, LimitError, OutsideError, UsageError
from kg.formats.streams import FileCount, find_unpacked_suffix, open_with_progress
from kg.model import Diagnostic
from kg.processes import child_environment, module_command

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from kg.formats.kgx.row_index import RowIndex

KGX_SUFFIXES = (".tsv", ".csv", ".jsonl", ".ndjson")
STATEMENT_SUFFIXES = (".nt", ".nq", ".ttl", ".trig")
MAX_FAULTS_REPORTED = 20
_PROGRESS_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did; `quads` is what the store holds now, `added` what is new in it."""

    store: str
    files: tuple[FileCount, ...]
    quads: int
    added: int
    seconds: float


def load_files(files: Sequence[str | Path], store: str | Path, strict: bool = False) -> LoadResult:
    """What was added to the store at a path: all of the files, or nothing.

    Args:
        files: KGX (TSV, JSON Lines), N-Triples, N-Quads, Turtle or TriG, packed or not.
        store: Directory of the store; it is made where it is missing.
        strict: Whether a faulty line ends the load; else it is reported and left out.

    Raises:
        UsageError: a file of an unknown format, or a path that is no store.
        DataError: a file that cannot be read, or a faulty line with `strict`.
        OutsideError: another process writes the store, or the disk is full.
    """
    for file in files:
        suffix = find_unpacked_suffix(file)
        if suffix not in (*KGX_SUFFIXES, *STATEMENT_SUFFIXES):
            known_suffixes = ", ".join((*KGX_SUFFIXES, *STATEMENT_SUFFIXES))
            raise UsageError(f"{file}: the suffix {suffix!r} is none of {known_suffixes}")
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
    return _read_load_result(answer, status)


def _read_load_result(answer: str, status: int) -> LoadResult:
    if status < 0 or not answer:
        word = signal.Signals(-status).name if status < 0 else f"status {status}"
        raise LimitError(
            f"the loading process ended with {word} before it was done; the store is as it was. "
            "A file may nest too deep, or need more memory than there is."
        )
    result_fields = json.loads(answer)
    if "error" in result_fields:
        raise getattr(errors, result_fields["error"])(result_fields["message"])
    result_fields["files"] = tuple(FileCount(**file) for file in result_fields["files"])
    return LoadResult(**result_fields)


# The child


def main() -> None:
    """Load what the first line of stdin asks for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent has it, and ends this process
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    try:
        answer = _load_in_child(**request)
    except KgError as fault:
        answer = {"error": type(fault).__name__, "message": str(fault)}
    except MemoryError:
        answer = {"error": "LimitError", "message": "out of memory; the store is as it was"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # the watching thread waits for a line that does not come


def _exit_with_parent() -> None:
    sys.stdin.read()  # returns when the parent is gone
    os._exit(1)


def _load_in_child(files: list[str], store: str, strict: bool) -> dict[str, Any]:
    from kg.stores.oxigraph_disk import add_quads
    from kg.stores.snapshots import is_store, lock_for_writing, resolve_current

    began = time.monotonic()
    root = Path(store)
    with lock_for_writing(root) as writer:
        previous_snapshot = resolve_current(root).name if is_store(root) else ""
        writer.copy_current()
        quads_before = _count_quads(writer.work_folder)
        load_job = _LoadJob(strict)
        add_quads(load_job.iterate_quads(files), writer)
        quads = _count_quads(writer.work_folder)
        name = hashlib.sha256(
            f"{previous_snapshot}\0{load_job.digest.hexdigest()}".encode()
        ).hexdigest()[:32]
        if quads > quads_before:
            writer.publish_snapshot(name)
    return {
        "store": store,
        "files": [*map(asdict, load_job.file_counts)],
        "quads": quads,
        "added": quads - quads_before,
        "seconds": round(time.monotonic() - began, 3),
    }


def _count_quads(path: Path) -> int:
    from pyoxigraph import Store

    if not path.exists():
        return 0
    store = Store(str(path))
    quad_count = len(store)
    del store
    return quad_count


class _LoadJob:
    """All files of a load, one after the other, with their faults, counts and digest."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.file_counts: list[FileCount] = []
        self.digest = hashlib.sha256()
        self.fault_count = 0
        from kg.formats.kgx.row_index import RowIndex

        self.row_index = RowIndex()
        self._shows_progress = sys.stderr.isatty()

    def iterate_quads(self, files: Iterable[str]) -> Iterator[Quad]:
        """Quads of all files."""
        from kg.rdf.encode import encode_vocabulary

        yield from encode_vocabulary()
        for file in files:
            with open_with_progress(file) as (file_data, share):
                yield from self._read_file(
                    Path(file), _DigestingFile(file_data, self.digest), share
                )

    def _read_file(self, path: Path, file_data: Any, share: Callable[[], float]) -> Iterator[Quad]:
        reader, quads_or_faults = _open_reader(path, file_data, self.row_index)
        begin = last = time.monotonic()
        for number, item in enumerate(quads_or_faults):
            if isinstance(item, Diagnostic):
                self._report_fault(item)
            else:
                yield item
            if (
                self._shows_progress
                and not number % 1024
                and (now := time.monotonic()) - last > _PROGRESS_SECONDS
            ):
                last = now
                self._show_progress(path, reader.count.lines, now - begin, share())
        if self._shows_progress:
            sys.stderr.write("\r\x1b[K")
        self.file_counts.append(reader.count)

    def _report_fault(self, fault: Diagnostic) -> None:
        from kg.render.escape import escape_terminal

        if self.strict:
            raise DataError(f"{fault}; nothing was loaded, as --strict asks")
        self.fault_count += 1
        if self.fault_count <= MAX_FAULTS_REPORTED:
            sys.stderr.write(f"{escape_terminal(str(fault))}\n")
        elif self.fault_count == MAX_FAULTS_REPORTED + 1:
            sys.stderr.write("further faults are only counted\n")

    def _show_progress(self, path: Path, lines: int, spent: float, share: float) -> None:
        seconds_left = spent / share - spent if share > 0.01 else 0
        rate = lines / spent if spent else 0
        sys.stderr.write(
            f"\r\x1b[K{path.name}: {lines:,} lines, {rate:,.0f} a second, {share:.0%}"
            + (f", {seconds_left:,.0f} s left" if seconds_left else "")
        )
        sys.stderr.flush()


class _DigestingFile:
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


def _open_reader(
    path: Path, file_data: Any, row_index: RowIndex
) -> tuple[Any, Iterator[Quad | Diagnostic]]:
    from kg.formats.kgx.reader import KgxReader
    from kg.formats.rdf_statements import RdfStatementReader

    suffix = find_unpacked_suffix(path)
    if suffix in STATEMENT_SUFFIXES:
        statements = RdfStatementReader(path, suffix)
        return statements, statements.read_quads(file_data)
    rows = KgxReader(path, row_index)
    return rows, _encode_rows(rows.read_things(file_data))


def _encode_rows(things: Iterable[Any]) -> Iterator[Quad | Diagnostic]:
    from kg.rdf.encode import encode_things

    for thing in things:
        if isinstance(thing, Diagnostic):
            yield thing
        else:
            yield from encode_things((thing,))


if __name__ == "__main__":
    main()
