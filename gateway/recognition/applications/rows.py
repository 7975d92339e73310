"""The table of applications: one row each, and never two that are under way for one purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from sqlalchemy import insert, select, update

from gateway.recognition.applications.values import Application
from gateway.recognition.transfers.errors import UnknownApplication
from gateway.store.models import Application as ApplicationModel
from gateway.store.models import ApplicationState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row, Table

    from gateway.ledger.settlement import Settlement
    from gateway.ledger.transfer_rows import TransferRows
    from gateway.store.engine import Database

APPLICATIONS: Final = cast("Table", ApplicationModel.__table__)


class ApplicationRows:
    """Reads and writes the applications of one gateway."""

    def __init__(self, database: Database, transfers: TransferRows) -> None:
        """Keep them in ``database``; ``transfers`` tells what became of those on the chain."""
        self._database = database
        self._transfers = transfers

    def find(self, number: int) -> Application:
        """One application.

        Raises:
            UnknownApplication: there is none.
        """
        found = self.some([number])
        if not found:
            raise UnknownApplication(number)
        return found[0]

    def some(self, numbers: Sequence[int]) -> list[Application]:
        """Those with these numbers, ascending; unknown ones are left out."""
        wanted = sorted(set(numbers))
        with self._database.read() as connection:
            rows = [connection.execute(select(APPLICATIONS).where(APPLICATIONS.c.id == one)).first() for one in wanted]
        return [self._application(row) for row in rows if row is not None]

    def page(
        self,
        *,
        state: ApplicationState | None = None,
        learner: int | None = None,
        leaf: bytes | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Application]:
        """Up to ``limit`` applications with numbers above ``after``, ascending."""
        query = select(APPLICATIONS).where(APPLICATIONS.c.id > after).order_by(APPLICATIONS.c.id).limit(limit)
        for column, value in (("state", state), ("learner_id", learner), ("leaf", leaf)):
            if value is not None:
                query = query.where(APPLICATIONS.c[column] == value)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [self._application(row) for row in rows]

    def under_way(self, purpose: bytes) -> Application | None:
        """The application for this purpose that is not over: entered, on its way, or waiting for a decision."""
        with self._database.read() as connection:
            row = _last(connection, purpose)
        return None if row is None or self._over(row) else self._application(row)

    def enter(self, purpose: bytes, values: Mapping[str, Any]) -> int:
        """Add an application, or return the number of the one for the same purpose that is under way."""
        with self._database.read() as connection:
            seen = _last(connection, purpose)
        over = seen is None or self._over(seen)
        with self._database.write() as connection:
            last = _last(connection, purpose)
            if last is not None and (seen is None or last.id != seen.id or not over):
                return int(last.id)
            round_ = 1 if last is None else last.round + 1
            made = connection.execute(insert(APPLICATIONS).values(purpose=purpose, round=round_, **values))
            key = made.inserted_primary_key
            return int(key[0]) if key else 0

    def sealed(self, number: int) -> tuple[bytes, bytes]:
        """(purpose, what was sealed) of an application."""
        query = select(APPLICATIONS.c.purpose, APPLICATIONS.c.sealed).where(APPLICATIONS.c.id == number)
        with self._database.read() as connection:
            purpose, sealed = connection.execute(query).one()
        return purpose, sealed

    def reseal(self, number: int, sealed: bytes) -> None:
        """Keep something else sealed of an application."""
        with self._database.write() as connection:
            mine = APPLICATIONS.c.id == number
            connection.execute(update(APPLICATIONS).where(mine).values(sealed=sealed))

    def of_letter(self, digest: bytes) -> Application | None:
        """The application whose letter has this digest."""
        with self._database.read() as connection:
            row = connection.execute(select(APPLICATIONS).where(APPLICATIONS.c.consent == digest)).first()
        return None if row is None else self._application(row)

    def move(self, connection: Connection, number: int, source: ApplicationState, **values: object) -> bool:
        """Change an application if it is in the state ``source``; tell whether it was."""
        at = (APPLICATIONS.c.id == number) & (APPLICATIONS.c.state == source)
        return connection.execute(update(APPLICATIONS).where(at).values(**values)).rowcount == 1

    def of_learner(self, learner: int) -> list[Application]:
        """Every application of a learner."""
        return self.page(learner=learner, limit=1_000_000)

    def empty(self, learner: int) -> None:
        """Take away what was sealed of a learner's applications; how far each came stays."""
        mine = APPLICATIONS.c.learner_id == learner
        with self._database.write() as connection:
            connection.execute(update(APPLICATIONS).where(mine).values(sealed=b"", evidence=None))

    def _over(self, row: Row[Any]) -> bool:
        if row.state in {ApplicationState.FAILED, ApplicationState.WITHDRAWN}:
            return True
        if row.state is not ApplicationState.REQUESTED:
            return False
        transfer = next((one for one in self._transfers.of_leaf(row.leaf) if one.consent == row.consent), None)
        return transfer is not None and transfer.decided_at is not None

    def _application(self, row: Row[Any]) -> Application:
        name = None
        if row.consent is not None:
            told = (one for one in self._transfers.of_leaf(row.leaf) if one.consent == row.consent)
            name = next((f"{one.source}-{one.target}-{one.number}" for one in told), None)
        return Application(
            id=row.id,
            state=row.state,
            learner=row.learner_id,
            leaf=row.leaf,
            agreement=row.agreement,
            rule=row.rule,
            source_institution=row.source_institution,
            target_institution=row.target_institution,
            programme=row.programme,
            course=row.course,
            quoted=row.quoted,
            deadline=row.deadline,
            how=row.how,
            given_at=row.given_at,
            evidence=row.evidence,
            consent=row.consent,
            outbox=row.outbox_id,
            problem=None if row.error is None else orjson.loads(row.error),
            entered_by=row.entered_by,
            confirmed_by=row.confirmed_by,
            created_at=row.created_at,
            updated_at=row.updated_at,
            transfer=name,
        )


def settled(connection: Connection, end: Settlement) -> None:
    """The end of a request's transaction, told within the one that records it (`Endings.handlers`)."""
    state = ApplicationState.REQUESTED if end.refusal is None else ApplicationState.FAILED
    error = None if end.refusal is None else end.refusal.to_text()
    mine = APPLICATIONS.c.id == int(end.payload["application"])
    connection.execute(update(APPLICATIONS).where(mine).values(state=state, error=error))


def _last(connection: Connection, purpose: bytes) -> Row[Any] | None:
    query = select(APPLICATIONS).where(APPLICATIONS.c.purpose == purpose).order_by(APPLICATIONS.c.round.desc())
    return connection.execute(query.limit(1)).first()
