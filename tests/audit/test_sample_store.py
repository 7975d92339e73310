"""What the office keeps of samples, on both databases: announced before, drawn once, answers that no refusal undoes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import orjson
import pytest
from sqlalchemy import insert
from stores import Stores, both_kinds
from transfer_history import JIANGSU, SHANGHAI, ZHEJIANG, History

from gateway.audit.samples.book import SampleBook
from gateway.audit.samples.errors import SampleEmpty, SampleNotDrawn, SampleNotFuture, SampleTooEarly, SampleUnknown
from gateway.audit.samples.values import SampleRecord
from gateway.domain.hashing import hex0x, sha256
from gateway.ledger import index_state, transfer_projection
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.values import BlockRef
from gateway.store.models import SampleState

if TYPE_CHECKING:
    from pathlib import Path

store_kind = both_kinds
CHAIN, GENESIS = 31_337, "0x" + "11" * 32
THROUGH, DRAWS = 1_000, 1_010


class Blocks:
    """A chain that grows when a test says so."""

    def __init__(self) -> None:
        self.newest = THROUGH

    def block(self, number: int) -> BlockRef | None:
        return BlockRef(number, sha256(number.to_bytes(4, "big")), number * 2) if number <= self.newest else None

    def final_block(self) -> BlockRef:
        found = self.block(self.newest)
        assert found is not None
        return found


@pytest.fixture
def blocks() -> Blocks:
    return Blocks()


@pytest.fixture
def book(stores: Stores, tmp_path: Path, blocks: Blocks) -> SampleBook:
    history = History()
    for _ in range(4):
        history.accept(history.request())
    history.request(JIANGSU, ZHEJIANG)
    database = stores.open(tmp_path / "huren.db")
    with database.write(durable=False) as connection:
        connection.execute(insert(RECOGNITION), history.rows)
        transfer_projection.apply(connection, history.rows)
        index_state.move_cursor(connection, 1, blocks.final_block())
    return SampleBook(database, blocks, CHAIN, GENESIS)


def record(**more: object) -> SampleRecord:
    made = SampleRecord(
        chain_id=CHAIN, genesis=GENESIS, count=3, pairs=((SHANGHAI, ZHEJIANG), (JIANGSU, ZHEJIANG)), accepted=False,
        through=THROUGH, through_hash=sha256(THROUGH.to_bytes(4, "big")), at_block=DRAWS, office_key=b"\x33" * 32,
        answer_days=14, nonce=b"\x44" * 32,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_sample_is_announced_drawn_once_and_found_again(book: SampleBook, blocks: Blocks) -> None:
    announced = book.announce(record(), 100)
    assert (announced.block_hash, announced.items, announced.announced_at) == (None, (), 100)
    with pytest.raises(SampleTooEarly):
        book.draw(announced)
    with pytest.raises(SampleNotDrawn):
        book.requests(announced)
    blocks.newest = DRAWS + 5
    drawn = book.draw(announced)
    assert len({item.transfer for item in drawn.items}) == 3
    assert {item.state for item in drawn.items} == {SampleState.WAITING}
    assert book.draw(drawn) == drawn
    assert book.find(hex0x(announced.record.announcement)[:12]) == book.find(None) == drawn
    assert [item.transfer for item in drawn.items] == book.drawn_by(record())[1]
    asked = book.requests(drawn)
    assert sorted(name for one in asked for name in one.transfers) == sorted(item.transfer for item in drawn.items)


def test_an_answer_takes_an_earlier_ones_place_and_no_refusal_takes_that_of_something_opened(
    book: SampleBook, blocks: Blocks
) -> None:
    announced = book.announce(record(), 100)
    blocks.newest = DRAWS
    first, second, third = (item.transfer for item in book.draw(announced).items)
    told = orjson.dumps([{"code": "sample.number", "zh": "不符", "en": "differs"}]).decode()
    book.answered(announced, [(first, {"state": SampleState.RIGHT, "findings": None})], 200)
    book.answered(announced, [(second, {"state": SampleState.REFUSED, "findings": None})], 201)
    book.answered(announced, [(second, {"state": SampleState.WRONG, "findings": told})], 202)
    book.answered(announced, [(first, {"state": SampleState.REFUSED, "findings": None})], 203)
    kept = {item.transfer: (item.state, item.answered_at) for item in book.find(None).items}
    assert kept == {
        first: (SampleState.RIGHT, 200), second: (SampleState.WRONG, 202), third: (SampleState.WAITING, None),
    }  # fmt: skip
    [finding] = next(item.findings for item in book.find(None).items if item.transfer == second)
    assert (finding["code"], finding["zh"]) == ("sample.number", "不符")


def test_of_two_samples_each_is_found_by_its_own_name(book: SampleBook) -> None:
    one, other = book.announce(record(), 100), book.announce(record(nonce=b"\x45" * 32), 101)
    assert [sample.id for sample in book.all()] == [one.id, other.id]
    assert book.find(hex0x(one.record.digest)) == one
    assert book.find(None) == other
    for name in ("0x12", hex0x(bytes(32))):
        with pytest.raises(SampleUnknown):
            book.find(name)


def test_what_cannot_be_drawn_is_not_kept(book: SampleBook) -> None:
    with pytest.raises(SampleNotFuture):
        book.announce(record(at_block=THROUGH), 100)
    with pytest.raises(SampleEmpty):
        book.announce(record(pairs=((340_000, 310_000),)), 100)
    assert book.all() == []
    assert book.pairs(THROUGH) == [(SHANGHAI, ZHEJIANG), (JIANGSU, ZHEJIANG)]
