"""GET /healthz (the process lives) and GET /readyz (it can answer)."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from gateway.api.problems import COME_AGAIN
from gateway.api.services import services_of

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process lives")
async def healthz() -> Response:
    """Touches nothing but the event loop."""
    return Response(b'{"status":"ok"}', media_type="application/json")


@router.get("/readyz", summary="Chain reachable, index fresh")
async def readyz(request: Request) -> Response:
    """503 while this gateway could only answer "cannot check"."""
    report = await run_in_threadpool(services_of(request).readiness)
    status, headers = (HTTPStatus.OK, None) if report["ready"] else (HTTPStatus.SERVICE_UNAVAILABLE, COME_AGAIN)
    return Response(orjson.dumps(report), status, headers, "application/json")
