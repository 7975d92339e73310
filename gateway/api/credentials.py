"""GET /v1/credentials/{hash} and POST /v1/verify: an employer's two questions.

A verdict is answered with 200 whatever it says; "cannot check" with 503 and the same body, so that a script that looks
at the status alone never takes it for an answer.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from gateway.api.services import services_of
from gateway.domain.verdict import Kind
from gateway.verification.service import parse_hash
from gateway.verification.views import Look

if TYPE_CHECKING:
    from gateway.domain.verdict import Verdict

router = APIRouter(prefix="/v1", tags=["verification"])

Source = Annotated[Look, Query(description="where to read: the index, the chain live, or whichever is fresh")]
RETRY_SECONDS = 5


@router.get("/credentials/{credential_hash}", summary="What is registered under a credential hash")
async def credential(request: Request, credential_hash: str, source: Source = Look.AUTO) -> Response:
    """The paper itself is not checked: the best answer is "registered"."""
    leaf = parse_hash(credential_hash)
    verifier = services_of(request).verifier
    if source is not Look.LIVE:
        # The index answers in microseconds, a thread's hand-over would cost as much again.
        verdict = verifier.by_hash(leaf, Look.INDEX)
        if verdict.kind is not Kind.CANNOT_CHECK or source is Look.INDEX:
            return _answer(verdict)
    return _answer(await run_in_threadpool(verifier.by_hash, leaf, source))


@router.post("/verify", summary="Verify a certificate file, whole or in part")
async def verify(request: Request, source: Source = Look.AUTO) -> Response:
    """The body is the file itself (*.huren.json); nothing of it is kept."""
    data = await request.body()
    return _answer(await run_in_threadpool(services_of(request).verifier.by_file, data, source))


def _answer(verdict: Verdict) -> Response:
    content = orjson.dumps(verdict.to_json())
    if verdict.kind is Kind.CANNOT_CHECK:
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return Response(content, HTTPStatus.SERVICE_UNAVAILABLE, headers, "application/json")
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
