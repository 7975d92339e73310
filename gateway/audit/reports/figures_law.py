"""Which rules were in force at a block, from the events of the AgreementRegistry alone.

    rules_in_force(events, block)

The agreement's part of the law (contracts/agreement: Assents, Endings, Timelines) replayed as far as this question
needs it: in force is what all parties approved, or a motion after an objection, from then on, until its validity or a
notice of withdrawal ends, an objection suspends it, or its successor comes into force.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.rule import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.ledger.recognition_events import Happened
    from gateway.ledger.values import BlockRef

EVENTS: Final = (
    "AgreementProposed",
    "AgreementApproved",
    "ApprovalRevoked",
    "AgreementObjected",
    "ObjectionSettled",
    "AgreementWithdrawn",
)
"""What the replay reads."""
_NONE: Final = bytes(32)
_AS_THEY_ARE: Final = (
    *("source_province", "target_province", "category", "kind"),
    *("numerator", "denominator", "most_credits", "cap"),
)
_DIGESTS: Final = ("source_institution", "target_institution", "outcome", "evaluation", "programme", "course")


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule at a block. Digests are 32 bytes, zero for "any"; credits hundredths; times seconds, half-open."""

    agreement: bytes
    number: int
    """From 1, as people count."""
    source_province: int
    target_province: int
    source_institution: bytes
    target_institution: bytes
    outcome: bytes
    evaluation: bytes
    programme: bytes
    course: bytes
    category: int
    kind: int
    numerator: int
    denominator: int
    most_credits: int
    cap: int
    begins: int
    """When both the agreement and the rule had begun."""
    ends: int
    """When the first of the two ends, as things stand at the block."""


@dataclass(slots=True)
class _Course:
    """How an agreement stands, as far as the events say."""

    terms: Mapping[str, Any]
    ends: int
    approved: bool = False
    begins: int = 0
    begun: int = 0
    """When it first came into force, or is to; 0: never, as things are (Round.begun)."""

    def interrupted(self, now: int) -> None:
        """It does not come into force as planned; what had begun has begun."""
        if now < self.begun:
            self.begun = 0


def rules_in_force(events: Iterable[Happened], block: BlockRef) -> list[RuleInForce]:
    """The rules under which could be applied at `block`, by agreement and number.

    `events` are those called `EVENTS`, in the order of the chain; those after the block are passed over.
    """
    courses: dict[bytes, _Course] = {}
    successors: dict[bytes, bytes] = {}
    for event in events:
        if event.block > block.number or event.about is None:
            continue
        if event.name == "AgreementProposed":
            terms = event.fields["terms"]
            courses[event.about] = _Course(terms, int(terms["until"]))
        else:
            _apply(courses, successors, event.about, event)
    found = []
    for agreement in sorted(courses):
        course = courses[agreement]
        heir = courses.get(successors.get(agreement, _NONE))
        superseded = heir is not None and 0 < heir.begun <= block.time
        if course.approved and course.begins <= block.time < course.ends and not superseded:
            found += _open_rules(agreement, course, block.time)
    return found


def _apply(courses: dict[bytes, _Course], successors: dict[bytes, bytes], agreement: bytes, event: Happened) -> None:
    course, told = courses[agreement], event.fields
    if event.name in {"AgreementApproved", "ObjectionSettled"}:
        begins = int(told["activeFrom"])
        if begins:
            course.approved, course.begins = True, begins
            course.begun = course.begun or begins
            superseded = _bytes(course.terms["supersedes"])
            if superseded != _NONE:
                successors[superseded] = agreement
    elif event.name == "AgreementWithdrawn":
        course.ends = int(told["until"])
        course.interrupted(event.time)
    elif event.name == "AgreementObjected" or course.approved:
        # An approval taken back counts while all had approved, which by law is before it comes into force.
        course.approved = False
        course.interrupted(event.time)


def _open_rules(agreement: bytes, course: _Course, time: int) -> list[RuleInForce]:
    found = []
    for number, values in enumerate(course.terms["rules"], start=1):
        told = dict(zip(FIELDS, values.values(), strict=True))
        begins, ends = max(course.begins, int(told["valid_from"])), min(course.ends, int(told["valid_until"]))
        if begins <= time < ends:
            found.append(_rule(agreement, number, told, begins, ends))
    return found


def _rule(agreement: bytes, number: int, told: Mapping[str, Any], begins: int, ends: int) -> RuleInForce:
    read: dict[str, Any] = {name: told[name] for name in _AS_THEY_ARE}
    read |= {name: _bytes(told[name]) for name in _DIGESTS}
    return RuleInForce(agreement=agreement, number=number, begins=begins, ends=ends, **read)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
