"""A report as a value, and the one sequence of bytes that it is written as.

    report.to_json()["hash"]        # sha256 of the canonical JSON of all the rest
    report.canonical                # RFC 8785: the same bytes at every gateway

Nothing in it comes from a clock, a locale, a gateway's own names or settings: chain, block, and what the events up to
the block say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from gateway.audit.reports.errors import MonthAhead
from gateway.audit.reports.figures import REASONS, Figures, balances
from gateway.domain.civil_time import moment_text, month_of, month_text
from gateway.domain.credits import credits_text
from gateway.domain.crosswalk import Category
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.jcs import canonicalise
from gateway.domain.rule import ANY, NO_CAP
from gateway.ledger.reader import institution_text
from gateway.ledger.values import Reason

if TYPE_CHECKING:
    from gateway.audit.reports.figures_law import RuleInForce
    from gateway.audit.reports.figures_status import Revocations
    from gateway.audit.reports.heads import HeadAt
    from gateway.ledger.values import BlockRef

TYPE: Final = "HurenAuditReport"
VERSION: Final = 1
CATEGORY_NAMES: Final = {
    0: "unknown",
    **{int(category): category.word for category in Category},
}
"""By number, as JSON has them."""


@dataclass(frozen=True)
class Report:
    """The figures as of a block; with `month` (since January 1970) of that month alone."""

    chain_id: int
    genesis: str
    """Hash of block 0, 0x-hex: numbers of chains are not unique."""
    block: BlockRef
    month: int | None
    figures: tuple[Figures, ...]
    rules: tuple[RuleInForce, ...]
    """In force at the block's time, whichever the month."""
    revocations: tuple[Revocations, ...]
    heads: tuple[HeadAt, ...]

    def of_month(self, month: int) -> Report:
        """The same report of one month.

        Raises:
            MonthAhead: it had not begun at the block.
        """
        if month > month_of(self.block.time):
            raise MonthAhead(month_text(month), block=self.block.number, now=str(moment_text(self.block.time)))
        return replace(
            self,
            month=month,
            figures=tuple(row for row in self.figures if row.month == month),
            revocations=tuple(row for row in self.revocations if row.month == month),
        )

    @cached_property
    def digest(self) -> bytes:
        """sha256 of the canonical JSON without the member ``hash``: 32 bytes."""
        return sha256(canonicalise(self._body))

    @cached_property
    def canonical(self) -> bytes:
        """The report as a file: canonical JSON with its own hash (RFC 8785; no line end)."""
        return canonicalise(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """The report; credits are decimal text with two places, digests 0x-hex, times RFC 3339 in UTC+8."""
        return {**self._body, "hash": hex0x(self.digest)}

    @cached_property
    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = _without_null(self._members())
        return body

    def _members(self) -> dict[str, Any]:
        return {
            "type": TYPE,
            "version": VERSION,
            "chain": {"chainId": self.chain_id, "genesis": self.genesis},
            "block": block_json(self.block),
            "month": None if self.month is None else month_text(self.month),
            "figures": [figures_json(row) for row in self.figures],
            "credits": [
                {
                    "province": one.province,
                    "out": credits_text(one.out),
                    "outWithdrawn": credits_text(one.out_withdrawn),
                    "in": credits_text(one.into),
                    "inWithdrawn": credits_text(one.into_withdrawn),
                }
                for one in balances(self.figures)
            ],
            "rulesInForce": [_rule_json(rule) for rule in self.rules],
            "revocations": [
                {
                    "province": one.province,
                    "month": month_text(one.month),
                    "reason": Reason(one.reason).name.lower(),
                    "credentials": one.credentials,
                    "batches": one.batches,
                    "credentialsOfBatches": one.in_batches,
                }
                for one in self.revocations
            ],
            "heads": [
                {
                    "contract": one.contract,
                    "address": hex0x(one.address),
                    "subject": subject_text(one.subject),
                    "sequence": one.sequence,
                    "head": hex0x(one.head),
                }
                for one in self.heads
            ],
        }


def _without_null(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """What has no value is left out, as in every document that Huren defines."""
    if isinstance(value, dict):
        return {name: _without_null(inner) for name, inner in value.items() if inner is not None}
    return [_without_null(inner) for inner in value] if isinstance(value, list) else value


def block_json(block: BlockRef) -> dict[str, Any]:
    """A block as reports name it."""
    return {"number": block.number, "hash": hex0x(block.hash), "time": moment_text(block.time)}


def subject_text(subject: int) -> str:
    """A subject of heads: a province, a pair of them (source-target), or 0."""
    source, target = subject >> 32, subject & 0xFFFF_FFFF
    return f"{source}-{target}" if source else str(target)


def figures_json(row: Figures) -> dict[str, Any]:
    """One row of the figures."""
    return {
        "source": row.source,
        "target": row.target,
        "category": CATEGORY_NAMES[row.category],
        "month": month_text(row.month),
        "applied": row.applied,
        "pending": row.pending,
        "overdue": row.overdue,
        "accepted": row.accepted,
        "reversed": row.reversed,
        "rejected": {reason.word: many for reason, many in zip(REASONS, row.rejected, strict=True)},
        "cancelled": row.cancelled,
        "expired": row.expired,
        "medianDays": row.median_days,
        "quoted": credits_text(row.quoted),
        "awarded": credits_text(row.awarded),
        "withdrawn": credits_text(row.withdrawn),
        "appeals": {"filed": row.appeals, "upheld": row.upheld, "dismissed": row.dismissed},
        "decidedInMonth": {
            "accepted": row.decided.accepted,
            "rejected": row.decided.rejected,
            "awarded": credits_text(row.decided.awarded),
        },
    }


def _rule_json(rule: RuleInForce) -> dict[str, Any]:
    return {
        "agreement": hex0x(rule.agreement),
        "rule": rule.number,
        "source": rule.source_province,
        "sourceInstitution": institution_or_any(rule.source_institution),
        "outcome": _digest_or_any(rule.outcome),
        "category": CATEGORY_NAMES[rule.category],
        "evaluation": _digest_or_any(rule.evaluation),
        "target": rule.target_province,
        "targetInstitution": institution_or_any(rule.target_institution),
        "programme": _digest_or_any(rule.programme),
        "course": _digest_or_any(rule.course),
        "kind": CATEGORY_NAMES[rule.kind],
        "ratio": f"{rule.numerator}/{rule.denominator}",
        "mostCredits": credits_text(rule.most_credits),
        "cap": None if rule.cap == NO_CAP else credits_text(rule.cap),
        "from": moment_text(rule.begins),
        "until": moment_text(rule.ends),
    }


def institution_or_any(word: bytes) -> str | None:
    """An institution's 18 characters; None where any will do."""
    return None if word == ANY else institution_text(word)


def _digest_or_any(digest: bytes) -> str | None:
    return None if digest == ANY else hex0x(digest)
