"""Findings as values: what, where, since when, how grave, what to do; and the thresholds they are judged by."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from gateway.audit.findings.words import WORDS
from gateway.domain.civil_time import moment_text
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.jcs import canonicalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.ledger.values import BlockRef


class Severity(IntEnum):
    """How grave a finding is."""

    NOTE = 1
    """Worth a look; nothing need be wrong."""
    WARNING = 2
    """Somebody has to answer for it."""
    ALARM = 3
    """Something is wrong."""

    @property
    def zh(self) -> str:
        """In Chinese."""
        return ("提示", "警示", "警报")[self - 1]

    @property
    def en(self) -> str:
        """In English."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What findings are judged by; each is an option of `huren audit findings`."""

    cap_percent: int = 90
    """Share of a cap used, in per cent, from which an enrolment counts as near it."""
    rate_score: float = 3.5
    """Modified z-score (Iglewicz and Hoaglin 1993) above which an institution accepts far more than others."""
    rate_decisions: int = 20
    """Decisions below which an institution's rate is not compared."""
    rate_institutions: int = 5
    """Institutions below which none is compared."""
    officer_days: int = 30
    """Days in office below which a decision or approval is noted."""
    unused_days: int = 180
    """Days in force after which a rule that nobody used is noted."""
    unattested_days: int = 7
    """Days after which a batch that no other province attested is noted."""

    def to_json(self) -> dict[str, Any]:
        """The form that reports show."""
        return {_camel(one.name): getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        code: what it is, one of `gateway.audit.findings.words.WORDS`.
        severity: how grave.
        values: what the sentence says besides, by name: texts and whole numbers.
        refs: where to look: ("transfer", "320000-330000-7"), ("institution", USCC), ("batch", 0x-hex) …
        since: seconds; when it began or happened.
        local: seen by this gateway (a manifest that it lacks), not on the chain: another may not see it.
    """

    code: str
    severity: Severity
    values: Mapping[str, str | int]
    refs: tuple[tuple[str, str], ...]
    since: int
    local: bool = False

    @property
    def key(self) -> tuple[Any, ...]:
        """The order in which findings stand: the gravest first, then by code, age and place."""
        return -self.severity, self.code, self.since, self.refs

    def to_json(self) -> dict[str, Any]:
        """The form that reports show."""
        words = WORDS[self.code]
        return {
            "code": self.code,
            "severity": self.severity.en,
            "zh": words.zh.format(**self.values),
            "en": words.en.format(**self.values),
            "hintZh": words.hint_zh,
            "hintEn": words.hint_en,
            "values": dict(self.values),
            "refs": [{"kind": kind, "ref": ref} for kind, ref in self.refs],
            "since": moment_text(self.since),
            "local": self.local,
        }


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings as of a block, the gravest first."""

    chain_id: int
    block: BlockRef
    thresholds: Thresholds
    found: tuple[Finding, ...] = field(default=())

    def above(self, level: Severity) -> list[Finding]:
        """Those of at least that severity."""
        return [one for one in self.found if one.severity >= level]

    @property
    def digest(self) -> bytes:
        """Of what every gateway finds alike: sha256 of RFC 8785 of all this without what is ``local``."""
        body = self._body()
        body["findings"] = [one.to_json() for one in self.found if not one.local]
        return sha256(canonicalise(body))

    def to_json(self) -> dict[str, Any]:
        """The form that reports show."""
        return {
            **self._body(),
            "hash": hex0x(self.digest),
            "counts": {level.en: sum(one.severity is level for one in self.found) for level in Severity},
            "findings": [one.to_json() for one in self.found],
        }

    def _body(self) -> dict[str, Any]:
        block = self.block
        return {
            "type": "HurenAuditFindings",
            "chainId": self.chain_id,
            "block": {"number": block.number, "hash": hex0x(block.hash), "time": moment_text(block.time)},
            "thresholds": self.thresholds.to_json(),
        }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
