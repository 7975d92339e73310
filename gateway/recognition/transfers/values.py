"""A transfer as values: its name, the details that every later call passes back, how it stands.

Ref.read("320000-330000-7")
details.digest              # keccak256(abi.encode(details)), as the ledger keeps it
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, Final

from gateway.domain.errors import AGAINST, USAGE
from gateway.domain.hashing import hex0x, keccak256, word
from gateway.domain.heads import transfer_subject
from gateway.domain.transfer_words import Return, Stage
from gateway.ledger.errors import LedgerError

__all__ = [
    "Details",
    "Ref",
    "RefMalformed",
    "Request",
    "Return",
    "Stage",
    "TransferStanding",
    "TransferState",
    "UnknownTransfer",
]

_REF: Final = re.compile(r"(\d{6})-(\d{6})-(\d{1,18})\Z", re.ASCII)


class RefMalformed(LedgerError):
    """Not the name of a transfer."""

    code = "transfer.ref"
    exit_code = USAGE
    zh = "“{value}”不是转换编号"
    en = "{value!r} is no transfer's number"
    hint_zh = "写作 来源省-目标省-序号，例如 320000-330000-7（huren transfer list）"
    hint_en = "write source-target-number, for example 320000-330000-7 (huren transfer list)"


class UnknownTransfer(LedgerError):
    """No such transfer in the index."""

    code = "transfer.unknown"
    exit_code = AGAINST
    zh = "没有转换 {value}"
    en = "there is no transfer {value}"
    hint_zh = "请核对编号，并确认索引已跟上（huren index status）"
    hint_en = "check the number, and that the index has caught up (huren index status)"


class TransferStanding(IntEnum):
    """How it stands now (ITransferEvents.Standing)."""

    UNKNOWN = 0
    REQUESTED = 1
    OVERDUE = 2
    ACCEPTED = 3
    FLAGGED = 4
    RETURNED = 5
    REVERSED = 6

    @property
    def zh(self) -> str:
        """The standing in Chinese."""
        return _STANDINGS[self][0]

    @property
    def en(self) -> str:
        """The standing in English."""
        return _STANDINGS[self][1]


_STANDINGS: Final = {
    TransferStanding.UNKNOWN: ("未知", "unknown"),
    TransferStanding.REQUESTED: ("待决定", "requested"),
    TransferStanding.OVERDUE: ("逾期未决", "overdue"),
    TransferStanding.ACCEPTED: ("已接受", "accepted"),
    TransferStanding.FLAGGED: (
        "已接受，但来源证书其后被暂停或吊销",
        "accepted, and flagged: the credential was suspended or revoked since",
    ),
    TransferStanding.RETURNED: ("已退回", "returned"),
    TransferStanding.REVERSED: ("已撤回", "reversed"),
}


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A transfer's name: the pair of provinces, and the number among the pair's requests, from 1."""

    source: int
    target: int
    number: int

    @classmethod
    def read(cls, text: str) -> Ref:
        """The transfer that a person named.

        Raises:
            RefMalformed: no such form.
        """
        match = _REF.match(text.strip())
        if match is None:
            raise RefMalformed(text)
        return cls(int(match[1]), int(match[2]), int(match[3]))

    @property
    def subject(self) -> int:
        """The subject of its heads."""
        return transfer_subject(self.source, self.target)

    @property
    def values(self) -> tuple[int, int, int]:
        """The struct as the ABI codec takes it."""
        return self.source, self.target, self.number

    def __str__(self) -> str:
        return f"{self.source}-{self.target}-{self.number}"


@dataclass(frozen=True, slots=True)
class Details:
    """What was applied for, field by field ``ITransferEvents.Details``: 32 bytes each, but for ``rule``."""

    institution: bytes
    root: bytes
    leaf: bytes
    outcome: bytes
    claim: bytes
    canonical: bytes
    agreement: bytes
    rule: int
    target_institution: bytes
    programme: bytes
    course: bytes
    consent: bytes

    @property
    def digest(self) -> bytes:
        """keccak256(abi.encode(details))."""
        return keccak256(b"".join(word(one) if isinstance(one, int) else one for one in self.values))

    @property
    def values(self) -> tuple[Any, ...]:
        """The struct as the ABI codec takes it."""
        return tuple(getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True, slots=True)
class Request:
    """A request as its event tells it."""

    ref: Ref
    details: Details
    quoted: int
    """Hundredths."""
    deadline: int
    requested_at: int
    block: int


@dataclass(frozen=True, slots=True)
class TransferState:
    """What the ledger keeps of a transfer, and how that stands now."""

    standing: TransferStanding
    stage: Stage
    reason: Return
    quoted: int
    awarded: int
    deadline: int
    decided_at: int
    details: bytes
    reversing: tuple[bool, bool] = (False, False)
    """Whether source and target have agreed to a reversal."""

    def to_json(self) -> dict[str, Any]:
        """The form that commands show; amounts are in hundredths."""
        return {
            "standing": self.standing.name.lower(),
            "reason": None if self.reason is Return.NONE else self.reason.word,
            "quotedHundredths": self.quoted,
            "awardedHundredths": self.awarded,
            "deadline": self.deadline,
            "decidedAt": self.decided_at or None,
            "details": hex0x(self.details),
        }
