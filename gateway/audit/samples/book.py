"""The office's samples: announced, drawn, asked for, answered; kept in its database.

    sample = book.announce(record)                 # the record stays here; its announcement is published
    sample = book.draw(sample.digest)              # once the block is final
    book.requests(sample)                          # one for each source province
    book.answered(sample, outcomes)

`drawn_by` is the draw itself: a centre calls it too, to see that it opens what the block drew and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import orjson
from sqlalchemy import insert, select, update

from gateway.audit.reports.errors import BlockAhead
from gateway.audit.samples.draw import draw, seed_of
from gateway.audit.samples.errors import (
    SampleEmpty,
    SampleNotDrawn,
    SampleNotFuture,
    SampleOtherChain,
    SampleTooEarly,
    SampleUnknown,
)
from gateway.audit.samples.values import SampleRecord, SampleRequest
from gateway.domain.civil_time import DAY
from gateway.domain.hashing import hex0x
from gateway.domain.transfer_words import Stage
from gateway.ledger import index_state
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.transfer_rows import TransferFilter, TransferRows
from gateway.store.models import AuditSample, SampleState, SampleTransfer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Table

    from gateway.audit.samples.draw import Name, Pair
    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database

SAMPLES: Final = cast("Table", AuditSample.__table__)
DRAWN: Final = cast("Table", SampleTransfer.__table__)
_SHORTEST: Final = 8


class Blocks(Protocol):
    """Blocks of the chain."""

    def block(self, number: int | str) -> BlockRef | None:
        """A block by its number, None where the chain is not that long."""

    def final_block(self) -> BlockRef:
        """The newest final one."""


@dataclass(frozen=True, slots=True)
class Item:
    """A transfer that was drawn, and what became of it."""

    transfer: Name
    state: SampleState
    answered_at: int | None
    findings: tuple[dict[str, str], ...]

    @property
    def name(self) -> str:
        """As people write it."""
        return "-".join(map(str, self.transfer))


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as it stands."""

    id: int
    record: SampleRecord
    announced_at: int
    block_hash: bytes | None
    drawn_at: int | None
    items: tuple[Item, ...]

    @property
    def answer_by(self) -> int | None:
        """Until when the centres have time (seconds); None before the draw."""
        return None if self.drawn_at is None else self.drawn_at + self.record.answer_days * DAY

    def late(self, now: int) -> list[Item]:
        """What is waited for beyond the time."""
        by = self.answer_by
        return [one for one in self.items if one.state is SampleState.WAITING and by is not None and now > by]


class SampleBook:
    """Keeps samples."""

    def __init__(self, database: Database, blocks: Blocks, chain_id: int, genesis: str) -> None:
        """Keep them in ``database``; ``blocks`` are those of the chain ``chain_id`` that begins with ``genesis``."""
        self._database = database
        self._blocks = blocks
        self._chain = chain_id, genesis
        self._rows = TransferRows(database)

    # --- announcing and drawing

    def pairs(self, block: int) -> list[Pair]:
        """Every ordered pair of provinces that had a transfer by ``block``."""
        query = select(TRANSFERS.c.source, TRANSFERS.c.target).where(TRANSFERS.c.requested_block <= block).distinct()
        with self._database.read() as connection:
            return sorted((source, target) for source, target in connection.execute(query))

    def announce(self, record: SampleRecord, now: int) -> Sample:
        """Keep a record before the block is there that draws it.

        Raises:
            SampleNotFuture: the block is there already.
            SampleEmpty: there is nothing to draw from.
            SampleOtherChain: it is of another chain.
        """
        self._of_this_chain(record)
        newest = self._blocks.final_block().number
        if record.at_block <= newest:
            raise SampleNotFuture(record.at_block, newest=newest)
        if not sum(size for _, size in self._sizes(record)):
            raise SampleEmpty(", ".join(f"{source}-{target}" for source, target in record.pairs) or "—")
        with self._database.write() as connection:
            connection.execute(
                insert(SAMPLES).values(
                    digest=record.digest, record=orjson.dumps(record.to_json()).decode(), announced_at=now
                )
            )
        return self.find(hex0x(record.announcement))

    def draw(self, sample: Sample) -> Sample:
        """Draw it, or find it drawn. The same at every gateway that holds the chain up to the record's block.

        Raises:
            SampleTooEarly: the block that draws is not final.
            SampleOtherChain: the chain is not the one that was looked at when it was announced.
        """
        if sample.block_hash is not None:
            return sample
        block, names = self.drawn_by(sample.record)
        rows = [
            {
                "sample_id": sample.id,
                "position": position,
                "source": name[0],
                "target": name[1],
                "number": name[2],
                "state": SampleState.WAITING,
            }
            for position, name in enumerate(names)
        ]
        with self._database.write() as connection:
            connection.execute(
                update(SAMPLES).where(SAMPLES.c.id == sample.id).values(block_hash=block.hash, drawn_at=block.time)
            )
            connection.execute(insert(DRAWN), rows)
        return self.find(hex0x(sample.record.announcement))

    def drawn_by(self, record: SampleRecord) -> tuple[BlockRef, list[Name]]:
        """The block that draws, and what it drew.

        Raises:
            SampleTooEarly, SampleOtherChain: as `draw`.
            BlockAhead: the index has not come to the block up to which requests count.
        """
        self._of_this_chain(record)
        with self._database.read() as connection:
            stands = index_state.cursor(connection)
        if stands is None or stands.number < record.through:
            raise BlockAhead(record.through, newest=0 if stands is None else stands.number)
        newest = self._blocks.final_block().number
        block = self._blocks.block(record.at_block) if record.at_block <= newest else None
        if block is None:
            raise SampleTooEarly(record.at_block, newest=newest)
        seen = self._blocks.block(record.through)
        if seen is None or seen.hash != record.through_hash:
            raise SampleOtherChain(hex0x(record.through_hash), expected="—" if seen is None else hex0x(seen.hash))
        sizes, available = self._sizes(record), self.population(record)
        seed = seed_of(block.hash, record.digest)
        return block, draw(seed, sizes, record.count, lambda name: self._eligible(name, record), available)

    def population(self, record: SampleRecord) -> int:
        """How many could be drawn: a centre should see whether it opens some of many, or one of one."""
        stage = int(Stage.ACCEPTED) if record.accepted else None
        where = [TransferFilter(source=a, target=b, stage=stage, block=record.through) for a, b in record.pairs]
        return sum(map(self._rows.count, where))

    def counted_at(self, record: SampleRecord) -> int:
        """The time (seconds) of the block up to which requests count; 0 where there is no such block."""
        seen = self._blocks.block(record.through)
        return 0 if seen is None else seen.time

    def _eligible(self, name: Name, record: SampleRecord) -> bool:
        if not record.accepted:
            return True
        row = self._rows.one(*name)
        then = None if row is None else row.at(record.through)
        return then is not None and then.stage == Stage.ACCEPTED

    def _sizes(self, record: SampleRecord) -> list[tuple[Pair, int]]:
        return [
            (pair, self._rows.count(TransferFilter(source=pair[0], target=pair[1], block=record.through)))
            for pair in record.pairs
        ]

    def _of_this_chain(self, record: SampleRecord) -> None:
        if (record.chain_id, record.genesis) != self._chain:
            raise SampleOtherChain(record.chain_id, expected=self._chain[0])

    # --- asking and hearing

    def requests(self, sample: Sample) -> list[SampleRequest]:
        """What each source province is asked to open.

        Raises:
            SampleNotDrawn: it was not drawn yet.
        """
        if sample.block_hash is None:
            raise SampleNotDrawn(hex0x(sample.record.announcement))
        sources = sorted({item.transfer[0] for item in sample.items})
        return [
            SampleRequest(
                sample.record,
                sample.block_hash,
                source,
                tuple(item.transfer for item in sample.items if item.transfer[0] == source),
            )
            for source in sources
        ]

    def answered(self, sample: Sample, outcomes: Sequence[tuple[Name, dict[str, Any]]], now: int) -> None:
        """Record what came of transfers: columns of `SampleTransfer` by transfer.

        A later answer takes an earlier one's place, but no refusal takes that of something opened: what is opened
        proves itself, while anybody can seal a refusal to the office's key.
        """
        with self._database.write() as connection:
            for (source, target, number), values in outcomes:
                mine = update(DRAWN).where(
                    DRAWN.c.sample_id == sample.id,
                    DRAWN.c.source == source,
                    DRAWN.c.target == target,
                    DRAWN.c.number == number,
                )
                if values["state"] is SampleState.REFUSED:
                    mine = mine.where(DRAWN.c.state.in_([SampleState.WAITING, SampleState.REFUSED]))
                connection.execute(mine.values(**values, answered_at=now))

    # --- finding

    def all(self) -> list[Sample]:
        """Every sample, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(SAMPLES).order_by(SAMPLES.c.id)).all()
            return [self._sample(row, connection.execute(_items(row.id)).all()) for row in rows]

    def find(self, name: str | None) -> Sample:
        """The sample whose announcement or digest begins like that; by default the newest.

        Raises:
            SampleUnknown: none, or several.
        """
        found = self.all()
        if name is None:
            if not found:
                raise SampleUnknown("—")
            return found[-1]
        wanted = name.lower()
        mine = [
            one
            for one in found
            if len(wanted) >= _SHORTEST
            and any(hex0x(value).startswith(wanted) for value in (one.record.announcement, one.record.digest))
        ]
        if len(mine) != 1:
            raise SampleUnknown(name)
        return mine[0]

    def _sample(self, row: Row[Any], items: Sequence[Row[Any]]) -> Sample:
        return Sample(
            row.id,
            SampleRecord.of_json(orjson.loads(row.record)),
            row.announced_at,
            row.block_hash,
            row.drawn_at,
            tuple(
                Item(
                    (item.source, item.target, item.number),
                    item.state,
                    item.answered_at,
                    tuple(orjson.loads(item.findings)) if item.findings else (),
                )
                for item in items
            ),
        )


def _items(sample: int) -> Any:  # noqa: ANN401 - a SELECT
    return select(DRAWN).where(DRAWN.c.sample_id == sample).order_by(DRAWN.c.position)
