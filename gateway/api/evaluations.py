"""GET /v1/evaluations and /v1/evaluations/{evaluation}: what experts were asked, and what they found."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from gateway.api.answers import answer
from gateway.api.authority import allow
from gateway.api.services import services_of
from gateway.api.validation import Filter, field, one_of
from gateway.domain.identifiers import Uscc
from gateway.domain.provinces import province_of
from gateway.recognition.evaluations.json import entry_json, sheet_json
from gateway.recognition.evaluations.values import Phase
from gateway.store.models import Role

router = APIRouter(prefix="/v1", tags=["evaluations"])

PHASES: Final = {phase.name.lower(): phase for phase in Phase if phase is not Phase.NONE}


class EvaluationsQuery(Filter):
    """Which evaluations."""

    institution: str | None = Field(default=None, description="the awarding institution's unified social credit code")
    province: int | None = Field(default=None, description="the province that opened it, six digits")
    phase: str | None = Field(default=None, description="|".join(PHASES))


@router.get("/evaluations", summary="Evaluations, and how each stands")
def evaluations(request: Request, query: Annotated[EvaluationsQuery, Query()], _: object = allow(*Role)) -> Response:
    """Oldest first."""
    wanted = one_of("phase", query.phase, PHASES)
    if query.institution is not None:
        with field("institution"):
            Uscc(query.institution)
    if query.province is not None:
        with field("province"):
            province_of(query.province)
    recognised = services_of(request).recognised
    book = recognised.evaluations()
    found = [
        one
        for one in book.opened()
        if query.institution in {None, one.institution} and query.province in {None, one.province}
    ]
    phases = book.phases([one.evaluation for one in found])
    entries = [
        entry_json(one, phase, recognised.outcome_code(one.dossier))
        for one, phase in zip(found, phases, strict=True)
        if wanted in {None, phase}
    ]
    return answer({"block": book.block.number, "evaluations": entries})


@router.get("/evaluations/{evaluation}", summary="One evaluation: panel, opinions, finding")
def evaluation(request: Request, evaluation: str, _: object = allow(*Role)) -> Response:
    """By its id, or the beginning of it (ten characters and more)."""
    recognised = services_of(request).recognised
    book = recognised.evaluations()
    found = book.find(evaluation)
    content = sheet_json(found, book.progress(found.evaluation), recognised.outcome_code(found.dossier))
    return answer({"block": book.block.number, **content})
