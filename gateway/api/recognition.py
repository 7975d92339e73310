"""GET /v1/recognition/options, /v1/statements/… and /v1/pending: what would count, what counted, what waits."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from gateway.api.access import Principal
from gateway.api.access_errors import OutOfScope
from gateway.api.answers import answer
from gateway.api.authority import allow, of_account, of_institution
from gateway.api.services import services_of
from gateway.api.validation import BadParameter, Filter, field, hash_of, one_of
from gateway.domain.credits import grade_step, read_credits
from gateway.domain.crosswalk import CATEGORIES
from gateway.domain.errors import Said
from gateway.domain.identifiers import Uscc
from gateway.domain.provinces import province_of
from gateway.ledger.reader import institution_text
from gateway.ledger.transfer_rows import month_number
from gateway.recognition.options.book import Asked
from gateway.store.models import Role

router = APIRouter(prefix="/v1", tags=["recognition"])

_FACTS: Final = ("institution", "outcome", "category", "level", "credits", "grade", "awarded")


class OptionsQuery(Filter):
    """A credential by its hash, or an outcome by its institution and code."""

    hash: str | None = Field(default=None, description="a credential that this centre issued")
    institution: str | None = Field(default=None, description="the awarding institution, with `outcome`")
    outcome: str | None = Field(default=None, description="the outcome's code, with `institution`")
    category: str | None = Field(default=None, description="|".join(CATEGORIES))
    level: int | None = Field(default=None, ge=1, le=10)
    credits: str | None = Field(default=None, max_length=8)
    grade: str | None = Field(default=None, max_length=8, description="0–100 or 合格")
    awarded: str | None = Field(default=None, description="month, 2026-03")


class PeriodQuery(Filter):
    """Months of requests, both included."""

    first_month: str | None = Field(default=None, alias="from", description="2026-03")
    last_month: str | None = Field(default=None, alias="to", description="2026-03")


class PendingQuery(Filter):
    """Of which province."""

    province: int | None = Field(default=None, description="six digits; default: this one")


@router.get("/recognition/options", summary="What an outcome would give: where, under which rule, and why others not")
def options(
    request: Request,
    query: Annotated[OptionsQuery, Query()],
    who: Principal = allow(Role.OPERATOR, Role.OFFICER, Role.LEARNER),
) -> Response:
    """Ranked. By hash a credential of this centre (a learner's own, an officer's institution's); by code an example."""
    services = services_of(request)
    leaf = hash_of("hash", query.hash)
    if leaf is None:
        return answer(services.recognised.options.for_outcome(_asked(query)).to_json())
    for name in _FACTS:
        if getattr(query, name) is not None:
            raise BadParameter(
                "…", field=name, why=Said("证书自己说明这些事实", "a credential says these facts itself")
            )
    if who.account is not None and leaf not in services.recognised.leaves_of(who.account):
        raise OutOfScope(query.hash)
    with field("hash"):
        certificate = services.work.certificate(leaf)
    of_institution(who, institution_text(certificate.receipt.anchoring.institution))
    return answer(services.recognised.options.for_certificate(certificate).to_json())


@router.get("/statements/learner/{account}", summary="A learner's outcomes, credits used where, credits left")
def learner_statement(
    request: Request,
    account: Annotated[int, Path(ge=1, le=1 << 53)],
    who: Principal = allow(Role.OPERATOR, Role.LEARNER),
) -> Response:
    """Personal data: of one person, for that person and the centre's operator alone."""
    of_account(who, account)
    return answer(services_of(request).recognised.learner_statement(account))


@router.get("/statements/institution/{institution}", summary="What went out of an institution and came in")
def institution_statement(
    request: Request,
    institution: str,
    query: Annotated[PeriodQuery, Query()],
    who: Principal = allow(Role.OPERATOR, Role.APPROVER, Role.OFFICER, Role.AUDITOR),
) -> Response:
    """From the chain's events alone."""
    with field("institution"):
        uscc = Uscc(institution).text
    of_institution(who, uscc)
    return answer(services_of(request).recognised.statements.institution(uscc, *_months(query)).to_json())


@router.get("/statements/centre/{province}", summary="What went out of a province and came in")
def centre_statement(
    request: Request,
    province: int,
    query: Annotated[PeriodQuery, Query()],
    _: Principal = allow(Role.OPERATOR, Role.APPROVER, Role.AUDITOR),
) -> Response:
    """From the chain's events alone."""
    with field("province"):
        province_of(province)
    return answer(services_of(request).recognised.statements.centre(province, *_months(query)).to_json())


@router.get("/pending", summary="Binding acts that wait for a second account: of whom, until when")
def pending(
    request: Request,
    query: Annotated[PendingQuery, Query()],
    _: Principal = allow(Role.OPERATOR, Role.APPROVER, Role.AUDITOR),
) -> Response:
    """Read from the chain at its newest final block."""
    if query.province is not None:
        with field("province"):
            province_of(query.province)
    recognised = services_of(request).recognised
    return answer(recognised.pending.waiting(query.province or recognised.province).to_json())


def _asked(query: OptionsQuery) -> Asked:
    for name in ("institution", "outcome"):
        if getattr(query, name) is None:
            raise BadParameter(
                None, field=name, why=Said("请给出 hash，或 institution 与 outcome", "give hash, or both")
            )
    category = one_of("category", query.category, CATEGORIES)
    with field("credits"):
        amount = None if query.credits is None else read_credits(query.credits)
    with field("grade"):
        grade = None if query.grade is None else grade_step(query.grade)
    with field("awarded"):
        month = None if query.awarded is None else month_number(query.awarded)
    return Asked(
        query.institution or "",
        query.outcome or "",
        category=None if category is None else int(category),
        level=query.level,
        credits=amount,
        grade=grade,
        month=month,
    )


def _months(query: PeriodQuery) -> tuple[str | None, str | None]:
    for name, text in (("from", query.first_month), ("to", query.last_month)):
        if text is not None:
            with field(name):
                month_number(text)
    if query.first_month is not None and query.last_month is not None and query.first_month > query.last_month:
        why = Said(f"晚于截止月份 {query.last_month}", f"it is later than `to`, {query.last_month}")
        raise BadParameter(query.first_month, field="from", why=why)
    return query.first_month, query.last_month
