"""A gateway killed with -9 while it sends, attests and indexes, and started again: nothing missing, nothing twice."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from anchored import anchored_leaves, events
from counting import FEW, MANY, RECEIPT, SEND, after_the_kill, assert_once, issue_words, selector
from killing import KILLED, fresh_roster, trapped
from wire import ANSWERED, ASKED, Trap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from killing import KillLog
    from stage import Centre, Stage
    from wire import Wire

pytestmark = [pytest.mark.network, pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(600)]
SHANGHAI, JIANGSU = 310000, 320000


@pytest.fixture(scope="module")
def gateways(stage: Stage, wires: dict[int, Wire]) -> Iterator[tuple[Centre, Centre]]:
    """Shanghai's gateway and Jiangsu's, serving; it is Jiangsu's that is killed."""
    assert wires
    both = stage.centres[SHANGHAI], stage.centres[JIANGSU]
    try:
        for centre in both:
            centre.serve()
        yield both
    finally:
        for centre in both:
            centre.stop()


def kill_serving(centre: Centre, wire: Wire, trap: Trap, act: Callable[[], object]) -> None:
    """Do something that makes the gateway spring the trap, and see it die."""
    assert centre.process is not None
    with trapped(wire, trap):
        trap.arm(centre.process.pid)
        act()
        assert trap.sprung.wait(90), f"{trap}\n{centre.log_tail()}"
    assert centre.process.wait(30) == KILLED
    centre.process = None


def wait_until(stage: Stage, told: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline, stage.centres[JIANGSU].log_tail()
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("seed", "trap"),
    [
        (21, Trap(ASKED, SEND, also=selector("anchor"))),  # between commit and send
        (22, Trap(ANSWERED, SEND, also=selector("anchor"))),  # between send and receipt
        (23, Trap(ASKED, RECEIPT)),
        (24, Trap(ANSWERED, RECEIPT)),
        (25, Trap(ANSWERED, "eth_getLogs", 2)),  # while the index follows
    ],
)
def test_a_gateway_killed_while_it_anchors_goes_on_where_it_was(
    stage: Stage,
    wires: dict[int, Wire],
    gateways: tuple[Centre, Centre],
    tmp_path: Path,
    kill_log: KillLog,
    seed: int,
    trap: Trap,
) -> None:
    _, jiangsu = gateways
    roster = fresh_roster(jiangsu, tmp_path, FEW, seed)
    before = len(anchored_leaves(stage)[JIANGSU])
    kill_serving(jiangsu, wires[JIANGSU], trap, lambda: jiangsu.run(*issue_words(roster)))
    after_kill = after_the_kill(stage, JIANGSU, before)
    jiangsu.serve()
    jiangsu.run(*issue_words(roster))
    wait_until(stage, lambda: len(anchored_leaves(stage)[JIANGSU]) - before >= FEW)
    jiangsu.wait_until_indexed(stage.block())
    counted = assert_once(stage, JIANGSU, before, FEW)
    kill_log.tell("huren serve", seed, str(trap), f"{after_kill} after the kill, then {counted}")


@pytest.mark.parametrize(
    ("seed", "trap"),
    [
        (26, Trap(ASKED, SEND, also=selector("attest"))),
        (27, Trap(ANSWERED, SEND, also=selector("attest"))),
    ],
)
def test_a_gateway_killed_while_it_attests_attests_each_batch_once(
    stage: Stage,
    wires: dict[int, Wire],
    gateways: tuple[Centre, Centre],
    tmp_path: Path,
    kill_log: KillLog,
    seed: int,
    trap: Trap,
) -> None:
    shanghai, jiangsu = gateways
    roster = fresh_roster(shanghai, tmp_path, FEW, seed)
    kill_serving(jiangsu, wires[JIANGSU], trap, lambda: shanghai.run(*issue_words(roster, "--wait")))
    jiangsu.serve()
    others = {said["root"] for said in events(stage, "Anchored") if said["province"] != JIANGSU}
    wait_until(stage, lambda: others <= attested(stage).keys())
    jiangsu.wait_until_indexed(stage.block())
    assert attested(stage) == dict.fromkeys(others, 1)
    kill_log.tell("huren serve", seed, f"attest: {trap}", f"{len(others)} batches of others, each attested once")


def attested(stage: Stage) -> Counter[bytes]:
    """How often Jiangsu attested each root."""
    return Counter(said["root"] for said in events(stage, "Attested") if said["province"] == JIANGSU)


def test_a_gateway_killed_while_it_sends_is_stood_in_for_by_the_command(
    stage: Stage, wires: dict[int, Wire], gateways: tuple[Centre, Centre], tmp_path: Path, kill_log: KillLog
) -> None:
    _, jiangsu = gateways
    roster = fresh_roster(jiangsu, tmp_path, MANY, 28)
    before = len(anchored_leaves(stage)[JIANGSU])
    trap = Trap(ANSWERED, SEND, also=selector("anchor"))
    kill_serving(jiangsu, wires[JIANGSU], trap, lambda: jiangsu.run(*issue_words(roster)))
    jiangsu.run(*issue_words(roster, "--wait"))  # nobody serves now: it sends by itself
    counted = assert_once(stage, JIANGSU, before, MANY)
    jiangsu.serve()
    kill_log.tell("huren serve, issue", 28, str(trap), counted)
