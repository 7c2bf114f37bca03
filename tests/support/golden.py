"""What a program printed, kept in files: `KG_RENEW=1` writes them anew; read what changed."""

from __future__ import annotations

import os
from pathlib import Path

RENEW = bool(os.environ.get("KG_RENEW"))


def assert_golden(file: Path, text: str) -> None:
    """Fail unless the file holds this text; with `KG_RENEW` it is written first."""
    if RENEW:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
