"""A past for a trial of real nodes: what an embedded chain lived through, as sealed blocks for `geth import`.

Officers decide from their third day on and agreements have days of public notice, while the clock of a running node
knows no past. So a trial on anvil lives through those days with the product's own commands, and its signed transactions
are executed again in Clique blocks of the same numbers and times (scripts/go/prehistory).

    past = read_past("http://127.0.0.1:8545")
    seal(past, genesis, [member / "keys/node.key" for member in members], out)
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from gateway.domain.rlp import encode
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".tools" / "bin" / "prehistory"
_BATCH = 500
_SECONDS = 300.0


class PrehistoryError(Exception):
    """The past could not be made: a transaction that is no legacy one, or the program refused."""


@dataclass(frozen=True, slots=True)
class PastBlock:
    """A block that was: its number, its time (seconds since 1970), its transactions (RLP, as they were signed)."""

    number: int
    timestamp: int
    transactions: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """The time of block 0 (seconds since 1970) and every block after it."""

    genesis_time: int
    blocks: tuple[PastBlock, ...]


def read_past(rpc_url: str, last: int | None = None) -> Past:
    """Return all that the chain at ``rpc_url`` lived through, up to block ``last`` (the newest, where None).

    Where a busy machine made the embedded chain stamp two blocks with one second, the second one gets the next: Clique
    has a second between them.

    Raises:
        PrehistoryError: a transaction is no legacy one.
        RpcUnreachable: no answer.
    """
    with JsonRpc(rpc_url) as rpc:
        last = int(rpc.call("eth_blockNumber"), 16) if last is None else last
        found: list[dict[str, Any]] = []
        for first in range(0, last + 1, _BATCH):
            numbers = range(first, min(first + _BATCH, last + 1))
            found += rpc.batch([("eth_getBlockByNumber", [hex(number), True]) for number in numbers])
    times = accumulate((int(block["timestamp"], 16) for block in found), lambda before, at: max(at, before + 1))
    blocks = tuple(
        PastBlock(
            int(block["number"], 16), at, tuple(raw_transaction(transaction) for transaction in block["transactions"])
        )
        for block, at in zip(found, times, strict=True)
    )
    return Past(int(found[0]["timestamp"], 16), blocks[1:])


def raw_transaction(transaction: dict[str, Any]) -> bytes:
    """Return a legacy transaction, as JSON-RPC tells it, in the bytes that were signed and sent (EIP-155).

    Raises:
        PrehistoryError: it is of another type.
    """
    if int(transaction.get("type", "0x0"), 16) != 0:
        raise PrehistoryError(f"transaction {transaction['hash']} is of type {transaction['type']}, not a legacy one")
    numbers = [_integer(transaction[name]) for name in ("nonce", "gasPrice", "gas")]
    to = bytes.fromhex((transaction["to"] or "0x")[2:])
    signature = [_integer(transaction[name]) for name in ("v", "r", "s")]
    data = bytes.fromhex(transaction["input"][2:])
    return encode([*numbers, to, _integer(transaction["value"]), data, *signature])


def seal(past: Past, genesis: Path, node_keys: Sequence[Path], out: Path) -> None:
    """Write the blocks of ``past``, sealed in turn by the keys in ``node_keys``, as ``geth import`` reads them.

    ``genesis`` is the network's genesis.json, of the same chain id and time; its signers are those of the keys.

    Raises:
        PrehistoryError: the program refuses, and why.
    """
    wanted = out.with_suffix(".json")
    rows = [
        {
            "number": block.number,
            "timestamp": block.timestamp,
            "transactions": ["0x" + raw.hex() for raw in block.transactions],
        }
        for block in past.blocks
    ]
    wanted.write_bytes(orjson.dumps(rows))
    command = [str(PROGRAM), "-genesis", str(genesis), "-blocks", str(wanted), "-out", str(out), *map(str, node_keys)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    wanted.unlink()
    if done.returncode != 0:
        raise PrehistoryError(done.stderr.strip())


def _integer(text: str) -> bytes:
    """Return a JSON-RPC quantity as RLP writes a number: big-endian, without leading zeros."""
    number = int(text, 16)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
