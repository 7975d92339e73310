from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from node.health import judging
from node.health.judging import judge
from node.health.reading import ProgramReading, Reading
from tests.node.health.readings import HEALTHY, IPFS, PROVINCES, validators, with_chain

FAILING = ProgramReading("chain", None, None, 3, failing=True, problem="no space left on device")

CASES = {
    "chain-down": (replace(HEALTHY, chain_pid=None, chain=None), True, "huren-node up"),
    "chain-silent": (replace(HEALTHY, chain=None), True, "chain.log"),
    "supervisor-down": (replace(HEALTHY, supervisor=None), False, "huren-node up"),
    "chain-failing": (replace(HEALTHY, programs=(FAILING,)), False, "run/chain.log"),
    "syncing": (with_chain(syncing=True, sealing=False, head_age=9_999.0), False, "wait"),
    "no-quorum": (with_chain(head_age=31.0, validators=validators(present=2)), True, "nothing is lost"),
    "resuming": (with_chain(head_age=31.0, gathered=20.0), True, "wait a minute"),
    "deadlock-suspected": (with_chain(head_age=90.0, gathered=61.0), True, "huren-node rewind"),
    "halted": (replace(with_chain(head_age=90.0), engine="besu"), True, "restart"),
    "peers-lacking": (with_chain(provinces=PROVINCES[2:]), False, "firewall"),
    "not-sealing": (with_chain(sealing=False), False, "supervisor"),
    "misses-blocks": (with_chain(validators=validators(missed=4)), False, "motion"),
    "clock-skew": (with_chain(delay=-1.5), False, "NTP"),
    "ipfs-down": (replace(HEALTHY, ipfs=replace(IPFS, answering=False, problem="refused")), False, "ipfs.log"),
    "ipfs-peers-lacking": (replace(HEALTHY, ipfs=replace(IPFS, peers=2)), False, "swarm"),
    "ipfs-strangers": (replace(HEALTHY, ipfs=replace(IPFS, strangers=1)), False, "replace it"),
    "disk-low": (replace(HEALTHY, disk_free=1_000_000_000), False, "add space"),
}


def test_a_healthy_node_raises_no_alarm() -> None:
    assert judge(HEALTHY) == ()


@pytest.mark.parametrize("code", CASES)
def test_each_thing_that_is_wrong_has_one_name_and_a_cure(code: str) -> None:
    reading, down, cure = CASES[code]
    (alarm,) = judge(reading)
    assert (alarm.code, alarm.down) == (code, down)
    assert cure in alarm.hint_en
    for zh in (alarm.zh, alarm.hint_zh):
        assert any("一" <= letter <= "鿿" for letter in zh)


@pytest.mark.parametrize(
    "reading",
    [
        with_chain(head_age=29.0),
        with_chain(validators=validators(missed=3)),
        with_chain(delay=4.9),
        with_chain(delay=None),
        with_chain(validator=False, sealing=False),
        replace(HEALTHY, ipfs=None),
        replace(HEALTHY, disk_free=3_000_000_000, disk_size=20_000_000_000),
        replace(with_chain(head_age=70.0), block_seconds=10),
    ],
)
def test_what_is_within_its_bounds_is_no_alarm(reading: Reading) -> None:
    assert judge(reading) == ()


def test_the_worst_is_said_first() -> None:
    reading = replace(with_chain(head_age=40.0, validators=validators(present=2)), supervisor=None)
    assert [alarm.code for alarm in judge(reading)] == ["no-quorum", "supervisor-down"]


def test_who_lacks_is_named_by_province() -> None:
    (alarm,) = judge(with_chain(head_age=40.0, validators=validators(present=2)))
    assert "330000, 340000" in alarm.en
    assert "2 of 4" in alarm.en


def test_the_operators_guide_has_a_row_for_every_alarm() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "operator-guide.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in guide.splitlines() if line.startswith("| `")]
    table = {word for first in rows for word in first.split("`")[1::2]}
    assert {*CASES, "ipfs-failing", "deadlock"} <= table
    told = Path(judging.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'Alarm\(\s+"([a-z-]+)"', told)) <= set(CASES), "each has a case above"
