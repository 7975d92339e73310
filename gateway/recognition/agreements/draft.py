"""An agreement file that could be read: values with their lines, from which the terms are made.

terms = draft.terms(chain_id, registry, evaluation_id)
draft.locate(found)                    # a flaw of the terms, at the line where it is written
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.domain.civil_time import DAY
from gateway.domain.panel import evaluation_id
from gateway.domain.rule import ANY, NO_CAP, Rule
from gateway.domain.rule_law import LAST_LEVEL
from gateway.domain.terms import Terms
from gateway.recognition.agreements import words

if TYPE_CHECKING:
    from gateway.domain.errors import HurenError
    from gateway.domain.terms_law import Found


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and where: ``place`` is the path of keys, such as ``rules[2].most_credits`` (rules from 1)."""

    line: int
    place: str
    error: HurenError

    def to_json(self) -> dict[str, Any]:
        """Line, field, code, value, and message and hint in both languages."""
        value = self.error.value
        shown = "0x" + value.hex() if isinstance(value, bytes) else str(value)
        return {"line": self.line, "field": self.place, "value": shown, **self.error.to_json()}


@dataclass(slots=True)
class Draft:
    """An agreement file that could be read; ``lines`` gives the line of each place."""

    title: str = ""
    text_name: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    labels: dict[bytes, str] = field(default_factory=dict)
    """What was written for a hash: outcomes', programmes' and courses' codes."""

    def terms(self, chain_id: int = 0, registry: bytes = bytes(20)) -> Terms:
        """The terms, as they would be proposed to ``registry`` (20 bytes) on a chain."""
        values = self.values
        return Terms(
            chain_id=chain_id,
            registry=registry,
            nonce=values.get("nonce", 0),
            parties=tuple(sorted(values["parties"])),
            rules=tuple(map(self._rule, self.rules)),
            valid_from=values["from"],
            valid_until=values["until"],
            approve_by=values["approve_by"],
            public_notice=values["public_notice"] * DAY,
            withdrawal_notice=values["withdrawal_notice"] * DAY,
            text=values["text"],
            supersedes=values.get("supersedes", ANY),
        )

    def _rule(self, rule: dict[str, Any]) -> Rule:
        source, target = rule["source"], rule["target"]
        lowest, highest = source.get("levels", (1, LAST_LEVEL))
        numerator, denominator = rule["ratio"]
        institution, outcome = source.get("institution", ANY), source.get("outcome", ANY)
        evaluation = rule.get("evaluation", ANY)
        if isinstance(evaluation, int):
            number = evaluation
            evaluation = evaluation_id(institution, outcome, number)
            self.labels.setdefault(evaluation, f"№ {number}")
        return Rule(
            source_institution=institution,
            outcome=outcome,
            evaluation=evaluation,
            source_province=source["province"],
            category=source["category"],
            lowest_level=lowest,
            highest_level=highest,
            minimum_grade=source.get("minimum_grade", 0),
            accepts_ungraded=source.get("accepts_ungraded", False),
            greatest_age=source.get("greatest_age", 0),
            target_institution=target.get("institution", ANY),
            programme=target.get("programme", ANY),
            course=target.get("course", ANY),
            target_province=target["province"],
            kind=target["kind"],
            numerator=numerator,
            denominator=denominator,
            most_credits=rule["most_credits"],
            cap=rule.get("cap", NO_CAP),
            valid_from=rule.get("from", self.values["from"]),
            valid_until=rule.get("until", self.values["until"]),
        )

    def locate(self, found: Found) -> Finding:
        """A flaw of the terms, at the line where it is written; at the line of what it is missing from, otherwise."""
        key = words.PLACES.get(found.flaw.field, found.flaw.field)
        base = "" if found.rule is None else f"rules[{found.rule + 1}]"
        place = ".".join(part for part in (base, key) if part)
        near = place
        while near not in self.lines and "." in near:
            near = near.rpartition(".")[0]
        return Finding(self.lines.get(near, self.lines.get(base, 1)), place, found.flaw)
