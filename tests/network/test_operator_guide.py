"""The operator's guide is run: its blocks in order, word for word but for the ports, on trials of both kinds.

The four provinces that rehearse the ceremony then raise the network that came of it, and create the contracts. What the
guide writes down for members that come, go and change keys is typed in tests/consortium/test_governance.py.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from operator_guide import blocks
from ports import free_port, free_ports
from real_member import Member, moving
from typed import typed

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(1800)]
BIN = Path(sys.executable).parent
RPC, GATEWAY = "8545", "8102"
REHEARSAL = {310000: "30310", 320000: "30320", 330000: "30330", 340000: "30340"}
"""By province, the first of the ports that the ceremony's members are given."""
EACH, REAL_PORTS = 10, 40
"""Ports of a member, and of four."""
WELL = 300.0
"""Seconds until a network that was just started has no alarm."""


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
    for words in ("--dir trial", "--all --dir consortium", *(f"--dir rehearsal/{one}" for one in REHEARSAL)):
        if (made / words.split()[-1]).exists():
            bash(f"huren-node down {words}", made)


@pytest.mark.parametrize("kind", ["anvil", "geth"])
def test_the_commands_of_the_guide_do_what_it_says(kind: str, folder: Path) -> None:
    free = _free(kind)
    written = re.compile(rf"\b(?:{'|'.join(free)})\b")
    ran = 0
    for block in blocks():
        if block.kind != kind:
            continue
        text = written.sub(lambda found: free[found[0]], block.text)
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
        assert bash("huren-node down --all --dir consortium", folder).returncode == 0
        _raise_what_was_rehearsed(folder)


def _free(kind: str) -> dict[str, str]:
    """For each port in the blocks one that nobody has."""
    ports = {RPC: free_ports(REAL_PORTS)[0] if kind == "geth" else free_port(), GATEWAY: free_port()}
    if kind == "geth":
        first = free_ports(REAL_PORTS)[0]
        ports |= {port: first + number * EACH for number, port in enumerate(REHEARSAL.values())}
    return {written: str(port) for written, port in ports.items()}


def _raise_what_was_rehearsed(folder: Path) -> None:
    """Do what the guide says after its blocks of the ceremony: nodes, contracts, and everybody's own proof of them."""
    first, *others = members = [Member(one, folder / "rehearsal" / str(one)) for one in REHEARSAL]
    for member in members:
        member.up()
    moving(members)  # a fresh Clique network may begin on two branches: the guide's cure, `rewind`, is in there
    deadline = time.monotonic() + WELL
    while (told := first.run("status", "--json", ok=(0, 1))).code:
        assert time.monotonic() < deadline, told.stdout
        time.sleep(1.0)
    # The passphrase, which is asked for at the terminal, comes from the file that the ceremony made.
    passphrase = ("--passphrase-file", str(folder / "passphrase"))
    typed("huren-node deploy --dir DIR --deployer DIR/keys/operator.json", {"DIR": str(first.folder)}, *passphrase)
    for member in others:
        shutil.copy(first.layout.deployment, member.layout.deployment)
    for member in members:
        proven = typed("huren-node verify-contracts --dir DIR", {"DIR": str(member.folder)}).json
        assert proven["proven"]
        assert len(proven["verified"]) > 5
