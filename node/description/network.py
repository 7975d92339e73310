"""The whole of network.toml, and what its rows must be to each other."""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from node.description.engines import AnvilEngine, AnyEngine
from node.description.members import Member, MemberNode
from node.description.values import Row

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = 86_400

FOUNDERS = 4
"""Below this number of members a consortium is a trial, and no engine of validators outlives the loss of one."""


class Rules(Row):
    """How the consortium works; every length in days (contracts/interfaces/IConsortiumEvents.sol, Parameters)."""

    term_days: int = Field(default=365, ge=1, le=3_650)
    motion_notice_days: int = Field(default=3, ge=1, le=3)
    voting_days: int = Field(default=14, ge=1, le=365)
    grace_days: int = Field(default=3, ge=1, le=365)
    leaving_notice_days: int = Field(default=90, ge=14, le=3_650)
    time_lock_days: int = Field(default=7, ge=1, le=365)


class Ipfs(Row):
    """How documents are kept: manifests by every province, each pack by `replication` of them (or all, if fewer)."""

    replication: int = Field(default=3, ge=1, le=34)


class Description(Row):
    """A network as its members agreed on it. Members are in the order of chairs."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    chain_id: int = Field(ge=1, lt=1 << 53)
    trial: bool = False
    engine: AnyEngine
    consortium: Rules = Rules()
    ipfs: Ipfs = Ipfs()
    member: tuple[Member, ...] = Field(min_length=1, strict=False)

    @property
    def founders(self) -> tuple[Member, ...]:
        """The rows with a vote from the first day on, in the order of chairs."""
        return tuple(row for row in self.member if row.role == "member" and row.founding)

    @property
    def founding_validators(self) -> tuple[str, ...]:
        """The accounts that seal from block 1 on, ascending: the founders' nodes."""
        return tuple(sorted(row.node.validator for row in self.founders if row.node is not None))

    @property
    def nodes(self) -> tuple[tuple[Member, MemberNode], ...]:
        """The rows that run a node, with it: members and observers, founding and later, but none that left."""
        return tuple((row, row.node) for row in self.member if row.node is not None and not row.left)

    def row(self, province: int) -> Member | None:
        """Return the row of `province`, or None."""
        return next((row for row in self.member if row.province == province), None)

    @model_validator(mode="after")
    def _rows_fit_together(self) -> Self:
        if _twice(member.province for member in self.member):
            raise ValueError("a province has two rows")
        if twice := _twice(account for member in self.member for account in member.accounts()):
            raise ValueError(f"an address serves one province and one purpose for ever: {', '.join(twice)}")
        if not self.founders:
            raise ValueError("there is no member")
        if len(self.founders) < FOUNDERS and not self.trial:
            raise ValueError(f"fewer than {FOUNDERS} members are a trial: set trial = true")
        return self

    @model_validator(mode="after")
    def _every_member_of_a_real_network_has_a_node(self) -> Self:
        if isinstance(self.engine, AnvilEngine):
            return self
        lacking = [str(member.province) for member in self.member if member.role == "member" and member.node is None]
        if lacking:
            raise ValueError(f"with the engine {self.engine.kind} a member has a [member.node]: {', '.join(lacking)}")
        return self

    @model_validator(mode="after")
    def _nodes_are_apart(self) -> Self:
        nodes = [node for _, node in self.nodes]
        for what, values in (
            ("public_key", (node.public_key for node in nodes)),
            ("peer_id", (node.peer_id for node in nodes)),
            ("exchange_key", (node.exchange_key for node in nodes)),
            ("endpoint", (f"{node.host} {port}" for node in nodes for port in (node.p2p_port, node.swarm_port))),
        ):
            if twice := _twice(values):
                raise ValueError(f"two nodes have one {what}: {', '.join(twice)}")
        accounts = {account for member in self.member for account in member.accounts()}
        if shared := sorted(accounts & {node.validator for node in nodes}):
            raise ValueError(f"a validator's address is no account of its member's: {', '.join(shared)}")
        if not self.trial and (here := [node.host for node in nodes if ipaddress.ip_address(node.host).is_loopback]):
            raise ValueError(f"{here[0]} is reached from its own machine alone: only a trial runs there")
        return self


def _twice(values: Iterable[int | str]) -> list[str]:
    """Return the values that come more than once, as text in order."""
    return sorted(str(value) for value, times in Counter(values).items() if times > 1)
