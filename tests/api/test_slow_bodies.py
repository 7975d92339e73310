"""A body that does not arrive: the guard, driven as a server drives it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.guard import Guard

SCOPE = {
    "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/v1/verify",
    "raw_path": b"/v1/verify", "query_string": b"", "root_path": "", "scheme": "http", "headers": [],
}  # fmt: skip


async def reader(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    """An application that reads its body and says how long it is."""
    body = await Request(scope, receive).body()
    await Response(str(len(body)))(scope, receive, send)


def answered(parts: list[tuple[float, dict[str, Any]]], *, seconds: float) -> tuple[int, bytes]:
    """Status and body of the answer to messages that come after so many seconds each."""

    async def play() -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []
        coming = iter(parts)

        async def receive() -> dict[str, Any]:
            wait, message = next(coming)
            await asyncio.sleep(wait)
            return message

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await Guard(reader, body_bytes=100, body_seconds=seconds)(dict(SCOPE), receive, send)
        return sent

    start, *rest = asyncio.run(play())
    return start["status"], b"".join(part.get("body", b"") for part in rest)


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_that_stops_coming_is_given_up() -> None:
    status, body = answered([(0, part(b"{", more=True)), (60, part(b"}", more=False))], seconds=0.05)
    assert status == 408
    assert json.loads(body)["code"] == "api.body_too_slow"


def test_drops_that_keep_coming_do_not_buy_more_time() -> None:
    drops = [(0.02, part(b"x", more=True))] * 50
    assert answered(drops, seconds=0.1)[0] == 408


def test_a_body_in_parts_that_arrives_in_time_is_whole() -> None:
    parts = [(0, part(b"ab", more=True)), (0, part(b"", more=True)), (0, part(b"c", more=False))]
    assert answered(parts, seconds=30) == (200, b"3")


def test_parts_are_counted_together() -> None:
    parts = [(0, part(b"x" * 60, more=True)), (0, part(b"x" * 60, more=False))]
    status, body = answered(parts, seconds=30)
    assert (status, json.loads(body)["code"]) == (413, "api.body_too_large")


def test_a_caller_who_hangs_up_is_nobodys_error() -> None:
    with structlog.testing.capture_logs() as lines:
        sent = asyncio.run(_hung_up())
    assert sent == []
    assert [(line["event"], line["log_level"]) for line in lines] == [("api.hung_up", "info")]


async def _hung_up() -> list[Any]:
    messages = iter([part(b"{", more=True), {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await Guard(reader, body_bytes=100)(dict(SCOPE), receive, send)
    return sent
