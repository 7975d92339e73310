"""Two and two cut from each other, the deadlock that may follow, a block with our transaction that is no more."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from anchored import REGISTRY
from ports import free_port
from real_member import forked, moving, untangle
from real_stage import GETH

from node.client.abi import event_topic
from node.client.artifact import load
from node.client.deployment import Deployment
from node.client.rpc import JsonRpc, RpcUnreachable
from node.description import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from meanwhile import Work
    from real_member import Member
    from real_stage import RealStage

    from node.health.branches import Fork

pytestmark = [pytest.mark.consortium, pytest.mark.timeout(900)]
ZHEJIANG = 330000
TRIES = 16


def test_halves_that_were_cut_from_each_other_become_one_chain_again(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    with work.going():
        one, other = halves(consortium)
        consortium.relays.part(one, other)
        _all_stand_still(consortium)  # neither half may seal more than twice
        consortium.relays.mend()
        moving(consortium.members.values())
    sound()


def test_branches_of_equal_difficulty_are_named_with_their_cure_and_one_side_going_back_heals_them(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    fork = _deadlocked(consortium)
    assert fork.deadlocked
    told = consortium.node("status", "--all", "--json", ok=(0, 1, 2))
    assert "deadlock" in told.stdout
    assert f"rewind --to {fork.common}" in told.stdout
    waiting = work.issuing(ZHEJIANG)
    work.begin(waiting)
    assert untangle(consortium.members.values())
    sound()


def test_a_transaction_in_a_block_that_is_no_more_is_sent_again_and_done_once(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    members, log = consortium.members, consortium.centres[ZHEJIANG].folder / "serve.log"
    taken_back = _times_taken_back(log)
    mined = _mined_and_not_final(consortium, work)
    time.sleep(3)  # cut off as they are nothing grows, and the gateway has seen its receipt
    gone = members[ZHEJIANG].block(mined).hash
    for member in members.values():
        member.engine.rewind(mined - 1)
    assert {member.head().number for member in members.values()} == {mined - 1}
    consortium.relays.mend()
    moving(members.values())
    sound()
    assert members[ZHEJIANG].block(mined).hash != gone
    assert _times_taken_back(log) > taken_back


def test_a_stranger_with_the_genesis_and_every_address_is_kept_out(
    consortium: RealStage, tmp_path: Path, sound: Callable[[], None]
) -> None:
    peers = {province: member.peers() for province, member in consortium.members.items()}
    with stranger(consortium, tmp_path) as rpc:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            assert int(rpc.call("net_peerCount"), 16) == 0
            time.sleep(0.5)
        assert int(rpc.call("eth_blockNumber"), 16) == 0
    assert {province: member.peers() for province, member in consortium.members.items()} == peers
    sound()


def _mined_and_not_final(stage: RealStage, work: Work) -> int:
    """Have an anchor mined, and cut every node off before it is final; return its block."""
    provinces = set(stage.members)
    for _ in range(TRIES):
        before = _last_anchor(stage)
        work.begin(work.issuing(ZHEJIANG))
        stage.wait("its anchor is mined", lambda: _last_anchor(stage) > before)  # noqa: B023 - asked at once
        for province in provinces:  # each alone seals one block more at most
            stage.relays.part({province}, provinces - {province})
        mined = _last_anchor(stage)
        if max(member.head().number for member in stage.members.values()) < mined + 2:
            return mined
        stage.relays.mend()
        moving(stage.members.values())
    raise AssertionError(f"final before it could be stopped, {TRIES} times")


def _last_anchor(stage: RealStage) -> int:
    """The block of the newest anchor that Zhejiang's node knows."""
    deployment = Deployment.load(stage.network / "deployment.json")
    wanted = {
        "address": deployment.address(REGISTRY),
        "fromBlock": "0x0",
        "topics": [event_topic(load(REGISTRY), "Anchored")],
    }
    return max((int(log["blockNumber"], 16) for log in stage.members[ZHEJIANG].ask("eth_getLogs", wanted)), default=0)


def _times_taken_back(log: Path) -> int:
    """How often a gateway has taken back that a transaction of its own was mined."""
    told = log.read_text(encoding="utf-8")
    return told.count("outbox.reorganised") + told.count("outbox.chain_lost_blocks")


@contextlib.contextmanager
def stranger(stage: RealStage, folder: Path) -> Iterator[JsonRpc]:
    """A node that has the genesis block and dials every member, and that no member has heard of."""
    genesis = stage.network / "genesis.json"
    nodes = [node for _, node in read(stage.network / "network.toml").nodes]
    (folder / "nodekey").write_text(secrets.token_hex(32))
    config = "[Node.P2P]\nNoDiscovery = true\nStaticNodes = " + json.dumps([node.enode for node in nodes])
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


def halves(stage: RealStage) -> tuple[set[int], set[int]]:
    """Two and two that take their turns one after the other: cut apart at an even block they seal to equal weight."""
    turns = sorted(stage.members, key=lambda province: stage.members[province].engine.place.own.validator)
    return set(turns[:2]), set(turns[2:])


def _deadlocked(stage: RealStage) -> Fork:
    """Cut two from two until both branches weigh the same, and mend the cables: they stay as they are."""
    for _ in range(TRIES):
        one, other = halves(stage)
        member = next(iter(stage.members.values()))
        head = member.head().number
        while (number := member.head().number) == head or number % 2 or not _in_turn(member, number):
            head = number
            time.sleep(0.01)
        stage.relays.part(one, other)
        _all_stand_still(stage)
        fork = forked(stage.members.values())
        stage.relays.mend()
        if fork is not None and fork.deadlocked:
            _all_connected(stage)
            _all_stand_still(stage)
            again = forked(stage.members.values())
            assert again is not None
            assert again.deadlocked
            return again
        moving(stage.members.values())
    raise AssertionError(f"no deadlock in {TRIES} partitions")


def _in_turn(member: Member, number: int) -> bool:
    """Whether everybody sealed in turn of late: then it is known who may seal next, and with which weight."""
    whole = False  # hashes of the transactions are enough
    blocks = [member.ask("eth_getBlockByNumber", hex(number - back), whole) for back in range(4)]
    return all(int(block["difficulty"], 16) == 2 for block in blocks)


def _all_connected(stage: RealStage) -> None:
    stage.wait("everybody sees everybody", lambda: all(member.peers() == 3 for member in stage.members.values()), 120)


def _all_stand_still(stage: RealStage) -> None:
    """Wait until no member has had a new block for six seconds."""
    members: list[Member] = list(stage.members.values())
    seen, since = [member.head().hash for member in members], time.monotonic()
    deadline = time.monotonic() + 120
    while time.monotonic() - since < 6:
        assert time.monotonic() < deadline
        time.sleep(0.3)
        now = [member.head().hash for member in members]
        if now != seen:
            seen, since = now, time.monotonic()
