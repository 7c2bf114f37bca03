"""Every law is held by a test that runs, and no test claims a law that does not exist."""

from __future__ import annotations

import pytest

from tests.properties.laws import LAWS, held


@pytest.mark.medium
def test_every_law_is_held() -> None:
    assert {mark.law for mark in held()} == set(LAWS)
    assert [f"P{n}" for n in range(1, 37)] == [law for law in LAWS if law.startswith("P")]
