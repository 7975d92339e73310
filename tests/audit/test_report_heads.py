"""The heads of an earlier block: folded again from the events, also where a contract went on from another."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from gateway.audit.reports.heads import read_heads
from gateway.domain.heads import first_head, next_head_of_digest
from gateway.ledger import index_state
from gateway.ledger.index_state import HEADS
from gateway.ledger.projection import EVENTS
from gateway.ledger.values import BlockRef

if TYPE_CHECKING:
    from gateway.store.engine import Database

CHAIN = 31_337
FIRST, SECOND, OTHER = b"\x01" * 20, b"\x02" * 20, b"\x03" * 20
NAMES = {FIRST: ("AgreementRegistry", 600), SECOND: ("AgreementRegistry", 601), OTHER: ("TransferLedger", 800)}


def logged(database: Database, events: list[tuple[bytes, int]]) -> list[dict[tuple[bytes, int], tuple[int, bytes]]]:
    """Index events, one a block, of (contract, subject); the heads as they stood after each block."""
    heads: dict[tuple[bytes, int], tuple[int, bytes]] = {}
    stood, rows = [dict(heads)], []
    for block, (contract, subject) in enumerate(events, start=1):
        ended = heads.get((FIRST, subject)) if contract == SECOND else None
        begin = ended or (0, first_head(CHAIN, contract, subject))
        sequence, head = heads.get((contract, subject), begin)
        event = {
            "contract": contract, "subject": subject, "sequence": sequence + 1, "kind": NAMES[contract][1],
            "actor": b"\x07" * 20, "digest": hashlib.sha256(b"%d" % block).digest(), "block": block,
            "block_time": block * 5, "tx_index": 0, "log_index": 0,
        }  # fmt: skip
        link = (sequence + 1, event["kind"], block * 5, event["actor"], event["digest"])
        heads[contract, subject] = sequence + 1, next_head_of_digest(head, *link)  # type: ignore[arg-type]
        rows.append(event)
        stood.append(dict(heads))
    with database.write(durable=False) as connection:
        for table in (EVENTS, HEADS):
            connection.execute(delete(table))
        connection.execute(insert(EVENTS), rows)
        for (contract, subject), (sequence, head) in heads.items():
            connection.execute(insert(HEADS).values(contract=contract, subject=subject, head=head, sequence=sequence))
        index_state.move_cursor(connection, CHAIN, BlockRef(len(events), bytes(32), len(events) * 5))
    return stood


@settings(max_examples=25)
@given(
    before=st.lists(st.tuples(st.sampled_from([FIRST, OTHER]), st.sampled_from([0, 320_000])), min_size=1, max_size=8),
    after=st.lists(st.tuples(st.sampled_from([SECOND, OTHER]), st.sampled_from([0, 320_000])), max_size=8),
)
def test_the_heads_of_every_block_are_those_that_stood_there(
    database: Database, before: list[tuple[bytes, int]], after: list[tuple[bytes, int]]
) -> None:
    stood = logged(database, before + after)
    with database.read() as connection:
        for block, heads in enumerate(stood):
            found = read_heads(connection, CHAIN, block)
            assert {(one.address, one.subject): (one.sequence, one.head) for one in found} == heads
            assert [one.contract for one in found] == [NAMES[one.address][0] for one in found]
            assert found == sorted(found, key=lambda one: (one.contract, one.address, one.subject))
