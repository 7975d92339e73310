"""network.toml: one declarative file describes the network; an unknown key fails; a member is a row.

description = read(folder / "network.toml")
[member.province for member in description.founders]
"""

from __future__ import annotations

import tomllib
from pathlib import Path  # noqa: TC003 - part of the public signatures
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from node.client.deployment import AddressText
from node.client.errors import NodeError

DAY = 86_400
ROLES = {"anchor": 1, "attest": 2, "status": 4, "batch-status": 8, "law": 16, "transfer": 32}
"""What an operator may do, and its bit in the contracts' mask (contracts/libraries/Roles.sol)."""

FOUNDERS = 4
"""Below this number of members a consortium is a trial."""

Role = Literal["anchor", "attest", "status", "batch-status", "law", "transfer"]


class DescriptionError(NodeError):
    """network.toml at `path` does not describe a network: `findings` are (place, what is wrong there)."""

    def __init__(self, path: Path, findings: tuple[tuple[str, str], ...]) -> None:
        listed = "; ".join(f"{place}: {what}" if place else what for place, what in findings)
        super().__init__(f"网络描述 {path} 有误：{listed}", f"the network's description {path} is wrong: {listed}")
        self.path = path
        self.findings = findings


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AnvilEngine(_Row):
    """The embedded engine: one process, for trials, development and tests."""

    kind: Literal["anvil"]
    binary: str | None = Field(default=None, min_length=1)
    host: Literal["127.0.0.1"] = "127.0.0.1"
    port: int = Field(default=8545, ge=1, le=65_535)
    block_seconds: int = Field(default=1, ge=1, le=60)
    block_gas_limit: int = Field(default=100_000_000, ge=10_000_000, le=1_000_000_000)
    state_seconds: int = Field(default=1, ge=1, le=3_600)
    preserve_historical_states: bool = False
    start_days_ago: int = Field(default=0, ge=0, le=3_650)


class Rules(_Row):
    """How the consortium works; every length in days (contracts/interfaces/IConsortiumEvents.sol, Parameters)."""

    term_days: int = Field(default=365, ge=1, le=3_650)
    motion_notice_days: int = Field(default=3, ge=1, le=3)
    voting_days: int = Field(default=14, ge=1, le=365)
    grace_days: int = Field(default=3, ge=1, le=365)
    leaving_notice_days: int = Field(default=90, ge=14, le=3_650)
    time_lock_days: int = Field(default=7, ge=1, le=365)


class Operator(_Row):
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


class Member(_Row):
    """A row of the network: a province that takes part.

    A `member` has accounts and a vote; an `observer` runs a node and reads, and has neither.
    """

    province: int = Field(ge=110_000, le=829_999, multiple_of=10_000)
    role: Literal["member", "observer"]
    name_zh: str = Field(min_length=1, max_length=32)
    name_en: str = Field(min_length=1, max_length=64)
    admin: AddressText | None = None
    recovery: AddressText | None = None
    operator: tuple[Operator, ...] = Field(default=(), strict=False)

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
        """Every address of this member."""
        named = (self.admin, self.recovery, *(operator.account for operator in self.operator))
        return tuple(address for address in named if address is not None)


class Description(_Row):
    """A network as its operator wrote it. Members are in the order of chairs."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    chain_id: int = Field(ge=1, lt=1 << 53)
    trial: bool = False
    engine: AnvilEngine
    consortium: Rules = Rules()
    member: tuple[Member, ...] = Field(min_length=1, strict=False)

    @property
    def founders(self) -> tuple[Member, ...]:
        """The rows with a vote, in the order of chairs."""
        return tuple(member for member in self.member if member.role == "member")

    @model_validator(mode="after")
    def _rows_fit_together(self) -> Self:
        provinces = [member.province for member in self.member]
        if len(set(provinces)) != len(provinces):
            raise ValueError("a province has two rows")
        accounts = [account for member in self.member for account in member.accounts()]
        twice = sorted({account for account in accounts if accounts.count(account) > 1})
        if twice:
            raise ValueError(f"an address serves one province and one purpose for ever: {', '.join(twice)}")
        if not self.founders:
            raise ValueError("there is no member")
        if len(self.founders) < FOUNDERS and not self.trial:
            raise ValueError(f"fewer than {FOUNDERS} members are a trial: set trial = true")
        return self


def read(path: Path) -> Description:
    """Return the network that the file at `path` describes.

    Raises:
        DescriptionError: absent, no TOML, an unknown key, a missing one, or values that do not fit together.
    """
    try:
        return Description.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        new = " (huren-node init)" if isinstance(error, FileNotFoundError) else ""
        raise DescriptionError(path, (("", f"{error.strerror or 'unreadable'}{new}"),)) from error
    except ValidationError as error:
        findings = tuple((_place(found["loc"]), found["msg"]) for found in error.errors())
        raise DescriptionError(path, findings) from error
    except ValueError as error:  # tomllib.TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise DescriptionError(path, (("", str(error)),)) from error


def _place(location: tuple[int | str, ...]) -> str:
    """Write a place as a person counts: rows from 1."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")
