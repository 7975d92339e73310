"""The further documents of a learner: what they are asked for when the learner wants to know what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from gateway.accounts.vault import Vault
from gateway.store.models import LearnerDocument

if TYPE_CHECKING:
    from gateway.accounts.service import AccountBook
    from gateway.accounts.values import Person
    from gateway.keys.secrets import MasterKey
    from gateway.store.engine import Database


class FurtherDocument(NamedTuple):
    """A document besides the first, and since when (seconds) it finds the account."""

    person: Person
    added_at: int


def further_documents(
    database: Database, book: AccountBook, master: MasterKey, learner_id: int
) -> list[FurtherDocument]:
    """The further documents of an account, oldest first.

    Raises:
        AccountNotFound, AccountDeleted, AccountUnreadable: as they say.
    """
    key, vault = book.learner_key(learner_id), Vault(master)
    query = (
        select(LearnerDocument.number_index, LearnerDocument.sealed, LearnerDocument.added_at)
        .where(LearnerDocument.learner_id == learner_id)
        .order_by(LearnerDocument.added_at, LearnerDocument.number_index)
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [
        FurtherDocument(vault.open_person(learner_id, row.number_index, key, row.sealed), row.added_at)
        for row in rows
        if row.sealed is not None
    ]
