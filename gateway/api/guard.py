"""What every request passes through: a correlation id, a bound on its body, and headers that keep answers harmless.

Plain ASGI, because Starlette's BaseHTTPMiddleware costs a task a request, which the hot path would feel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.api.problems import BodyTooLarge, problem
from gateway.logs import correlation

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_ID: Final = b"x-request-id"
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class _TooLargeError(Exception):
    """The body grew past the limit while it was read."""


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, body_bytes: int) -> None:
        """Let at most ``body_bytes`` of a request's body through."""
        self._app = app
        self._limit = body_bytes

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
                if int(headers.get(b"content-length", b"0") or b"0") > self._limit:
                    raise _TooLargeError  # noqa: TRY301 - the same end as for a body without a stated length
                await self._app(scope, self._bounded(receive), answer)
            except _TooLargeError:
                if not started:
                    await problem(BodyTooLarge(self._limit))(scope, receive, answer)

    def _bounded(self, receive: Receive) -> Receive:
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise _TooLargeError
            return message

        return bounded
