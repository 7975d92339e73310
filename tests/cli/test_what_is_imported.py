"""What starting a command costs: libraries that take half a second to import wait until something is signed."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import gateway.cli
import node.cli

HEAVY = ("eth_account", "py_ecc", "fastapi", "uvicorn", "openpyxl")
"""Signing (with its curves), serving, spreadsheets: none of it is needed to show, list or verify."""
SERVING = {"gateway.cli.serve"}


def _modules(package: object) -> list[str]:
    path, name = package.__path__, package.__name__  # type: ignore[attr-defined]
    return [found.name for found in pkgutil.iter_modules(path, f"{name}.")]


@pytest.mark.parametrize(
    "modules", [["gateway.bootstrap", *_modules(gateway.cli)], _modules(node.cli)], ids=["huren", "huren-node"]
)
def test_no_command_imports_what_signs_or_serves_before_it_does(modules: list[str]) -> None:
    lines = [f"import {name}" for name in modules if name not in SERVING]
    lines += ["import sys", f"print(*sorted(set({HEAVY!r}) & set(sys.modules)))"]
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
