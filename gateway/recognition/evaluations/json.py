"""Evaluations as JSON: what `huren evaluation --json` prints and the API answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.domain.civil_time import day_of, month_text
from gateway.domain.credits import credits_text
from gateway.domain.crosswalk import Category
from gateway.domain.hashing import hex0x
from gateway.recognition.evaluations.values import Phase

if TYPE_CHECKING:
    from gateway.recognition.evaluations.values import Evaluation, Progress, Seat


def entry_json(one: Evaluation, phase: Phase, code: str | None) -> dict[str, Any]:
    """An evaluation in a list; ``code`` is the outcome's, None where only its hash is known here."""
    return {
        "evaluation": hex0x(one.evaluation),
        "phase": phase.name.lower(),
        "province": one.province,
        "institution": one.institution,
        "outcome": hex0x(one.outcome),
        "outcomeCode": code,
        "category": Category(one.category).word,
        "awardedFrom": month_text(one.awarded_from),
        "awardedTo": month_text(one.awarded_until - 1),
        "seats": one.seats,
        "targets": list(one.targets),
        "nominationsUntil": day_of(one.nominations_until).isoformat(),
        "opinionsUntil": day_of(one.opinions_until).isoformat(),
    }


def sheet_json(one: Evaluation, progress: Progress, code: str | None) -> dict[str, Any]:
    """One evaluation with its panel and what it found."""
    return {
        **entry_json(one, progress.phase, code),
        "dossier": hex0x(one.dossier),
        "needed": one.needed,
        "panel": [_seat_json(seat) for seat in progress.panel],
        **finding_json(progress),
    }


def finding_json(progress: Progress) -> dict[str, Any]:
    """What a panel found; level and credits are None unless it passed."""
    passed = progress.phase is Phase.PASSED
    return {
        "phase": progress.phase.name.lower(),
        "favourable": sum(seat.favourable for seat in progress.panel),
        "level": progress.level if passed else None,
        "credits": credits_text(progress.credits) if passed else None,
        "closedAt": day_of(progress.closed_at).isoformat() if progress.closed_at else None,
    }


def _seat_json(seat: Seat) -> dict[str, Any]:
    given = seat.opined_at != 0
    return {
        "expert": seat.expert,
        "province": seat.province,
        "key": hex0x(seat.key),
        "opinedAt": day_of(seat.opined_at).isoformat() if given else None,
        "favourable": seat.favourable if given else None,
        "level": seat.level if seat.favourable else None,
        "credits": credits_text(seat.credits) if seat.favourable else None,
        "report": hex0x(seat.report) if given else None,
    }
