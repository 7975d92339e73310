"""GET /v1/credentials/{hash} and POST /v1/verify: an employer's two questions.

A verdict is answered with 200 whatever it says; "cannot check" with 503 and the same body, so that a script that looks
at the status alone never takes it for an answer.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from gateway.api.problems import COME_AGAIN
from gateway.api.services import services_of
from gateway.api.validation import BadParameter
from gateway.domain.verdict import Kind
from gateway.verification.service import parse_hash
from gateway.verification.views import Look

if TYPE_CHECKING:
    from gateway.domain.verdict import Verdict

router = APIRouter(prefix="/v1", tags=["verification"])

_SOURCE: Final[dict[str, Any]] = {
    "name": "source",
    "in": "query",
    "description": "where to read: the index, the chain live, or whichever is fresh",
    "schema": {"type": "string", "enum": [look.value for look in Look], "default": Look.AUTO.value},
}
_HASH: Final[dict[str, Any]] = {
    "name": "hash",
    "in": "path",
    "required": True,
    "description": "the credential hash as the certificate prints it",
    "schema": {"type": "string", "pattern": "^0x[0-9a-fA-F]{64}$"},
}


# Both read their parameters by themselves: letting the framework do it costs as much as the look-up.
@router.get(
    "/credentials/{hash}",  # noqa: FAST003 - see above
    summary="What is registered under a credential hash",
    openapi_extra={"parameters": [_HASH, _SOURCE]},
)
async def credential(request: Request) -> Response:
    """The paper itself is not checked: the best answer is "registered"."""
    leaf = parse_hash(request.path_params["hash"])
    source = _source_of(request)
    verifier = services_of(request).verifier
    if source is not Look.LIVE:
        # The index answers in microseconds, a thread's hand-over would cost as much again.
        verdict = verifier.by_hash(leaf, Look.INDEX)
        if verdict.kind is not Kind.CANNOT_CHECK or source is Look.INDEX:
            return _answer(verdict)
    return _answer(await run_in_threadpool(verifier.by_hash, leaf, source))


@router.post(
    "/verify",
    summary="Verify a certificate file, whole or in part",
    openapi_extra={
        "parameters": [_SOURCE],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
    },
)
async def verify(request: Request) -> Response:
    """The body is the file itself (*.huren.json); nothing of it is kept."""
    source = _source_of(request)
    data = await request.body()
    return _answer(await run_in_threadpool(services_of(request).verifier.by_file, data, source))


def _source_of(request: Request) -> Look:
    if not request.scope["query_string"]:
        return Look.AUTO
    given = request.query_params.get("source", Look.AUTO.value)
    try:
        return Look(given)
    except ValueError:
        raise BadParameter(given, field="source", why=", ".join(Look)) from None


def _answer(verdict: Verdict) -> Response:
    content = orjson.dumps(verdict.to_json())
    if verdict.kind is Kind.CANNOT_CHECK:
        return Response(content, HTTPStatus.SERVICE_UNAVAILABLE, COME_AGAIN, "application/json")
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
