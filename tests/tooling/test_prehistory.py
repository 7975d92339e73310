"""A transaction that a node tells of becomes again the bytes that were signed: the past keeps its hashes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from prehistory import PrehistoryError, raw_transaction

from gateway.domain.rlp import decode

CONTRACT = "0x" + "ab" * 20


def _told(raw: bytes) -> dict[str, Any]:
    """A signed legacy transaction as JSON-RPC tells it."""
    fields = decode(raw)
    assert isinstance(fields, list)
    names = ("nonce", "gasPrice", "gas", "to", "value", "input", "v", "r", "s")
    told: dict[str, Any] = {}
    for name, value in zip(names, fields, strict=True):
        assert isinstance(value, bytes)
        told[name] = "0x" + value.hex() if name in {"to", "input"} else hex(int.from_bytes(value, "big"))
    return told | {"to": None if told["to"] == "0x" else told["to"], "hash": "0x01"}


@pytest.mark.parametrize("to", [CONTRACT, None], ids=["a call", "a creation"])
@pytest.mark.parametrize("nonce", [0, 1, 300])
def test_the_bytes_are_those_that_were_signed(to: str | None, nonce: int) -> None:
    fields = {"nonce": nonce, "gasPrice": 0, "gas": 90_000, "value": 0, "data": b"\x00\x01", "chainId": 20_260}
    signed = Account.from_key("0x" + "11" * 32).sign_transaction({**fields, "to": bytes.fromhex((to or "0x")[2:])})
    raw = bytes(signed.raw_transaction)
    assert raw_transaction(_told(raw) | {"type": "0x0"}) == raw


def test_a_transaction_of_another_type_is_refused() -> None:
    with pytest.raises(PrehistoryError, match="type 0x2"):
        raw_transaction({"type": "0x2", "hash": "0x01"})
