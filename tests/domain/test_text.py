from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import text as tx
from gateway.domain.strict_json import parse_json_strict
from gateway.domain.wire import encode


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", tx.TextEmpty),
        (" \t\u3000", tx.TextEmpty),
        ("x" * 201, tx.TextTooLong),
        ("a\nb", tx.TextForbidden),
        ("\ud800", tx.TextForbidden),
    ],
)
def test_a_text_that_no_credential_carries_is_refused_by_name(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        tx.read_text(text)


@given(st.text(max_size=250))
def test_a_text_that_is_read_survives_strict_json(text: str) -> None:
    try:
        clean = tx.read_text(text)
    except tx.TextError:
        return
    assert parse_json_strict(encode(clean)) == clean == clean.strip()
