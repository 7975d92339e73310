"""GET /v1/blobs/{cid} and GET /v1/status/{institution}/{list}: what others fetch by name."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from gateway.api.services import services_of
from gateway.domain.identifiers import Uscc

router = APIRouter(prefix="/v1", tags=["objects"])

STATUS_SECONDS = 60
"""How long a status list may be kept by whoever fetched it."""


@router.get("/blobs/{cid}", summary="A manifest or a pack of encrypted documents, by digest")
async def blob(request: Request, cid: str) -> Response:
    """From this gateway's own folder only: a request is never passed on to other provinces."""
    content = await run_in_threadpool(services_of(request).blobs.get, cid)
    headers = {"ETag": f'"{cid}"', "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(content, media_type="application/vnd.ipld.raw", headers=headers)


@router.get("/status/{institution}/{number}", summary="A Bitstring Status List of an institution")
async def status_list(request: Request, institution: str, number: Annotated[int, Path(ge=0, le=1_000_000)]) -> Response:
    """W3C Bitstring Status List 1.0, derived from the chain's events up to the block named in Huren-Block."""
    uscc = Uscc(institution)
    published = await run_in_threadpool(services_of(request).status_lists.credential, uscc.text, number)
    headers = {"Huren-Block": str(published.block), "Cache-Control": f"public, max-age={STATUS_SECONDS}"}
    return Response(orjson.dumps(published.document), media_type="application/vc+ld+json", headers=headers)
