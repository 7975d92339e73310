"""Two and two cut from each other, the deadlock that may follow, a block with our transaction that is no more."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from anchored import REGISTRY
from copies import database
from counting import selector
from deadlock import deadlocked, halves
from ports import free_port
from real_member import moving, untangle
from real_stage import GETH
from sealers import all_end, all_stand_still, each_alone, peers, seals_one, unattended, waiting
from soundness import manifest_bytes
from sqlalchemy import text
from stage import fetch

from gateway.domain.manifest import check_manifest, cid_of
from node.client.abi import decode_log, event_topic
from node.client.artifact import load
from node.client.deployment import Deployment
from node.client.keystores import address_of
from node.client.rpc import JsonRpc, RpcUnreachable
from node.description import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from meanwhile import Work
    from real_stage import RealStage
    from stage import Centre

pytestmark = [pytest.mark.consortium, pytest.mark.timeout(900)]
JIANGSU, ZHEJIANG = 320000, 330000
STRANGER = 0


def test_halves_that_were_cut_from_each_other_become_one_chain_again(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    with work.going():
        one, other = halves(consortium)
        consortium.relays.part(one, other)
        all_stand_still(consortium)  # neither half may seal more than twice
        consortium.relays.mend()
        moving(consortium.members.values())
    sound()


def test_branches_of_equal_difficulty_are_named_with_their_cure_and_one_side_going_back_heals_them(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    with work.going(JIANGSU):
        fork = deadlocked(consortium)
        assert fork.deadlocked
        told = consortium.node("status", "--all", "--json", ok=(0, 1, 2))
        assert "deadlock" in told.stdout
        assert f"rewind --to {fork.common}" in told.stdout
        assert work.begin(work.issuing(ZHEJIANG)) == 0  # taken, to be sent once the chain goes on
        assert untangle(consortium.members.values())
    sound()


def test_a_transaction_in_a_block_that_is_no_more_is_sent_again_and_done_once(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    members, centre = consortium.members, consortium.centres[ZHEJIANG]
    log = centre.folder / "serve.log"
    taken_back = _times_taken_back(log)
    with work.going(JIANGSU), unattended(consortium):
        mined = _mined_and_not_final(consortium, work)
        consortium.wait("the gateway knows its receipt", lambda: _mined_in(centre, mined))
        gone = members[ZHEJIANG].block(mined).hash
        leaf = _newest_leaf(consortium)
        assert _told(consortium, leaf) != "registered"  # mined, but not final
        with each_alone(consortium):  # or whoever goes back first has the block again from the others
            for member in members.values():
                member.engine.rewind(mined - 1)
            assert {member.head().number for member in members.values()} == {mined - 1}
            consortium.wait("the gateway takes it back", lambda: _times_taken_back(log) > taken_back)
        consortium.wait("everybody sees everybody", lambda: peers(consortium) == {3})
    moving(members.values())
    sound()
    assert _told(consortium, leaf) == "registered"
    assert members[ZHEJIANG].block(mined).hash != gone


def test_a_stranger_with_the_genesis_and_every_address_is_kept_out(
    consortium: RealStage, work: Work, tmp_path: Path, sound: Callable[[], None]
) -> None:
    members = consortium.members
    consortium.wait("everybody sees everybody", lambda: {member.peers() for member in members.values()} == {3})
    with work.going(), stranger(consortium, tmp_path) as rpc:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            assert int(rpc.call("net_peerCount"), 16) == 0
            time.sleep(0.5)
        assert int(rpc.call("eth_blockNumber"), 16) == 0
        assert all(consortium.relays.calls(STRANGER, province) for province in members)  # it did try
        assert max(member.peers() for member in members.values()) == 3
    sound()


def _mined_and_not_final(stage: RealStage, work: Work) -> int:
    """Have an anchor of Zhejiang's in the newest block of all, upon which nobody seals; return its number."""
    all_end(stage)
    operator = address_of(stage.centres[ZHEJIANG].folder / "secrets" / "operator.json")
    anchor = "0x" + selector("anchor")
    work.begin(work.issuing(ZHEJIANG))
    stage.wait(
        "every node has it to seal",
        lambda: all(
            any(data.startswith(anchor) for data in waiting(member, operator)) for member in stage.members.values()
        ),
    )
    head = seals_one(stage)
    assert max(block for block, _ in _anchors(stage)) == head.number
    return head.number


def _mined_in(centre: Centre, block: int) -> bool:
    """Whether a gateway knows that a transaction of its own is in a block, and not final."""
    with database(centre) as connection:
        query = text("SELECT count(*) FROM outbox WHERE state = 'mined' AND block = :block")
        return bool(connection.execute(query, {"block": block}).scalar_one())


def _newest_leaf(stage: RealStage) -> str:
    """A leaf of that anchor."""
    _, said = max(_anchors(stage), key=lambda one: one[0])
    content = manifest_bytes(stage, cid_of(said["manifest"]))
    manifest = check_manifest(content, digest=said["manifest"], root=said["root"], count=said["leafCount"])
    return "0x" + manifest.tree.leaves[0].hex()


def _anchors(stage: RealStage) -> list[tuple[int, dict[str, Any]]]:
    """Block and content of every anchor of Zhejiang's that its node knows, final or not."""
    artifact, deployment = load(REGISTRY), Deployment.load(stage.network / "deployment.json")
    wanted = {
        "address": deployment.address(REGISTRY),
        "fromBlock": "0x0",
        "topics": [event_topic(artifact, "Anchored")],
    }
    logs = stage.members[ZHEJIANG].ask("eth_getLogs", wanted)
    told = [(int(log["blockNumber"], 16), decode_log(artifact, log).args) for log in logs]
    return [(block, said) for block, said in told if said["province"] == ZHEJIANG]


def _told(stage: RealStage, leaf: str) -> str | None:
    """The verdict of Zhejiang's gateway on a hash."""
    verdict: str | None = fetch(f"{stage.centres[ZHEJIANG].url}/v1/credentials/{leaf}")[1].get("verdict")
    return verdict


def _times_taken_back(log: Path) -> int:
    """How often a gateway has taken back that a transaction of its own was mined."""
    told = log.read_text(encoding="utf-8")
    return told.count("outbox.reorganised") + told.count("outbox.chain_lost_blocks")


@contextlib.contextmanager
def stranger(stage: RealStage, folder: Path) -> Iterator[JsonRpc]:
    """A node that has the genesis block and dials every member (by counted cables), and that no member has heard of."""
    genesis = stage.network / "genesis.json"
    rows = read(stage.network / "network.toml").nodes
    dialled = [
        re.sub(r":\d+\?", f":{stage.relays.lay((STRANGER, row.province), node.p2p_port)}?", node.enode)
        for row, node in rows
    ]
    (folder / "nodekey").write_text(secrets.token_hex(32))
    config = "[Node.P2P]\nNoDiscovery = true\nStaticNodes = " + json.dumps(dialled)
    (folder / "node.toml").write_text(config)
    words = [str(GETH), "--datadir", str(folder / "chain")]
    subprocess.run([*words, "init", str(genesis)], check=True, capture_output=True, timeout=60)
    port = free_port()
    more = ["--config", "node.toml", "--nodekey", "nodekey", "--networkid", "20260", "--nodiscover", "--ipcdisable"]
    more += ["--http", "--http.port", str(port), "--port", "0", "--authrpc.port", str(free_port()), "--nat", "none"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*words, *more], cwd=folder, stdout=log, stderr=log)
    try:
        with JsonRpc(f"http://127.0.0.1:{port}") as rpc:
            deadline = time.monotonic() + 60
            while True:
                with contextlib.suppress(RpcUnreachable):
                    rpc.call("eth_blockNumber")
                    break
                assert time.monotonic() < deadline, (folder / "log").read_text()[-2000:]
                time.sleep(0.2)
            yield rpc
    finally:
        process.terminate()
        process.wait(60)
