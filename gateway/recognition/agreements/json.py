"""Agreements as JSON: what `huren agreement --json` prints and the API answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.domain.civil_time import moment_text
from gateway.domain.credits import credits_text
from gateway.domain.crosswalk import Category
from gateway.domain.hashing import hex0x
from gateway.domain.rule import ANY, NO_CAP
from gateway.ledger.reader import institution_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.domain.rule import Rule
    from gateway.domain.terms import Terms
    from gateway.ledger.recognition_events import Happened
    from gateway.recognition.agreements.sentences import Sentence
    from gateway.recognition.agreements.values import AgreementState, Proposal, Standing


def both(said: Sentence) -> dict[str, str]:
    """A sentence."""
    return {"zh": said.zh, "en": said.en}


def terms_json(terms: Terms) -> dict[str, Any]:
    """Terms, all of them but the rules; times are seconds."""
    return {
        "agreement": hex0x(terms.agreement_id),
        "parties": list(terms.parties),
        "from": terms.valid_from,
        "until": terms.valid_until,
        "approveBy": terms.approve_by,
        "publicNotice": terms.public_notice,
        "withdrawalNotice": terms.withdrawal_notice,
        "text": hex0x(terms.text),
        "supersedes": hex0x(terms.supersedes),
        "nonce": terms.nonce,
    }


def entry_json(proposal: Proposal, state: AgreementState) -> dict[str, Any]:
    """An agreement in a list: its terms, how many rules, how it stands."""
    terms = proposal.terms
    return {
        **terms_json(terms),
        "state": state.name.lower(),
        "rules": len(terms.rules),
        "proposedBy": proposal.province,
        "proposedAt": moment_text(proposal.proposed_at),
    }


def standing_json(standing: Standing) -> dict[str, Any]:
    """How one stands; times as RFC 3339 writes them, None where there is none."""
    return {
        "state": standing.state.name.lower(),
        "asOf": moment_text(standing.time),
        "round": standing.round,
        "approved": list(standing.approved),
        "activeFrom": moment_text(standing.active_from),
        "deadline": moment_text(standing.deadline),
        "ends": moment_text(standing.ends),
        "successor": None if standing.successor == ANY else hex0x(standing.successor),
    }


def history_json(history: Iterable[Happened]) -> list[dict[str, Any]]:
    """What happened to one, oldest first."""
    return [
        {"event": one.name, "province": one.subject, "time": moment_text(one.time), "block": one.block}
        for one in history
    ]


def said_json(said: Sequence[Sentence]) -> list[dict[str, str]]:
    """Sentences."""
    return [both(one) for one in said]


def rules_json(terms: Terms, said: Sequence[Sentence]) -> list[dict[str, Any]]:
    """Every rule: its number (from 1), its sentence, its terms. Credits are decimals as text, None is "any", "none"."""
    return [
        {"number": number, **both(one), **_rule_json(rule)}
        for number, (rule, one) in enumerate(zip(terms.rules, said, strict=True), 1)
    ]


def _rule_json(rule: Rule) -> dict[str, Any]:
    return {
        "source": {
            "province": rule.source_province,
            "institution": _institution(rule.source_institution),
            "outcome": _word(rule.outcome),
            "category": Category(rule.category).word,
            "lowestLevel": rule.lowest_level,
            "highestLevel": rule.highest_level,
            "minimumGradeStep": rule.minimum_grade or None,
            "acceptsUngraded": rule.accepts_ungraded,
            "greatestAgeMonths": rule.greatest_age or None,
        },
        "target": {
            "province": rule.target_province,
            "institution": _institution(rule.target_institution),
            "programme": _word(rule.programme),
            "course": _word(rule.course),
            "kind": Category(rule.kind).word,
        },
        "evaluation": _word(rule.evaluation),
        "ratio": f"{rule.numerator}/{rule.denominator}",
        "mostCredits": credits_text(rule.most_credits),
        "cap": None if rule.cap == NO_CAP else credits_text(rule.cap),
        "from": rule.valid_from,
        "until": rule.valid_until,
    }


def _word(word: bytes) -> str | None:
    return None if word == ANY else hex0x(word)


def _institution(word: bytes) -> str | None:
    return None if word == ANY else institution_text(word)
