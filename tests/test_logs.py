"""Log lines carry a correlation id and no personal data."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from gateway import logs

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER = "11010519491231002X"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    written = io.StringIO()
    logs.configure("INFO", "json", written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_time_level_logger_and_correlation_id(stream: io.StringIO) -> None:
    with logs.correlation() as identity:
        assert logs.correlation_id() == identity
        structlog.get_logger("huren.issuance").info("batch sealed", batch=3, root=b"\x01\x02")
    assert logs.correlation_id() is None
    [line] = lines(stream)
    assert line["event"] == "batch sealed"
    assert line["batch"] == 3
    assert line["root"] == "0x0102"
    assert line["level"] == "info"
    assert line["logger"] == "huren.issuance"
    assert line["correlation_id"] == identity
    assert line["time"].endswith("Z")


@pytest.mark.parametrize(
    ("given_id", "kept"), [("req-1.a_B", True), ("", False), ("a b", False), ('x"\n{', False), ("y" * 65, False)]
)
def test_a_correlation_id_from_outside_is_kept_only_if_harmless(given_id: str, *, kept: bool) -> None:
    with logs.correlation(given_id) as identity:
        assert (identity == given_id) is kept


def test_fields_that_are_called_like_personal_data_or_secrets_are_masked_at_any_depth(stream: io.StringIO) -> None:
    structlog.get_logger("huren").warning("x", name="张伟", Passphrase="open", nested={"people": ["李娜"], "batch": 1})
    text = stream.getvalue()
    for private in ("张伟", "open", "李娜"):
        assert private not in text
    assert lines(stream)[0]["nested"] == {"people": "***", "batch": 1}


@given(
    place=st.sampled_from(["event", "value", "list", "dict", "error", "number"]),
    before=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=8),
)
def test_a_resident_number_is_masked_wherever_it_stands(place: str, before: str) -> None:
    number = "110105194912310021"
    value: object = {
        "event": before + number,
        "value": before + number,
        "list": ["a", (before + number,)],
        "dict": {"a": {"b": before + number}},
        "error": ValueError(before + number),
        "number": int(number),
    }[place]
    cleaned = logs.redact(None, "info", {"event": value if place == "event" else "x", "it": value})
    assert number not in str(cleaned)


@pytest.mark.parametrize("number", [NUMBER, NUMBER.lower(), "E12345678", "H12345678", f"x{NUMBER}y"])
def test_document_numbers_are_recognised(number: str) -> None:
    assert logs.redact(None, "info", {"event": f"row {number} bad"})["event"] != f"row {number} bad"


@pytest.mark.parametrize("text", ["0x" + "ab" * 32, "12310000425006133D", "block 123456789", "2024-06-30T00:00:00Z"])
def test_what_is_not_personal_stays_readable(text: str) -> None:
    assert logs.redact(None, "info", {"event": text})["event"] == text


def test_tracebacks_are_masked(stream: io.StringIO) -> None:
    try:
        {}[f"bad {NUMBER}"]
    except KeyError:
        structlog.get_logger("huren").exception("failed")
    assert NUMBER not in stream.getvalue()
    assert "KeyError" in lines(stream)[0]["exception"]


def test_lines_of_other_libraries_go_through_the_same_processors(stream: io.StringIO) -> None:
    with logs.correlation("abc"):
        more = {"passphrase": "open", "color_message": "\x1b[32mGET\x1b[0m"}
        logging.getLogger("uvicorn.access").info("GET /x?number=%s", NUMBER, extra=more)
    [line] = lines(stream)
    assert line["correlation_id"] == "abc"
    assert line["event"] == "GET /x?number=***"
    assert "open" not in stream.getvalue()
    assert "color_message" not in line


def test_lines_below_the_level_are_not_written_and_the_console_is_redacted_too() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    written = io.StringIO()
    try:
        logs.configure("WARNING", "console", written)
        structlog.get_logger("huren").info("quiet")
        structlog.get_logger("huren").warning("loud", row=NUMBER)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    assert "quiet" not in written.getvalue()
    assert "loud" in written.getvalue()
    assert NUMBER not in written.getvalue()
