"""What becomes of transactions that were sent, on a chain that drops, reorganises and loses them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from counted import ACCOUNT, CHAIN_ID, PATIENCE, executed, queue, sender, states
from sqlalchemy import select
from stores import both_kinds

from gateway.ledger.outbox import OUTBOX, Submission, submissions
from gateway.ledger.receipts import receipts
from gateway.ledger.transactions import send
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from gateway.store.engine import Database
    from tests.ledger.conftest import Chain

store_kind = both_kinds


def held(database: Database, ids: list[int]) -> list[Submission]:
    with database.read() as connection:
        return submissions(connection, ids)


def test_a_transaction_that_the_pool_dropped_is_sent_again(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.ledger.dispatch.RESEND_SECONDS", 0.1)
    chain.automine(on=False)
    ids = queue(database, counter, range(1, 6))
    sending = sender(database, chain, tmp_path)
    sending.step()
    dropped = "0x" + held(database, ids)[2].tx_hash.hex()  # type: ignore[union-attr]
    assert chain.call("anvil_dropTransaction", dropped) == dropped
    chain.mine()
    assert executed(chain, counter, range(1, 6)) == [1, 1, 0, 0, 0]
    chain.automine(on=True)
    time.sleep(0.1)
    sending.settle(ids, seconds=PATIENCE)
    assert executed(chain, counter, range(1, 6)) == [1] * 5


def test_a_block_that_is_reorganised_away_is_mined_again(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.ledger.dispatch.RESEND_SECONDS", 0.0)
    chain.automine(on=False)
    ids = queue(database, counter, range(1, 4))
    sending = sender(database, chain, tmp_path, confirmations=3)
    sending.step()
    chain.mine()
    sending.step()
    assert states(database) == {"mined": 3}
    chain.call("anvil_reorg", 1, [])
    assert executed(chain, counter, range(1, 4)) == [0] * 3
    sending.step()
    assert states(database) == {"sent": 3}
    chain.mine()
    sending.step()
    assert states(database) == {"mined": 3}
    chain.mine(3)
    sending.settle(ids, seconds=PATIENCE)
    assert executed(chain, counter, range(1, 4)) == [1] * 3


def test_a_chain_that_lost_final_blocks_gets_the_same_transactions_again(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path
) -> None:
    ids = queue(database, counter, range(1, 4))
    sending = sender(database, chain, tmp_path)
    before = chain.call("evm_snapshot")
    sending.settle(ids, seconds=PATIENCE)
    hashes = [entry.tx_hash for entry in held(database, ids)]
    assert chain.call("evm_revert", before)
    assert executed(chain, counter, range(1, 4)) == [0] * 3
    sending.step()
    settled = sending.settle(ids, seconds=PATIENCE)
    assert executed(chain, counter, range(1, 4)) == [1] * 3
    assert [entry.tx_hash for entry in settled] == hashes


def test_a_nonce_that_went_to_another_transaction_is_replaced(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.ledger.following.NONCE_TAKEN_SECONDS", 0.5)
    ids = queue(database, counter, range(1, 3))
    chain.automine(on=False)
    sending = sender(database, chain, tmp_path)
    sending.step()
    for entry in held(database, ids):
        chain.call("anvil_dropTransaction", "0x" + entry.tx_hash.hex())  # type: ignore[union-attr]
    foreign = ACCOUNT.sign_transaction(
        {"nonce": 0, "gasPrice": 0, "gas": 50_000, "to": counter, "data": b"\xff" * 32, "value": 0, "chainId": CHAIN_ID}
    )
    chain.automine(on=True)
    chain.call("eth_sendRawTransaction", "0x" + foreign.raw_transaction.hex())
    settled = sending.settle(ids, seconds=PATIENCE)
    assert [entry.state for entry in settled] == [OutboxState.FINAL] * 2
    assert executed(chain, counter, range(1, 3)) == [1, 1]


def test_a_transaction_that_is_mined_in_another_block_is_found_there(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path
) -> None:
    """Its nonce stays used all the while, so only its block tells."""
    chain.automine(on=False)
    ids = queue(database, counter, range(1, 4))
    sending = sender(database, chain, tmp_path, confirmations=3)
    before = chain.call("evm_snapshot")
    sending.step()
    chain.mine()
    sending.step()
    [first] = {entry.block for entry in held(database, ids)}
    with database.read() as connection:
        raws = connection.execute(select(OUTBOX.c.raw_tx).order_by(OUTBOX.c.id)).scalars().all()
    assert chain.call("evm_revert", before)
    chain.mine()
    for raw in raws:
        chain.call("eth_sendRawTransaction", "0x" + raw.hex())
    chain.mine()
    sending.step()
    assert {entry.block for entry in held(database, ids)} == {first + 1}
    chain.mine(3)
    sending.settle(ids, seconds=PATIENCE)
    assert executed(chain, counter, range(1, 4)) == [1] * 3


def test_receipts_are_asked_for_only_where_they_may_say_something_new(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(
        "gateway.ledger.following.receipts", lambda calls, hashes: asked.append(len(hashes)) or receipts(calls, hashes)
    )
    chain.automine(on=False)
    ids = queue(database, counter, range(1, 101))
    sending = sender(database, chain, tmp_path, confirmations=2)
    for _ in range(3):
        sending.step()
    assert asked == []  # no nonce of ours is used yet
    chain.mine()
    for _ in range(3):
        sending.step()
    assert asked == [100]
    chain.mine()
    for _ in range(3):
        sending.step()
    assert asked == [100, 1]  # of a block that is not final, one stands for all
    chain.mine()
    sending.settle(ids, seconds=PATIENCE)
    assert asked == [100, 1, 100]


def test_what_waits_its_turn_is_not_sent_again_as_long_as_others_are_mined(
    chain: Chain, counter: bytes, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.ledger.dispatch.RESEND_SECONDS", 0.3)
    sent: list[int] = []
    monkeypatch.setattr("gateway.ledger.dispatch.send", lambda calls, raws: sent.append(len(raws)) or send(calls, raws))
    chain.automine(on=False)
    queue(database, counter, range(1, 4))
    sending = sender(database, chain, tmp_path)
    sending.step()
    assert sent == [3]
    chain.mine()
    queue(database, counter, range(4, 7))
    time.sleep(0.4)
    sending.step()  # three were mined just now
    assert sent == [3, 3]
    time.sleep(0.4)
    sending.step()  # nothing was
    assert sent == [3, 3, 3]
