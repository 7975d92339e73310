"""What waits for a decision, and deciding: an officer's part, and what the source may still do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from gateway.api.access import Principal
from gateway.api.answers import answer
from gateway.api.authority import allow, of_institution
from gateway.api.idempotency import keyed
from gateway.api.services import services_of
from gateway.api.transfers import visible
from gateway.api.validation import BadParameter, Filter, field, hash_of, wanted_of
from gateway.domain.credits import read_credits
from gateway.domain.errors import Said
from gateway.domain.identifiers import Uscc
from gateway.domain.transfer_words import REASONS
from gateway.recognition.transfers.decisions import Accept, Reject
from gateway.recognition.transfers.values import Ref
from gateway.store.models import Role

if TYPE_CHECKING:
    from gateway.api.work import Outcome
    from gateway.ledger.transfer_rows import TransferRow
    from gateway.recognition.transfers.decisions import Wish

router = APIRouter(prefix="/v1", tags=["decisions"])

_REJECTIONS: Final = {word: reason for word, reason in REASONS.items() if reason.rejects}


class InboxQuery(Filter):
    """Whose inbox."""

    institution: str | None = Field(default=None, description="of this institution; an officer's: theirs")


class DecisionBody(Filter):
    """An award, or a rejection."""

    decision: Literal["accept", "reject"]
    student: str | None = Field(default=None, max_length=64, description="accept: the institution's own student number")
    enrolment: str | None = Field(default=None, description="accept: or its pseudonym, 0x and 64 hexadecimal digits")
    credits: str | None = Field(default=None, max_length=8, description="accept: default: what was quoted")
    reason: str | None = Field(default=None, description="reject: " + "|".join(_REJECTIONS))
    explanation: str = Field(default="", description="reject: to the source institution, in a sealed letter")


class AppealBody(Filter):
    """The grounds of an appeal."""

    grounds: str = Field(min_length=1, description="to the target institution, in a sealed letter")


@router.get("/inbox", summary="What waits for a decision, overdue first")
def inbox(
    request: Request, query: Annotated[InboxQuery, Query()], who: Principal = allow(Role.OPERATOR, Role.OFFICER)
) -> Response:
    """With how each stands at this moment."""
    institution = who.institution
    if query.institution is not None:
        with field("institution"):
            institution = Uscc(query.institution).text
        of_institution(who, institution)
    services = services_of(request)
    named = services.recognised.naming.of
    return answer({"waiting": [named(one.to_json()) for one in services.work.waiting(institution)]})


@router.get("/inbox/{transfer}", summary="One request with its letter checked and its credential verified")
def examined(request: Request, transfer: str, who: Principal = allow(Role.OPERATOR, Role.OFFICER)) -> Response:
    """`problem` says why it must not be accepted, null: it may."""
    row = _ours(request, transfer, who)
    services = services_of(request)
    return answer(services.recognised.naming.of(services.work.examined(Ref(*row.key)).to_json()))


@router.post("/transfers/{transfer}/decision", summary="Accept or reject, as an officer of the target institution")
def decide(request: Request, transfer: str, body: DecisionBody, who: Principal = allow(Role.OFFICER)) -> Response:
    """200: on the chain. 202: under way, or the call that the officer's own device has to sign."""
    row = _ours(request, transfer, who)
    wish = _wish(Ref(*row.key), body)
    work = services_of(request).work
    return keyed(request, who, body, lambda: _answered(work.decide(wish, row.target_institution, who.label)))


@router.post("/transfers/{transfer}/cancel", summary="Take a request back, as its source")
def cancel(request: Request, transfer: str, who: Principal = allow(Role.OPERATOR)) -> Response:
    """202: queued, or the call that the operator's key has to sign."""
    ref = Ref(*visible(services_of(request).recognised, who, Ref.read(transfer)).key)
    return keyed(request, who, None, lambda: _answered(services_of(request).work.cancel(ref)))


@router.post("/transfers/{transfer}/appeal", summary="Appeal against a rejection, as the source")
def appeal(request: Request, transfer: str, body: AppealBody, who: Principal = allow(Role.OPERATOR)) -> Response:
    """202: queued, or the call that the operator's key has to sign."""
    ref = Ref(*visible(services_of(request).recognised, who, Ref.read(transfer)).key)
    return keyed(request, who, body, lambda: _answered(services_of(request).work.appeal(ref, body.grounds)))


def _ours(request: Request, transfer: str, who: Principal) -> TransferRow:
    """A transfer to the institution of whoever asks.

    Raises:
        UnknownTransfer, OutOfScope: there is none, or it is asked of another institution.
    """
    row = visible(services_of(request).recognised, who, Ref.read(transfer))
    of_institution(who, row.target_institution)
    return row


def _wish(ref: Ref, body: DecisionBody) -> Wish:
    if body.decision == "reject":
        for name in ("student", "enrolment", "credits"):
            _absent(name, getattr(body, name), "reject")
        return Reject(ref, wanted_of("reason", body.reason, _REJECTIONS), body.explanation)
    _absent("reason", body.reason, "accept")
    _absent("explanation", body.explanation or None, "accept")
    enrolment = hash_of("enrolment", body.enrolment)
    if (body.student is None) == (enrolment is None):
        why = Said("须给出 student 或 enrolment 之一", "give student or enrolment, one of them")
        raise BadParameter(None, field="student", why=why)
    amount = None
    if body.credits is not None:
        with field("credits"):
            amount = read_credits(body.credits)
    return Accept(ref, student=body.student, enrolment=enrolment, amount=amount)


def _absent(name: str, value: object, decision: str) -> None:
    if value is not None:
        why = Said(f"与 decision={decision} 不能并用", f"it does not go with the decision {decision!r}")
        raise BadParameter("…", field=name, why=why)


def _answered(outcome: Outcome) -> Response:
    return answer(outcome.to_json(), HTTPStatus.OK if outcome.done else HTTPStatus.ACCEPTED)
