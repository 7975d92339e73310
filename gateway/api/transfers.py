"""GET /v1/transfers and /v1/transfers/{transfer}: what was asked for, and what was recorded of it.

An officer sees the transfers from and to their institution, a learner those of their own credentials.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from gateway.api.access import Principal
from gateway.api.access_errors import OutOfScope
from gateway.api.answers import answer
from gateway.api.authority import allow, of_institution
from gateway.api.services import services_of
from gateway.api.transfer_json import row_json
from gateway.api.validation import Filter, field, hash_of
from gateway.domain.crosswalk import CATEGORIES
from gateway.domain.transfer_words import REASONS, STAGES
from gateway.ledger.transfer_asked import PARAMETERS, Asked, filter_of
from gateway.recognition.transfers.values import Ref, UnknownTransfer
from gateway.store.models import Role

if TYPE_CHECKING:
    from gateway.api.recognised import Recognised
    from gateway.ledger.transfer_rows import TransferFilter, TransferRow

router = APIRouter(prefix="/v1", tags=["transfers"])

MOST: Final = 500


class TransfersQuery(Filter):
    """Which transfers."""

    source: int | None = Field(default=None, description="the source province, six digits")
    target: int | None = Field(default=None, description="the target province, six digits")
    institution: str | None = Field(default=None, description="the awarding institution")
    target_institution: str | None = Field(default=None, description="the institution that is asked")
    agreement: str | None = Field(default=None, description="0x and 64 hexadecimal digits")
    rule: int | None = Field(default=None, ge=1, le=1 << 16, description="counted from 1")
    category: str | None = Field(default=None, description="|".join(CATEGORIES))
    stage: str | None = Field(default=None, description="|".join(STAGES))
    reason: str | None = Field(default=None, description="why it came back: " + "|".join(REASONS))
    hash: str | None = Field(default=None, description="the credential's, 0x and 64 hexadecimal digits")
    first_month: str | None = Field(default=None, alias="from", description="month of the request, 2026-03")
    last_month: str | None = Field(default=None, alias="to", description="month of the request, 2026-03")
    block: int | None = Field(default=None, ge=0, le=1 << 53, description="as it stood at that block")
    after: str | None = Field(default=None, description="the `next` of the page before")
    limit: int = Field(default=100, ge=1, le=MOST)


WHO: Final = (Role.OPERATOR, Role.APPROVER, Role.OFFICER, Role.AUDITOR, Role.LEARNER)


@router.get("/transfers", summary="Transfers, by filters, a page at a time")
def transfers(request: Request, query: Annotated[TransfersQuery, Query()], who: Principal = allow(*WHO)) -> Response:
    """In the order of their names (source, target, number). An officer who names no side sees what theirs is asked."""
    recognised = services_of(request).recognised
    where = _where(query, who, recognised)
    after = None
    if query.after is not None:
        with field("after"):
            after = Ref.read(query.after).values
    if who.account is not None:
        rows = _own(recognised, who.account, where, after)[: query.limit + 1]
    else:
        rows = recognised.transfers.page(where, after=after, limit=query.limit + 1)
    shown = rows[: query.limit]
    following = _name(shown[-1]) if len(rows) > query.limit else None
    return answer({"transfers": [row_json(row, recognised.codes) for row in shown], "next": following})


@router.get("/transfers/{transfer}", summary="One transfer, as the index has it")
def transfer(request: Request, transfer: str, who: Principal = allow(*WHO)) -> Response:
    """What was recorded; whether its credential was revoked since is GET /v1/credentials/{hash}."""
    recognised = services_of(request).recognised
    return answer(row_json(visible(recognised, who, Ref.read(transfer)), recognised.codes))


def visible(recognised: Recognised, who: Principal, ref: Ref) -> TransferRow:
    """A transfer that somebody may see.

    Raises:
        UnknownTransfer: there is none.
        OutOfScope: it is another's.
    """
    row = recognised.transfers.one(*ref.values)
    if row is None:
        raise UnknownTransfer(str(ref))
    of_institution(who, row.institution, row.target_institution)
    if who.account is not None and row.leaf not in recognised.leaves_of(who.account):
        raise OutOfScope(str(ref))
    return row


def _where(query: TransfersQuery, who: Principal, recognised: Recognised) -> TransferFilter:
    """The filter, bound to what they may see; each field that makes no sense is named."""
    asked = Asked(
        source=None if query.source is None else str(query.source),
        target=None if query.target is None else str(query.target),
        category=query.category,
        first_month=query.first_month,
        last_month=query.last_month,
        institution=query.institution,
        target_institution=query.target_institution,
        agreement=query.agreement,
        rule=query.rule,
        stage=query.stage,
        reason=query.reason,
    )
    known = recognised.known
    where = filter_of(asked, known, now=known.reached(), block=query.block, spelling=PARAMETERS)
    where = replace(where, leaf=hash_of("hash", query.hash))
    if who.institution is not None:
        if where.institution is None and where.target_institution is None:
            return replace(where, target_institution=who.institution)
        of_institution(who, *(side for side in (where.institution, where.target_institution) if side is not None))
    return where


def _own(
    recognised: Recognised, account: int, where: TransferFilter, after: tuple[int, int, int] | None
) -> list[TransferRow]:
    """A learner's own, all of them: a person has few credentials, and each few transfers."""
    leaves = recognised.leaves_of(account)
    if where.leaf is not None:
        if where.leaf not in leaves:
            raise OutOfScope("0x" + where.leaf.hex())
        leaves = [where.leaf]
    found = [
        row for leaf in leaves for row in recognised.transfers.page(replace(where, leaf=leaf), after=after, limit=MOST)
    ]
    return sorted(found, key=lambda row: row.key)


def _name(row: TransferRow) -> str:
    return "-".join(map(str, row.key))
