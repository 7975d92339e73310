"""The codes that a gateway has seen in clear, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stores import Stores, both_kinds

from gateway.domain.claims import outcome_word
from gateway.ledger.code_book import CodeBook, shortened
from gateway.store.models import KnownCode

if TYPE_CHECKING:
    from pathlib import Path

store_kind = both_kinds
CODE, OTHER = "JS-ASC-4", "ZJ-ADMIN-2026"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "huren.db"


def test_what_was_seen_in_clear_is_known_to_every_process_from_then_on(stores: Stores, path: Path) -> None:
    first, second = CodeBook(stores.open(path)), CodeBook(stores.open(path))
    assert second.get(outcome_word(CODE)) is None
    first.learn([CODE, OTHER, CODE])
    assert (second.get(outcome_word(CODE)), second.get(outcome_word(OTHER))) == (CODE, OTHER)
    second.learn([CODE, "X-1"])
    assert first.get(outcome_word("X-1")) == "X-1"


def test_two_that_learn_the_same_at_once_do_not_disturb_each_other(
    stores: Stores, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = CodeBook(stores.open(path)), CodeBook(stores.open(path))
    assert first.get(outcome_word(CODE)) is second.get(outcome_word(CODE)) is None
    first.learn([CODE])
    monkeypatch.setattr(second, "get", lambda _: None)  # as it was a moment before
    second.learn([CODE])
    assert first.get(outcome_word(CODE)) == CODE


def test_what_is_no_code_is_passed_over(stores: Stores, path: Path) -> None:
    book = CodeBook(stores.open(path))
    book.learn([None, "", "№ 3", "a sentence", " js ", "X" * 33])
    with book._database.session() as session:
        assert session.query(KnownCode).count() == 0


def test_a_row_that_was_altered_is_not_believed(stores: Stores, path: Path) -> None:
    database = stores.open(path)
    with database.session() as session:
        session.add(KnownCode(digest=outcome_word(CODE), code=OTHER))
    assert CodeBook(database).get(outcome_word(CODE)) is None


def test_an_unknown_digest_is_shown_by_its_beginning() -> None:
    assert shortened(b"\xab" * 32, {}) == "0xabababab…"
    assert shortened(b"\xab" * 32, {b"\xab" * 32: CODE}) == CODE
