"""An index killed with -9 while it is made from nothing, and followed again: every leaf is there, each once."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from anchored import anchored_leaves
from killing import fresh_roster, kill_after, kill_at
from wire import ANSWERED, ASKED, Trap, Wire

from gateway.bootstrap import Gateway
from gateway.settings import load_settings
from gateway.verification.views import Look

if TYPE_CHECKING:
    from collections.abc import Iterator

    from killing import KillLog
    from stage import Stage

pytestmark = [pytest.mark.network, pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(600)]
SHANGHAI, JIANGSU, ANHUI = 310000, 320000, 340000
BATCHES = 5
"""Made for these tests, however many others there are: manifests that Anhui must fetch."""
ON_THE_CHAIN = {"registered", "suspended", "revoked"}
"""Whatever other tests did with their leaves, each is found."""


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
    stage: Stage, wires: dict[int, Wire], kill_log: KillLog, blobs: Wire, batches: int, seed: int, trap: Trap | None
) -> None:
    assert batches == BATCHES
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
            assert gateway.verifier.by_hash(leaf, Look.INDEX).kind.value in ON_THE_CHAIN
    finally:
        gateway.close()
    kill_log.tell("huren index rebuild", seed, point, f"{status['leaves']} of {len(leaves)} leaves indexed, each once")


@pytest.fixture(scope="module")
def batches(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many batches Shanghai has anchored for Anhui to index."""
    shanghai = stage.centres[SHANGHAI]
    for number in range(BATCHES):
        roster = fresh_roster(shanghai, tmp_path_factory.mktemp("indexed"), 100, 400 + number)
        shanghai.run("issue", str(roster), "--yes", *(["--wait"] if number == BATCHES - 1 else []))
    return BATCHES


@pytest.fixture(scope="module")
def blobs(stage: Stage, wires: dict[int, Wire]) -> Iterator[Wire]:
    """A wire between Anhui and the others' gateways: manifests come over it."""
    assert wires
    anhui, shanghai, jiangsu = (stage.centres[province] for province in (ANHUI, SHANGHAI, JIANGSU))
    wire = Wire(shanghai.port)
    anhui.peers = [wire.url, jiangsu.url]
    anhui.write_settings()
    yield wire
    anhui.peers = [shanghai.url, jiangsu.url]
    anhui.write_settings()
    wire.close()
