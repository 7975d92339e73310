"""GET /v1/packs: the packs of this province, for members that keep each other's."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from gateway.api.services import services_of

router = APIRouter(prefix="/v1", tags=["objects"])


@router.get("/packs", summary="This province's packs of encrypted documents, told to members' operators")
async def packs(
    request: Request,
    after: Annotated[int, Query(ge=0, le=1 << 53)] = 0,
    huren_member: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Up to 1,000 packs in order of number; the header Huren-Member says who asks, and is signed by them."""
    page = await run_in_threadpool(services_of(request).packs.page, huren_member, after)
    rows = [{"number": pack.number, "cid": pack.cid, "size": pack.size} for pack in page.packs]
    body = orjson.dumps({"province": page.province, "packs": rows, "more": page.more})
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
