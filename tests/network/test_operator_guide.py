"""The operator's guide is run: its blocks in order, word for word but for the ports, on trials of both kinds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from operator_guide import blocks
from ports import free_port, free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(1800)]
BIN = Path(sys.executable).parent
RPC, GATEWAY = "8545", "8102"
REAL_PORTS = 40


def bash(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUREN_")}
    environment |= {"PATH": f"{BIN}:{environment['PATH']}", "HOME": str(folder)}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("guide")
    yield made
    for words in ("--dir trial", "--all --dir consortium"):
        if (made / words.split()[-1]).exists():
            bash(f"huren-node down {words}", made)


@pytest.mark.parametrize("kind", ["anvil", "geth"])
def test_the_commands_of_the_guide_do_what_it_says(kind: str, folder: Path) -> None:
    rpc = free_ports(REAL_PORTS)[0] if kind == "geth" else free_port()
    ports = {RPC: str(rpc), GATEWAY: str(free_port())}
    ran = 0
    for block in blocks():
        if block.kind != kind:
            continue
        text = block.text
        for written, free in ports.items():
            text = text.replace(written, free)
        done = bash(text, folder)
        assert done.returncode == 0, f"docs/operator-guide.md, line {block.line}:\n{text}\n{done.stdout}\n{done.stderr}"
        ran += 1
    assert ran >= {"anvil": 8, "geth": 6}[kind]
    if kind == "anvil":
        # What it said it would do, it did: a whole gateway beside the first, and the next registry in force.
        assert (folder / "restored" / "data" / "keys" / "pseudonym.key.json").exists()
        assert (folder / "restored" / "data" / "huren.db").exists()
        proven = bash("huren-node verify-contracts --dir trial --json", folder)
        assert '"version": 2' in proven.stdout
    else:
        told = bash("huren-node status --dir consortium/members/340000 --json", folder)
        assert told.returncode in {0, 1}, told.stderr
