"""What every request passes through.

A correlation id, bounds on its body, headers that keep answers harmless, and an answer to what nobody foresaw.

Plain ASGI, because Starlette's BaseHTTPMiddleware costs a task a request, which the hot path would feel.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog
from starlette.requests import ClientDisconnect

from gateway.api.problems import BodyTooLarge, BodyTooSlow, Unexpected, problem
from gateway.logs import correlation

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gateway.domain.errors import HurenError

log = structlog.get_logger(__name__)

BODY_SECONDS: Final = 30.0
"""How long a request's body may take to arrive."""
_REQUEST_ID: Final = b"x-request-id"
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class _RefusedError(Exception):
    """The body is too large or too slow; found while the application reads it."""

    def __init__(self, problem_: HurenError) -> None:
        super().__init__()
        self.problem = problem_


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, body_bytes: int, body_seconds: float = BODY_SECONDS) -> None:
        """Let at most ``body_bytes`` of a request's body through, within ``body_seconds``."""
        self._app = app
        self._limit = body_bytes
        self._seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        started = False
        given = headers.get(_REQUEST_ID, b"").decode("latin-1")
        with correlation(given) as request_id:

            async def answer(message: Message) -> None:
                nonlocal started
                if message["type"] == "http.response.start":
                    started = True
                    extra = [*_HEADERS, (_REQUEST_ID, request_id.encode("ascii"))]
                    message["headers"] = [*message["headers"], *extra]
                await send(message)

            try:
                stated = headers.get(b"content-length", b"0")
                if not stated.isdigit() or len(stated) > len(str(self._limit)) or int(stated) > self._limit:
                    await problem(BodyTooLarge(self._limit))(scope, receive, answer)
                    return
                await self._app(scope, self._bounded(receive), answer)
            except _RefusedError as refused:
                if not started:
                    await problem(refused.problem)(scope, receive, answer)
            except ClientDisconnect:
                log.info("api.hung_up", path=scope["path"])
            except Exception:
                log.exception("api.unexpected", path=scope["path"])
                if started:
                    raise  # half an answer is out: only a broken connection tells
                await problem(Unexpected(request_id))(scope, receive, answer)

    def _bounded(self, receive: Receive) -> Receive:
        read = 0
        whole = False
        until = 0.0

        async def bounded() -> Message:
            nonlocal read, whole, until
            if whole:
                return await receive()  # the next message is the caller hanging up, whenever that is
            until = until or asyncio.get_running_loop().time() + self._seconds
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise _RefusedError(BodyTooSlow(f"{self._seconds:g}")) from None
            read += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if read > self._limit:
                raise _RefusedError(BodyTooLarge(self._limit))
            return message

        return bounded
