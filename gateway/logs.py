"""Logs: one JSON object a line, with a correlation id, and without personal data.

    configure("INFO", "json")
    log = structlog.get_logger("huren.issuance")
    with correlation():                      # or correlation("id from a request header")
        log.info("batch sealed", batch=3, leaves=32768)

Two rules keep personal data out. Whoever logs passes identifiers that are ours (row ids, leaves, batch numbers), never
names or numbers. Should one slip through, `redact` masks every field that is called like one or like a secret, and
every run of characters that could be a resident number or a passport's or permit's, wherever it stands: in a message,
in a nested value, in a traceback. Lines of other libraries (standard logging) go through the same processors.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO

import orjson
import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

MASK: Final = "***"
_PRIVATE_FIELDS: Final = frozenset(
    {
        "name",
        "names",
        "learner",
        "learner_name",
        "person",
        "people",
        "number",
        "document_number",
        "certificate_number",
        "claim_key",
        "key",
        "learner_key",
        "passphrase",
        "password",
        "secret",
        "seed",
        "salt",
        "opening",
        "token",
        "authorization",
        "cookie",
        "row",
        "rows_text",
    }
)
# A resident number, with a date in it, also inside a longer run; travel documents (a letter or two, then 7 to 9
# digits). Names are not recognisable, which is why the rule about fields comes first.
_PERSONAL: Final = re.compile(
    r"[0-9]{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
    r"|(?<![0-9A-Za-z])[A-Za-z]{1,2}[0-9]{7,9}(?![0-9A-Za-z])"
)
_CORRELATION: Final = "correlation_id"
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: masks what could be personal data or a secret, at any depth."""
    return {key: _clean(key, value) for key, value in event.items()}


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Sends structlog's and the standard library's records to `stream` (standard error), redacted.

    Args:
        level: the lowest level that is written: DEBUG, INFO, WARNING, ERROR.
        form: "json" for machines, "console" for a person.
        stream: elsewhere than standard error.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_to_json)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-1], structlog.stdlib.ExtraAdder(), redact],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_colours, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # httpx logs every URL at INFO: our own lines say what was fetched, and by whom.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # Alembic tells its dialect at every opening of a database.
    logging.getLogger("alembic").setLevel(logging.WARNING)


@contextmanager
def correlation(identity: str | None = None) -> Iterator[str]:
    """Gives all lines inside one correlation id: `identity` if harmless ([A-Za-z0-9._-], ≤ 64), else a new one."""
    chosen = identity if identity is not None and _SAFE_ID.fullmatch(identity) else secrets.token_hex(8)
    with structlog.contextvars.bound_contextvars(**{_CORRELATION: chosen}):
        yield chosen


def correlation_id() -> str | None:
    """The correlation id in force here, if any."""
    found = structlog.contextvars.get_contextvars().get(_CORRELATION)
    return found if isinstance(found, str) else None


def _without_colours(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor: a server's line for a terminal, with codes for colours in it, stands beside the plain one."""
    event.pop("color_message", None)
    return event


def _clean(key: str, value: object) -> object:
    if key.lower() in _PRIVATE_FIELDS:
        return MASK
    if isinstance(value, str | BaseException):
        return _PERSONAL.sub(MASK, str(value))
    if isinstance(value, dict):
        return {name: _clean(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and _PERSONAL.fullmatch(str(value)):
        return MASK
    return value


def _to_json(event: object, **_options: object) -> str:
    return orjson.dumps(event, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return "0x" + bytes(value).hex()
    return _PERSONAL.sub(MASK, str(value))
