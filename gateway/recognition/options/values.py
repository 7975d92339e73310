"""What an outcome would give: where, under which rule, from when; and why each other rule gives nothing.

Amounts are hundredths of credits, times seconds; `to_json` writes them for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.civil_time import last_day, moment_text, month_text
from gateway.domain.credits import UNGRADED, credits_text
from gateway.domain.crosswalk import Category
from gateway.domain.hashing import hex0x
from gateway.domain.rule import ANY, CATEGORY, CREDITS, GRADE, LEVEL, MONTH, NO_CAP, OUTCOME, Rule
from gateway.ledger.reader import institution_text
from gateway.recognition.agreements.sentences import province_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.domain.errors import Said
    from gateway.domain.quote import Refusal
    from gateway.ledger.values import BlockRef
    from gateway.recognition.agreements.sentences import Sentence
    from gateway.recognition.agreements.values import AgreementState

GRADE_STEP: Final = 5
"""Per cent of one grade step."""


@dataclass(frozen=True, slots=True)
class RuleRef:
    """A rule of an agreement as it stands: ``number`` from 0, ``begins`` 0 where nobody knows when it comes into force.

    Attributes:
        agreement: 32 bytes; state: the agreement's, now; begins, ends: the rule's own time in force, half-open.
        said: the rule in a sentence; programme, course: their codes where they are known here.
    """

    agreement: bytes
    number: int
    rule: Rule
    state: AgreementState
    begins: int
    ends: int
    said: Sentence
    programme: str | None = None
    course: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show; the rule counts from 1, as everywhere for people."""
        rule = self.rule
        province = province_names(rule.target_province)
        return {
            "agreement": hex0x(self.agreement),
            "rule": self.number + 1,
            "state": self.state.name.lower(),
            "stateZh": self.state.zh,
            "stateEn": self.state.en,
            "zh": self.said.zh,
            "en": self.said.en,
            "target": {
                "province": rule.target_province,
                "provinceName": {"zh": province.zh, "en": province.en},
                "institution": None if rule.target_institution == ANY else institution_text(rule.target_institution),
                "programme": None if rule.programme == ANY else hex0x(rule.programme),
                "programmeCode": self.programme,
                "course": None if rule.course == ANY else hex0x(rule.course),
                "courseCode": self.course,
                "kind": Category(rule.kind).word,
            },
            "from": moment_text(self.begins),
            "until": moment_text(self.ends),
            "lastDay": str(last_day(self.ends)) if self.ends else None,
        }


@dataclass(frozen=True, slots=True)
class Option:
    """What a rule gives (hundredths), by the ledger's examination.

    A rule's cap is never below what one transfer gives: it bounds a student's awards in a programme together.
    """

    ref: RuleRef
    credits: int

    def bounded(self, earned: int) -> bool:
        """Whether the most of one transfer kept it from being more; ``earned`` is the outcome's worth."""
        rule = self.ref.rule
        return earned * rule.numerator // rule.denominator > rule.most_credits

    def to_json(self, earned: int) -> dict[str, Any]:
        """The form that surfaces show; ``earned`` is the outcome's worth in hundredths."""
        rule = self.ref.rule
        return {
            "credits": credits_text(self.credits),
            **self.ref.to_json(),
            "mostCredits": credits_text(rule.most_credits),
            "boundByMost": self.bounded(earned),
            "cap": None if rule.cap == NO_CAP else credits_text(rule.cap),
        }


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that gives nothing: every reason that holds, the ledger's own answer first; each with its values."""

    ref: RuleRef
    reasons: tuple[Refusal, ...]
    said: tuple[Said, ...]

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        return {
            **self.ref.to_json(),
            "reasons": [
                {"code": reason.name.lower(), "zh": said.zh, "en": said.en}
                for reason, said in zip(self.reasons, self.said, strict=True)
            ],
        }


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of every rule: the credential's status, a use already made."""

    code: str
    said: Said

    def to_json(self) -> dict[str, str]:
        """The form that surfaces show."""
        return {"code": self.code, "zh": self.said.zh, "en": self.said.en}


@dataclass(frozen=True, slots=True)
class Subject:
    """The outcome that is asked about.

    Attributes:
        institution: 18 characters; facts: index → value, those that are known; leaf: a credential's, None: an example.
        evaluation: the panel's finding that told category, level and credits of an example, None otherwise.
        code: the outcome's, where it is known here.
    """

    institution: str
    facts: Mapping[int, int]
    leaf: bytes | None = None
    evaluation: bytes | None = None
    code: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show; what is not known is None."""
        known = self.facts
        grade, month = known.get(GRADE), known.get(MONTH)
        return {
            "example": self.leaf is None,
            "hash": None if self.leaf is None else hex0x(self.leaf),
            "institution": self.institution,
            "outcome": hex0x(known[OUTCOME].to_bytes(32, "big")),
            "outcomeCode": self.code,
            "category": Category(known[CATEGORY]).word if known[CATEGORY] in set(Category) else known[CATEGORY],
            "level": known[LEVEL],
            "credits": credits_text(known[CREDITS]),
            "graded": None if grade is None else grade != UNGRADED,
            "grade": None if grade in {None, UNGRADED} else known[GRADE] * GRADE_STEP,
            "awarded": None if month is None else month_text(month),
            "evaluation": None if self.evaluation is None else hex0x(self.evaluation),
        }


@dataclass(frozen=True, slots=True)
class Options:
    """The answer: what counts now, what will count later, and what does not; as of a block."""

    block: BlockRef
    subject: Subject
    now: Sequence[Option]
    later: Sequence[Option]
    misses: Sequence[Miss]
    obstacles: Sequence[Obstacle]

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        earned = self.subject.facts[CREDITS]
        return {
            "block": self.block.number,
            "time": moment_text(self.block.time),
            "outcome": self.subject.to_json(),
            "obstacles": [one.to_json() for one in self.obstacles],
            "options": [one.to_json(earned) for one in self.now],
            "later": [one.to_json(earned) for one in self.later],
            "others": [one.to_json() for one in self.misses],
        }
