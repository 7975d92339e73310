"""/v1/applications: a learner or a clerk applies, the operator confirms, either takes it back while it waits."""

from __future__ import annotations

import base64
import binascii
import time
from http import HTTPStatus
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from gateway.api.access import Principal
from gateway.api.access_errors import OutOfScope
from gateway.api.agreements import moment_of
from gateway.api.answers import answer
from gateway.api.authority import allow, of_account
from gateway.api.idempotency import keyed
from gateway.api.services import services_of
from gateway.api.validation import BadParameter, Filter, field, hash_of, one_of, wanted_of
from gateway.domain.errors import Said
from gateway.domain.hashing import hex0x
from gateway.recognition.applications.values import Application, Consented, Wish
from gateway.recognition.transfers.consent import How
from gateway.store.models import ApplicationState, Role

router = APIRouter(prefix="/v1", tags=["applications"])

_WAYS: Final = {how.value: how for how in How}
_STATES: Final = {state.value: state for state in ApplicationState}
_EVIDENCE: Final = 1 << 20
Number = Annotated[int, Path(ge=1, le=1 << 53)]


class ConsentBody(Filter):
    """How the learner said yes; a learner who applies with a token of their own says yes by that."""

    how: str = Field(description="|".join(_WAYS))
    at: str | None = Field(default=None, description="2026-07-01 or RFC 3339; default: now")
    evidence: str | None = Field(default=None, max_length=_EVIDENCE, description="base64 of the file that shows it")


class ApplicationBody(Filter):
    """What is applied for."""

    hash: str = Field(description="the credential's, issued by this centre")
    agreement: str = Field(description="its id, or the beginning of it")
    rule: int = Field(ge=1, le=1 << 16, description="counted from 1")
    target_institution: str
    programme: str
    course: str | None = None
    consent: ConsentBody | None = None
    deadline: str | None = Field(default=None, description="until when it has to be decided; default: in 60 days")
    note: str = Field(default="", description="to the target institution, in the sealed letter")
    show: list[str] = Field(default_factory=list, max_length=50, description="further fields to be shown")


class ApplicationsQuery(Filter):
    """Which applications."""

    state: str | None = Field(default=None, description="|".join(_STATES))
    after: int = Field(default=0, ge=0, le=1 << 53)
    limit: int = Field(default=100, ge=1, le=500)


@router.post("/applications", summary="Apply for credits elsewhere", status_code=HTTPStatus.CREATED)
def apply(request: Request, body: ApplicationBody, who: Principal = allow(Role.OPERATOR, Role.LEARNER)) -> Response:
    """The same certificate, rule and target asked for again is the same application while it is under way."""
    return keyed(request, who, body, lambda: _applied(request, body, who))


@router.get("/applications", summary="Applications of this centre, or a learner's own")
def applications(
    request: Request, query: Annotated[ApplicationsQuery, Query()], who: Principal = allow(Role.OPERATOR, Role.LEARNER)
) -> Response:
    """By number, a page at a time."""
    state = one_of("state", query.state, _STATES)
    found = services_of(request).work.applications.page(
        state=state, learner=who.account, after=query.after, limit=query.limit
    )
    following = found[-1].id if len(found) == query.limit else None
    return answer({"applications": [_told(request, one) for one in found], "next": following})


@router.get("/applications/{number}", summary="One application")
def application(request: Request, number: Number, who: Principal = allow(Role.OPERATOR, Role.LEARNER)) -> Response:
    """How far it has come; `transfer` once the chain has the request."""
    return answer(_told(request, _own(request, number, who)))


@router.post("/applications/{number}/confirm", summary="Confirm an application: the chain is asked")
def confirm(request: Request, number: Number, who: Principal = allow(Role.OPERATOR)) -> Response:
    """202: queued, or waiting for a process that sends. Confirming again changes nothing."""

    def work() -> Response:
        found = services_of(request).work.confirm(number, _by(who))
        told = services_of(request).recognised.naming.of(found.to_json())
        return answer(told, HTTPStatus.OK if found.done else HTTPStatus.ACCEPTED)

    return keyed(request, who, None, work)


@router.post("/applications/{number}/withdraw", summary="Take an application back that nobody has confirmed")
def withdraw(request: Request, number: Number, who: Principal = allow(Role.OPERATOR, Role.LEARNER)) -> Response:
    """What is on the chain already is cancelled instead: POST /v1/transfers/{transfer}/cancel."""
    _own(request, number, who)
    return keyed(
        request,
        who,
        None,
        lambda: answer(_told(request, services_of(request).work.applications.withdraw(number, by=_by(who)))),
    )


def _applied(request: Request, body: ApplicationBody, who: Principal) -> Response:
    services = services_of(request)
    leaf = hash_of("hash", body.hash) or b""
    if who.account is not None and leaf not in services.recognised.leaves_of(who.account):
        raise OutOfScope(hex0x(leaf))
    consented = _consented(body, who)
    deadline = None if body.deadline is None else moment_of("deadline", body.deadline, 0)
    with field("hash"):
        certificate = services.work.certificate(leaf)
    wish = Wish(
        certificate=certificate,
        agreement=body.agreement,
        rule=body.rule - 1,
        institution=body.target_institution,
        programme=body.programme,
        consented=consented,
        course=body.course,
        deadline=deadline,
        note=body.note,
        show=tuple(body.show),
    )
    for name, read in (("targetInstitution", "target"), ("programme", "programme_word"), ("course", "course_word")):
        with field(name):
            getattr(wish, read)
    found = services.work.apply(wish, _by(who))
    return answer(_told(request, found), HTTPStatus.CREATED, {"Location": f"/v1/applications/{found.id}"})


def _told(request: Request, found: Application) -> dict[str, Any]:
    return services_of(request).recognised.naming.of(found.to_json())


def _consented(body: ApplicationBody, who: Principal) -> Consented:
    """A learner's own request is the consent, and its own evidence; a clerk says how consent was given."""
    if who.account is not None:
        shown = {"token": who.token, "at": int(time.time()), "application": body.model_dump(by_alias=True)}
        return Consented(How.ONLINE, None, orjson.dumps(shown, option=orjson.OPT_SORT_KEYS))
    if body.consent is None:
        why = Said("须说明学习者如何同意", "say how the learner consented")
        raise BadParameter(None, field="consent", why=why)
    given = body.consent
    at = None if given.at is None else moment_of("consent.at", given.at, 0)
    return Consented(wanted_of("consent.how", given.how, _WAYS), at, _evidence(given.evidence))


def _evidence(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadParameter("…", field="consent.evidence", why=Said("须为 base64", "it is no base64")) from None


def _own(request: Request, number: int, who: Principal) -> Application:
    found = services_of(request).work.applications.find(number)
    of_account(who, found.learner or 0)
    return found


def _by(who: Principal) -> str:
    return f"token {who.token}"
