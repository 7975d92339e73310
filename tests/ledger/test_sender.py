"""The outbox against a real chain and a contract that counts: slot k holds how often call k was executed."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from counted import ACCOUNT, CREATION, PATIENCE, executed, queue, sender, states
from sqlalchemy import select, update
from stores import both_kinds

from gateway.ledger import checkpoints
from gateway.ledger.errors import NotSettled, SenderBusy
from gateway.ledger.outbox import OUTBOX, Intent, enqueue
from gateway.ledger.settlement import Adoption, Endings, Settlement
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stores import Stores

    from gateway.store.engine import Database
    from tests.ledger.conftest import Chain

store_kind = both_kinds


def test_every_queued_transaction_is_executed_once_in_order(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path
) -> None:
    ids = queue(database, counter, range(1, 301))
    settled = sender(database, chain, tmp_path).settle(ids, seconds=PATIENCE)
    assert [entry.state for entry in settled] == [OutboxState.FINAL] * 300
    assert executed(chain, counter, range(1, 301)) == [1] * 300
    with database.read() as connection:
        nonces = connection.execute(select(OUTBOX.c.nonce).order_by(OUTBOX.c.id)).scalars().all()
    assert nonces == list(range(300))


def test_asking_twice_for_the_same_thing_is_one_entry(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path
) -> None:
    first = queue(database, counter, range(1, 4))
    assert queue(database, counter, range(1, 4)) == first
    sender(database, chain, tmp_path).settle(first, seconds=PATIENCE)
    assert queue(database, counter, range(1, 4)) == first
    sender(database, chain, tmp_path).step()
    assert executed(chain, counter, range(1, 4)) == [1] * 3


def test_a_refused_transaction_fails_with_words_and_holds_up_nobody(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path
) -> None:
    told: list[Settlement] = []
    endings = Endings({"count": lambda _, settlement: told.append(settlement)})
    ids = queue(database, counter, range(3))  # the contract refuses 0
    refused, *others = sender(database, chain, tmp_path, endings=endings).settle(ids, seconds=PATIENCE)
    assert refused.state is OutboxState.FAILED
    assert refused.error is not None
    assert "原因" in refused.error["zh"]
    assert refused.error["hintEn"]
    assert [entry.state for entry in others] == [OutboxState.FINAL] * 2
    assert {settlement.id: settlement.succeeded for settlement in told} == {ids[0]: False, ids[1]: True, ids[2]: True}


def test_what_failed_is_queued_again_when_it_is_asked_for_again(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path
) -> None:
    [number] = queue(database, counter, range(1))
    sending = sender(database, chain, tmp_path)
    assert sending.settle([number], seconds=PATIENCE)[0].state is OutboxState.FAILED
    mended = Intent("count", "count:0", counter, (9).to_bytes(32, "big"), {})
    with database.write() as connection:
        assert enqueue(connection, sending.address, [mended], now=2) == [number]
    assert sending.settle([number], seconds=PATIENCE)[0].state is OutboxState.FINAL
    assert executed(chain, counter, range(9, 10)) == [1]


def test_what_was_done_already_by_us_is_success(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path
) -> None:
    there = Adoption(block=7, tx_hash=b"\x11" * 32)
    endings = Endings(adopters={"count": lambda payload: there if payload["number"] == 0 else None})
    [number] = queue(database, counter, range(1))
    [entry] = sender(database, chain, tmp_path, endings=endings).settle([number], seconds=PATIENCE)
    assert (entry.state, entry.block, entry.tx_hash) == (OutboxState.FINAL, 7, b"\x11" * 32)


def test_only_one_process_sends_with_a_key_and_the_others_watch(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path
) -> None:
    first, second = sender(database, chain, tmp_path), sender(database, chain, tmp_path)
    stop = threading.Event()
    ids = queue(database, counter, range(1, 11))
    with first.alone():
        with pytest.raises(SenderBusy), second.alone():
            pass
        with pytest.raises(NotSettled) as late:
            second.settle(ids, seconds=0.2)
        assert late.value.value == 10
        assert states(database) == {"queued": 10}
    loop = threading.Thread(target=first.run, args=(stop, 0.05))
    loop.start()
    try:
        second.settle(ids, seconds=PATIENCE)
    finally:
        stop.set()
        loop.join(10)
    assert executed(chain, counter, range(1, 11)) == [1] * 10


def test_the_loop_outlasts_a_chain_that_stops_and_comes_back(
    new_chain: Callable[..., Chain], database: Database, tmp_path: Path
) -> None:
    state = tmp_path / "state.json"
    chain = new_chain("--state", str(state))
    port = int(chain.url.rsplit(":", 1)[1])
    counter = chain.create("0x" + CREATION)
    first = chain.rpc
    stop = threading.Event()
    loop = threading.Thread(target=sender(database, chain, tmp_path).run, args=(stop, 0.05))
    loop.start()
    try:
        chain.stop()
        ids = queue(database, counter, range(1, 6))
        time.sleep(0.3)
        assert states(database) == {"queued": 5}
        chain = new_chain("--state", str(state), port=port)
        sender(database, chain, tmp_path).settle(ids, seconds=PATIENCE)
        assert executed(chain, counter, range(1, 6)) == [1] * 5
    finally:
        stop.set()
        loop.join(20)
        first.close()
        chain.stop()


def test_two_copies_of_a_gateway_that_share_no_lock_execute_once(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On two machines over one database, as nobody should: each entry is signed by one of them."""
    ours, theirs = sender(database, chain, tmp_path / "ours"), sender(database, chain, tmp_path / "theirs")
    ids = queue(database, counter, range(1, 6))
    store = ours._dispatcher._store

    def late(*arguments: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        theirs.step()
        return store(*arguments)

    monkeypatch.setattr(ours._dispatcher, "_store", late)
    ours.step()
    monkeypatch.undo()
    ours.settle(ids, seconds=PATIENCE)
    assert executed(chain, counter, range(1, 6)) == [1] * 5
    assert chain.call("eth_getTransactionCount", ACCOUNT.address, "latest") == hex(5)


_SEND_AND_DIE = textwrap.dedent("""
    import sys
    from pathlib import Path
    from eth_account import Account
    from gateway.ledger import dispatch
    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.checkpoints import kill_at
    from gateway.ledger.sender import Sender
    from gateway.store.engine import open_url
    from node.client.deployment import Deployment, Finality
    from node.client.rpc import JsonRpc

    dispatch.WINDOW = 192  # of 250: more than one window
    folder, database, url, point, occurrence, entries = sys.argv[1:]
    rpc = JsonRpc(url)
    genesis = rpc.call("eth_getBlockByNumber", "0x0", False)["hash"]
    deployment = Deployment(31_337, "test", genesis, 0, Finality(kind="instant", confirmations=0), {}, {})
    database = open_url(database)
    calls, account = ChainCalls(rpc, deployment), Account.from_key(bytes([7]) * 32)
    reached = kill_at(point, int(occurrence))
    Sender(database, calls, account, locks=Path(folder) / "locks", reached=reached).settle(
        range(1, int(entries) + 1), seconds=120
    )
""")


@pytest.mark.kill
@pytest.mark.parametrize(
    ("point", "occurrence"),
    [
        (checkpoints.OUTBOX_STORED, 1),
        (checkpoints.OUTBOX_STORED, 2),
        (checkpoints.OUTBOX_SENT, 1),
        (checkpoints.OUTBOX_SENT, 2),
        (checkpoints.OUTBOX_MINED, 1),
    ],
)
def test_killed_between_commit_and_send_or_send_and_receipt_it_still_executes_once(
    chain: Chain, counter: bytes, stores: Stores, tmp_path: Path, point: str, occurrence: int
) -> None:
    database = stores.open(tmp_path / "huren.db")
    ids = queue(database, counter, range(1, 251))  # more than one window
    database.close()
    arguments = [str(tmp_path), stores.url(tmp_path / "huren.db"), chain.url, point, str(occurrence), "250"]
    killed = subprocess.run([sys.executable, "-c", _SEND_AND_DIE, *arguments], check=False, timeout=PATIENCE)
    assert killed.returncode == -signal.SIGKILL
    database = stores.open(tmp_path / "huren.db")
    assert sum(executed(chain, counter, range(1, 251))) < 250 or states(database) != {"final": 250}
    sender(database, chain, tmp_path).settle(ids, seconds=PATIENCE)
    assert executed(chain, counter, range(1, 251)) == [1] * 250
    assert chain.call("eth_getTransactionCount", ACCOUNT.address, "latest") == hex(250)
    database.close()


def test_an_entry_without_a_receipt_waits_and_is_not_signed_twice(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path
) -> None:
    chain.automine(on=False)
    queue(database, counter, range(1, 3))
    sending = sender(database, chain, tmp_path)
    sending.step()
    with database.read() as connection:
        raw = connection.execute(select(OUTBOX.c.raw_tx)).scalars().all()
    with database.write() as connection:  # a later round, long after
        connection.execute(update(OUTBOX).values(updated_at=1))
    sender(database, chain, tmp_path).step()
    with database.read() as connection:
        assert connection.execute(select(OUTBOX.c.raw_tx)).scalars().all() == raw
    assert states(database) == {"sent": 2}
