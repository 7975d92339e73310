"""What the chain says of evaluations, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.errors import AGAINST
from gateway.domain.panel import needed
from gateway.ledger.errors import LedgerError
from gateway.ledger.reader import institution_text

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phase(IntEnum):
    """Where an evaluation stands (IEvaluationEvents.Phase)."""

    NONE = 0
    NOMINATING = 1
    OPINING = 2
    DUE = 3
    PASSED = 4
    FAILED = 5

    @property
    def zh(self) -> str:
        """The phase in Chinese."""
        return _PHASES[self][0]

    @property
    def en(self) -> str:
        """The phase in English."""
        return _PHASES[self][1]


_PHASES: Final = {
    Phase.NONE: ("不存在", "unknown"),
    Phase.NOMINATING: ("提名专家", "taking nominations"),
    Phase.OPINING: ("征求意见", "taking opinions"),
    Phase.DUE: ("待结束", "due to be closed"),
    Phase.PASSED: ("通过", "passed"),
    Phase.FAILED: ("未通过", "failed"),
}


class UnknownEvaluation(LedgerError):
    """A name that belongs to no evaluation, or a beginning that several have."""

    code = "evaluation.unknown"
    exit_code = AGAINST
    zh = "没有评估“{value}”，或有多项以此开头"
    en = "no evaluation is called {value!r}, or several begin like that"
    hint_zh = "请给出标识，或“机构代码/成果编码”（huren evaluation list）"
    hint_en = "give its id, or institution/outcome code (huren evaluation list)"


class NotInPhase(LedgerError):
    """What was asked belongs to another phase of the evaluation."""

    code = "evaluation.phase"
    exit_code = AGAINST
    zh = "评估 {value} 目前“{found_zh}”，须在“{wanted_zh}”时办理"
    en = "the evaluation {value} is {found_en}; this is done while it is {wanted_en}"
    hint_zh = "请查看进度（huren evaluation show）"
    hint_en = "see how it stands (huren evaluation show)"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation as it was opened.

    Attributes:
        evaluation: its id, 32 bytes; province: that opened it; institution: 18 characters; outcome: hash of its code.
        category: 1 to 3; awarded_from, awarded_until: months since 1970-01, the second not included.
        seats: of the panel; targets: the provinces that are to recognise the outcome.
        nominations_until, opinions_until: seconds; the consortium's grace comes on top.
        dossier: sha256(32 random bytes ‖ file).
        opened_at, block: when (seconds) and where.
    """

    evaluation: bytes
    province: int
    institution: str
    outcome: bytes
    category: int
    awarded_from: int
    awarded_until: int
    seats: int
    targets: tuple[int, ...]
    nominations_until: int
    opinions_until: int
    dossier: bytes
    opened_at: int
    block: int

    @property
    def needed(self) -> int:
        """How many favourable opinions pass."""
        return needed(self.seats)


@dataclass(frozen=True, slots=True)
class Seat:
    """One expert: account, province, X25519 key; and the opinion, where `opined_at` is not zero."""

    expert: str
    province: int
    key: bytes
    opined_at: int
    favourable: bool
    level: int
    credits: int
    report: bytes


@dataclass(frozen=True, slots=True)
class Progress:
    """How an evaluation stands: the phase, the panel, and once closed what was found (credits in hundredths)."""

    phase: Phase
    panel: tuple[Seat, ...]
    level: int
    credits: int
    closed_at: int


def evaluation_from(event: Mapping[str, Any], opened_at: int, block: int) -> Evaluation:
    """Read an EvaluationOpened event's fields, as the index keeps them."""
    subject = event["subject"]
    return Evaluation(
        evaluation=_bytes(event["evaluation"]),
        province=int(event["province"]),
        institution=institution_text(_bytes(subject["institution"])),  # a motion may have permitted what is no USCC
        outcome=_bytes(subject["outcome"]),
        category=int(subject["category"]),
        awarded_from=int(subject["awardedFrom"]),
        awarded_until=int(subject["awardedUntil"]),
        seats=int(subject["seats"]),
        targets=tuple(map(int, subject["targets"])),
        nominations_until=int(subject["nominationsUntil"]),
        opinions_until=int(subject["opinionsUntil"]),
        dossier=_bytes(subject["dossier"]),
        opened_at=opened_at,
        block=block,
    )


def seat_from(found: Any) -> Seat:  # noqa: ANN401 - the contract's struct
    """Read a seat of `panelOf`."""
    return Seat(
        found.expert,
        found.province,
        bytes(found.key),
        found.opinedAt,
        found.favourable,
        found.level,
        found.credits,
        bytes(found.report),
    )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
