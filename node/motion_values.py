"""A motion of the consortium as a value: how it stands, who voted, and what can be wrong with an act about it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

from node.client.errors import NodeError
from node.reserved import Call, decoded

LEAST_DIGITS: Final = 8
"""Hexadecimal digits that are enough to name a motion by its beginning."""


class MotionState(enum.StrEnum):
    """How a motion stands at the newest block."""

    NOTICE = "notice"
    """Announced; it takes votes from `opens_at` on."""
    VOTING = "voting"
    """It takes votes, and has not enough in favour."""
    CARRIED = "carried"
    """Enough members are in favour: anybody may execute it until `closes_at`."""
    EXECUTED = "executed"
    EXPIRED = "expired"
    """Its time is over and it was not executed; the same call needs a new motion."""
    VOID = "void"
    """Of a Consortium that was succeeded, or for a contract that was: it can never be executed."""


class UnknownMotionError(NodeError):
    """No motion, or more than one, is called `given`."""

    def __init__(self, given: str, found: int) -> None:
        super().__init__(
            f"{given} 对应 {found} 项动议；请给出 list 所示编号（或其开头至少 {LEAST_DIGITS} 位十六进制数）",
            f"{given} names {found} motions; give the number that `list` shows, or at least its first "
            f"{LEAST_DIGITS} hexadecimal digits",
        )
        self.given = given
        self.found = found


class AccountsError(NodeError):
    """The accounts given do not make a binding act: `found` is the province of each (0: of none)."""

    def __init__(self, found: tuple[int, ...]) -> None:
        listed = ", ".join(map(str, found)) or "—"
        super().__init__(
            f"给出的账户属于 {listed}：需要同一成员的一个账户（提出或确认）或两个不同账户（一次办完）",
            f"the accounts given are of {listed}: it takes one account of a member (which proposes or confirms) or two "
            "different ones of the same member (which do both)",
        )
        self.found = found


class NotCarriedError(NodeError):
    """The motion cannot be executed now: it is in `state`."""

    def __init__(self, motion: Motion) -> None:
        super().__init__(
            f"动议 0x{motion.number.hex()} 现在不能执行：赞成 {motion.in_favour}，须 {motion.threshold}"
            f"（{STATES[motion.state][0]}）",
            f"motion 0x{motion.number.hex()} cannot be executed now: {motion.in_favour} in favour, {motion.threshold} "
            f"needed ({STATES[motion.state][1]})",
        )
        self.motion = motion


STATES: Final = {
    MotionState.NOTICE: ("在公示，未开始表决", "in its notice, not yet taking votes"),
    MotionState.VOTING: ("正在表决", "taking votes"),
    MotionState.CARRIED: ("已通过，任何人可执行", "carried: anybody may execute it"),
    MotionState.EXECUTED: ("已执行", "executed"),
    MotionState.EXPIRED: ("已过期，未执行", "expired, not executed"),
    MotionState.VOID: ("已无效：合约已由后任接替", "void: the contract was succeeded"),
}


@dataclass(frozen=True, slots=True)
class Vote:
    """The vote a member last cast. `counts`: it is a member now, of the same membership, and not paused."""

    province: int
    in_favour: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Motion:
    """A motion as it stands at the newest block.

    Attributes:
        number: keccak256 of chain, consortium, target, data and nonce; consortium: the contract it was opened in.
        opener: the province that opened it; contract: the target's name in the Directory, None where it has none.
        target, data, nonce: the call. opened_block: the block of its opening.
        opens_at, closes_at: seconds; votes and execution count in [opens_at, closes_at).
        in_favour, threshold: the votes that count, and ceil(2N/3) of the N members, both of this moment.
        votes: by province, of the members of this moment.
    """

    number: bytes
    consortium: str
    opener: int
    contract: str | None
    target: str
    data: bytes = field(repr=False)
    nonce: int
    opened_block: int
    opens_at: int
    closes_at: int
    in_favour: int
    threshold: int
    votes: tuple[Vote, ...]
    state: MotionState

    @property
    def call(self) -> Call | None:
        """The call decoded, None where this release does not know it."""
        return None if self.contract is None else decoded(self.contract, self.data)


@dataclass(frozen=True, slots=True)
class Act:
    """What became of a binding act.

    Attributes:
        motion: the motion's number.
        in_force: whether it took effect; else it waits for a second account of the province.
        until: where it waits, the time (seconds) until which it can be confirmed.
        block: the block of the last call; None where this account had proposed the same before.
    """

    motion: bytes
    in_force: bool
    until: int | None
    block: int | None
