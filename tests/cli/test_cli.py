"""The command line as a person meets it: in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import build_environment, kg

ROOT = Path(__file__).resolve().parents[2]
BASE = "tests/cases/cli/base"


@pytest.mark.medium
def test_the_verdict_is_on_stdout_and_nothing_else_is() -> None:
    done = kg("grade", "--base", BASE, "--outcome", "dry-skin")
    assert done.returncode == 0
    assert "The argument breaks at" in done.stdout
    assert ">>0<<" in done.stdout
    assert "No study cited here tested zinc (oral) on dry skin." in done.stdout
    assert "argument breaks" not in done.stderr
    assert "Traceback" not in done.stderr


def test_text_is_not_written_to_a_file_whose_suffix_says_another_form(tmp_path: Path) -> None:
    page = tmp_path / "grade.html"
    done = kg("grade", "--base", BASE, "--outcome", "dry-skin", "-o", str(page))
    assert (done.returncode, done.stdout) == (2, "")
    assert "writes no .html" in done.stderr
    assert "text, json, markdown" in done.stderr
    assert not page.exists()


@pytest.mark.medium
def test_a_synonym_will_do() -> None:
    by_id = kg("grade", "--base", BASE, "--outcome", "dry-skin").stdout
    assert kg("grade", "--base", BASE, "--outcome", "Xerosis").stdout == by_id


@pytest.mark.medium
@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["grade", "--outcome", "dry-skn"], "'dry-skin'"),
        (["grade", "--outcome", "dry-skin", "--exposure", "zink-oral"], "'zinc-oral'"),
        (["grade", "--outcome", "dry-skin", "--source", "invented-articl"], "'invented-article'"),
        (["grade", "--outcome", "dry-skin", "--profile", "grad"], "'grade'"),
        (["explain", "c-cell"], "'c-cells'"),
        (["show", "c-headlin"], "'c-headline'"),
        (["list", "claims", "--source", "invented-articl"], "'invented-article'"),
    ],
)
def test_an_unknown_name_is_a_usage_error_with_near_names(arguments: list[str], near: str) -> None:
    done = kg(*arguments, "--base", BASE)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "did you mean" in done.stderr
    assert near in done.stderr


def test_unknown_commands_and_options_have_near_ones() -> None:
    command, option = kg("grad"), kg("grade", "--outcom", "x")
    assert (command.returncode, option.returncode) == (2, 2)
    assert "did you mean 'grade'" in command.stderr
    assert "--outcome" in option.stderr


@pytest.mark.medium
@pytest.mark.parametrize(
    ("fail_on", "status"), [("none", 0), ("mild", 1), ("moderate", 1), ("severe", 1)]
)
@pytest.mark.parametrize("command", [["grade", "--outcome", "dry-skin"], ["check"]])
def test_findings_change_the_status_only_when_asked(
    command: list[str], fail_on: str, status: int
) -> None:
    done = kg(*command, "--base", BASE, "--fail-on", fail_on)
    assert done.returncode == status
    assert done.stdout


@pytest.mark.medium
def test_what_is_selected_decides_the_status() -> None:
    assert kg("check", "--base", BASE, "--select", "KG117", "--fail-on", "mild").returncode == 0
    assert kg("check", "--base", BASE, "--select", "KG101", "--fail-on", "mild").returncode == 1
    ignored = kg("check", "--base", BASE, "--ignore", "KG", "--fail-on", "mild")
    assert (ignored.returncode, ignored.stdout) == (0, "clean\n")


@pytest.mark.medium
def test_a_hit_has_file_line_and_remedy() -> None:
    lines = kg("check", "--base", BASE, "--select", "KG101").stdout.splitlines()
    assert lines[0].startswith(f"{BASE}/claims/invented-article.yaml:10:")
    assert "KG101 severe in-vitro-as-clinical" in lines[0]
    assert any(line.startswith("    remedy: ") for line in lines)


@pytest.mark.medium
def test_bad_data_is_status_3_and_every_fault_is_listed(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "entities:\n"
        "  - {id: a, label: a, kind: no-such-kind}\n"
        "  - {id: b, label: b, kind: cellular, broader: [nowhere]}\n"
    )
    for command in (["grade", "--outcome", "a"], ["validate", "--no-shapes"], ["check"]):
        done = kg(*command, "--base", str(tmp_path))
        told = done.stdout + done.stderr
        assert done.returncode == 3, command
        assert "bad.yaml:2:" in told
        assert "bad.yaml:3:" in told
        assert "Traceback" not in told


def test_a_base_that_is_not_there_is_one_line() -> None:
    done = kg("grade", "--base", "no/such/place", "--outcome", "x")
    assert done.returncode in (2, 3)
    assert done.stdout == ""
    assert "no/such/place" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.medium
def test_our_own_bug_leaves_a_report_and_no_traceback(tmp_path: Path) -> None:
    code = (
        "import sys, kg.api.base, kg.cli\n"
        "def broken(*a, **k): raise ZeroDivisionError('seven')\n"
        "kg.api.base.load_base = broken\n"
        "sys.exit(kg.cli.main(['grade', '--outcome', 'x']))\n"
    )
    environment = build_environment(TMPDIR=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 70
    assert done.stdout == ""
    (report,) = tmp_path.glob("kg-report-*.txt")
    assert done.stderr.count("\n") == 1
    assert str(report) in done.stderr
    assert "ZeroDivisionError: seven" in report.read_text()
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**environment, "KG_DEBUG": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" in shown.stderr


@pytest.mark.medium
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_closed_pipe_is_141_and_silent(unbuffered: str) -> None:
    environment = build_environment(PYTHONUNBUFFERED=unbuffered)
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "kg", "list", "claims", "--base", BASE],
            cwd=ROOT, env=environment, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 141
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.medium
def test_a_closed_stdout_is_no_fault() -> None:
    call = f"'{sys.executable}' -m kg grade --base {BASE} --outcome dry-skin >&-"
    done = subprocess.run(
        ["/bin/sh", "-c", call],
        cwd=ROOT,
        env=build_environment(),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "fault of kg" not in done.stderr


def test_ctrl_c_is_130(tmp_path: Path) -> None:
    fifo = tmp_path / "claims.rq"
    os.mkfifo(fifo)
    running = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            # a test run in the background ignores Ctrl-C, and so would its children
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "from kg.cli import entry; entry()",
            *("query", str(fifo), "--base", BASE),
        ],
        cwd=ROOT, env=build_environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(1.5)  # by now it waits for a writer
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.medium
def test_a_file_gets_what_stdout_would_get(tmp_path: Path) -> None:
    target = tmp_path / "grade.json"
    target.write_text("old")
    call = ("grade", "--base", BASE, "--outcome", "dry-skin", "--format", "json")
    done = kg(*call, "-o", str(target))
    assert (done.returncode, done.stdout) == (0, "")
    assert target.read_text(encoding="utf-8") == kg(*call).stdout == kg(*call, "-o", "-").stdout
    assert [path.name for path in tmp_path.iterdir()] == ["grade.json"]


@pytest.mark.medium
def test_a_failed_call_leaves_the_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "grade.json"
    target.write_text("old")
    assert kg("grade", "--base", BASE, "--outcome", "nothing", "-o", str(target)).returncode == 2
    assert target.read_text() == "old"
    nowhere = kg("grade", "--base", BASE, "--outcome", "dry-skin", "-o", str(tmp_path / "no" / "x"))
    assert nowhere.returncode == 5
    assert "Choose a directory" in nowhere.stderr


@pytest.mark.medium
@pytest.mark.parametrize("form", ["text", "json", "markdown", "csv"])
def test_the_same_call_gives_the_same_bytes(form: str) -> None:
    call = ("grade", "--base", BASE, "--outcome", "dry-skin", "--format", form)
    first = kg(*call, PYTHONHASHSEED="1").stdout
    assert first
    assert kg(*call, PYTHONHASHSEED="2", TERM="dumb").stdout == first


@pytest.mark.slow
def test_colour_is_chosen_and_never_alone() -> None:
    call = ("grade", "--base", BASE, "--outcome", "dry-skin")
    plain = kg(*call).stdout
    assert "\x1b" not in plain
    coloured = kg(*call, FORCE_COLOR="1").stdout
    assert "\x1b[" in coloured
    assert kg(*call, "--color", "always", NO_COLOR="1").stdout == coloured
    assert kg(*call, FORCE_COLOR="1", NO_COLOR="1").stdout == plain
    assert kg(*call, "--color", "never", FORCE_COLOR="1").stdout == plain
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.medium
@pytest.mark.parametrize("columns", ["60", "80", "100", "140"])
def test_columns_are_kept(columns: str) -> None:
    text = kg("grade", "--base", BASE, "--outcome", "dry-skin", COLUMNS=columns).stdout
    assert max(map(len, text.splitlines())) <= int(columns)


@pytest.mark.medium
def test_a_terminal_without_unicode_gets_ascii() -> None:
    text = kg("explain", "z1", "--base", BASE, PYTHONIOENCODING="ascii").stdout
    assert text.isascii()
    assert "`- " in text


@pytest.mark.medium
def test_the_json_of_a_list_names_its_form() -> None:
    answer = json.loads(kg("grade", "--base", BASE, "--format", "json").stdout)
    assert answer["schema_version"] == "kg.outcome-grade/1-list"
    assert [o["outcome"]["id"] for o in answer["outcomes"]] == ["dry-skin"]


@pytest.mark.slow
def test_explain_unfolds_claim_chain_and_pair() -> None:
    for thing in ("c-cells", "z1", "zinc-oral--dry-skin", "zinc-oral--dry-skin--benefit"):
        text = kg("explain", thing, "--base", BASE).stdout
        assert "indirectness: system 3 (-3)" in text, thing
        assert "best case" in text


@pytest.mark.medium
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("outcomes", "dry-skin"),
        ("exposures", "zinc-oral"),
        ("entities", "cell-growth"),
        ("populations", "people-with-dry-skin"),
        ("sources", "invented-article"),
        ("claims", "c-headline"),
        ("chains", "z1"),
        ("citations", "cit-cells"),
        ("profiles", "navguide"),
        ("detectors", "KG101"),
        ("kernels", "reference"),
        ("renderers", "markdown"),
    ],
)
def test_lists(kind: str, expected: str) -> None:
    assert expected in kg("list", kind, "--base", BASE).stdout
    rows = json.loads(kg("list", kind, "--base", BASE, "--format", "json").stdout)
    assert any(expected in row.values() for row in rows)


def test_outcomes_are_what_is_claimed_or_measured() -> None:
    rows = {o["id"]: o for o in json.loads(kg("list", "outcomes", "--format", "json").stdout)}
    assert int(rows["acne-scars"]["claims"]) > 0
    assert int(rows["insomnia"]["findings"]) > 0
    assert "backpacks" not in rows  # an entity that no claim and no finding ends at


@pytest.mark.medium
def test_conflicts_are_listed_by_source_and_shown_with_their_claims() -> None:
    listed = kg("list", "conflicts", "--source", "back-acne-article", "--format", "csv").stdout
    assert "zinc-helped-and-hindered" in listed
    assert "synergy-claimed-and-open" not in listed
    shown = json.loads(kg("show", "synergy-claimed-and-open", "--format", "json").stdout)
    assert shown["class"] == "Conflict"
    assert {"a1-75-synergy", "a1-87-prp"} <= set(shown["claims"])
    used = json.loads(kg("show", "a1-87-prp", "--format", "json").stdout)["used_by"]
    assert "synergy-claimed-and-open" in used


@pytest.mark.slow
@pytest.mark.parametrize("command", ["grade", "plan", "sensitivity", "compare"])
@pytest.mark.parametrize("name", ["acne scarring", "ACNE_Scars"])
def test_an_outcome_goes_by_every_name(command: str, name: str) -> None:
    done = kg(command, "--outcome", name)
    assert done.returncode == 0, done.stderr
    assert "acne scars" in done.stdout


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("MESH:D008274", "magnesium"),
        ("mesh:d014945", "wound-healing"),
        ("HP:0003394", "muscle-spasm"),
        ("UniProt:P05231", "interleukin-6"),
        ("UNII:TE7660XO1C", "glycine"),
        ("Magnesium-Glycinate supplement", "magnesium-glycinate-oral"),
        ("hs crp", "c-reactive-protein"),
        ("A3-52-Speeds", "a3-52-speeds"),
        ("Zinc helped and hindered", "zinc-helped-and-hindered"),
    ],
)
def test_show_finds_a_thing_by_id_label_synonym_or_identifier(name: str, id: str) -> None:
    assert json.loads(kg("show", name, "--format", "json").stdout)["id"] == id


@pytest.mark.medium
@pytest.mark.parametrize(
    ("name", "near"),
    [("acne scar", "'acne-scars'"), ("MESH:D002921", "'acne-scars'"), ("MESH:D999999", "")],
)
def test_a_miss_names_what_is_near(name: str, near: str) -> None:
    """A wider identifier names no entity, and leads to the one that carries it."""
    for command in (("show", name), ("grade", "--outcome", name)):
        done = kg(*command)
        assert done.returncode == 2
        assert near in done.stderr
        assert ("did you mean" in done.stderr) == bool(near)


@pytest.mark.medium
def test_show_tells_fields_and_users() -> None:
    fields = json.loads(kg("show", "cit-cells", "--base", BASE, "--format", "json").stdout)
    assert fields["class"] == "Citation"
    assert fields["described"] == {"design": "experiment", "system": "in-vitro"}
    assert fields["used_by"] == ["c-cells"]
    assert "label: dry skin" in kg("show", "Dry Skin", "--base", BASE).stdout


@pytest.mark.medium
def test_the_bare_name_shows_the_worst_link_and_what_to_try() -> None:
    done = kg(KG_BASE=BASE)
    assert done.returncode == 0
    assert "3 claims" in done.stdout
    assert "zinc (oral) -> dry skin" in done.stdout
    assert "kg grade --outcome dry-skin" in done.stdout


@pytest.mark.medium
def test_completion_knows_commands_and_outcomes() -> None:
    words: dict[str, Any] = {"_KG_COMPLETE": "bash_complete"}
    commands = kg(COMP_WORDS="kg gr", COMP_CWORD="1", **words)
    assert "plain,grade" in commands.stdout
    line = f"kg grade --base {BASE} --outcome dr"
    assert "plain,dry-skin" in kg(COMP_WORDS=line, COMP_CWORD="5", **words).stdout


@pytest.mark.medium
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_written_where_the_shell_looks(shell: str, tmp_path: Path) -> None:
    script = kg("completion", "show", shell).stdout
    assert "_KG_COMPLETE" in script
    done = kg("completion", "install", HOME=str(tmp_path), SHELL=f"/bin/{shell}")
    assert Path(done.stdout.strip()).read_text() == script.removesuffix("\n")
    assert done.stdout.startswith(str(tmp_path))
    assert kg("completion", "install", SHELL="/bin/odd").returncode == 2


@pytest.mark.slow
def test_a_query_is_answered_in_every_form() -> None:
    ask = ("query", "--base", BASE, "-e")
    select = "SELECT ?c { ?c a <https://w3id.org/evidence-kg/vocab#Claim> } ORDER BY ?c LIMIT 1"
    assert kg(*ask, select).stdout == "C\nclaim:c-cells\n"
    iri = "https://w3id.org/evidence-kg/claim/c-cells"
    for form in ("csv", "tsv", "json", "xml"):
        assert iri in kg(*ask, select, "--format", form).stdout
    construct = "CONSTRUCT { ?c a ?t } { ?c a ?t } ORDER BY ?c LIMIT 1"
    assert kg(*ask, construct, "--format", "ttl").stdout.startswith("@prefix")
    assert kg(*ask, "ASK { ?s ?p ?o }").stdout == "yes\n"
    assert kg(*ask, select, "--format", "ttl").returncode == 2


@pytest.mark.slow
def test_a_query_comes_from_stdin_a_file_or_the_catalogue(tmp_path: Path) -> None:
    text = "SELECT ?c { VALUES ?id { UNDEF } ?c a <https://w3id.org/evidence-kg/vocab#Claim> }"
    path = tmp_path / "mine.rq"
    path.write_text(text)
    from_file = kg("query", str(path), "--base", BASE)
    assert from_file.returncode == 0
    assert kg("query", "-", "--base", BASE, input=text).stdout == from_file.stdout
    saved = kg("query", "--name", "claims-by-source", "--base", BASE)
    assert "claim:c-headline" in saved.stdout
    none = kg("query", "--name", "claims-by-source", "--param", "source=other", "--base", BASE)
    assert (none.returncode, none.stdout.count("\n")) == (0, 1)
    assert "Nothing was found" in none.stderr


@pytest.mark.medium
@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ([], "give one query"),
        (["-e", "ASK {}", "--name", "overclaims"], "give one query"),
        (["-e", "SELCT * {}"], "not valid SPARQL"),
        (["--name", "overclaim"], "'overclaims'"),
        (["--name", "overclaims", "--param", "nonsense"], "name=value"),
        (["no-such-file.rq"], "no-such-file.rq"),
        (["-e", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], "SERVICE"),
    ],
)
def test_a_query_that_cannot_be_run_is_a_usage_error(arguments: list[str], hint: str) -> None:
    done = kg("query", *arguments, "--base", BASE)
    assert done.returncode == 2
    assert done.stdout == ""
    assert hint in done.stderr


@pytest.mark.slow
def test_what_is_built_can_be_read_again(tmp_path: Path) -> None:
    done = kg("build", "--base", BASE, "-o", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    trig, compiled, store = done.stdout.splitlines()
    call = ("grade", "--outcome", "dry-skin", "--format", "csv")
    rows = kg(*call, "--base", BASE).stdout
    assert kg(*call, "--base", trig).stdout == rows
    assert kg(*call, "--base", compiled).stdout == rows
    assert kg("query", "--base", store, "-e", "ASK { ?s ?p ?o }").stdout == "yes\n"


@pytest.mark.medium
def test_a_sarif_log_holds_the_hits() -> None:
    log = json.loads(kg("check", "--base", BASE, "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    assert "KG101" in {result["ruleId"] for result in log["runs"][0]["results"]}


def test_an_unknown_code_is_a_usage_error() -> None:
    done = kg("check", "--base", BASE, "--select", "KG1010")
    assert done.returncode == 2
    assert "'KG101'" in done.stderr


@pytest.mark.medium
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_status_5_and_one_line(unbuffered: str) -> None:
    environment = build_environment(PYTHONUNBUFFERED=unbuffered)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kg", "list", "claims", "--base", BASE],
            cwd=ROOT, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 5
    assert "cannot write the result" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.medium
def test_the_shipped_answer_is_on_one_screen() -> None:
    done = kg("grade", "--outcome", "acne-scars")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 100
    assert "oral magnesium glycinate" in lines[0]
    assert any(line.startswith("VERDICT    The argument breaks at ") for line in lines)
    assert any(">>0<<" in line for line in lines)


@pytest.mark.medium
def test_the_shipped_answer_follows_its_schema() -> None:
    import jsonschema

    schema = json.loads((ROOT / "ontology" / "outcome-grade.schema.json").read_text())
    answer = json.loads(kg("grade", "--outcome", "acne-scars", "--format", "json").stdout)
    jsonschema.Draft202012Validator(schema).validate(answer)
    pair = next(p for p in answer["pairs"] if p["exposure"] == "magnesium-glycinate-oral")
    assert (pair["direction"], pair["level"]) == ("argument-breaks", "none")
    assert pair["verdict"] == "unsupported"
    assert pair["severity"] == "severe"
    assert any(chain["counter"] for chain in pair["chains"])


@pytest.mark.medium
@pytest.mark.parametrize(
    ("call", "suffix", "start"),
    [
        (("grade", "--outcome", "dry-skin"), "json", '{\n  "schema_version": "kg.outcome-grade/1"'),
        (("grade", "--outcome", "dry-skin"), "md", "# Evidence profile"),
        (("grade", "--outcome", "dry-skin"), "csv", "outcome,exposure"),
        (("grade", "--outcome", "dry-skin"), "txt", "QUESTION"),
        (("explain", "z1"), "md", "- chain z1"),
        (("check",), "sarif", '{\n  "$schema"'),
        (("list", "claims"), "csv", "id,source"),
        (("query", "-e", "ASK {}"), "json", "{"),
    ],
)
def test_the_suffix_of_the_file_chooses_the_form(
    call: tuple[str, ...], suffix: str, start: str, tmp_path: Path
) -> None:
    target = tmp_path / f"answer.{suffix}"
    assert kg(*call, "--base", BASE, "-o", str(target)).returncode == 0
    assert target.read_text(encoding="utf-8").startswith(start)


@pytest.mark.medium
def test_a_terminal_changes_colour_and_nothing_else() -> None:
    import pty
    import re

    call = [sys.executable, "-m", "kg", "grade", "--base", BASE, "--outcome", "dry-skin"]
    plain = kg(*call[3:], COLUMNS="100").stdout
    for term, coloured in (("xterm", True), ("dumb", False)):
        leader, follower = pty.openpty()
        with subprocess.Popen(
            call, cwd=ROOT, env=build_environment(TERM=term, COLUMNS="100"),
            stdout=follower, stderr=subprocess.DEVNULL,
        ):  # fmt: skip
            os.close(follower)
            seen = b""
            while chunk := _some(leader):
                seen += chunk
        os.close(leader)
        text = seen.decode().replace("\r\n", "\n")
        assert ("\x1b[" in text) is coloured
        assert re.sub(r"\x1b\[[0-9;]*m", "", text) == plain


def _some(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # Linux says EIO when the other end is closed
        return b""


@pytest.mark.medium
def test_json_keeps_letters_that_the_encoding_lacks(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "entities:\n"
        '- {id: sleep, label: "Schlafqualit\u00e4t \u7761\u7720 \U0001f634", kind: mechanism}\n',
        encoding="utf-8",
    )
    call = ("list", "entities", "--base", tmp_path, "--format", "json")
    for encoding in ("cp1252", "ascii", "utf-8"):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "kg", *map(str, call)],
            env={**os.environ, "PYTHONIOENCODING": encoding},
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        (row,) = json.loads(done.stdout.decode(encoding))
        assert row["label"] == "Schlafqualit\u00e4t \u7761\u7720 \U0001f634"


@pytest.mark.medium
def test_a_query_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"\xef\xbb\xbfSELECT (1 AS ?n) {}")
    assert kg("query", tmp_path / "q.rq", "--format", "csv", "--base", BASE).stdout.split() == [
        "n",
        "1",
    ]


@pytest.mark.medium
def test_a_hyphen_that_looks_the_same_is_the_same(tmp_path: Path) -> None:
    done = kg("show", "oral\u2011magnesium", "--format", "json")
    assert done.returncode == 0, done.stderr


@pytest.mark.medium
@pytest.mark.parametrize("name", ["magnesium", "Magnesium"])
def test_a_substance_is_answered_with_a_table_of_its_exposures(name: str) -> None:
    done = kg("grade", "--outcome", "acne-scars", "--exposure", name, "--format", "json")
    pairs = json.loads(done.stdout)["pairs"]
    assert done.returncode == 0
    assert len({pair["exposure"] for pair in pairs}) > 1
    assert all(pair["exposure"].startswith("magnesium-") for pair in pairs)
    assert "exposures consist of" in done.stderr
    unknown = kg("grade", "--outcome", "acne-scars", "--exposure", "unobtainium")
    assert (unknown.returncode, unknown.stdout) == (2, "")


LEVELS = ("none", "very low", "low", "moderate", "high")
PEOPLE = """
entities:
  - {id: mg, label: mg, kind: substance, definition: a metal}
  - {id: cramp, label: cramps, kind: clinical-outcome, definition: cramps, better: lower}
  - {id: health, label: any state, kind: condition, definition: Not selected for a condition.}
exposures:
  - {id: mg-oral, label: oral mg, substance: mg, kind: supplementation, route: oral}
populations:
  - {id: older-adults, label: older adults, condition: health, age: 60-80 years}
  - {id: athletes, label: young athletes, condition: health, age: 18-35 years}
studies:
  - id: s1
    title: A trial in older adults
    year: 2018
    design: randomised
    system: human
    pmid: "11111111"
    n: 900
    population: older-adults
    verified: true
    findings:
      - {id: s1.f, exposure: mg-oral, outcome: cramp, direction: decrease, measure: RR,
         estimate: 0.6, ci: [0.5, 0.72], risk_of_bias: low, events: 400}
"""


@pytest.mark.medium
def test_a_trial_in_older_adults_answers_for_athletes_at_a_charge(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(PEOPLE)
    words = ("grade", "--base", tmp_path / "base.yaml", "--outcome", "cramp")

    def grade_in(name: str) -> int:
        done = kg(*words, "--population", name, "--format", "json")
        assert done.returncode == 0, done.stderr
        pair = json.loads(done.stdout)["pairs"][0]
        return LEVELS.index(pair["certainty"]["established"])

    assert grade_in("athletes") == grade_in("older-adults") - 1
    assert grade_in("Young athletes") == grade_in("athletes")
    text = kg(*words, "--population", "athletes").stdout
    assert "in young athletes" in text
    unknown = kg(*words, "--population", "athlete")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "did you mean 'athletes'" in unknown.stderr
    alone = kg("grade", "--population", "athletes", "--base", tmp_path / "base.yaml")
    assert (alone.returncode, "goes with --outcome" in alone.stderr) == (2, True)
