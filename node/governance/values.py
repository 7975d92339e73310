"""What a plan of governance is made of: the rule of the consensus, how things stand, a change, why it waits."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from node.governance.waits import Wait

_ONE: Final = 1


class Rule(enum.StrEnum):
    """How many validators a consensus needs."""

    CLIQUE = "clique"
    """EIP-225: a signer seals at most one of floor(n/2) + 1 blocks in a row."""
    QBFT = "qbft"
    """Besu's QBFT: a block takes the seals of ceil(2n/3)."""

    def quorum(self, validators: int) -> int:
        """Return how many of so many validators must be at work for the chain to go on."""
        if self is Rule.CLIQUE:
            return validators // 2 + 1
        return max(_ONE, (2 * validators + 2) // 3)


def majority(validators: int) -> int:
    """Return how many votes change a set of so many: more than half, on both engines."""
    return validators // 2 + 1


@dataclass(frozen=True, slots=True, order=True)
class Ballot:
    """A vote seen in the newest headers: `voter` wants `address` in (`admit`) or out."""

    voter: str
    address: str
    admit: bool


@dataclass(frozen=True, slots=True)
class View:
    """How one member's node sees the network. Addresses are lower-case hex.

    Attributes:
        rule: of the consensus. own: the address that this member's node seals with.
        validators: in force at the head. at_work: those of them that sealed lately and that this node is connected
            to, or is itself.
        wanted: the validators that there should be, with the member each belongs to.
        keyless: members of the contract whose validator network.toml does not name.
        owners: every address that network.toml names, with its province: also of members that are gone.
        connected: nodes that this one is connected to; present: newcomers that proved lately that they follow the
            chain. renew: this node's own proof will soon be too old.
        ballots: the votes in the newest headers. own_votes: what this node votes for, by address.
        at_once: validators to take out without waiting for others to be there: their key is stolen, or lost for long.
        halted: the chain makes no blocks; syncing: this node does not know the newest.
    """

    rule: Rule
    own: str
    validators: frozenset[str]
    at_work: frozenset[str]
    wanted: Mapping[str, int]
    keyless: tuple[int, ...] = ()
    owners: Mapping[str, int] = field(default_factory=dict)
    connected: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    renew: bool = False
    ballots: frozenset[Ballot] = frozenset()
    own_votes: Mapping[str, bool] = field(default_factory=dict)
    at_once: frozenset[str] = frozenset()
    halted: bool = False
    syncing: bool = False

    def owner(self, address: str) -> int | None:
        """Return the province whose validator `address` is, or was; None for one that no row names."""
        return self.wanted.get(address) or self.owners.get(address)


@dataclass(frozen=True, slots=True)
class Change:
    """One validator that is to come or to go.

    Attributes:
        address: whose; province: the member it belongs to, None where no row names it.
        admit: in, or out. voters: the validators whose votes stand in the newest headers.
        needed: how many it takes. waits: why it is not voted on now; none for the one step that is.
    """

    address: str
    province: int | None
    admit: bool
    voters: tuple[str, ...]
    needed: int
    waits: tuple[Wait, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What would bring the validators to the members, and what is done about it now.

    Attributes:
        changes: every difference, in the order in which they would be made. step: the one to vote on now.
        discard: votes of this node that are over, or no longer safe.
        announce: whether this node is the newcomer that must show that it follows the chain.
        keyless: members whose validator network.toml does not name.
        leavers: validators of nobody in force without whose votes the step reaches no majority: the members at work are
            too few for one.
    """

    changes: tuple[Change, ...]
    step: Change | None
    discard: tuple[str, ...]
    announce: bool
    keyless: tuple[int, ...]
    leavers: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether the validators are those of the members, and every member has one."""
        return not self.changes and not self.keyless
