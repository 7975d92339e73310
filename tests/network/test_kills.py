"""The product killed with -9 at any moment and started again: nothing missing, nothing twice, counted on the chain.

Two ways to choose the moment, both from outside, on processes started as a user starts them: by the wire (wire.py), for
the moments between two steps; and after a delay drawn from a seed, for all the others. The points between two lines of
one step are killed at in tests/issuance/test_kills.py and tests/ledger, by the hooks of the code itself.
"""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from anchored import anchored_leaves, events
from killing import KILLED, fresh_roster, kill_after, kill_at, stage_of_issuing, trapped
from wire import ANSWERED, ASKED, HALFWAY, Trap

from gateway.bootstrap import Gateway
from gateway.settings import load_settings
from gateway.verification.views import Look
from node.client.abi import interface
from node.client.artifact import load

if TYPE_CHECKING:
    from pathlib import Path

    from killing import KillLog
    from stage import Centre, Stage
    from wire import Wire

pytestmark = [pytest.mark.network, pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(600)]
SHANGHAI, JIANGSU, ANHUI = 310000, 320000, 340000
SEND, RECEIPT = "eth_sendRawTransaction", "eth_getTransactionReceipt"
FEW, MANY = 240, 5_000
"""Rows: of a roster minted in the process itself, and of one minted by workers."""


def selector(function: str) -> str:
    return interface(load("CredentialRegistry")).functions[function].selector.hex()


def issue_words(roster: Path, *more: str) -> tuple[str, ...]:
    return ("issue", str(roster), "--yes", *more)


def assert_once(stage: Stage, province: int, before: int, rows: int) -> str:
    """Exactly ``rows`` leaves more than before are on the chain, each once; returns what was counted."""
    leaves = anchored_leaves(stage)[province]
    assert len(leaves) - before == rows
    assert len(set(leaves)) == len(leaves)
    return f"{rows} of {rows} leaves, each once"


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
        (8, FEW, Trap(ANSWERED, RECEIPT, 2)),
    ],
)
def test_issuing_killed_between_its_steps_is_finished_by_issuing_again(
    stage: Stage, wires: dict[int, Wire], tmp_path: Path, kill_log: KillLog, seed: int, rows: int, trap: Trap
) -> None:
    shanghai = stage.centres[SHANGHAI]
    roster = fresh_roster(shanghai, tmp_path, rows, seed)
    before = len(anchored_leaves(stage)[SHANGHAI])
    kill_at(shanghai, wires[SHANGHAI], trap, *issue_words(roster, "--wait"))
    after_kill = len(anchored_leaves(stage)[SHANGHAI]) - before
    again = shanghai.run(*issue_words(roster, "--wait", "--json")).json
    assert again["issued"] + again["already"] == rows
    counted = assert_once(stage, SHANGHAI, before, rows)
    kill_log.tell("huren issue", seed, str(trap), f"{after_kill} after the kill, then {counted}")


@pytest.mark.parametrize("seed", range(11, 19))
def test_issuing_killed_at_any_moment_is_finished_by_issuing_again(
    stage: Stage, wires: dict[int, Wire], tmp_path: Path, kill_log: KillLog, issuing_seconds: float, seed: int
) -> None:
    assert wires
    shanghai = stage.centres[SHANGHAI]
    chosen = random.Random(seed)
    # One stratum of the measured duration a seed, so that the moments spread over all of it.
    delay = issuing_seconds * (0.3 + 0.7 * (seed - 11 + chosen.random()) / 8)
    before = len(anchored_leaves(stage)[SHANGHAI])
    rosters: list[Path] = []

    def words() -> tuple[str, ...]:
        rosters.append(fresh_roster(shanghai, tmp_path, MANY, seed * 100 + len(rosters)))
        return issue_words(rosters[-1], "--wait")

    lived = kill_after(shanghai, delay, words)
    point = stage_of_issuing(shanghai, rosters[-1])
    rows = MANY * (len(rosters) - 1)  # of runs that were faster than the delay
    after_kill = len(anchored_leaves(stage)[SHANGHAI]) - before - rows
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


# --- serving ----------------------------------------------------------------------------------------------------------


def wait_for(stage: Stage, province: int, leaves: int, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while len(anchored_leaves(stage)[province]) < leaves:
        assert time.monotonic() < deadline, stage.centres[province].log_tail()
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("seed", "trap"),
    [
        (21, Trap(ASKED, SEND, also=selector("anchor"))),
        (22, Trap(ANSWERED, SEND, also=selector("anchor"))),
        (23, Trap(ASKED, RECEIPT)),
        (24, Trap(ANSWERED, RECEIPT)),
        (25, Trap(ASKED, SEND, also=selector("attest"))),
        (26, Trap(ANSWERED, SEND, also=selector("attest"))),
        (27, Trap(ANSWERED, "eth_getLogs", random.Random(27).randint(2, 5))),
    ],
)
def test_a_gateway_killed_while_it_sends_and_indexes_goes_on_where_it_was(
    stage: Stage, wires: dict[int, Wire], tmp_path: Path, kill_log: KillLog, seed: int, trap: Trap
) -> None:
    shanghai, jiangsu = stage.centres[SHANGHAI], stage.centres[JIANGSU]
    rosters = [fresh_roster(centre, folder_of(centre, tmp_path), FEW, seed) for centre in (shanghai, jiangsu)]
    before = {province: len(leaves) for province, leaves in anchored_leaves(stage).items()}
    # A batch of Shanghai's, for Jiangsu to attest; its own gateway serves the manifest.
    shanghai.run(*issue_words(rosters[0], "--wait"))
    shanghai.serve()
    try:
        with trapped(wires[JIANGSU], trap):
            jiangsu.serve()
            assert jiangsu.process is not None
            trap.arm(jiangsu.process.pid)
            if not trap.sprung.is_set():
                jiangsu.run(*issue_words(rosters[1]))
            assert trap.sprung.wait(90), f"{trap}\n{jiangsu.log_tail()}"
        assert jiangsu.process.wait(30) == KILLED
        jiangsu.process = None
        after_kill = len(anchored_leaves(stage)[JIANGSU]) - before[JIANGSU]
        jiangsu.serve()
        jiangsu.run(*issue_words(rosters[1]))
        wait_for(stage, JIANGSU, before[JIANGSU] + FEW)
        jiangsu.wait_until_indexed(stage.block())
    finally:
        jiangsu.stop()
        shanghai.stop()
    counted = assert_once(stage, JIANGSU, before[JIANGSU], FEW)
    assert_once(stage, SHANGHAI, before[SHANGHAI], FEW)
    attested = Counter((said["province"], said["institution"], said["root"]) for said in events(stage, "Attested"))
    assert set(attested.values()) <= {1}
    kill_log.tell("huren serve", seed, str(trap), f"{after_kill} after the kill, then {counted}")


def folder_of(centre: Centre, folder: Path) -> Path:
    """A folder of the centre's own."""
    (own := folder / centre.home.slug).mkdir()
    return own


def test_a_gateway_and_issuing_killed_together_leave_nothing_twice(
    stage: Stage, wires: dict[int, Wire], tmp_path: Path, kill_log: KillLog
) -> None:
    assert wires
    jiangsu = stage.centres[JIANGSU]
    roster = fresh_roster(jiangsu, tmp_path, MANY, 28)
    before = len(anchored_leaves(stage)[JIANGSU])
    trap = Trap(ANSWERED, SEND, also=selector("anchor"))
    jiangsu.serve()
    try:
        assert jiangsu.process is not None
        with trapped(wires[JIANGSU], trap):
            trap.arm(jiangsu.process.pid)
            jiangsu.run(*issue_words(roster))
            assert trap.sprung.wait(90)
        assert jiangsu.process.wait(30) == KILLED
        jiangsu.process = None
        # Nobody serves now: the command sends by itself, after the gateway that died while sending.
        jiangsu.run(*issue_words(roster, "--wait"))
    finally:
        jiangsu.stop(how=signal.SIGTERM)
    kill_log.tell("huren serve, issue", 28, str(trap), assert_once(stage, JIANGSU, before, MANY))


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


# --- indexing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "trap"),
    [
        (41, Trap(ANSWERED, "eth_getLogs")),
        (42, Trap(ANSWERED, "eth_call")),
        (43, Trap(ASKED, "GET /v1/blobs")),
        (44, Trap(ANSWERED, "GET /v1/blobs", random.Random(44).randint(2, 4))),
        (45, None),
        (46, None),
    ],
)
def test_an_index_killed_while_it_is_made_is_finished_by_following(
    stage: Stage, wires: dict[int, Wire], kill_log: KillLog, blobs: Wire, seed: int, trap: Trap | None
) -> None:
    anhui, shanghai, jiangsu = (stage.centres[province] for province in (ANHUI, SHANGHAI, JIANGSU))
    leaves = [leaf for found in anchored_leaves(stage).values() for leaf in found]
    for path in sorted(anhui.data.rglob("*"), reverse=True) if anhui.data.exists() else ():
        path.rmdir() if path.is_dir() else path.unlink()  # from an empty database, without one manifest
    shanghai.serve()
    jiangsu.serve()
    try:
        if trap is None:
            delay = random.Random(seed).uniform(0.5, 4.0)
            lived = kill_after(anhui, delay, lambda: ("index", "rebuild"))
            point = f"after {lived:.2f} s"
        else:
            point = str(trap)
            kill_at(anhui, blobs if "blobs" in trap.bait else wires[ANHUI], trap, "index", "rebuild")
        anhui.run("index", "follow", "--once", "--read-only")
        status = anhui.run("index", "status", "--json").json
    finally:
        jiangsu.stop()
        shanghai.stop()
    assert (status["leaves"], status["lacking"]) == (len(leaves), 0)
    gateway = Gateway(load_settings(anhui.config))
    try:
        for leaf in random.Random(seed).sample(leaves, 100):
            assert len(gateway.holdings.find(leaf)) == 1
            assert gateway.verifier.by_hash(leaf, Look.INDEX).kind.value in {"registered", "revoked"}
    finally:
        gateway.close()
    kill_log.tell("huren index rebuild", seed, point, f"{status['leaves']} of {len(leaves)} leaves indexed, each once")


@pytest.fixture(scope="module")
def blobs(stage: Stage, wires: dict[int, Wire]) -> Wire:
    """A wire between Anhui and the others' gateways: manifests come over it."""
    from wire import Wire  # noqa: PLC0415 - above it is a type only

    assert wires
    anhui, shanghai, jiangsu = (stage.centres[province] for province in (ANHUI, SHANGHAI, JIANGSU))
    wire = Wire(shanghai.port)
    anhui.peers = [wire.url, jiangsu.url]
    anhui.write_settings()
    return wire
