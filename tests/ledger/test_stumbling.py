"""The two threads of a gateway outlast whatever goes wrong in one round: they say so and try again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from structlog.testing import capture_logs

from gateway.ledger import index_state
from gateway.ledger import sender as sending
from gateway.ledger.calls import block_ref
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.indexer import Indexer
from gateway.ledger.sender import Sender
from gateway.ledger.values import BlockRef
from gateway.store.engine import open_database
from gateway.store.errors import DatabaseFull

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def rounds(stop: threading.Event, *errors: Exception) -> Callable[[object], object]:
    """A round that fails in each of these ways, one after another, and then ends the thread."""
    left = list(errors)

    def turn(_: object) -> object:
        if left:
            raise left.pop(0)
        stop.set()
        raise ChainUnavailable("the end of the test")

    return turn


TROUBLES = (DatabaseFull("huren.db", why="SQLITE_FULL"), OSError(28, "No space left on device"), KeyError("hash"))


def test_the_indexer_goes_on_after_a_round_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    monkeypatch.setattr(Indexer, "advance", rounds(stop, *TROUBLES))
    with capture_logs() as said:
        Indexer.run(object.__new__(Indexer), stop, poll=0)
    assert stop.is_set()
    assert [line["event"] for line in said] == ["index.stumbled"] * len(TROUBLES) + ["index.cannot_advance"]


def test_the_sender_goes_on_after_a_round_that_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stop = threading.Event()
    monkeypatch.setattr(Sender, "step", rounds(stop, *TROUBLES))
    with capture_logs() as said:
        Sender.run(idle_sender(tmp_path), stop, poll=0)
    assert stop.is_set()
    assert [line["event"] for line in said] == ["outbox.stumbled"] * len(TROUBLES) + ["outbox.chain_unavailable"]


def test_a_second_sender_says_once_that_another_sends_and_waits_for_its_turn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sending, "_TURN_SECONDS", 0.01)
    monkeypatch.setattr(Sender, "step", rounds(stop := threading.Event()))
    first = FileLock(tmp_path / "sender.lock")
    with capture_logs() as said:
        with first.acquire(timeout=0):
            waiting = threading.Thread(target=Sender.run, args=(idle_sender(tmp_path), stop, 0))
            waiting.start()
            assert not stop.wait(0.2)
        waiting.join(60)
    assert stop.is_set()
    assert [line["event"] for line in said] == ["outbox.another_sends", "outbox.chain_unavailable"]


def idle_sender(folder: Path) -> Sender:
    """A sender that has the right to send and nothing to send with."""
    sender = object.__new__(Sender)
    sender.address = bytes(20)
    sender._lock = FileLock(folder / "sender.lock")
    return sender


def test_after_a_clock_was_set_back_confirmations_are_written_again(tmp_path: Path) -> None:
    database = open_database(tmp_path / "huren.db")
    with database.write() as connection:
        index_state.move_cursor(connection, 1, BlockRef(7, bytes(32), 0))
        connection.exec_driver_sql("UPDATE chain_cursor SET updated_at = 1000000")
    index_state.confirm(database, 5)
    with database.read() as connection:
        assert index_state.checked(connection) == (BlockRef(7, bytes(32), 0), 5)
    database.close()


@pytest.mark.parametrize(
    "header",
    [{}, {"number": "0x1"}, {"number": None, "hash": "0x00", "timestamp": "0x1"},
     {"number": "0x1", "hash": "0xzz", "timestamp": "0x1"}, {"number": "one", "hash": "0x00", "timestamp": "0x1"}],
)  # fmt: skip
def test_a_node_that_talks_nonsense_is_a_node_that_does_not_answer(header: dict[str, object]) -> None:
    with pytest.raises(ChainUnavailable):
        block_ref(header)
