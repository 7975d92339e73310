"""The database remembers which keys its rows were made with.

Every look-up goes by a keyed index. With another master key nobody would be found: each learner would get a second
account, each row of a roster a second credential. With another pseudonym key the same person would get a second claim
for the same outcome. Both would happen without an error, so the first use of a key marks the database, and a key with
another mark is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from gateway.accounts.errors import KeyOfAnotherDatabase
from gateway.store.models import KeyMark

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.keys.secrets import MasterKey, PseudonymKey
    from gateway.store.engine import Database


def bind(database: Database, master: MasterKey, pseudonym: PseudonymKey) -> None:
    """Mark `database` with these keys, or find the marks that are theirs.

    Raises:
        KeyOfAnotherDatabase: its rows were made with another key; nothing was changed.
    """
    marks = {"master": master.mark(), "pseudonym": pseudonym.mark()}
    with database.read() as connection:
        lacking = _lacking(connection, marks)
    if not lacking:
        return
    with database.write() as connection:  # another process may have been quicker: look again under the lock
        rows = [{"purpose": purpose, "mark": marks[purpose]} for purpose in _lacking(connection, marks)]
        if rows:
            connection.execute(insert(KeyMark), rows)


def _lacking(connection: Connection, marks: dict[str, bytes]) -> list[str]:
    found = {row.purpose: row.mark for row in connection.execute(select(KeyMark.purpose, KeyMark.mark))}
    for purpose, mark in marks.items():
        if found.get(purpose, mark) != mark:
            raise KeyOfAnotherDatabase(purpose)
    return [purpose for purpose in marks if purpose not in found]
