"""Block headers: their digest recomputed from their fields, so that a node cannot say one and mean another.

    header = Header.of_json(rpc.call("eth_getBlockByNumber", "0x10", False))
    header.hash                      # over the fields, whatever the node said it is
    header.state_root, header.receipts_root

One shape for anvil, geth (Clique) and Besu (QBFT). Sources: Ethereum Yellow Paper, section 4.3.3, and the EIPs that
added fields (1559, 4895, 4844, 4788, 7685); Besu, "QBFT": a block's digest leaves out the round and the seals, which
are added after it is agreed on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.errors import CANNOT, DomainError, Said, cause_of
from gateway.domain.hashing import WORD, hex0x, keccak256
from gateway.domain.rlp import Item, RlpInvalid, decode, encode, integer

if TYPE_CHECKING:
    from collections.abc import Mapping

QBFT_MIX: Final = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")
"""The mixHash of every QBFT block: "ctical byzantine fault tolerance"."""
_BLOOM, _ADDRESS, _NONCE = 256, 20, 8
_EXTRA_FIELDS = 5
_ROUND, _SEALS = 3, 4

_FIELDS: Final = (
    ("parentHash", WORD),
    ("sha3Uncles", WORD),
    ("miner", _ADDRESS),
    ("stateRoot", WORD),
    ("transactionsRoot", WORD),
    ("receiptsRoot", WORD),
    ("logsBloom", _BLOOM),
    ("difficulty", None),
    ("number", None),
    ("gasLimit", None),
    ("gasUsed", None),
    ("timestamp", None),
    ("extraData", 0),
    ("mixHash", WORD),
    ("nonce", _NONCE),
)
"""In the order of the encoding: name in JSON-RPC, and its size in bytes; 0: any, None: an integer."""
_LATER: Final = (
    ("baseFeePerGas", None),
    ("withdrawalsRoot", WORD),
    ("blobGasUsed", None),
    ("excessBlobGas", None),
    ("parentBeaconBlockRoot", WORD),
    ("requestsHash", WORD),
)
"""Each stands only where every one before it does."""
_EXTRA: Final = 12
"""Where extraData stands in the list."""
_LONGEST: Final = 32
"""Bytes of an integer: what is longer is nothing that a client wrote, and cannot even be shown."""


class HeaderMalformed(DomainError):
    """What a node gave as a header is none."""

    code = "header.malformed"
    exit_code = CANNOT
    zh = "区块头格式不正确（{why}）：{value}"
    en = "not a block header ({why}): {value}"
    hint_zh = "节点的回答不可用；请换一个节点"
    hint_en = "the node's answer cannot be used; ask another node"


@dataclass(frozen=True)
class Header:
    """A block's header.

    Attributes:
        parts: its fields in the order of the encoding, as strings of bytes.
        said: the hash that the node gave with it; None where it gave none.
    """

    parts: tuple[bytes, ...] = field(repr=False)
    said: bytes | None = None

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Header:
        """Read what eth_getBlockByNumber or eth_getBlockByHash answered.

        Raises:
            HeaderMalformed: a field lacks or has another size; fields between those of later forks lack.
        """
        present = [name for name, _ in _LATER if found.get(name) is not None]
        later = _LATER[: len(present)]
        if present != [name for name, _ in later]:
            raise HeaderMalformed(", ".join(present), why=Said("后续分叉的字段有缺", "fields of later forks with gaps"))
        parts = tuple(_part(found, name, size) for name, size in (*_FIELDS, *later))
        said = found.get("hash")
        return cls(parts, None if said is None else _part(found, "hash", WORD))

    @classmethod
    def of_rlp(cls, data: bytes) -> Header:
        """Read a header as it is encoded (`encoded`): what a file holds that was written without a node's word on it.

        Raises:
            HeaderMalformed: no RLP, or not the RLP of a header.
        """
        try:
            parts = decode(data)
        except RlpInvalid as error:
            raise HeaderMalformed(hex0x(data), why=cause_of(error)) from error
        shape = (*_FIELDS, *_LATER)
        if not isinstance(parts, list) or not len(_FIELDS) <= len(parts) <= len(shape):
            raise HeaderMalformed(hex0x(data), why=Said("字段个数不对", "another number of fields"))
        found: list[bytes] = []
        for part, (name, size) in zip(parts, shape, strict=False):
            no_number = size is None and (part[:1] == b"\0" or len(part) > _LONGEST)
            if isinstance(part, list) or no_number or (size and len(part) != size):
                raise HeaderMalformed(
                    name, why=Said("长度或写法不对", "another length, or a number too long or with leading zeros")
                )
            found.append(part)
        return cls(tuple(found))

    @cached_property
    def hash(self) -> bytes:
        """The block's hash, recomputed: 32 bytes.

        Raises:
            HeaderMalformed: a QBFT block whose extraData is none of QBFT.
        """
        return keccak256(self.encoded(seals=not self.is_qbft))

    @property
    def is_as_said(self) -> bool:
        """Whether the node's own hash of it is the recomputed one."""
        return self.said == self.hash

    @property
    def is_qbft(self) -> bool:
        """Whether it is a block of QBFT, whose digest leaves out round and seals.

        The first block of such a chain is not: nobody agreed on it, and it is hashed as it stands.
        """
        return self.parts[13] == QBFT_MIX and self.number != 0

    @property
    def parent(self) -> bytes:
        """The hash of the block before it."""
        return self.parts[0]

    @property
    def state_root(self) -> bytes:
        """The root of the state after the block."""
        return self.parts[3]

    @property
    def receipts_root(self) -> bytes:
        """The root of the receipts of its transactions."""
        return self.parts[5]

    @property
    def bloom(self) -> bytes:
        """The filter of the addresses and topics of its logs: 256 bytes."""
        return self.parts[6]

    @property
    def difficulty(self) -> int:
        """What the block weighs: whose turn it was (Clique)."""
        return int.from_bytes(self.parts[7], "big")

    @property
    def number(self) -> int:
        """The height."""
        return int.from_bytes(self.parts[8], "big")

    @property
    def time(self) -> int:
        """When it was made: seconds since 1970."""
        return int.from_bytes(self.parts[11], "big")

    @property
    def coinbase(self) -> bytes:
        """The address in the field `miner`: the proposer (QBFT), or whom a vote is about (Clique). 20 bytes."""
        return self.parts[2]

    @property
    def nonce(self) -> bytes:
        """Eight bytes: which way a vote goes (Clique)."""
        return self.parts[14]

    @property
    def extra(self) -> bytes:
        """The extraData: vanity, and what the consensus puts there."""
        return self.parts[_EXTRA]

    def encoded(self, *, seals: bool = True) -> bytes:
        """Return the RLP of the header; without `seals`, a QBFT header as it is hashed: round 0 and no seals.

        Raises:
            HeaderMalformed: not the extraData of QBFT where seals are to be left out.
        """
        parts: list[Item] = list(self.parts)
        if not seals:
            extra = qbft_extra(self.extra)
            extra[_ROUND], extra[_SEALS] = b"", []
            parts[_EXTRA] = encode(extra)
        return encode(parts)

    def may_log(self, address: bytes) -> bool:
        """Tell whether the filter admits a log of `address` (20 bytes); False: there is none in this block.

        Yellow Paper, section 4.3.1: three times eleven bits of the digest.
        """
        digest = keccak256(address)
        bits = int.from_bytes(self.bloom, "big")
        return all(bits >> (int.from_bytes(digest[at : at + 2], "big") & 2047) & 1 for at in (0, 2, 4))


def qbft_extra(extra: bytes) -> list[Item]:
    """Return the five parts of a QBFT header's extraData: vanity, validators, vote, round, seals.

    Raises:
        HeaderMalformed: they are not there.
    """
    try:
        parts = decode(extra)
    except RlpInvalid as error:
        raise HeaderMalformed(hex0x(extra), why=cause_of(error)) from error
    if not isinstance(parts, list) or len(parts) != _EXTRA_FIELDS:
        raise HeaderMalformed(hex0x(extra), why=Said("QBFT 的 extraData 应有五部分", "QBFT extraData has five parts"))
    return parts


def _part(found: Mapping[str, Any], name: str, size: int | None) -> bytes:
    value = found.get(name)
    if value is None and name == "mixHash":
        value = found.get("mixDigest")
    prefix, _, digits = str(value).partition("x")
    try:
        if size is None:
            return integer(int(digits, 16))
        data = bytes.fromhex(digits)
    except ValueError as error:
        raise HeaderMalformed(name, why=str(error)) from error
    if prefix != "0" or (size and len(data) != size):
        digits = str(2 * size) if size else ""
        raise HeaderMalformed(
            name, why=Said(f"应为 0x 加 {digits} 位十六进制数", f"0x and {digits} hexadecimal digits are expected")
        )
    return data
