"""Answers of routes that take a token: JSON that no cache keeps."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import Response

if TYPE_CHECKING:
    from collections.abc import Mapping


def answer(
    content: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON; bytes as 0x-hex. What one holder of a token may see is not for a cache between."""
    return Response(
        orjson.dumps(content, default=_plain), status, {"Cache-Control": "no-store", **(headers or {})},
        "application/json",
    )  # fmt: skip


def _plain(value: object) -> str:
    return "0x" + bytes(value).hex() if isinstance(value, bytes | bytearray | memoryview) else str(value)
