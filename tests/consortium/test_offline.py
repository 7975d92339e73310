"""Verification with no network, of what four real nodes have sealed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from gateway.verification.offline import Trust

if TYPE_CHECKING:
    from pathlib import Path

    from real_stage import RealStage
    from trading import Trade

pytestmark = [pytest.mark.consortium, pytest.mark.timeout(900)]
SHANGHAI, JIANGSU, ANHUI = 310000, 320000, 340000
ALONE = """
import socket, sys
def forbidden(*_, **__):
    raise AssertionError("something was asked of the network")
socket.socket = socket.create_connection = socket.getaddrinfo = forbidden
from gateway.cli.main import run
sys.exit(run(sys.argv[1:]))
"""
"""`huren` on a computer without a network."""


def alone(folder: Path, *words: object) -> tuple[int, Any]:
    """Exit code of a command, and what it printed as JSON: in `folder`, without settings, without a network."""
    command = [sys.executable, "-P", "-c", ALONE, *map(str, words), "--json"]
    done = subprocess.run(command, cwd=folder, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def trust(consortium: RealStage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trust file that Anhui's node gives."""
    path = tmp_path_factory.mktemp("trust") / "trust.json"
    consortium.centres[ANHUI].run("trust", "export", "--out", str(path), "--json")
    return path


@pytest.fixture(scope="module")
def papers(trade: Trade, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two certificates of Jiangsu's with evidence; the second has been revoked meanwhile."""
    folder, centre = tmp_path_factory.mktemp("evidence"), trade.source
    made = []
    for paper in trade.papers[-2:]:
        digest = centre.run("verify", str(paper), "--json").json["hash"]
        centre.run("export", digest, "--with-finality", "--out", str(folder))
        made.append(folder / paper.name)
    trade.papers.pop()
    centre.run("revoke", digest, "--reason", "withdrawn", "--wait", "120")
    return made


def test_every_node_gives_the_same_trust_file_and_it_names_those_who_seal(
    consortium: RealStage, trust: Path, tmp_path: Path
) -> None:
    for province in (SHANGHAI, JIANGSU):
        other = tmp_path / f"{province}.json"
        consortium.centres[province].run("trust", "export", "--out", str(other))
        assert other.read_bytes() == trust.read_bytes()
    read = Trust.parse(trust.read_bytes())
    engine = consortium.members[SHANGHAI].engine
    assert sorted("0x" + one.hex() for one in read.validators) == sorted(one.lower() for one in engine.validators())
    assert {one.name for one in read.contracts} >= {"Directory", "CredentialRegistry", "InstitutionRegistry"}
    assert consortium.centres[JIANGSU].run("trust", "check", str(trust), "--json").json["same"]


def test_a_certificate_is_verified_where_nothing_can_be_asked(papers: list[Path], trust: Path, tmp_path: Path) -> None:
    offline = ("verify", papers[0], "--offline", "--trust", trust)
    code, told = alone(tmp_path, *offline)
    assert (code, told["verdict"], told["source"]) == (0, "valid", "evidence")
    assert all(step["state"] == "passed" for step in told["steps"])
    assert len(json.loads(papers[0].read_bytes())["finality"]["headers"]) in {4, 5}

    assert alone(tmp_path, "present", papers[0], "--show", "name", "--out", "part.huren.json")[0] == 0
    code, told = alone(tmp_path, "verify", "part.huren.json", "--offline", "--trust", trust)
    assert (code, told["verdict"]) == (0, "valid")

    fingerprint = alone(tmp_path, "trust", "show", trust)[1]["fingerprint"]
    assert alone(tmp_path, *offline, "--fingerprint", fingerprint)[0] == 0
    other = fingerprint[:-1] + str((int(fingerprint[-1]) + 1) % 10)
    code, told = alone(tmp_path, *offline, "--fingerprint", other)
    assert (code, told["error"]["code"]) == (2, "trust.fingerprint")
    code, told = alone(tmp_path, *offline, "--max-days", 0)
    assert (code, told["reason"]["code"]) == (2, "evidence.stale")


def test_a_revocation_is_told_by_newer_evidence_and_the_older_says_what_it_is_true_for(
    trade: Trade, papers: list[Path], trust: Path, tmp_path: Path
) -> None:
    code, before = alone(tmp_path, "verify", papers[1], "--offline", "--trust", trust)
    assert (code, before["verdict"]) == (0, "valid")
    trade.source.run("export", before["hash"], "--with-finality", "--out", str(tmp_path))
    code, after = alone(tmp_path, "verify", papers[1].name, "--offline", "--trust", trust)
    assert (code, after["verdict"], after["status"]["reason"]) == (1, "revoked", "withdrawn")
    assert before["block"]["time"] <= after["status"]["since"] <= after["block"]["time"]
