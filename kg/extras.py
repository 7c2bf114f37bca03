"""Extras: packages that an installation may lack, and the command that adds them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from shlex import join
from typing import Any

from kg.errors import MissingExtra

MODULES_BY_EXTRA = {
    "nanopub": "nanopub",
    "pdf": "plutoprint",
    "scale": "pyarrow",
    "spark": "pyspark",
}
"""The module by which an extra is recognised."""

DISTRIBUTION = "evidence-kg"
ROOT = Path(__file__).resolve().parent.parent


def has_extra(extra: str) -> bool:
    """Whether the packages of an extra are installed; nothing is imported."""
    return find_spec(MODULES_BY_EXTRA[extra]) is not None


def import_extra(extra: str, purpose: str, module: str = "") -> Any:
    """A module of an extra.

    Args:
        extra: a key of `MODULES_BY_EXTRA`.
        purpose: what needs it, as the subject of a sentence: `a PDF`.
        module: which module; empty: the one by which the extra is recognised.

    Raises:
        MissingExtra: the extra is not installed; the message says what installs it here.
    """
    try:
        return import_module(module or MODULES_BY_EXTRA[extra])
    except ModuleNotFoundError as fault:
        command = describe_installation(extra)
        raise MissingExtra(
            extra, f"{purpose} needs the extra `{extra}`, which is not installed; run: {command}"
        ) from fault


def is_own_environment() -> bool:
    """Whether this Python is the `.venv` that `scripts/setup` makes in this checkout."""
    return Path(sys.prefix) == ROOT / ".venv" and (ROOT / "scripts" / "setup").is_file()


def describe_installation(extra: str) -> str:
    """The command that installs an extra into this Python: of the checkout, of pip or of uv."""
    if is_own_environment():
        return _describe_setup(extra)
    return join([*_choose_installer("install"), *_list_requirements(extra)])


def describe_repair(packages: Sequence[str]) -> str:
    """The command that installs packages that come with every kg and are missing here."""
    if is_own_environment():
        return _describe_setup("run")
    return join([*_choose_installer("install"), *packages])


def describe_removal() -> str:
    """The command that takes kg out of this Python."""
    uninstall = _choose_installer("uninstall")
    return join([*uninstall, *(["--yes"] if uninstall[0] != "uv" else []), DISTRIBUTION])


def _describe_setup(name: str) -> str:
    is_here = Path.cwd() == ROOT
    return join(["./scripts/setup" if is_here else str(ROOT / "scripts" / "setup"), name])


def _choose_installer(action: str) -> list[str]:
    """The words that begin a call of the installer of this Python: its pip, uv, or another pip."""
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", action]
    if shutil.which("uv"):
        return ["uv", "pip", action, "--python", sys.executable]
    base = str(Path(sys.base_prefix) / "bin" / "python3")
    return [base, "-m", "pip", "--python", sys.executable, action]


def _list_requirements(extra: str) -> list[str]:
    """What the extra adds; the packages themselves, for kg may have come from no index."""
    marker = f'extra == "{extra}"'
    try:
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        lines = []
    found = [line.partition(";")[0].strip() for line in lines if marker in line.replace("'", '"')]
    return found or [MODULES_BY_EXTRA[extra]]
