"""What operators see while a node is away, and how one whose machine is lost comes back from its backup."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from real_member import moving
from stage import HUREN_NODE, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from meanwhile import Work
    from real_member import Member
    from real_stage import RealStage

ENGINES = ("geth", "besu")
pytestmark = [pytest.mark.consortium, pytest.mark.timeout(900)]
SHANGHAI, JIANGSU, ZHEJIANG, ANHUI = 310000, 320000, 330000, 340000


def test_who_is_away_and_misses_blocks_is_told_by_status_by_watching_and_to_prometheus(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    away, teller = consortium.members[JIANGSU], consortium.members[ZHEJIANG]
    assert _absent(_status(teller)) == []
    with work.going():
        away.kill()
        wanted = {"peers-lacking", "misses-blocks"}
        consortium.wait("both are alarms", lambda: wanted <= {one["code"] for one in _status(teller)["alarms"]})
        told = _status(teller)
        assert _absent(told) == [JIANGSU]
        missed = {one["province"]: one["missed"] for one in told["chain"]["validators"]}
        assert missed[JIANGSU] == max(missed.values()) > 0
        consortium.wait("so are its metrics", lambda: wanted <= _alarms(teller))
        first, second = _watched(teller, 2)
        assert second["chain"]["height"] > first["chain"]["height"], "three of four go on"
        assert told["ipfs"]["pins"] > 0
        assert told["disk_free"] > 0
        away.up()
        consortium.wait("nobody is away", lambda: not _absent(_status(teller)))
    sound()


def test_a_node_whose_machine_is_lost_comes_back_from_a_backup_made_while_it_ran_by_the_unit_that_was_rendered(
    consortium: RealStage, work: Work, tmp_path: Path, sound: Callable[[], None]
) -> None:
    member, centre = consortium.members[ANHUI], consortium.centres[ANHUI]
    key, backup = tmp_path / "recovery.json", tmp_path / "node.backup"
    words = ("--passphrase-file", str(member.layout.passphrase))
    secret = member.layout.node_key.read_bytes().strip()
    with work.going():
        run(HUREN_NODE, "backup", "key", str(key), *words)
        run(HUREN_NODE, "backup", "create", str(backup), "--dir", str(member.folder), "--to", str(key))
        assert secret not in backup.read_bytes()
        assert bytes.fromhex(secret.decode()) not in backup.read_bytes()
        known = member.head().number
        member.kill()
        member.folder.rename(tmp_path / "lost")
        opened = ("--key", str(key), "--passphrase-file", str(tmp_path / "lost" / "keys" / "passphrase"))
        run(HUREN_NODE, "restore", str(backup), "--into", str(member.folder), *opened)
        assert member.layout.node_key.read_bytes().strip() == secret
        member.run("render")
        started = _start_unit(member)
        try:
            consortium.wait("it has the others' blocks", lambda: _height(member) > known)
            consortium.wait("it seals", member.engine.sealing)
        finally:
            started.send_signal(signal.SIGTERM)
            assert started.wait(180) == 0
        assert list(member.running()) == []
        member.up()
        moving(consortium.members.values())
    restored = centre.run("documents", "repair", "--json").json["restored"]
    assert restored["manifests"] > 0
    assert restored["replicas"] > 0
    sound()
    assert centre.run("documents", "status", "--json").json["whole"]


def _height(member: Member) -> int:
    """Its newest block, -1 while it does not answer."""
    head = member.found()
    return -1 if head is None else head.number


def _status(member: Member) -> Any:  # noqa: ANN401 - JSON
    return member.run("status", "--json", ok=(0, 1, 2)).json


def _absent(told: Any) -> list[int]:  # noqa: ANN401 - JSON
    """The provinces whose validators are away."""
    return [one["province"] for one in told["chain"]["validators"] if not one["present"]]


def _alarms(member: Member) -> set[str]:
    """The alarms that a Prometheus server reads of a node."""
    with urllib.request.urlopen(f"http://127.0.0.1:{member.local.metrics_port}/metrics", timeout=30) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    told = [sample for one in families if one.name == "huren_alarm" for sample in one.samples]
    return {sample.labels["code"] for sample in told if sample.value}


def _watched(member: Member, readings: int) -> list[Any]:
    """So many readings of ``status --watch``, which goes on until it is interrupted."""
    command = [HUREN_NODE, "status", "--watch", "--json", "--dir", str(member.folder)]
    found: list[Any] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = ""
        for line in process.stdout:
            text += line
            if line.rstrip() == "}" or (line.startswith("{") and line.rstrip().endswith("}")):
                found.append(json.loads(text))
                text = ""
            if len(found) == readings:
                break
        process.send_signal(signal.SIGINT)
    assert len(found) == readings, text
    return found


def _start_unit(member: Member) -> subprocess.Popen[bytes]:
    """What systemd starts: the command of the unit that `render` wrote."""
    lines = (member.layout.units / "huren-node.service").read_text(encoding="utf-8").splitlines()
    (command,) = [line.partition("=")[2] for line in lines if line.startswith("ExecStart=")]
    return subprocess.Popen(shlex.split(command), cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
