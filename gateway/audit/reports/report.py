"""Reports: the figures that the office asks for, as of a block, from the index's record of chain events alone.

    book = ReportBook(database, calls)
    report = book.at(book.block())            # the block that the index stands at
    report = book.at(book.block(4711))        # as things stood at block 4,711

Two gateways that hold the same chain make the same bytes for the same block, however far each has read since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audit.errors import IndexUnfilled
from gateway.audit.reports.errors import BlockAhead, NoSuchBlock
from gateway.audit.reports.figures_law import EVENTS, rules_in_force
from gateway.audit.reports.figures_rows import read_figures
from gateway.audit.reports.figures_status import read_revocations
from gateway.audit.reports.heads import read_heads
from gateway.audit.reports.values import Report
from gateway.ledger import index_state
from gateway.ledger.recognition_events import RecognitionEvents

if TYPE_CHECKING:
    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database


class ReportBook:
    """Makes reports out of one gateway's index."""

    def __init__(self, database: Database, calls: ChainCalls) -> None:
        """Read from `database`; `calls` is asked for headers of blocks before the one that the index stands at."""
        self._database = database
        self._calls = calls

    def block(self, number: int | None = None) -> BlockRef:
        """The block that the index stands at, or an earlier one.

        Raises:
            IndexUnfilled: nothing was read yet.
            BlockAhead: the index has not read that far.
            NoSuchBlock: the node does not have it.
            ChainUnavailable: the node does not answer, and the index keeps the header of its own block only.
        """
        with self._database.read() as connection:
            newest = index_state.cursor(connection)
        if newest is None:
            raise IndexUnfilled
        if number is None or number == newest.number:
            return newest
        if number > newest.number:
            raise BlockAhead(number, newest=newest.number)
        found = self._calls.block(number)
        if found is None:
            raise NoSuchBlock(number)
        return found

    def at(self, block: BlockRef) -> Report:
        """The report as of `block`, of all months.

        Raises:
            BlockAhead: the index is being made again, and has not come so far.
        """
        deployment = self._calls.deployment
        events = RecognitionEvents(self._database).read(*EVENTS)
        with self._database.read() as connection:
            stands = index_state.cursor(connection)
            if stands is None or stands.number < block.number:
                raise BlockAhead(block.number, newest=0 if stands is None else stands.number)
            figures = read_figures(connection, block)
            revocations = read_revocations(connection, block)
            heads = read_heads(connection, deployment.chain_id, block.number)
        return Report(
            chain_id=deployment.chain_id,
            genesis=deployment.genesis_hash,
            block=block,
            month=None,
            figures=tuple(figures),
            rules=tuple(rules_in_force(events, block)),
            revocations=tuple(revocations),
            heads=tuple(heads),
        )
