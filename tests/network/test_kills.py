"""The product killed with -9 at any moment and started again: nothing missing, nothing twice, counted on the chain.

Two ways to choose the moment, both from outside, on processes started as a user starts them: by the wire (wire.py), for
the moments between two steps; and after a delay drawn from a seed, for all the others. The points between two lines of
one step are killed at in tests/issuance/test_kills.py and tests/ledger, by the hooks of the code itself.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from anchored import anchored_leaves, events
from counting import FEW, MANY, RECEIPT, SEND, after_the_kill, assert_once, issue_words, next_block, selector
from killing import fresh_roster, kill_after, kill_at, stage_of_issuing
from wire import ANSWERED, ASKED, HALFWAY, Trap

if TYPE_CHECKING:
    from pathlib import Path

    from killing import KillLog
    from stage import Stage
    from wire import Wire

pytestmark = [pytest.mark.network, pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(600)]
SHANGHAI, JIANGSU = 310000, 320000


# --- issuing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "rows", "trap"),
    [
        (1, FEW, Trap(ASKED, "eth_estimateGas")),  # the batch is committed, its transaction not yet signed
        (2, FEW, Trap(ASKED, SEND)),  # between commit and send
        (3, MANY, Trap(ASKED, SEND)),
        (4, FEW, Trap(ANSWERED, SEND)),  # between send and receipt
        (5, MANY, Trap(ANSWERED, SEND)),
        (6, FEW, Trap(ASKED, RECEIPT)),
        (7, FEW, Trap(ANSWERED, RECEIPT)),
        (8, MANY, Trap(ANSWERED, RECEIPT)),
    ],
)
def test_issuing_killed_between_its_steps_is_finished_by_issuing_again(
    stage: Stage, wires: dict[int, Wire], tmp_path: Path, kill_log: KillLog, seed: int, rows: int, trap: Trap
) -> None:
    shanghai = stage.centres[SHANGHAI]
    roster = fresh_roster(shanghai, tmp_path, rows, seed)
    before = len(anchored_leaves(stage)[SHANGHAI])
    kill_at(shanghai, wires[SHANGHAI], trap, *issue_words(roster, "--wait"))
    after_kill = after_the_kill(stage, SHANGHAI, before)
    again = shanghai.run(*issue_words(roster, "--wait", "--json")).json
    assert again["issued"] + again["already"] == rows
    counted = assert_once(stage, SHANGHAI, before, rows)
    kill_log.tell("huren issue", seed, str(trap), f"{after_kill} after the kill, then {counted}")


@pytest.mark.parametrize("seed", range(11, 17))
def test_issuing_killed_at_any_moment_is_finished_by_issuing_again(
    stage: Stage, wires: dict[int, Wire], tmp_path: Path, kill_log: KillLog, issuing_seconds: float, seed: int
) -> None:
    assert wires
    shanghai = stage.centres[SHANGHAI]
    chosen = random.Random(seed)
    # One stratum of the measured duration a seed, so that the moments spread over all of it.
    delay = issuing_seconds * (0.25 + 0.65 * (seed - 11 + chosen.random()) / 6)
    before = len(anchored_leaves(stage)[SHANGHAI])
    rosters: list[Path] = []

    def words() -> tuple[str, ...]:
        rosters.append(fresh_roster(shanghai, tmp_path, MANY, seed * 100 + len(rosters)))
        return issue_words(rosters[-1], "--wait")

    lived = kill_after(shanghai, delay, words)
    point = stage_of_issuing(shanghai, rosters[-1])
    rows = MANY * (len(rosters) - 1)  # of runs that were faster than the delay
    after_kill = after_the_kill(stage, SHANGHAI, before + rows)
    again = shanghai.run(*issue_words(rosters[-1], "--wait", "--json")).json
    assert again["issued"] + again["already"] == MANY
    counted = assert_once(stage, SHANGHAI, before, rows + MANY)
    kill_log.tell("huren issue", seed, f"{point} ({lived:.2f} s)", f"{after_kill} after the kill, then {counted}")


@pytest.fixture(scope="module")
def issuing_seconds(stage: Stage, wires: dict[int, Wire], tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long issuing takes on this machine."""
    assert wires
    shanghai = stage.centres[SHANGHAI]
    roster = fresh_roster(shanghai, tmp_path_factory.mktemp("measured"), MANY, 0)
    began = time.monotonic()
    shanghai.run(*issue_words(roster, "--wait"))
    return time.monotonic() - began


# --- revoking ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "trap"),
    [
        (31, Trap(ASKED, "eth_call", also=selector("setStatus"))),  # the changes are queued, none is signed
        (32, Trap(ASKED, SEND)),
        (33, Trap(HALFWAY, SEND)),
        (34, Trap(ANSWERED, SEND)),
        (35, Trap(ANSWERED, RECEIPT)),
    ],
)
def test_revoking_many_killed_between_its_steps_is_finished_by_revoking_again(
    stage: Stage, wires: dict[int, Wire], tmp_path: Path, kill_log: KillLog, seed: int, trap: Trap
) -> None:
    shanghai = stage.centres[SHANGHAI]
    roster = fresh_roster(shanghai, tmp_path, FEW, seed)
    before = set(anchored_leaves(stage)[SHANGHAI])
    shanghai.run(*issue_words(roster, "--wait"))
    leaves = sorted(set(anchored_leaves(stage)[SHANGHAI]) - before)
    random.Random(seed).shuffle(leaves)
    wanted, left = leaves[:120], leaves[120:]
    hashes = tmp_path / "hashes"
    hashes.write_text("".join(f"0x{leaf.hex()}\n" for leaf in wanted))
    words = ("revoke", "--file", str(hashes), "--reason", "error")
    kill_at(shanghai, wires[SHANGHAI], trap, *words)
    next_block(stage)
    after_kill = len(revoked(stage, wanted))
    again = shanghai.run(*words, "--json").json
    assert again["changed"] + again["unchanged"] == len(wanted)
    assert revoked(stage, leaves) == dict.fromkeys(wanted, 1)
    assert not revoked(stage, left)
    kill_log.tell(
        "huren revoke", seed, str(trap), f"{after_kill} after the kill, then {len(wanted)} revoked, each once"
    )


def revoked(stage: Stage, leaves: list[bytes]) -> dict[bytes, int]:
    """How often each of the leaves was revoked, as the chain says."""
    asked = set(leaves)
    return dict(Counter(said["leaf"] for said in events(stage, "LeafStatusSet") if said["leaf"] in asked))
