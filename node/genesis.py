"""genesis.json: block 0 of a network with validators, a function of network.toml alone.

Every member makes it for itself, and everywhere it is the same bytes; whoever starts from another block 0 is on another
chain. The rules are those of Berlin on every engine, the rules that the contracts are compiled for: there is no base
fee, so gas is free (decision 0250). Nobody has a balance.

Sources: EIP-225 (Clique), section "Prelude"; Besu's documentation, QBFT, "Extra data"; Yellow Paper, section 4.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
import rlp

from node.client.errors import NodeError
from node.client.hashing import keccak256
from node.description import AnvilEngine, GethEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.description import Description

EPOCH: Final = 30_000
"""Blocks after which votes that were not decided are forgotten; the default of both engines."""
QBFT_MIX_HASH: Final = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"
"""By which Besu knows a chain of BFT: "ctical byzantine fault tolerance". Never a source of randomness."""
EMPTY_TRIE: Final = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
"""keccak256(rlp(""))."""
_EMPTY_UNCLES: Final = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
"""keccak256(rlp([]))."""
_VANITY: Final = bytes(32)
_SEAL: Final = bytes(65)
_BLOOM: Final = bytes(256)
_NOBODY: Final = "0x" + "00" * 20
_NO_HASH: Final = "0x" + "00" * 32
_BERLIN: Final = (
    "homesteadBlock",
    "eip150Block",
    "eip155Block",
    "eip158Block",
    "byzantiumBlock",
    "constantinopleBlock",
    "petersburgBlock",
    "istanbulBlock",
    "berlinBlock",
)
"""The rules in force from block 0 on. London would bring a base fee, and every free transaction would stick."""
_LEAST_ROUND: Final = 4
"""Seconds that a proposer of QBFT has at least before the next one tries."""


class NoGenesisError(NodeError):
    """The engine of the description makes its own block 0."""

    def __init__(self, engine: str) -> None:
        super().__init__(
            f"引擎 {engine} 是单进程，自行生成创世块；创世文件仅用于 geth 和 besu 网络",
            f"the engine {engine} is one process and makes block 0 by itself; genesis.json is for geth and besu",
        )
        self.engine = engine


def genesis(description: Description) -> bytes:
    """Return genesis.json of the network.

    Raises:
        NoGenesisError: its engine has no validators.
    """
    return orjson.dumps(document(description), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def document(description: Description) -> dict[str, Any]:
    """Return the content of genesis.json.

    Raises:
        NoGenesisError: the engine has no validators.
    """
    engine = description.engine
    if isinstance(engine, AnvilEngine):
        raise NoGenesisError(engine.kind)
    validators = description.founding_validators
    common = {
        "nonce": "0x0",
        "timestamp": hex(engine.genesis_time),
        "gasLimit": hex(engine.block_gas_limit),
        "difficulty": "0x1",
        "coinbase": _NOBODY,
        "alloc": {},
    }
    if isinstance(engine, GethEngine):
        config: dict[str, Any] = {"chainId": description.chain_id, **dict.fromkeys(_BERLIN, 0)}
        config["clique"] = {"period": engine.block_seconds, "epoch": EPOCH}
        return {"config": config, **common, "mixHash": _NO_HASH, "extraData": clique_extra_data(validators)}
    config = {
        "chainId": description.chain_id,
        "berlinBlock": 0,
        "qbft": {
            "blockperiodseconds": engine.block_seconds,
            "epochlength": EPOCH,
            "requesttimeoutseconds": max(_LEAST_ROUND, 2 * engine.block_seconds),
        },
    }
    return {"config": config, **common, "mixHash": QBFT_MIX_HASH, "extraData": qbft_extra_data(validators)}


def clique_extra_data(validators: Sequence[str]) -> str:
    """Return a Clique genesis' extraData: 32 bytes of zero, the signers ascending, room for a seal (EIP-225)."""
    return "0x" + (_VANITY + b"".join(_ascending(validators)) + _SEAL).hex()


def qbft_extra_data(validators: Sequence[str]) -> str:
    """Return a QBFT genesis' extraData: rlp [32 zero bytes, the validators ascending, no vote, round 0, no seals]."""
    return "0x" + bytes(rlp.encode([_VANITY, _ascending(validators), [], b"", []])).hex()


def header(content: dict[str, Any], state_root: str = EMPTY_TRIE) -> list[bytes]:
    """Return the items of block 0's header under the rules of Berlin (Yellow Paper, section 4.3).

    Args:
        content: of genesis.json.
        state_root: of what is allocated in it; by default of nothing.
    """
    numbers = (content["difficulty"], "0x0", content["gasLimit"], "0x0", content["timestamp"])
    return [
        *map(_bytes, (_NO_HASH, _EMPTY_UNCLES, content["coinbase"], state_root, EMPTY_TRIE, EMPTY_TRIE)),
        _BLOOM,
        *(_number(value) for value in numbers),
        *map(_bytes, (content["extraData"], content["mixHash"])),
        int(content["nonce"], 16).to_bytes(8, "big"),
    ]


def genesis_hash(content: dict[str, Any]) -> str:
    """Return the hash of block 0 of a genesis that allocates nothing, 0x-hex: what every node must answer."""
    return "0x" + keccak256(bytes(rlp.encode(header(content)))).hex()


def _ascending(addresses: Sequence[str]) -> list[bytes]:
    return sorted(map(_bytes, addresses))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _number(text: str) -> bytes:
    value = int(text, 16)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
