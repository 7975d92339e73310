"""GET /v1/events: what happens, as it happens (text/event-stream)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from gateway.api.access import Principal
from gateway.api.authority import allow
from gateway.api.services import services_of
from gateway.api.streaming import WRITE_SECONDS
from gateway.api.validation import Filter, field
from gateway.ledger.recognition_feed import Position
from gateway.store.models import Role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.types import Message, Receive, Scope, Send

router = APIRouter(prefix="/v1", tags=["events"])


class EventsQuery(Filter):
    """From where on."""

    after: str | None = Field(default=None, description="4711-3, the id of the last event; 0-0: from the beginning")


@router.get(
    "/events",
    summary="Final events of recognition, in the order of the chain, as they come",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def events(
    request: Request,
    query: Annotated[EventsQuery, Query()],
    last_event_id: Annotated[str | None, Header()] = None,
    who: Principal = allow(Role.OPERATOR, Role.OFFICER, Role.AUDITOR),
) -> StreamingResponse:
    """After `Last-Event-ID`, else after `after`, else from now on. An officer gets what concerns their institution."""
    services = services_of(request)
    name, given = ("Last-Event-ID", last_event_id) if last_event_id is not None else ("after", query.after)
    with field(name):
        position = await services.stream.newest() if given is None else Position.read(given)
    services.stream.take_place(who.token)

    def allowed() -> bool:
        return services.tokens.holds(who)

    body = services.stream.listen(position, who.institution, allowed)
    return _Stream(body, lambda: services.stream.give_place(who.token))


class _Stream(StreamingResponse):
    """An answer that goes on, to a client that goes on reading, and gives its place back however it ends."""

    def __init__(self, body: AsyncIterator[bytes], give_back: Callable[[], None]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(body, media_type="text/event-stream", headers=headers)
        self._give_back = give_back

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def soon(message: Message) -> None:
            async with asyncio.timeout(WRITE_SECONDS):
                await send(message)

        try:
            await super().__call__(scope, receive, soon)
        finally:
            self._give_back()
