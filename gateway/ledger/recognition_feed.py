"""The final events of recognition in the order of the chain, from any place on: what streams and webhooks tell.

    feed = RecognitionFeed(database)
    part = feed.after(Position.read("4711-3"), limit=100)
    part.events, part.reached            # go on from there

The index writes whole blocks, in order, and only final ones: whoever goes on after a place misses nothing and gets
nothing twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select, tuple_

from gateway.domain.civil_time import moment_text
from gateway.domain.errors import USAGE
from gateway.ledger.errors import LedgerError
from gateway.ledger.kept_events import kept_event
from gateway.ledger.reader import institution_text
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.transfer_projection import TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from gateway.ledger.kept_events import KeptEvent
    from gateway.store.engine import Database

TYPES: Final = {
    "EvaluationOpened": "evaluation.opened",
    "ExpertNominated": "evaluation.nominated",
    "OpinionGiven": "evaluation.opinion",
    "EvaluationClosed": "evaluation.closed",
    "AgreementProposed": "agreement.proposed",
    "AgreementApproved": "agreement.approved",
    "ApprovalRevoked": "agreement.approval-revoked",
    "AgreementObjected": "agreement.objected",
    "ObjectionSettled": "agreement.objection-settled",
    "AgreementWithdrawn": "agreement.withdrawn",
    "ProgrammeDeclared": "programme.declared",
    "TransferRequested": "transfer.requested",
    "TransferAccepted": "transfer.accepted",
    "TransferReturned": "transfer.returned",
    "ReversalAgreed": "transfer.reversal-agreed",
    "TransferReversed": "transfer.reversed",
    "AppealFiled": "transfer.appeal-filed",
    "AppealDecided": "transfer.appeal-decided",
    "ClaimRetired": "claim.retired",
}
"""What each event of the contracts is called towards others."""
_POSITION: Final = re.compile(r"(\d{1,15})-(\d{1,9})", re.ASCII)
_OF_ALL: Final = ("evaluation.", "agreement.")
"""Acts of provinces, which concern every institution."""


class PositionMalformed(LedgerError):
    """Not a place in the order of events."""

    code = "events.position"
    exit_code = USAGE
    zh = "“{value}”不是事件位置"
    en = "{value!r} is no place among the events"
    hint_zh = "写作 区块-日志序号，例如 4711-3，即所收到事件的 id；0-0 为从头开始"
    hint_en = "write block-log, for example 4711-3: the id of an event that was received; 0-0 is the beginning"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the order of the chain: block, and index of the log in it."""

    block: int
    log: int

    @classmethod
    def read(cls, text: str) -> Position:
        """The place that somebody named.

        Raises:
            PositionMalformed: it is none.
        """
        match = _POSITION.fullmatch(text)
        if match is None:
            raise PositionMalformed(text)
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.block}-{self.log}"


BEGINNING: Final = Position(0, 0)
"""Before every event: block 0 has none."""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event as others are told it.

    ``institutions`` are those that it concerns, where it is the affair of institutions; empty: of all.
    """

    position: Position
    type: str
    time: int
    data: dict[str, Any]
    institutions: tuple[str, ...]

    def concerns(self, institution: str | None) -> bool:
        """Whether it is told to somebody who sees one institution's affairs; None sees all."""
        return institution is None or self.type.startswith(_OF_ALL) or institution in self.institutions

    def to_json(self) -> dict[str, Any]:
        """Type, time and data, the three members of a message (Standard Webhooks, "payload structure")."""
        return {"type": self.type, "timestamp": moment_text(self.time), "data": self.data}


@dataclass(frozen=True, slots=True)
class Part:
    """Some events, and the place that was reached, also over events that concern somebody else."""

    events: list[FeedEvent]
    reached: Position


class RecognitionFeed:
    """Reads what the index holds."""

    def __init__(self, database: Database) -> None:
        """Read from ``database``."""
        self._database = database

    def newest(self) -> Position:
        """The place of the last event, the beginning where there is none."""
        columns = (RECOGNITION.c.block, RECOGNITION.c.log_index)
        query = select(*columns).order_by(*(column.desc() for column in columns)).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return BEGINNING if row is None else Position(row.block, row.log_index)

    def after(
        self, position: Position, *, limit: int, institution: str | None = None, types: Iterable[str] = ()
    ) -> Part:
        """Up to ``limit`` events after a place; with ``institution`` or ``types`` those that match, of as many."""
        block, log = RECOGNITION.c.block, RECOGNITION.c.log_index
        later = (block >= position.block, or_(block > position.block, log > position.log))
        query = select(RECOGNITION).where(*later).order_by(block, log).limit(limit)
        with self._database.read() as connection:
            kept = [kept_event(row) for row in connection.execute(query)]
            sides = _sides(connection, kept)
        events = [_told(one, sides) for one in kept]
        wanted = frozenset(types)
        matching = [one for one in events if one.concerns(institution) and (not wanted or one.type in wanted)]
        return Part(matching, events[-1].position if events else position)


def _sides(connection: Connection, kept: Iterable[KeptEvent]) -> dict[tuple[int, ...], tuple[str, str]]:
    """By transfer its two institutions; the events after the request name neither."""
    refs = {ref for one in kept if (ref := _ref(one)) is not None}
    if not refs:
        return {}
    columns = (TRANSFERS.c.source, TRANSFERS.c.target, TRANSFERS.c.number)
    query = select(*columns, TRANSFERS.c.institution, TRANSFERS.c.target_institution)
    rows = connection.execute(query.where(tuple_(*columns).in_(sorted(refs))))
    return {(row.source, row.target, row.number): (row.institution, row.target_institution) for row in rows}


def _ref(event: KeptEvent) -> tuple[int, int, int] | None:
    fields = event.fields
    if not {"source", "target", "number"} <= fields.keys():
        return None
    return int(fields["source"]), int(fields["target"]), int(fields["number"])


def _told(event: KeptEvent, sides: dict[tuple[int, ...], tuple[str, str]]) -> FeedEvent:
    ref = _ref(event)
    data: dict[str, Any] = {"event": event.name, "block": event.block, "logIndex": event.log_index}
    concerned: tuple[str, ...] = ()
    if ref is not None:
        data["transfer"] = "-".join(map(str, ref))
        if ref in sides:
            concerned = sides[ref]
            data["institution"], data["targetInstitution"] = concerned
    elif "institution" in event.fields:
        concerned = (institution_text(bytes.fromhex(event.fields["institution"].removeprefix("0x"))),)
        data["institution"] = concerned[0]
    data |= {"actor": "0x" + event.actor.hex(), "fields": dict(event.fields)}
    return FeedEvent(
        Position(event.block, event.log_index), TYPES.get(event.name, event.name), event.time, data, concerned
    )
