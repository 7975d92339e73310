"""A member of network.toml: a row, with its accounts and its node."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from node.client.deployment import AddressText
from node.description.values import (
    ExchangeKeyText,
    HostText,
    NameText,
    PeerIdText,
    Port,
    PublicKeyText,
    Row,
    address_of_public_key,
)

ROLES = {"anchor": 1, "attest": 2, "status": 4, "batch-status": 8, "law": 16, "transfer": 32}
"""What an operator may do, and its bit in the contracts' mask (contracts/libraries/Roles.sol)."""

Role = Literal["anchor", "attest", "status", "batch-status", "law", "transfer"]

MOST_OPERATORS = 16
"""What the Consortium takes of one member (contracts/consortium/Accounts.sol): one more, and nobody is constituted."""

_PROVINCES = frozenset(
    10_000 * code
    for codes in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82),
    )
    for code in codes
)
"""The province-level codes of GB/T 2260; the contracts take no others (contracts/libraries/Provinces.sol)."""


def _province(code: int) -> int:
    if code not in _PROVINCES:
        raise ValueError("this is no province-level code of GB/T 2260, such as 310000")
    return code


ProvinceCode = Annotated[int, Field(ge=110_000, le=829_999, multiple_of=10_000), AfterValidator(_province)]
"""A province as GB/T 2260 writes it: six digits of which the last four are 0."""


class Operator(Row):
    """An account that acts for a member: its address, what it may do, and how many leaves it may anchor a day."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,32}$")
    account: AddressText
    roles: Annotated[tuple[Role, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)] = Field(
        min_length=1
    )
    daily_leaves: int = Field(default=0, ge=0, lt=1 << 32)

    @property
    def mask(self) -> int:
        """The roles as the contracts' bits."""
        return sum(ROLES[role] for role in set(self.roles))

    @model_validator(mode="after")
    def _quota_belongs_to_anchoring(self) -> Self:
        if len(set(self.roles)) != len(self.roles):
            raise ValueError("a role is listed twice")
        if ("anchor" in self.roles) != (self.daily_leaves > 0):
            raise ValueError("daily_leaves is above 0 exactly where the roles include anchor")
        return self


class MemberNode(Row):
    """A member's machine: the public half of each of its keys, and where the others reach it.

    Attributes:
        public_key: of the chain client: who it is among its peers, and (its address) who it is as a validator.
        host, p2p_port: where the chain client is reached; swarm_port: where the Kubo daemon is, on the same host.
        peer_id: who the Kubo daemon is; exchange_key: what secrets for this member alone are sealed to.
    """

    public_key: PublicKeyText
    host: HostText
    p2p_port: Port
    peer_id: PeerIdText
    swarm_port: Port
    exchange_key: ExchangeKeyText

    @property
    def validator(self) -> str:
        """The account that seals blocks, lower-case hex."""
        return address_of_public_key(self.public_key)

    @property
    def enode(self) -> str:
        """Where peers find the chain client (EIP and devp2p's enode URL; nothing is discovered, so no UDP port)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"enode://{self.public_key[2:]}@{host}:{self.p2p_port}?discport=0"

    @property
    def swarm_address(self) -> str:
        """Where peers find the Kubo daemon, as a multiaddress with its peer id."""
        family = "ip6" if ":" in self.host else "ip4"
        return f"/{family}/{self.host}/tcp/{self.swarm_port}/p2p/{self.peer_id}"

    @model_validator(mode="after")
    def _ports_are_two(self) -> Self:
        if self.p2p_port == self.swarm_port:
            raise ValueError("p2p_port and swarm_port are one: the two programs cannot share it")
        return self


class Member(Row):
    """A row of the network: a province that takes part.

    A `member` has accounts and a vote; an `observer` runs a node and reads, and has neither. One that joined after the
    network was founded is not in the genesis: `founding` is false. One that is gone keeps its row, because the past
    does not change, and is nobody's peer any more: `left` is true.
    """

    province: ProvinceCode
    role: Literal["member", "observer"]
    founding: bool = True
    left: bool = False
    name_zh: NameText = Field(min_length=1, max_length=32)
    name_en: NameText = Field(min_length=1, max_length=64)
    admin: AddressText | None = None
    recovery: AddressText | None = None
    operator: tuple[Operator, ...] = Field(default=(), strict=False, max_length=MOST_OPERATORS)
    node: MemberNode | None = None

    @model_validator(mode="after")
    def _accounts_belong_to_members(self) -> Self:
        has_accounts = self.admin is not None and self.recovery is not None and bool(self.operator)
        if self.role == "member":
            if not has_accounts:
                raise ValueError("a member needs an admin, a recovery address and at least one operator")
            if not any("law" in operator.roles for operator in self.operator):
                raise ValueError("a member needs an operator with the role law: binding acts take two accounts")
            names = [operator.name for operator in self.operator]
            if len(set(names)) != len(names):
                raise ValueError("two operators have one name")
        elif self.admin is not None or self.recovery is not None or self.operator:
            raise ValueError("an observer has no accounts")
        return self

    def accounts(self) -> tuple[str, ...]:
        """Every address of this member that transactions come from."""
        named = (self.admin, self.recovery, *(operator.account for operator in self.operator))
        return tuple(address for address in named if address is not None)
