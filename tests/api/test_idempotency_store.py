"""Answers that are kept for an Idempotency-Key, on both databases: the first one again, another request refused."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import select, update
from stores import Stores, both_kinds

from gateway.api.access import AccessTokens, Principal
from gateway.api.idempotency import HEADER, KEPT_SECONDS, WORKED_SECONDS, KeyBusy, KeyReused, keyed
from gateway.store.models import KeyedRequest, Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

store_kind = both_kinds
ROWS = KeyedRequest.__table__
KEY = "order-2026-0001"
SAID = '{"zh":"已受理","amount":"3.00"}'.encode()


class Body(BaseModel):
    """What is asked for."""

    amount: str = "3.00"


class Desk:
    """A route that acts, and how often it did."""

    def __init__(self, tokens: AccessTokens) -> None:
        self.database = tokens.database
        self.done = 0
        made = tokens.create(Role.OPERATOR, days=1)
        self.who = Principal(made.token.id, Role.OPERATOR)
        self._services = SimpleNamespace(tokens=tokens)

    def ask(self, key: str = KEY, body: Body | None = None, work: Callable[[], Response] | None = None) -> Response:
        request: Any = SimpleNamespace(
            headers={HEADER: key},
            method="POST",
            url=SimpleNamespace(path="/v1/applications"),
            app=SimpleNamespace(state=SimpleNamespace(services=self._services)),
        )
        return keyed(request, self.who, body or Body(), work or self.work)

    def work(self) -> Response:
        self.done += 1
        return Response(SAID, 201, media_type="application/json")

    def kept(self) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(ROWS)))


@pytest.fixture
def desk(stores: Stores, tmp_path: Path) -> Desk:
    return Desk(AccessTokens(stores.open(tmp_path / "huren.db"), clock=time.time))


def test_the_same_request_is_answered_by_the_very_same_bytes_and_done_once(desk: Desk) -> None:
    first, again = desk.ask(), desk.ask()
    assert (bytes(first.body), first.status_code) == (bytes(again.body), again.status_code) == (SAID, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert desk.done == 1
    desk.ask("order-2026-0002")
    assert desk.done == 2


def test_another_request_under_the_same_key_is_refused_with_the_header_as_its_field(desk: Desk) -> None:
    desk.ask()
    with pytest.raises(KeyReused) as refused:
        desk.ask(body=Body(amount="4.00"))
    assert refused.value.details["field"] == HEADER
    assert desk.done == 1


def test_what_is_being_worked_on_is_not_done_twice_until_it_must_have_died(desk: Desk) -> None:
    def again() -> Response:
        with pytest.raises(KeyBusy):
            desk.ask()
        return desk.work()

    desk.ask(work=again)
    assert desk.done == 1
    with desk.database.write() as connection:
        connection.execute(
            update(ROWS).values(status=None, answer=None, created_at=int(time.time()) - WORKED_SECONDS - 1)
        )
    assert desk.ask().status_code == 201
    assert desk.done == 2


def test_what_failed_may_be_asked_for_again(desk: Desk) -> None:
    def fails() -> Response:
        raise RuntimeError("a test's")

    with pytest.raises(RuntimeError):
        desk.ask(work=fails)
    assert desk.kept() == []
    assert desk.ask().status_code == 201


def test_answers_are_forgotten_after_their_time(desk: Desk) -> None:
    desk.ask()
    with desk.database.write() as connection:
        connection.execute(update(ROWS).values(created_at=int(time.time()) - KEPT_SECONDS - 1))
    desk.ask("order-2026-0003")
    assert [row.key for row in desk.kept()] == ["order-2026-0003"]
    assert cast("bytes", desk.kept()[0].answer) == SAID
