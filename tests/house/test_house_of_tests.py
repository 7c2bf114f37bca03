"""What holds for the tests themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import golden

TESTS = Path(__file__).resolve().parents[1]
SWITCH = re.compile(r"""environ(?:\.get\(|\[)["'](KG_\w+)""")


def test_one_switch_renews_every_golden_file() -> None:
    switches = {
        name
        for module in TESTS.rglob("*.py")
        for name in SWITCH.findall(module.read_text(encoding="utf-8"))
    }
    assert switches == {"KG_RENEW", "KG_TEST_SCREENSHOTS"}


def test_a_golden_file_holds_until_it_is_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "new" / "answer.txt"
    monkeypatch.setattr(golden, "RENEW", True)
    golden.assert_golden(file, "one\n")
    monkeypatch.setattr(golden, "RENEW", False)
    golden.assert_golden(file, "one\n")
    with pytest.raises(AssertionError):
        golden.assert_golden(file, "two\n")
    assert file.read_text(encoding="utf-8") == "one\n"
