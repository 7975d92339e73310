"""A transfer as JSON: what the index recorded of it, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.domain.civil_time import moment_text, month_text
from gateway.domain.credits import credits_text
from gateway.domain.crosswalk import Category
from gateway.domain.hashing import hex0x
from gateway.domain.transfer_words import Appeal, Return, Stage

if TYPE_CHECKING:
    from gateway.ledger.code_book import Labels
    from gateway.ledger.transfer_rows import TransferRow


def row_json(row: TransferRow, codes: Labels) -> dict[str, Any]:
    """One transfer. Credits are decimals as text, times RFC 3339, rules count from 1; null: not opened, or not yet."""
    return {
        "transfer": "-".join(map(str, row.key)),
        "stage": Stage(row.stage).word,
        "reason": word_of(Return(row.reason)),
        "hash": hex0x(row.leaf),
        "institution": row.institution,
        "targetInstitution": row.target_institution,
        "agreement": hex0x(row.agreement),
        "rule": row.rule + 1,
        "programme": hex0x(row.programme),
        "programmeCode": codes.get(row.programme),
        "course": hex0x(row.course),
        "courseCode": codes.get(row.course),
        "outcome": hex0x(row.outcome),
        "outcomeCode": codes.get(row.outcome),
        "claim": hex0x(row.claim),
        "consent": hex0x(row.consent),
        "category": Category(row.category).word if row.category else None,
        "level": row.level,
        "credits": _credits(row.credits),
        "month": None if row.month is None else month_text(row.month),
        "quoted": _credits(row.quoted),
        "awarded": _credits(row.awarded),
        "enrolment": _hash(row.enrolment),
        "explanation": _hash(row.explanation),
        "requestedAt": moment_text(row.requested_at),
        "requestedBlock": row.requested_block,
        "deadline": moment_text(row.deadline),
        "decidedAt": _moment(row.decided_at),
        "decidedBlock": row.decided_block,
        "reversedAt": _moment(row.reversed_at),
        "reversedBlock": row.reversed_block,
        "withdrawn": _credits(row.withdrawn),
        "appeal": word_of(Appeal(row.appeal)),
        "appealedAt": _moment(row.appealed_at),
        "statement": _hash(row.statement),
        "appealDecidedAt": _moment(row.appeal_decided_at),
        "appealAnswer": _hash(row.appeal_answer),
    }


def word_of(value: Return | Appeal) -> str | None:
    """The word for a number of the contract: not-equivalent; None for its zero."""
    return value.word if value else None


def _credits(hundredths: int | None) -> str | None:
    return None if hundredths is None else credits_text(hundredths)


def _moment(time: int | None) -> str | None:
    return None if time is None else moment_text(time)


def _hash(value: bytes | None) -> str | None:
    return None if value is None else hex0x(value)
