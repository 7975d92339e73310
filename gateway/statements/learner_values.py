"""A learner's outcomes: what is held, what of it is used where, what is left. Credits are hundredths."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.civil_time import moment_text, month_text
from gateway.domain.credits import UNGRADED, credits_text
from gateway.domain.crosswalk import Category
from gateway.domain.hashing import hex0x
from gateway.domain.transfer_words import Return, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.credential import DocumentFacts
    from gateway.ledger.transfer_rows import TransferRow
    from gateway.ledger.values import BlockRef

IN_FORCE: Final = "anchored"
"""The state of a certificate that stands on the chain, with nothing said against it or its batch."""
_GRADE_STEP: Final = 5


class Use(StrEnum):
    """What an outcome is used for (IClaimBook.Use)."""

    FREE = "free"
    REQUESTED = "requested"
    USED = "used"
    SPENT = "spent"
    RETIRED = "retired"

    @property
    def zh(self) -> str:
        """In Chinese."""
        return _USES[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _USES[self][1]


_USES: Final = {
    Use.FREE: ("未使用", "free"),
    Use.REQUESTED: ("申请中", "applied for"),
    Use.USED: ("已使用", "used"),
    Use.SPENT: ("已使用，不能恢复", "used for good"),
    Use.RETIRED: ("已停用", "retired"),
}


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A certificate that this centre issued to the learner; the last five are None where its document is lacking.

    Attributes:
        leaf, claim: 32 bytes; institution: 18 characters; state: queued, anchored, failed, suspended or revoked.
        facts: what the document says to the ledger; code, title: of the outcome; number: of the certificate.
    """

    leaf: bytes
    claim: bytes
    institution: str
    state: str
    facts: DocumentFacts | None = None
    code: str | None = None
    title: str | None = None
    number: str | None = field(default=None, repr=False)

    def to_json(self, *, personal: bool) -> dict[str, Any]:
        """The form that surfaces show; the certificate's number only with ``personal``."""
        told: dict[str, Any] = {"hash": hex0x(self.leaf), "institution": self.institution, "state": self.state}
        if personal:
            told["certificate"] = self.number
        if self.facts is None:
            return told
        grade = self.facts.grade_step
        return {
            **told,
            "outcome": self.code,
            "title": self.title,
            "category": Category(self.facts.category).word,
            "level": self.facts.level,
            "credits": credits_text(self.facts.credits),
            "grade": None if grade == UNGRADED else grade * _GRADE_STEP,
            "awarded": month_text(self.facts.awarded_month),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome of the learner's: its certificates (reissues among them), its transfers, what it is used for."""

    claim: bytes
    certificates: tuple[HeldCertificate, ...]
    transfers: tuple[TransferRow, ...]
    use: Use

    @property
    def credits(self) -> int | None:
        """What it is worth by the certificate in force; None where none is, or its document is lacking."""
        return next((one.facts.credits for one in self.certificates if one.state == IN_FORCE and one.facts), None)

    @property
    def awarded(self) -> int:
        """Credits that other institutions gave for it, those withdrawn left out."""
        return sum(one.awarded or 0 for one in self.transfers if one.stage == Stage.ACCEPTED)

    @property
    def left(self) -> int:
        """Credits of an outcome that is free and in force."""
        return self.credits or 0 if self.use is Use.FREE else 0

    def to_json(self, *, personal: bool) -> dict[str, Any]:
        """The form that surfaces show."""
        worth = self.credits
        return {
            "use": self.use.value,
            "credits": None if worth is None else credits_text(worth),
            "left": credits_text(self.left),
            "awarded": credits_text(self.awarded),
            "certificates": [one.to_json(personal=personal) for one in self.certificates],
            "transfers": [transfer_json(one) for one in self.transfers],
        }


@dataclass(frozen=True, slots=True)
class LearnerStatement:
    """What a learner holds, as of a block."""

    block: BlockRef
    account: int
    outcomes: Sequence[Outcome]
    kind: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)

    def to_json(self, *, personal: bool = False) -> dict[str, Any]:
        """The form that surfaces show; name and numbers only with ``personal``."""
        told: dict[str, Any] = {
            "block": self.block.number,
            "time": moment_text(self.block.time),
            "account": self.account,
        }
        if personal:
            told["person"] = {"kind": self.kind, "number": self.number, "name": self.name}
        return {
            **told,
            "total": {
                "outcomes": len(self.outcomes),
                "held": credits_text(sum(one.credits or 0 for one in self.outcomes)),
                "used": credits_text(
                    sum(one.credits or 0 for one in self.outcomes if one.use in {Use.USED, Use.SPENT})
                ),
                "awarded": credits_text(sum(one.awarded for one in self.outcomes)),
                "left": credits_text(sum(one.left for one in self.outcomes)),
            },
            "outcomes": [one.to_json(personal=personal) for one in self.outcomes],
        }

    def table(self) -> list[list[str]]:
        """One row a certificate and transfer of it, the columns first; no name, no numbers."""
        rows = [list(_COLUMNS)]
        for one in self.outcomes:
            for held in one.certificates:
                told = held.to_json(personal=False)
                first = [*(str(told.get(name) or "") for name in _COLUMNS[:7]), one.use.value, credits_text(one.left)]
                mine = [_after(row) for row in one.transfers if row.leaf == held.leaf]
                rows += [[*first, *after] for after in mine or [_NOTHING]]
        return rows


_COLUMNS: Final = (
    "hash", "institution", "state", "outcome", "title", "credits", "awarded", "use", "left", "transfer",
    "target_institution", "stage", "credits_given",
)  # fmt: skip


_NOTHING: Final = ["", "", "", ""]


def _after(row: TransferRow) -> list[str]:
    given = credits_text(row.awarded or 0) if row.stage == Stage.ACCEPTED else ""
    return [name_of(row), row.target_institution, Stage(row.stage).word, given]


def transfer_json(row: TransferRow) -> dict[str, Any]:
    """A transfer as a learner's statement tells it."""
    return {
        "transfer": name_of(row),
        "hash": hex0x(row.leaf),
        "stage": Stage(row.stage).word,
        "reason": Return(row.reason).word if row.reason else None,
        "targetInstitution": row.target_institution,
        "programme": hex0x(row.programme),
        "course": hex0x(row.course),
        "agreement": hex0x(row.agreement),
        "rule": row.rule + 1,
        "quoted": credits_text(row.quoted),
        "awarded": None if row.awarded is None else credits_text(row.awarded),
        "withdrawn": None if row.withdrawn is None else credits_text(row.withdrawn),
        "requestedAt": moment_text(row.requested_at),
        "deadline": moment_text(row.deadline),
        "decidedAt": moment_text(row.decided_at or 0),
        "reversedAt": moment_text(row.reversed_at or 0),
    }


def name_of(row: TransferRow) -> str:
    """A transfer's name: source-target-number."""
    return f"{row.source}-{row.target}-{row.number}"
