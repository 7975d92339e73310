"""Nodes that are killed, halted, frozen and emptied, while credentials are issued and transfers decided."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from copies import documents_kept, packs_of
from real_member import moving
from soundness import SECONDS, agreed, issued_by, readiness
from stage import fetch
from trading import hash_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from meanwhile import Work
    from real_stage import RealStage
    from stage import Centre

ENGINES = ("geth", "besu")
pytestmark = [pytest.mark.consortium, pytest.mark.timeout(900)]
SHANGHAI, JIANGSU, ZHEJIANG, ANHUI = 310000, 320000, 330000, 340000


def test_a_client_killed_with_9_is_started_again_by_its_supervisor(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    member = consortium.members[ZHEJIANG]
    killed = member.pid()
    with work.going():
        os.kill(killed, signal.SIGKILL)
        consortium.wait("another process in its place", lambda: member.process("chain").pid() not in {None, killed})
    sound()


def test_a_machine_without_power_comes_back_to_the_head(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    member = consortium.members[JIANGSU]
    with work.going():
        member.kill()
        others = [one for one in consortium.members.values() if one is not member]
        moving(others)  # three of four go on
        member.up()
    sound()


def test_two_of_four_down_halt_the_chain_and_accepted_work_waits(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    down = [consortium.members[province] for province in (SHANGHAI, ANHUI)]
    up, centre = consortium.members[ZHEJIANG], consortium.centres[ZHEJIANG]
    paper = work.trade.papers[-1]
    assert centre.run("verify", str(paper), "--json").json["verdict"] == "valid"
    before = issued_by(consortium, ZHEJIANG)
    with work.going(JIANGSU):
        for member in down:
            member.kill()
        halted = _stands_still(up.head, 6.0)
        waiting = work.issuing(ZHEJIANG)
        assert work.begin(waiting) == 0  # it is taken
        _nobody_says_valid(consortium, centre, paper)
        assert up.head().number == halted
        down[0].up()
        consortium.wait("three of four go on", lambda: up.head().number > halted)
        # What was taken is sent, and nobody asks for it again.
        consortium.wait("it is anchored", lambda: issued_by(consortium, ZHEJIANG) == before + waiting.rows)
    down[1].up()
    sound()
    assert centre.run("verify", str(paper), "--json").json["verdict"] == "valid"


def _nobody_says_valid(consortium: RealStage, centre: Centre, paper: Path) -> None:
    """Beyond the bound it is "cannot check", though the node answers: elsewhere the paper may have been revoked."""
    consortium.wait("the gateway says that the chain stands still", lambda: not readiness(centre)["chain"]["moving"])
    consortium.wait("its index is too old", lambda: not readiness(centre)["ready"])
    told = centre.run("verify", str(paper), "--json", ok=(2,)).json
    assert (told["verdict"], told["reason"]["code"]) == ("cannot-check", "verify.chain_stands_still")
    assert fetch(f"{centre.url}/v1/credentials/{hash_of(paper)}")[0] == 503


def test_all_four_killed_at_once_lose_no_block_that_was_final(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    final = agreed(consortium)
    before = consortium.members[SHANGHAI].block(final).hash
    with work.going():
        for member in consortium.members.values():
            member.kill()
        for member in consortium.members.values():
            member.up()
    moving(consortium.members.values())
    assert {member.block(final).hash for member in consortium.members.values()} == {before}
    sound()


def test_a_node_that_lost_its_disk_has_its_chain_and_every_document_back_from_its_peers(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    member, centre = consortium.members[ZHEJIANG], consortium.centres[ZHEJIANG]
    work.begin(work.issuing(ZHEJIANG))
    work.finish()
    documents_kept(consortium, SECONDS)  # a pack is not in one place alone
    own = len(packs_of(centre))
    with work.going(JIANGSU):
        member.kill()
        member.lose_disk()
        member.up()
        others = [one for one in consortium.members.values() if one is not member]
        consortium.wait("it has come to the others' head", lambda: member.head().number >= agreed_of(others))
    restored = centre.run("documents", "repair", "--json").json["restored"]
    assert restored["packs"] == own > 0
    assert restored["manifests"] > 0
    assert restored["replicas"] > 0
    sound()
    assert centre.run("documents", "status", "--json").json["whole"]


def test_a_frozen_client_wakes_up_where_the_others_are(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    member = consortium.members[SHANGHAI]
    pid = member.pid()
    with work.going():
        os.kill(pid, signal.SIGSTOP)
        try:
            moving(one for one in consortium.members.values() if one is not member)
            time.sleep(10.0)
        finally:
            if member.process("chain").pid() == pid:  # a supervisor may have had enough of it
                os.kill(pid, signal.SIGCONT)
    sound()


def agreed_of(members: list[object]) -> int:
    """The newest block that each of them has."""
    return min(member.head().number for member in members)  # type: ignore[attr-defined]


def _stands_still(head: Callable[[], object], seconds: float) -> int:
    """Wait until a chain has made no block for so long; return its newest."""
    newest, since = head().number, time.monotonic()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 120
    while time.monotonic() - since < seconds:
        assert time.monotonic() < deadline
        number = head().number  # type: ignore[attr-defined]
        if number != newest:
            newest, since = number, time.monotonic()
        time.sleep(0.3)
    return int(newest)
