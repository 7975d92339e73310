"""Problem details (RFC 9457) for every error: one place turns them into answers.

    {"type": "urn:huren:problem:verify.hash_form", "title": "Bad Request", "status": 400, "detail": "…",
     "code": "verify.hash_form", "zh": "…", "en": "…", "hintZh": "…", "hintEn": "…", "instance": "urn:huren:request:…"}

The type is a URN, not an address: nothing has to be reachable to read it; docs/api.md lists them.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from gateway.api.access_errors import Forbidden, RoleForbidden, TokenMissing, TooManyAttempts, Unauthorised
from gateway.api.held import KeyNotHeld
from gateway.api.idempotency import KeyBusy, KeyReused
from gateway.api.streaming import TooManyListeners
from gateway.api.validation import BadParameter, parameter_problem
from gateway.api.work import NotIssuedHere, RefusedOnChain
from gateway.documents.errors import BlobNotFound, StoreUnreachable
from gateway.domain.errors import USAGE, DomainError, HurenError, Said
from gateway.issuance.errors import NoStatusList
from gateway.ledger.errors import CallRefused, ChainUnavailable
from gateway.ledger.recognition_feed import PositionMalformed
from gateway.ledger.transfer_asked_errors import FilterRefused
from gateway.ledger.transfer_rows import MonthMalformed
from gateway.logs import correlation_id
from gateway.recognition.agreements.values import AmbiguousAgreement, UnknownAgreement
from gateway.recognition.evaluations.values import UnknownEvaluation
from gateway.recognition.options.book import NotAccredited, OutcomeUnknown
from gateway.recognition.transfers.errors import (
    AppealFiled,
    CannotVerify,
    DecisionUnderWay,
    LetterNotThere,
    TransferFinished,
    UnknownApplication,
    WrongState,
)
from gateway.recognition.transfers.uses import OutcomeUsed
from gateway.recognition.transfers.values import RefMalformed, UnknownTransfer
from gateway.replication.errors import NotAMember
from gateway.statements.books import NothingFollowed
from gateway.statements.learner import NoSuchAccount
from gateway.store.errors import StoreError
from gateway.verification.errors import Finding

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

MEDIA_TYPE: Final = "application/problem+json"
COME_AGAIN: Final = {"Retry-After": "5"}
"""Headers of every 503 (RFC 9110 section 10.2.3, seconds): nothing is wrong with the request."""
_REALM: Final = 'realm="huren"'


class BodyTooLarge(HurenError):
    """A request body above the limit."""

    code = "api.body_too_large"
    zh = "请求体超过上限 {value} 字节"
    en = "the request body is above the limit of {value} bytes"
    hint_zh = "证书文件约 4 kB；请确认选对了文件"
    hint_en = "a certificate file is about 4 kB: check that it is the right one"


class BodyTooSlow(HurenError):
    """A request body that did not arrive in time."""

    code = "api.body_too_slow"
    zh = "请求体未在 {value} 秒内到齐"
    en = "the request body did not arrive within {value} seconds"
    hint_zh = "请检查网络后重试"
    hint_en = "check the network and try again"


class NoSuchRoute(HurenError):
    """A path or method that is not served."""

    code = "api.no_route"
    exit_code = USAGE
    zh = "没有这个地址或方法：{value}"
    en = "no such address or method: {value}"
    hint_zh = "接口列表见 /openapi.json"
    hint_en = "/openapi.json lists what is served"


class Unexpected(HurenError):
    """Something that this software should have foreseen; the log says what, under the request's id."""

    code = "api.unexpected"
    zh = "服务内部出错（请求编号 {value}）"
    en = "something went wrong inside (request {value})"
    hint_zh = "请将编号告知运维人员；结果未知，并不表示证书无效"
    hint_en = "give the number to the operator; nothing follows about any certificate"


STATUS_OF: Final[dict[type, HTTPStatus]] = {
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BlobNotFound: HTTPStatus.NOT_FOUND,
    StoreUnreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    NotAMember: HTTPStatus.FORBIDDEN,
    NoSuchRoute: HTTPStatus.NOT_FOUND,
    UnknownAgreement: HTTPStatus.NOT_FOUND,
    UnknownEvaluation: HTTPStatus.NOT_FOUND,
    UnknownTransfer: HTTPStatus.NOT_FOUND,
    AmbiguousAgreement: HTTPStatus.BAD_REQUEST,
    RefMalformed: HTTPStatus.BAD_REQUEST,
    ChainUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Unauthorised: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyListeners: HTTPStatus.SERVICE_UNAVAILABLE,
    PositionMalformed: HTTPStatus.BAD_REQUEST,
    MonthMalformed: HTTPStatus.BAD_REQUEST,
    FilterRefused: HTTPStatus.BAD_REQUEST,
    UnknownApplication: HTTPStatus.NOT_FOUND,
    NotIssuedHere: HTTPStatus.NOT_FOUND,
    NoSuchAccount: HTTPStatus.NOT_FOUND,
    LetterNotThere: HTTPStatus.SERVICE_UNAVAILABLE,
    CannotVerify: HTTPStatus.SERVICE_UNAVAILABLE,
    NothingFollowed: HTTPStatus.SERVICE_UNAVAILABLE,
    KeyNotHeld: HTTPStatus.SERVICE_UNAVAILABLE,
    TransferFinished: HTTPStatus.CONFLICT,
    OutcomeUsed: HTTPStatus.CONFLICT,
    DecisionUnderWay: HTTPStatus.CONFLICT,
    AppealFiled: HTTPStatus.CONFLICT,
    WrongState: HTTPStatus.CONFLICT,
    KeyBusy: HTTPStatus.CONFLICT,
    RefusedOnChain: HTTPStatus.CONFLICT,
    CallRefused: HTTPStatus.CONFLICT,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAccredited: HTTPStatus.BAD_REQUEST,
    OutcomeUnknown: HTTPStatus.BAD_REQUEST,
    NoStatusList: HTTPStatus.NOT_FOUND,
    BodyTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    BadParameter: HTTPStatus.BAD_REQUEST,
    Finding: HTTPStatus.BAD_REQUEST,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    DomainError: HTTPStatus.BAD_REQUEST,
}
"""By class, the nearest counts. What is not named here is not the caller's to mend: 500."""


def problem(error: HurenError, status: HTTPStatus | None = None) -> Response:
    """The answer that states an error."""
    status = status or next(
        (STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), HTTPStatus.INTERNAL_SERVER_ERROR
    )
    body: dict[str, Any] = {
        "type": f"urn:huren:problem:{error.code}",
        "title": status.phrase,
        "status": status.value,
        "detail": error.message("en"),
        "instance": f"urn:huren:request:{correlation_id()}",
        **error.to_json(),
    }
    if isinstance(place := error.details.get("field"), str):
        body["field"] = place
    return Response(orjson.dumps(body), status, _headers(error, status), MEDIA_TYPE)


def _headers(error: HurenError, status: HTTPStatus) -> dict[str, str] | None:
    """What a client's software reads of a problem: when to come again, how to be let in (RFC 6750, section 3)."""
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(error.value)}
    if isinstance(error, TokenMissing):
        return {"WWW-Authenticate": f"Bearer {_REALM}"}
    if isinstance(error, Unauthorised):
        return {"WWW-Authenticate": f'Bearer {_REALM}, error="invalid_token"'}
    if isinstance(error, Forbidden):
        scope = f', scope="{error.details["allowed"]}"' if isinstance(error, RoleForbidden) else ""
        return {"WWW-Authenticate": f'Bearer {_REALM}, error="insufficient_scope"{scope}'}
    return COME_AGAIN if status is HTTPStatus.SERVICE_UNAVAILABLE else None


def install(app: FastAPI) -> None:
    """Let every error that the application knows end in a problem; the guard takes the others."""

    async def refused(_: Request, error: Exception) -> Response:
        if not isinstance(error, HurenError):
            raise error
        return problem(error)

    async def no_route(request: Request, error: Exception) -> Response:
        status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
        if status is HTTPStatus.BAD_REQUEST:  # the framework's word for a body that its JSON reader gave up on
            return problem(BadParameter("…", field="body", why=Said("无法读作 JSON", "it cannot be read as JSON")))
        allow = (error.headers or {}).get("Allow") if isinstance(error, HTTPException) else None
        answer = problem(NoSuchRoute(f"{request.method} {request.url.path}"), status)
        if allow:
            answer.headers["Allow"] = allow
        return answer

    async def bad_parameter(_: Request, error: Exception) -> Response:
        return problem(parameter_problem(error.errors()[0] if isinstance(error, RequestValidationError) else {}))

    app.add_exception_handler(HurenError, refused)
    app.add_exception_handler(HTTPException, no_route)
    app.add_exception_handler(RequestValidationError, bad_parameter)
