"""Every listed requirement does work: one that nothing imports is a risk without a use."""

from __future__ import annotations

import ast
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
USED_UNSEEN = {
    "uvloop": "uvicorn takes it where it is installed",
    "httptools": "the same",
    "pylopdf-fonts-zh-cn": "its font files are read by name (gateway/audit/monthly/document.py)",
}


def listed(file: str) -> set[str]:
    lines = (ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines()
    return {re.split(r"[=<>\[]", line)[0].strip().lower() for line in lines if line and not line.startswith("#")}


def imported(*folders: str) -> set[str]:
    """The distributions that the Python files of some folders import, anywhere in them."""
    modules: set[str] = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.Import):
                    modules |= {name.name.split(".")[0] for name in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    modules.add(node.module.split(".")[0])
    provided = packages_distributions()
    return {re.sub(r"[-_.]+", "-", name).lower() for module in modules for name in provided.get(module, ())}


@pytest.fixture(scope="module")
def used() -> set[str]:
    return imported("gateway", "node")


def test_every_runtime_requirement_is_imported_or_says_why_not(used: set[str]) -> None:
    assert listed("runtime.in") - used == set(USED_UNSEEN) - used


def test_nothing_is_imported_that_is_not_locked(used: set[str]) -> None:
    locked = re.findall(
        r"^([a-z0-9._-]+)==", (ROOT / "requirements/runtime.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert used - {"huren"} <= set(locked)
