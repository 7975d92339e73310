"""Who seals, and when, as a test wants it: supervisors that leave their clients alone, one block by one member.

with unattended(stage):
    all_end(stage)                       # one head, and nobody seals
    head = seals_one(stage)              # a block by one member, taken by all, and none upon it
"""

from __future__ import annotations

import contextlib
import signal
import time
from typing import TYPE_CHECKING

from node.engines.ipc import IpcRpc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from real_member import Head, Member
    from real_stage import RealStage

SECONDS = 120.0
QUIET = 3.0
"""Seconds without a block after which none is on its way: a block a second, and up to 1.5 s more out of turn."""
_TRIES = 40
_RESTING = 2
"""Blocks of others for which whoever sealed among four may not seal again (EIP-225: n // 2)."""


@contextlib.contextmanager
def unattended(stage: RealStage) -> Iterator[None]:
    """No supervisor begins to seal, or drops a peer, of its own accord."""
    for member in stage.members.values():
        member.signal(signal.SIGSTOP, "supervisor")
    try:
        yield
    finally:
        for member in stage.members.values():
            member.signal(signal.SIGCONT, "supervisor")


def all_stand_still(stage: RealStage, seconds: float = 6.0) -> None:
    """Wait until no member has had a new block for so long."""
    members: list[Member] = list(stage.members.values())
    seen, since = [member.head().hash for member in members], time.monotonic()
    deadline = since + SECONDS
    while time.monotonic() - since < seconds:
        assert time.monotonic() < deadline
        time.sleep(0.2)
        now = [member.head().hash for member in members]
        if now != seen:
            seen, since = now, time.monotonic()


def tell(members: Collection[Member], method: str) -> None:
    """Say something to members' clients, as their attendants do."""
    for member in members:
        with IpcRpc(member.layout.chain) as rpc:
            rpc.call(method)


def peers(stage: RealStage) -> set[int]:
    """How many peers members have."""
    return {member.peers() for member in stage.members.values()}


def all_end(stage: RealStage) -> Head:
    """Let nobody seal any more, and all have one head; return it."""
    members: list[Member] = list(stage.members.values())
    for _ in range(_TRIES):
        tell(members, "miner_stop")
        all_stand_still(stage, QUIET)
        heads = {member.head() for member in members}
        if len(heads) == 1:
            return heads.pop()
        # Two blocks of one height, the last of two who sealed at once: what follows is heavier than either.
        tell(members, "miner_start")
        known = max(head.number for head in heads)
        stage.wait("they seal again", lambda: members[0].head().number > known, SECONDS)  # noqa: B023 - asked at once
    raise AssertionError(f"not of one head, {_TRIES} times")


def seals_one(stage: RealStage) -> Head:
    """Let one member seal a block, which all others take, where nobody seals; it may not seal the next one alone."""
    members: list[Member] = list(stage.members.values())
    before = members[0].head()
    resting = {block.sealer for block in members[0].engine.sealed(_RESTING)}
    sealer = next(one for one in members if one.engine.place.own.validator.lower() not in resting)
    tell([sealer], "miner_start")
    stage.wait("all have its block", lambda: {one.head().number for one in members} == {before.number + 1}, SECONDS)
    tell([sealer], "miner_stop")
    return members[0].head()


@contextlib.contextmanager
def each_alone(stage: RealStage) -> Iterator[None]:
    """Nobody is anybody's peer, or dials.

    Cutting cables does the same, but then everybody dials at once, in vain, and geth dials nobody twice within 35 s.
    """
    members: list[Member] = list(stage.members.values())
    deadline = time.monotonic() + SECONDS
    while peers(stage) != {0}:
        assert time.monotonic() < deadline
        _others(members, "admin_removePeer")
        time.sleep(0.3)
    try:
        yield
    finally:
        _others(members, "admin_addPeer")


def _others(members: Collection[Member], method: str) -> None:
    """Say something about every other member to every client."""
    for member in members:
        with IpcRpc(member.layout.chain) as rpc:
            rpc.batch([(method, [other.enode]) for other in member.engine.place.others])


def waiting(member: Member, account: str) -> list[str]:
    """The data of every transaction of an account that a member's client has and could seal at once."""
    with IpcRpc(member.layout.chain) as rpc:
        told = rpc.call("txpool_contentFrom", account)
    return [transaction["input"] for transaction in told["pending"].values()]
