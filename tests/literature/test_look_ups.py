"""`kg audit --online` against a real server on this machine; nothing here asks the outside."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
from pyoxigraph import RdfFormat, parse

from kg import api
from kg.api.audits import ask_services, audit_base, list_studies_as_source, read_look_ups
from kg.api.base import require_sound
from kg.errors import DataError, OutsideError, UnknownName, UsageError
from kg.literature import (
    LITERATURE_SERVICES,
    LookUpSettings,
    ServiceEndpoint,
    load_look_up_settings,
)
from kg.model import AuditVerdict, EvidenceBase
from kg.model.audit import CitationAudit, LookUp, LookUpFailure, LookUpQuery
from tests.support.cli import kg
from tests.support.hostile_server import Send, hostile, whole
from tests.support.replay import CASES, Replay, Reply, serving

ROOT = Path(__file__).resolve().parents[2]
CONTACT = "curator@example.org"
QUICK = replace(
    load_look_up_settings(),
    timeout=0.4,
    longest=3.0,
    attempts=3,
    first_wait=0.01,
    longest_wait=2.0,
    largest=100_000,
    endpoints={
        name: ServiceEndpoint(e.base, 0.0) for name, e in load_look_up_settings().endpoints.items()
    },
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Replay]:
    monkeypatch.setenv("KG_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with serving() as replay:
        yield replay


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return require_sound(api.load(CASES / "base.yaml"))


@pytest.fixture(scope="module")
def two(base: EvidenceBase) -> EvidenceBase:
    """The base with two citations, both of which are asked for by PMID."""
    kept = tuple(c for c in base.citations if c.id in ("as-listed", "no-record"))
    return replace(base, citations=kept)


def ask(
    base: EvidenceBase, server: Replay, file: Path, how: LookUpSettings = QUICK, again: bool = False
) -> tuple[CitationAudit, tuple[LookUpFailure, ...]]:
    """The audit after asking the server."""
    answers, failures = ask_services(
        base, file, CONTACT, endpoints=server.endpoints(), ask_again=again, service_settings=how
    )
    return audit_base(base, None, answers, failures), failures


def verdicts(found: CitationAudit) -> dict[str, str]:
    return {entry.citation: entry.verdict.value for entry in found.entries}


def test_each_way_to_name_a_work_gets_its_verdict(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    before = verdicts(audit_base(base))
    assert set(before.values()) == {"not-found", "unknown"}
    found, failures = ask(base, server, tmp_path / "look-ups.json")
    assert not failures
    assert verdicts(found) == {
        "journal-and-year": "not-found",
        "as-listed": "identified",
        "withdrawn": "retracted",
        "of-another": "mismatch",
        "no-record": "not-found",
        "title-alone": "identified",
    }
    entry = {e.citation: e for e in found.entries}
    assert entry["of-another"].differs[:4] == ("author", "year", "title", "journal")
    assert entry["no-record"].differs == ("pmid",)
    assert entry["no-record"].sure == "medium"
    assert entry["journal-and-year"].questions == ()
    assert entry["withdrawn"].sure == "high"
    assert entry["title-alone"].sure == "medium", "the DOI was found by the title"
    told = " ".join(s.evidence for s in entry["withdrawn"].signs)
    assert "listed by Retraction Watch, record 1234 (10.5555/notice.7)" in told
    assert "retraction, listed by PubMed (MED 90000009)" in told


def test_that_no_notice_is_listed_is_dated_and_proves_nothing(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    found, _ = ask(base, server, tmp_path / "look-ups.json")
    (listed,) = [e for e in found.entries if e.citation == "as-listed"]
    notices = [s for s in listed.signs if s.heuristic == "notices"]
    today = datetime.now(UTC).date().isoformat()
    assert {s.answer for s in notices} == {"unknown"}
    assert f"Crossref, read {today}: no notice is listed, which is no proof" in notices[-1].evidence
    assert "not retracted" not in " ".join(s.evidence for s in listed.signs)


@pytest.mark.medium
def test_answers_are_stored_and_read_without_asking(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    file = tmp_path / "deep" / "look-ups.json"
    found, _ = ask(base, server, file)
    asked, text = len(server.seen), file.read_text("utf-8")
    assert CONTACT not in text
    assert json.loads(text)["schema_version"] == "kg.look-ups/1"
    assert audit_base(base, None, read_look_ups(file)) == found
    again, _ = ask(base, server, file)
    assert (again, len(server.seen), file.read_text("utf-8")) == (found, asked, text)
    ask(base, server, file, again=True)
    assert len(server.seen) == 2 * asked


def test_an_old_answer_is_asked_for_again(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    file = tmp_path / "look-ups.json"
    ask(base, server, file)
    day = (datetime.now(UTC).date() - timedelta(days=QUICK.fresh_days + 1)).isoformat()
    old = [replace(answer, date=day) for answer in read_look_ups(file)]
    from kg.formats.cache.look_ups import write_look_ups

    write_look_ups(old, file)
    ask(base, server, file)  # out of the HTTP cache, which dates its answers itself
    assert {answer.date for answer in read_look_ups(file)} != {day}


def test_the_cache_on_disk_serves_another_record_file(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    first, _ = ask(base, server, tmp_path / "one.json")
    asked = len(server.paths("ncbi"))
    second, _ = ask(base, server, tmp_path / "two.json")
    assert second == first
    assert len(server.paths("ncbi")) == asked


def test_who_asks_can_be_reached(base: EvidenceBase, server: Replay, tmp_path: Path) -> None:
    ask(base, server, tmp_path / "look-ups.json")
    agents = {headers["User-Agent"] for _, _, headers in server.seen}
    assert len(agents) == 1
    assert f"mailto:{CONTACT}" in agents.pop()
    assert all("email=curator%40example.org" in p for p in server.paths("ncbi"))
    assert all("mailto=curator%40example.org" in p for p in server.paths("crossref"))
    assert not [p for p in server.paths("europepmc") if "curator" in p]


def test_requests_keep_their_distance(base: EvidenceBase, server: Replay, tmp_path: Path) -> None:
    slow = replace(
        QUICK, endpoints={n: ServiceEndpoint(e.base, 0.15) for n, e in QUICK.endpoints.items()}
    )
    ask(base, server, tmp_path / "look-ups.json", slow)
    times = [at for at, path, _ in server.seen if path.startswith("/ncbi")]
    assert len(times) == 3
    assert min(b - a for a, b in pairwise(times)) > 0.14


def test_shipped_paces_keep_the_limits_that_services_publish() -> None:
    assert set(load_look_up_settings().endpoints) == set(LITERATURE_SERVICES)
    assert load_look_up_settings().endpoints["ncbi"].interval >= 1 / 3
    assert all(
        e.interval >= 0.2 and not e.trusted for e in load_look_up_settings().endpoints.values()
    )
    assert all(e.base.startswith("https://") for e in load_look_up_settings().endpoints.values())


BAD = "id=90000001"
FAULTS = {
    "time-out": ([Reply(pause=0.6)], "no answer within 0.4 s", 3),
    "500": ([Reply(status=500)], "it answered 500", 3),
    "503 with a long wait": (
        [Reply(status=503, headers={"Retry-After": "3600"})],
        "it answered 503, and asked to wait 3600 s",
        1,
    ),
    "403": ([Reply(status=403)], "it answered 403", 1),
    "malformed JSON": ([Reply(b'{"result": {')], "cannot be read", 1),
    "JSON of another form": ([Reply(b'{"result": []}')], "result is no object", 1),
    "an error in the answer": ([Reply(b'{"error": "API rate limit"}')], "API rate limit", 1),
    "another record": ([Reply(b'{"result": {"uids": []}}')], "no summary of the number", 1),
    "deep JSON": ([Reply(b"[" * 60_000 + b"]" * 60_000)], "more than 100,000 bytes", 1),
    "deep JSON within the size": ([Reply(b"[" * 40_000)], "cannot be read", 1),
    "not UTF-8": ([Reply(b"\xff\xfe{}")], "not UTF-8", 1),
    "a huge body": ([Reply(b"x" * 50_000, pieces=40)], "more than 100,000 bytes", 1),
    "a body that swells": (
        [Reply(gzip.compress(b" " * 20_000_000), headers={"Content-Encoding": "gzip"})],
        "more than 100,000 bytes",
        1,
    ),
    "a slow body": ([Reply(b" ", drip=0.1, pieces=100)], "more than 3 s (1 request)", 1),
    "a wait longer than there is time for": (
        [Reply(status=429, headers={"Retry-After": "30"})],
        "answered 429, and asked to wait 30 s",
        1,
    ),
    "busy for ever": ([Reply(status=429, headers={"Retry-After": "1"})], "answered 429", 3),
    "a packing that nobody asked for": (
        [Reply(b"x", headers={"Content-Encoding": "zstd"})],
        "packed in a way that was not asked for",
        1,
    ),
    "a plain 404": ([Reply(b"<html>gone</html>", 404)], "it answered 404", 1),
    "redirects without end": (
        [Reply(status=302, headers={"Location": f"/ncbi/esummary.fcgi?{BAD}&x=1"})],
        "more than 3 redirects",
        4,
    ),
    "a redirect to a private address": (
        [Reply(status=302, headers={"Location": "https://10.0.0.1/x"})],
        "10.0.0.1 leads to 10.0.0.1, which is no public address",
        1,
    ),
    "a redirect to another port of this machine": (
        [Reply(status=302, headers={"Location": "https://127.0.0.1:1/x"})],
        "which is no public address",
        1,
    ),
    "a redirect to a name of this machine": (
        [Reply(status=307, headers={"Location": "https://localhost/x"})],
        "localhost leads to",
        1,
    ),
    "a redirect out of HTTPS": (
        [Reply(status=301, headers={"Location": "http://example.org/x"})],
        "not to HTTPS",
        1,
    ),
    "a redirect to no web address": (
        [Reply(status=301, headers={"Location": "file:///etc/passwd"})],
        "file",
        1,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_failure_changes_nothing_and_says_so(
    name: str, two: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    replies, words, tries = FAULTS[name]
    file = tmp_path / "look-ups.json"
    _, none = ask(two, server, file)
    assert not none
    (kept,) = _about(file)
    server.seen.clear()
    server.on("ncbi", BAD, replies=replies)
    found, failures = ask(two, server, file, again=True)
    assert [(f.service, f.question) for f in failures] == [
        ("ncbi", LookUpQuery("pmid", "90000001"))
    ]
    assert words in failures[0].reason
    assert len(server.paths("ncbi", BAD)) == tries
    assert _about(file) == [kept], "the stored answer is as it was"
    assert verdicts(found)["as-listed"] == "identified"
    assert len(server.paths("ncbi")) == tries + 1, "the other was asked"


@pytest.mark.slow
@pytest.mark.alone
def test_one_deadline_holds_for_all_that_a_question_takes(
    two: EvidenceBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE_DIR", str(tmp_path / "cache"))

    def drip(_: str, send: Send) -> None:
        for byte in whole(b"{}", "application/json", more="X: y\r\n" * 500):
            send(bytes([byte]))
            time.sleep(0.05)

    with hostile(drip) as service:
        endpoints = dict.fromkeys(LITERATURE_SERVICES, service.address)
        began = time.monotonic()
        quick = replace(QUICK, longest=0.5)
        _, failures = ask_services(
            two, tmp_path / "x.json", CONTACT, endpoints=endpoints, service_settings=quick
        )
        assert failures
        assert {f.reason for f in failures} == {"an answer that took more than 0.5 s (1 request)"}
        assert time.monotonic() - began < 1.0 * len(failures)


def _about(file: Path) -> list[LookUp]:
    wanted = ("ncbi", LookUpQuery("pmid", "90000001"))
    return [answer for answer in read_look_ups(file) if answer.key == wanted]


@pytest.mark.parametrize(
    "first",
    [
        Reply(status=500),
        Reply(status=429, headers={"Retry-After": "0"}),
        Reply(status=503),
        Reply(pause=0.6),
        Reply(status=302, headers={"Location": "/ncbi/esummary.fcgi?db=pubmed&id=90000001"}),
    ],
    ids=["500", "429", "503", "time-out", "redirect"],
)
def test_what_passes_is_tried_again(
    first: Reply, two: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    good = server.reply("/ncbi/esummary.fcgi?db=pubmed&id=90000001")
    server.on("ncbi", BAD, replies=[first, good])
    found, failures = ask(two, server, tmp_path / "look-ups.json")
    assert not failures
    assert len(server.paths("ncbi", BAD)) == 2
    assert verdicts(found)["as-listed"] == "identified"


@pytest.mark.medium
@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_a_wait_that_is_asked_for_is_kept(
    as_date: bool, two: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    later = datetime.now(UTC) + timedelta(seconds=2)
    header = format_datetime(later, usegmt=True) if as_date else "1"
    good = server.reply("/ncbi/esummary.fcgi?db=pubmed&id=90000001")
    server.on("ncbi", BAD, replies=[Reply(status=429, headers={"Retry-After": header}), good])
    _, failures = ask(two, server, tmp_path / "look-ups.json")
    assert not failures
    first, second = [at for at, path, _ in server.seen if "ncbi" in path and BAD in path]
    assert second - first > 0.9 * (1 if not as_date else 0.5)


def test_a_broken_answer_is_not_kept_in_the_cache(
    two: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    good = server.reply("/ncbi/esummary.fcgi?db=pubmed&id=90000001")
    server.on("ncbi", BAD, replies=[Reply(b"{"), good])
    file = tmp_path / "look-ups.json"
    _, failures = ask(two, server, file)
    assert len(failures) == 1
    _, failures = ask(two, server, file)
    assert not failures


def test_a_public_endpoint_may_not_lead_to_this_machine(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    """Without an operator's word the very address of the test server is refused."""
    known = {n: ServiceEndpoint(f"{server.address}/{n}", 0.0) for n in LITERATURE_SERVICES}
    answers, failures = ask_services(
        base, tmp_path / "f.json", CONTACT, service_settings=replace(QUICK, endpoints=known)
    )
    assert not answers
    assert failures
    assert {f.reason.split(",")[0] for f in failures} == {"it led to http://127.0.0.1"}
    assert not server.seen
    assert not (tmp_path / "f.json").exists()


@pytest.mark.parametrize("contact", ["", "me", "me@host", "a b@c.d", "x@y.z\r\nEvil: 1", "ü@x.y"])
def test_a_contact_must_be_an_address(contact: str, base: EvidenceBase, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no address of mail"):
        ask_services(base, tmp_path / "f.json", contact)


def test_endpoints_are_checked(base: EvidenceBase, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="crossref"):
        ask_services(base, tmp_path / "f", CONTACT, endpoints={"crosref": "http://127.0.0.1"})
    with pytest.raises(UsageError, match="http or https"):
        ask_services(base, tmp_path / "f", CONTACT, endpoints={"crossref": "ftp://127.0.0.1"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Invalid JSON"),
        ("[]", "object"),
        ('{"schema_version": "kg.look-ups/2", "look_ups": []}', "schema_version"),
        ('{"schema_version": "kg.look-ups/1", "look_ups": [{"service": "x"}]}', "look_ups.0"),
    ],
)
def test_a_broken_record_file_is_told(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "look-ups.json"
    file.write_text(text)
    with pytest.raises(DataError, match=words):
        read_look_ups(file)


def test_a_record_that_cannot_be_written_is_told_before_anybody_is_asked(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError, match="cannot write"):
        ask(base, server, tmp_path / "file" / "look-ups.json")
    assert not server.seen


def test_answers_to_other_questions_are_left_out(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    found, _ = ask(base, server, tmp_path / "look-ups.json")
    other = LookUp("ncbi", LookUpQuery("pmid", "1"), "2026-01-01", "https://example.org")
    assert audit_base(base, None, (*found.look_ups, other)) == found


def ask_kg(server: Replay | None, tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What kg says with its records in `tmp_path`, and these services to ask."""
    endpoints = server.endpoints() if server else {}
    return kg(
        *words,
        KG_CACHE_DIR=str(tmp_path / "cache"),
        XDG_DATA_HOME=str(tmp_path / "share"),
        KG_ENDPOINTS=" ".join(f"{name}={url}" for name, url in endpoints.items()),
        KG_CONTACT=CONTACT if server else "",
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "tale.yaml").write_bytes((CASES / "base.yaml").read_bytes())
    return folder


@pytest.mark.slow
def test_the_command_asks_stores_and_reads(server: Replay, tmp_path: Path, place: Path) -> None:
    done = ask_kg(server, tmp_path, "audit", "--online", "--base", str(place))
    assert done.returncode == 0, done.stderr
    assert "asking Crossref, Europe PMC, NCBI: " in done.stderr
    assert f"answers are stored in {place / 'look-ups.json'}" in done.stderr
    text = " ".join(done.stdout.split())
    assert "Zinc salts for rash: RETRACTED [high]" in text
    assert "1 of 6 works cannot be asked for: a journal and year name no work." in text
    assert "have no notice in these answers, which is no proof that there is none." in text
    later = ask_kg(None, tmp_path, "audit", "--base", str(place))
    assert (later.returncode, later.stdout) == (0, done.stdout)
    schema = json.loads((ROOT / "ontology/citation-audit.schema.json").read_text("utf-8"))
    answer = json.loads(
        ask_kg(None, tmp_path, "audit", "--base", str(place), "--format", "json").stdout
    )
    jsonschema.Draft202012Validator(schema).validate(answer)
    assert len(answer["look_ups"]) == len(server.seen)
    turtle = ask_kg(None, tmp_path, "audit", "--base", str(place), "--format", "turtle").stdout
    quads = list(parse(turtle.encode(), format=RdfFormat.TURTLE))
    derived = [q for q in quads if q.predicate.value.endswith("wasDerivedFrom")]
    assert len(derived) >= len(server.seen)


def test_studies_of_a_base_are_audited_like_a_list(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    listed = list_studies_as_source(base)
    before = verdicts(audit_base(listed))
    assert before == {"right": "identified", "mixed-up": "unknown", "taken-back": "identified"}
    found, failures = ask(listed, server, tmp_path / "look-ups.json")
    assert not failures
    assert verdicts(found) == {
        "right": "identified",
        "mixed-up": "mismatch",
        "taken-back": "retracted",
    }
    (wrong,) = [e for e in found.entries if e.citation == "mixed-up"]
    assert wrong.differs == ("author", "title", "journal")


@pytest.mark.slow
def test_the_command_audits_studies(server: Replay, tmp_path: Path, place: Path) -> None:
    done = ask_kg(server, tmp_path, "audit", "--studies", "--online", "--base", str(place))
    assert done.returncode == 0, done.stderr
    assert "3 works named: 1 identified, 1 another work, 1 retracted." in done.stdout
    assert "LIST       3 entries.\n" in done.stdout
    for words in (("tale",), ("--format", "turtle")):
        wrong = ask_kg(None, tmp_path, "audit", "--studies", "--base", str(place), *words)
        assert wrong.returncode == 2
        assert "neither a source nor the form turtle" in wrong.stderr


@pytest.mark.medium
def test_answers_are_part_of_a_built_graph(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    file = tmp_path / "look-ups.json"
    ask(base, server, file)
    done = ask_kg(
        *(None, tmp_path, "build", "--base", str(CASES / "base.yaml"), "-o", str(tmp_path / "out")),
        *("--look-ups", str(file)),
    )
    assert done.returncode == 0, done.stderr
    graph = (tmp_path / "out" / "kg.trig").read_text(encoding="utf-8")
    assert graph.count("a kg:LookUp") == len(read_look_ups(file))
    assert "kg:auditVerdict kg:audit-verdict-retracted" in graph
    missing = ask_kg(None, tmp_path, "build", "--look-ups", str(tmp_path / "none.json"))
    assert missing.returncode == 2
    assert "there is no such file" in missing.stderr


@pytest.mark.slow
def test_the_command_tells_failures_and_goes_on(
    server: Replay, tmp_path: Path, place: Path
) -> None:
    server.on("ncbi", BAD, replies=[Reply(status=403)])
    file = tmp_path / "answers.json"
    done = ask_kg(
        server, tmp_path, "audit", "--online", "--base", str(place), "--look-ups", str(file)
    )
    assert done.returncode == 5
    assert "1 question got no answer, which changes nothing" in done.stderr
    assert "NCBI, pmid 90000001: it answered 403. Nothing is concluded." in " ".join(
        done.stdout.split()
    )
    assert file.exists()
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--online",), "--online needs --contact ADDRESS or KG_CONTACT"),
        (("--online", "--contact", "nobody"), "no address of mail"),
        (("--online", "--contact", CONTACT, "--endpoint", "ncbi"), "NAME=URL"),
        (("--online", "--contact", CONTACT, "--endpoint", "ncbj=http://x"), "did you mean 'ncbi'"),
    ],
)
def test_a_wrong_call_says_how(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = ask_kg(None, tmp_path, "audit", *words)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
def test_a_package_that_is_gone_gets_one_line(tmp_path: Path, place: Path) -> None:
    code = "import sys; sys.modules['hishel'] = None; from kg.cli import main; "
    words = ["audit", "--online", "--contact", CONTACT, "--base", str(place)]
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"{code}sys.exit(main({words!r}))"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KG_CACHE_DIR": str(tmp_path / "c")},
    )
    assert done.returncode == 5
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "without the Python package hishel this cannot work; run: " in done.stderr
    assert done.stderr.rstrip().endswith("/setup run")


@pytest.mark.slow
def test_an_offline_audit_loads_no_client(tmp_path: Path, place: Path) -> None:
    code = (
        "import sys; from kg.cli import main; main(sys.argv[1:]); "
        "print(sorted({'httpx', 'hishel', 'stamina', 'pydantic'} & set(sys.modules)))"
    )
    arguments = [sys.executable, "-P", "-c", code, "audit", "--look-ups", str(tmp_path / "none")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ask_kg(None, tmp_path, "audit")
    environment["KG_CACHE_DIR"] = str(tmp_path / "cache")
    done = subprocess.run(
        arguments, check=True, capture_output=True, text=True, encoding="utf-8", env=environment
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_verdict_of_the_reader_stands_against_a_search(
    base: EvidenceBase, server: Replay, tmp_path: Path
) -> None:
    """What a reader saw behind the link is not undone by a work of that title elsewhere."""
    from kg.model import Identification

    seen = tuple(
        replace(c, status=Identification.NOT_A_STUDY) if c.id == "title-alone" else c
        for c in base.citations
    )
    found, _ = ask(replace(base, citations=seen), server, tmp_path / "look-ups.json")
    assert verdicts(found)["title-alone"] == AuditVerdict.NOT_A_STUDY
