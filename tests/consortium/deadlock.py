"""Two halves of a Clique network that have sealed to one weight: made on purpose, every time at the first cut.

    fork = deadlocked(stage)     # all cables are whole again, and the chain stands for good

Which half may seal what follows from the newest blocks alone. After an even block that followed others sealed in turn,
the half whose turn comes seals once with weight 2, the other one twice with weight 1, and then nobody may go on. So
the nodes end to seal until their head is such a block, are cut from each other, and begin again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from real_member import forked
from sealers import QUIET, SECONDS, all_stand_still, peers, tell, unattended

if TYPE_CHECKING:
    from real_member import Member
    from real_stage import RealStage

    from node.health.branches import Fork

_TRIES = 40
_IN_TURN = 2
"""The difficulty of a block that its signer sealed in its turn."""


def halves(stage: RealStage) -> tuple[set[int], set[int]]:
    """Two and two that take their turns one after the other."""
    turns = sorted(stage.members, key=lambda province: stage.members[province].engine.place.own.validator)
    return set(turns[:2]), set(turns[2:])


def deadlocked(stage: RealStage) -> Fork:
    """Leave the network with two branches of equal difficulty and every cable whole; return where they part."""
    with unattended(stage):
        _stop_at_an_even_block(stage)
        stage.relays.part(*halves(stage))
        stage.wait("each sees its half alone", lambda: peers(stage) == {1}, SECONDS)
        tell(stage.members.values(), "miner_start")
        all_stand_still(stage)
        assert _fork(stage).deadlocked
        stage.relays.mend()
        # Attendants who see no block for a while meet their peers anew, by turns: somebody would always be without.
        stage.wait("everybody sees everybody", lambda: peers(stage) == {3}, SECONDS)
    all_stand_still(stage)
    return _fork(stage)


def _stop_at_an_even_block(stage: RealStage) -> None:
    """Let all end to seal where all have one head of an even number, after four blocks sealed in turn."""
    member = next(iter(stage.members.values()))
    for attempt in range(_TRIES):
        stage.wait("four blocks in turn", lambda: _in_turn(member, member.head().number), SECONDS)
        tell(stage.members.values(), "miner_stop")
        all_stand_still(stage, QUIET)
        heads = {one.head().hash for one in stage.members.values()}
        number = member.head().number
        if len(heads) == 1 and number % 2 == 0 and _in_turn(member, number):
            return
        tell(stage.members.values(), "miner_start")
        # One block or two more each time: always as many would never change an odd number into an even one.
        more = number + attempt % 2
        stage.wait("they seal again", lambda: member.head().number > more, SECONDS)  # noqa: B023 - asked at once
    raise AssertionError(f"no even block after four in turn, {_TRIES} times")


def _in_turn(member: Member, number: int) -> bool:
    """Whether everybody sealed in turn of late: then it is known who may seal next, and with which weight."""
    whole = False  # hashes of the transactions are enough
    blocks = [member.ask("eth_getBlockByNumber", hex(number - back), whole) for back in range(4)]
    return all(int(block["difficulty"], 16) == _IN_TURN for block in blocks)


def _fork(stage: RealStage) -> Fork:
    found = forked(stage.members.values())
    assert found is not None
    return found
