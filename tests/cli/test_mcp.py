"""`kg mcp` with a real client of the protocol over stdin and stdout."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, ListToolsResult, TextContent

from kg.server.mcp import MAX_CHARACTERS, MAX_ROWS
from tests.support.cli import kg

ROOT = Path(__file__).resolve().parents[2]
SERVER = StdioServerParameters(command=sys.executable, args=["-P", "-m", "kg", "mcp"], cwd=ROOT)
SUBSTANCE = {"substance": "magnesium-glycinate"}
COMMANDS = {"grade": "grade --outcome acne-scars", "explain": "explain as2", "audit": "audit"}
CALLS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "search": ("search", {"text": "acne scars"}),
    "grade": ("grade", {"outcome": "acne-scars"}),
    "json": ("grade", {"outcome": "acne-scars", "form": "json"}),
    "explain": ("explain", {"thing": "as2"}),
    "audit": ("audit", {}),
    "queries": ("query", {}),
    "saved": (
        "query",
        {"saved": "works-that-tested", "parameters": {"substance": "magnesium-glycinate"}},
    ),
    "rows": ("query", {"sparql": "SELECT ?s ?p ?o { ?s ?p ?o }"}),
    "nothing": ("query", {"sparql": "SELECT ?s { ?s a <urn:nothing> }"}),
    "miss": ("grade", {"outcome": "acne-scar"}),
    "service": ("query", {"sparql": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}),
    "update": ("query", {"sparql": "DELETE WHERE { ?s ?p ?o }"}),
    "long": ("search", {"text": "x" * 5_000}),
}


@pytest.fixture(scope="module")
def talk() -> tuple[ListToolsResult, dict[str, CallToolResult]]:
    """The tools, and the answers to `CALLS`, from one conversation."""

    async def conversation() -> tuple[ListToolsResult, dict[str, CallToolResult]]:
        async with Client(SERVER) as client:
            tools = await client.list_tools()
            answers = {key: await client.call_tool(*call) for key, call in CALLS.items()}
            return tools, answers

    return asyncio.run(asyncio.wait_for(conversation(), 120))


@pytest.fixture(scope="module")
def answers(talk: tuple[ListToolsResult, dict[str, CallToolResult]]) -> dict[str, CallToolResult]:
    return talk[1]


def text(answer: CallToolResult) -> str:
    (content,) = answer.content
    assert isinstance(content, TextContent)
    return content.text


def test_five_tools_that_only_read(
    talk: tuple[ListToolsResult, dict[str, CallToolResult]],
) -> None:
    tools = talk[0].tools
    assert [tool.name for tool in tools] == ["search", "grade", "explain", "query", "audit"]
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.description


@pytest.mark.medium
@pytest.mark.parametrize("name", COMMANDS)
def test_the_answer_is_that_of_the_command(answers: dict[str, CallToolResult], name: str) -> None:
    done = kg(*COMMANDS[name].split(), COLUMNS="100", NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert text(answers[name]) == done.stdout


def test_search_leads_to_a_grade(answers: dict[str, CallToolResult]) -> None:
    found = json.loads(text(answers["search"]))
    assert found[0]["id"] == "acne-scars"
    assert "The argument breaks at" in text(answers["grade"])


def test_saved_queries_are_listed_and_run(answers: dict[str, CallToolResult]) -> None:
    assert "works-that-tested(" in text(answers["queries"])
    assert "reno-2022" in text(answers["saved"])


def test_long_answers_are_cut_and_say_so(answers: dict[str, CallToolResult]) -> None:
    rows = text(answers["rows"]).splitlines()
    assert len(rows) == MAX_ROWS + 2
    assert rows[-1].startswith("[cut here: ")
    whole = text(answers["json"])
    assert len(whole) < MAX_CHARACTERS + 100
    assert "[cut here: " in whole


def test_an_empty_answer_hints_why(answers: dict[str, CallToolResult]) -> None:
    assert "Nothing was found" in text(answers["nothing"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("miss", "did you mean 'acne-scars'"),
        ("service", "SERVICE"),
        ("update", "queries only read"),
        ("long", "200 characters"),
    ],
)
def test_faults_are_one_sentence(answers: dict[str, CallToolResult], name: str, said: str) -> None:
    answer = answers[name]
    assert answer.is_error
    assert said in text(answer)
    assert "Traceback" not in text(answer)


@pytest.mark.medium
def test_a_base_that_cannot_be_used_ends_the_command(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("claims: [{id: a}]", encoding="utf-8")
    done = kg("mcp", "--base", tmp_path, input="")
    assert done.returncode == 3
    assert "bad.yaml:1" in done.stderr
