"""What tokens, webhooks and the stream keep is the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from housing import SOURCE, accreditation
from office import Office
from sqlalchemy import insert
from stores import both_kinds
from transfer_history import History

from gateway.api.access import AccessTokens
from gateway.api.access_errors import TokenRevoked
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.recognition_feed import BEGINNING, Position, RecognitionFeed
from gateway.ledger.transfer_projection import apply
from gateway.store.models import Learner, Role
from gateway.webhooks.sending import Attempt

if TYPE_CHECKING:
    from pathlib import Path

    from stores import Stores


store_kind = both_kinds


def test_a_token_is_made_used_listed_and_revoked(stores: Stores, tmp_path: Path) -> None:
    database = stores.open(tmp_path / "huren.db")
    with database.session() as session:
        session.add_all([accreditation(SOURCE, 310000), Learner(id=7, number_index=b"7" * 16, opened_at=1)])
    tokens = AccessTokens(database, clock=time.time)
    officer = tokens.create(Role.OFFICER, days=1, institution=SOURCE)
    learner = tokens.create(Role.LEARNER, days=1, account=7, label="portal")
    assert tokens.principal(officer.text).institution == SOURCE
    who = tokens.principal(learner.text)
    assert (who.role, who.account) == (Role.LEARNER, 7)
    assert [one.last_used_at is not None for one in tokens.every()] == [True, True]
    tokens.revoke(learner.token.id)
    assert not tokens.holds(who)
    with pytest.raises(TokenRevoked):
        tokens.principal(learner.text)


def test_events_are_read_in_order_and_each_becomes_one_delivery(stores: Stores, tmp_path: Path) -> None:
    database = stores.open(tmp_path / "huren.db")
    history = History()
    ref = history.request()
    history.request(hours=0)
    history.accept(ref)
    with database.write() as connection:
        connection.execute(insert(RECOGNITION), history.rows)
        apply(connection, history.rows)
    feed = RecognitionFeed(database)
    places = [Position(row["block"], row["log_index"]) for row in history.rows]
    assert feed.newest() == places[-1]
    assert [one.position for one in feed.after(BEGINNING, limit=10).events] == places
    assert [one.position for one in feed.after(places[0], limit=1).events] == places[1:2]
    assert feed.after(places[0], limit=10, institution="123200004660001235").events == []
    office = Office(tmp_path, database=database)
    number, secret = office.add("http://127.0.0.1:9/")
    hook = office.book.one(number)
    assert office.book.secret_of(hook).text == secret
    queue = office.queue
    assert [one.id for one in queue.due()] == [number]
    assert queue.due() == queue.due()
    for place in places:
        message = queue.next(number)
        assert message is not None
        assert message.message == f"evt_{place.block}_{place.log}"
        queue.settle(number, message, Attempt(taken=False, said="HTTP 500"))
        assert queue.next(number) is None, "nothing overtakes it"
        office.ahead += 60
        queue.settle(number, message, Attempt(taken=True, said="HTTP 200"))
    assert [(one.waiting, one.outcome, one.hook.state) for one in office.book.every()] == [(0, "HTTP 200", "active")]
    office.book.remove(number)
