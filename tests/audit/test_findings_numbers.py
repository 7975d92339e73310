"""``huren audit findings --numbers`` at a centre: one certificate number that stands for two claims."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from ground import ROSTER, SOURCE, TARGET, Ground

from gateway.audit.findings.numbers import OwnNumber, folded, of_numbers
from gateway.audit.findings.values import Severity
from gateway.issuance.service import IssueOptions

if TYPE_CHECKING:
    from pathlib import Path

    from ledger_world import World


def _of(told: Any) -> list[Any]:  # noqa: ANN401 - JSON
    return [one for one in told["findings"] if one["code"] == "number.claims"]


@pytest.fixture
def world(law: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ground:
    made = Ground(law, tmp_path)
    made.lend(lambda: capsys.readouterr().out)
    capsys.readouterr()
    return made


@pytest.mark.network
@pytest.mark.timeout(300)
def test_a_centre_compares_the_numbers_of_its_own_certificates(world: Ground) -> None:
    shanghai = world.shanghai
    told = shanghai.huren("audit", "findings", "--numbers", "--level", "alarm")
    assert _of(told) == []
    with ROSTER.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with (shanghai.folder.parent / "roster.csv").open(encoding="utf-8", newline="") as file:
        issued = list(csv.DictReader(file))
    number, taken = issued[0]["证书编号"], {row["身份证号"] for row in issued}
    other = next(row for row in rows if row["身份证号"] not in taken)
    roster = shanghai.folder / "alike.csv"
    with roster.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(other))
        writer.writeheader()
        writer.writerow(other | {"证书编号": f"{number[:4]}-{number[4:].lower()}"})  # looks like another's number
    gateway = shanghai.gateway()
    try:
        report = gateway.issuer(lambda _: True).issue(roster, IssueOptions())
        assert report.issued == 1
        gateway.sender.settle([batch.outbox for batch in report.batches], seconds=60)
        gateway.indexer(attesting=False).advance()
    finally:
        gateway.close()
    shanghai.capture()
    told = shanghai.huren("audit", "findings", "--numbers", "--level", "alarm", code=1)
    [found] = _of(told)
    assert (found["severity"], found["local"]) == ("alarm", True)
    assert sum(one["kind"] == "credential" for one in found["refs"]) == 2
    assert number not in json.dumps(found["refs"])


def test_numbers_that_differ_in_form_alone_are_one_number() -> None:
    assert folded("ＳＨ-2024 001") == folded("sh2024001") == "SH2024001"
    first = OwnNumber(SOURCE, "SH-2024-001", b"\x01" * 32, b"\x0a" * 32)
    again = OwnNumber(SOURCE, "sh2024001", b"\x02" * 32, b"\x0b" * 32)
    reissued = OwnNumber(SOURCE, "SH-2024-001", b"\x01" * 32, b"\x0c" * 32)
    elsewhere = OwnNumber(TARGET, "SH-2024-001", b"\x03" * 32, b"\x0d" * 32)
    assert list(of_numbers([first, reissued, elsewhere], 1)) == []
    [found] = of_numbers([first, again, elsewhere], 1)
    assert found.severity is Severity.ALARM
    assert [ref for kind, ref in found.refs if kind == "credential"] == ["0x" + "0a" * 32, "0x" + "0b" * 32]
    assert "2024" not in str(found.to_json()["refs"])
    assert "2024" not in repr(first)
