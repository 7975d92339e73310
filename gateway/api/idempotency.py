"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that is sent again is answered again.

    return keyed(request, who, body, lambda: answer(...))

The answer to a request with a key is kept for a day. The same key with another body is refused, and while the first is
worked on a second is told to wait. Should the process die in between, the next takes the work up after a minute: the
services beneath know by themselves what was asked for already.
"""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

import structlog
from fastapi import Response
from sqlalchemy import delete, insert, select, update

from gateway.api.services import services_of
from gateway.api.validation import BadParameter
from gateway.domain.errors import HurenError, Said
from gateway.domain.hashing import sha256
from gateway.store.models import KeyedRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel
    from sqlalchemy import Table
    from starlette.requests import Request

    from gateway.api.access import Principal
    from gateway.store.engine import Database

log = structlog.get_logger(__name__)

HEADER: Final = "Idempotency-Key"
KEPT_SECONDS: Final = 86_400
WORKED_SECONDS: Final = 60
_FORM: Final = re.compile(r'"?([A-Za-z0-9._:-]{8,64})"?', re.ASCII)
_ROWS: Final = cast("Table", KeyedRequest.__table__)


class KeyReused(HurenError):
    """A key that came with another request before."""

    code = "api.key_reused"
    zh = "{field} “{value}”已用于另一个请求"
    en = "{field} {value!r} came with another request before"
    hint_zh = "每个新请求用新的值，例如随机 UUID"
    hint_en = "take a new one for each new request, such as a random UUID"


class KeyBusy(HurenError):
    """The request with this key is worked on."""

    code = "api.key_busy"
    zh = "{field} “{value}”的请求正在处理"
    en = "the request with the {field} {value!r} is being worked on"
    hint_zh = "请稍后以同样的请求重试"
    hint_en = "send the same request again in a moment"


def keyed(request: Request, who: Principal, body: BaseModel | None, work: Callable[[], Response]) -> Response:
    """The answer of ``work``; with the header, that of the first time.

    Raises:
        BadParameter: the header is none.
        KeyReused, KeyBusy: as they say.
    """
    # Who did what has to be told afterwards; the number of a token is no secret, what was said in the body may be.
    log.info("api.acts", holder=who.token, role=who.role.value, path=request.url.path)
    given = request.headers.get(HEADER)
    if given is None:
        return work()
    match = _FORM.fullmatch(given)
    if match is None:
        why = Said("须为 8 至 64 个字母、数字或 . _ : -", "8 to 64 letters, digits or . _ : -")
        raise BadParameter(given, field=HEADER, why=why)
    told = b"" if body is None else body.model_dump_json().encode()
    fingerprint = sha256(b"\0".join((request.method.encode(), request.url.path.encode(), told)))
    database = services_of(request).tokens.database
    known = _begun(database, who.token, match[1], fingerprint)
    if known is not None:
        return known
    mine = (_ROWS.c.token_id == who.token, _ROWS.c.key == match[1])
    try:
        made = work()
    except BaseException:
        with database.write() as connection:  # what was not done may be asked for again
            connection.execute(delete(_ROWS).where(*mine))
        raise
    with database.write() as connection:
        connection.execute(update(_ROWS).where(*mine).values(status=made.status_code, answer=bytes(made.body)))
    return made


def _begun(database: Database, token: int, key: str, fingerprint: bytes) -> Response | None:
    """Note down that the work begins; the answer, where there is one already."""
    now = int(time.time())
    mine = (_ROWS.c.token_id == token, _ROWS.c.key == key)
    values = {"token_id": token, "key": key, "fingerprint": fingerprint, "created_at": now}
    with database.write() as connection:
        connection.execute(delete(_ROWS).where(_ROWS.c.created_at < now - KEPT_SECONDS))
        row = connection.execute(select(_ROWS).where(*mine)).one_or_none()
        if row is None:
            connection.execute(insert(_ROWS).values(values))
            return None
        if row.fingerprint != fingerprint:
            raise KeyReused(key, field=HEADER)
        if row.status is None:
            if now - row.created_at < WORKED_SECONDS:
                raise KeyBusy(key, field=HEADER)
            connection.execute(update(_ROWS).where(*mine).values(created_at=now))
            return None
    headers = {"Cache-Control": "no-store", "Idempotency-Replayed": "true"}
    return Response(row.answer, HTTPStatus(row.status), headers, "application/json")
