from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from node.engines.problems import Problem
from node.health import judging
from node.health.judging import CODES, judge
from node.health.reading import ProgramReading, Reading, ValidatorReading
from tests.node.health.readings import HEALTHY, IPFS, PROVINCES, validators, with_chain

FULL = Problem("磁盘已满", "the disk is full", "清理", "make room")
FAILING = ProgramReading("chain", 2, 1.0, 3, 4, failing=True, problem=FULL)
ENDED = ProgramReading("chain", None, None, 1, 1, failing=False, problem=FULL)

CASES = {
    "chain-down": (replace(HEALTHY, chain_pid=None, chain=None), True, "huren-node up"),
    "chain-silent": (replace(HEALTHY, chain=None), True, "chain.log"),
    "supervisor-down": (replace(HEALTHY, supervisor=None), False, "huren-node up"),
    "chain-failing": (replace(HEALTHY, programs=(FAILING,)), False, "make room"),
    "ipfs-failing": (replace(HEALTHY, programs=(replace(FAILING, name="ipfs", problem=None),)), False, "run/ipfs.log"),
    "supervisor-silent": (replace(HEALTHY, written_age=61.0), False, "kill -9"),
    "metrics-down": (replace(HEALTHY, metrics_problem="127.0.0.1:9645 Address already in use"), False, "metrics_port"),
    "syncing": (with_chain(syncing=True, sealing=False, head_age=9_999.0), False, "wait"),
    "no-quorum": (with_chain(head_age=31.0, validators=validators(present=2)), True, "nothing is lost"),
    "resuming": (with_chain(head_age=31.0, gathered=20.0), True, "wait a minute"),
    "deadlock-suspected": (with_chain(head_age=90.0, gathered=61.0), True, "huren-node rewind"),
    "halted": (replace(with_chain(head_age=90.0), engine="besu"), True, "restart"),
    "peers-lacking": (with_chain(provinces=PROVINCES[2:]), False, "firewall"),
    "not-sealing": (with_chain(sealing=False), False, "supervisor"),
    "misses-blocks": (with_chain(validators=validators(missed=5)), False, "motion"),
    "clock-skew": (with_chain(delay=-1.5), False, "NTP"),
    "ipfs-down": (replace(HEALTHY, ipfs=replace(IPFS, answering=False, problem="refused")), False, "ipfs.log"),
    "ipfs-peers-lacking": (replace(HEALTHY, ipfs=replace(IPFS, peers=2)), False, "swarm"),
    "ipfs-strangers": (replace(HEALTHY, ipfs=replace(IPFS, strangers=1)), False, "replace it"),
    "disk-low": (replace(HEALTHY, disk_free=1_000_000_000), False, "add space"),
}


def test_members_that_are_not_connected_are_named() -> None:
    away = replace(validators()[1], present=False)
    [alarm] = judge(with_chain(provinces=PROVINCES[2:], validators=(validators()[0], away, *validators()[2:])))
    assert alarm.code == "peers-lacking"
    assert alarm.zh.endswith(f"；缺：{away.province}")
    assert alarm.en.endswith(f"; lacking: {away.province}")


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
        with_chain(validators=validators(missed=4)),
        with_chain(validators=(ValidatorReading("0x01", 310_000, present=True, turns=8, missed=6, sealed=11),)),
        with_chain(validators=(ValidatorReading("0x01", 310_000, present=True, turns=3, missed=3, sealed=0),)),
        replace(HEALTHY, written_age=59.0),
        replace(HEALTHY, written_age=None),
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


@pytest.mark.parametrize(
    ("present", "gathered", "code", "told"),
    [
        (2, None, "no-quorum", "lacking: 330000, 340000"),
        (4, 20.0, "resuming", "enough to begin"),
        (4, 61.0, "halted", "though 4 validators"),
    ],
)
def test_a_chain_that_has_not_begun_waits_for_the_others_and_knows_no_branches(
    present: int, gathered: float | None, code: str, told: str
) -> None:
    (alarm,) = judge(with_chain(height=0, head_age=9e5, validators=validators(present=present), gathered=gathered))
    assert (alarm.code, alarm.down) == (code, True)
    assert "no first block" in alarm.en
    assert told in alarm.en
    assert "900000" not in alarm.en
    assert "rewind" not in alarm.hint_en


def test_the_operators_guide_has_a_row_for_every_alarm() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "operator-guide.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in guide.splitlines() if line.startswith("| `")]
    table = {word for first in rows for word in first.split("`")[1::2]}
    assert {*CASES, "deadlock"} <= table
    told = Path(judging.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'Alarm\(\s+"([a-z-]+)"', told)) <= set(CASES), "each has a case above"
    assert set(CODES) == set(CASES)


def test_a_client_that_does_not_run_says_why_at_its_first_end() -> None:
    (alarm,) = judge(replace(HEALTHY, chain_pid=None, chain=None, programs=(ENDED,)))
    assert (alarm.code, alarm.hint_en, alarm.hint_zh) == ("chain-down", "make room", "清理")
    assert alarm.en.endswith("the disk is full")
    assert alarm.zh.endswith("磁盘已满")
    assert "the disk" not in alarm.zh


def test_the_neighbours_of_one_that_is_away_are_not_blamed() -> None:
    # As measured on four geth nodes, one of them down: the others' turns are upset, and they make all the blocks.
    counted = ((8, 5, 11), (8, 8, 0), (8, 5, 10), (8, 6, 11))
    found = tuple(
        ValidatorReading(f"0x{place}", province, present=place != 1, turns=turns, missed=missed, sealed=sealed)
        for place, (province, (turns, missed, sealed)) in enumerate(zip(PROVINCES, counted, strict=True))
    )
    (alarm,) = judge(with_chain(validators=found))
    assert alarm.code == "misses-blocks"
    assert "320000 made 0 of the 8" in alarm.en
