"""GET /v1/agreements and /v1/agreements/{agreement}: what was agreed on, and how it stands or stood."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from gateway.api.answers import answer
from gateway.api.authority import allow
from gateway.api.services import services_of
from gateway.api.validation import BadParameter, Filter, field, one_of
from gateway.domain.civil_time import CHINA, moment_text
from gateway.domain.errors import Said
from gateway.domain.provinces import province_of
from gateway.recognition.agreements.check import evaluations, explained
from gateway.recognition.agreements.json import (
    entry_json,
    history_json,
    rules_json,
    said_json,
    standing_json,
    terms_json,
)
from gateway.recognition.agreements.sentences import Speaker
from gateway.recognition.agreements.values import AgreementState
from gateway.store.models import Role

router = APIRouter(prefix="/v1", tags=["agreements"])

STATES: Final = {state.name.lower(): state for state in AgreementState if state is not AgreementState.UNKNOWN}


class AgreementsQuery(Filter):
    """Which agreements, as of when."""

    state: str | None = Field(default=None, description="|".join(STATES))
    party: int | None = Field(default=None, description="a province's six-digit code")
    as_of: str | None = Field(default=None, description="2026-07-01 (its start in UTC+8) or RFC 3339; default: now")


class AsOfQuery(Filter):
    """As of when."""

    as_of: str | None = Field(default=None, description="2026-07-01 (its start in UTC+8) or RFC 3339; default: now")


@router.get("/agreements", summary="Agreements, and how each stands or stood")
def agreements(request: Request, query: Annotated[AgreementsQuery, Query()], _: object = allow(*Role)) -> Response:
    """Oldest first; those proposed later than ``asOf`` are left out."""
    state = one_of("state", query.state, STATES)
    if query.party is not None:
        with field("party"):
            province_of(query.party)
    book = services_of(request).recognised.agreements()
    time = moment_of("asOf", query.as_of, book.now)
    known = [one for one in book.proposals() if one.proposed_at <= time]
    if query.party is not None:
        known = [one for one in known if query.party in one.terms.parties]
    states = book.states([one.agreement for one in known], time)
    entries = [entry_json(one, found) for one, found in zip(known, states, strict=True) if state in {None, found}]
    return answer({"block": book.block.number, "asOf": moment_text(time), "agreements": entries})


@router.get("/agreements/{agreement}", summary="One agreement: terms in sentences, who approved, what happened")
def agreement(
    request: Request, agreement: str, query: Annotated[AsOfQuery, Query()], _: object = allow(*Role)
) -> Response:
    """By its id, or the beginning of it (eight characters and more)."""
    book = services_of(request).recognised.agreements()
    found = book.find(agreement)
    standing = book.standing(found.agreement, moment_of("asOf", query.as_of, book.now))
    speaker = Speaker(services_of(request).recognised.codes)
    rules = explained(found.terms, speaker, book.findings(evaluations(found.terms)))
    content = {
        "block": book.block.number,
        **standing_json(standing),
        "terms": terms_json(found.terms),
        "said": said_json(speaker.terms(found.terms)),
        "rules": rules_json(found.terms, [rule.said for rule in rules]),
        "history": history_json(book.history(found.agreement)),
    }
    return answer(content)


def moment_of(name: str, text: str | None, otherwise: int) -> int:
    """Seconds since 1970 of a day (its start in UTC+8) or of a time with its offset.

    Raises:
        BadParameter: it is neither, or before 1970.
    """
    if text is None:
        return otherwise
    why = Said("写作 2026-07-01 或 2026-07-01T08:00:00+08:00", "write 2026-07-01 or 2026-07-01T08:00:00+08:00")
    try:
        time = dt.datetime.fromisoformat(text)
        seconds = int((time if time.tzinfo else time.replace(tzinfo=CHINA)).timestamp())
    except (ValueError, OverflowError):
        raise BadParameter(text, field=name, why=why) from None
    if seconds < 0:
        raise BadParameter(text, field=name, why=why)
    return seconds
