"""Validators of our own, and the blocks that they seal: Clique's and QBFT's, written from the standards once more.

Signed with coincurve, encoded with the `rlp` package and hashed with pycryptodome: nothing of the product's own code
but the value `Header` that comes out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rlp
from coincurve import PrivateKey
from Crypto.Hash import keccak

from gateway.domain.header import Header

if TYPE_CHECKING:
    from collections.abc import Sequence

QBFT_MIX = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")
EMPTY_TRIE = bytes.fromhex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")
NO_UNCLES = bytes.fromhex("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347")
ADMIT, DROP = b"\xff" * 8, bytes(8)


def digest(data: bytes) -> bytes:
    return keccak.new(digest_bits=256, data=data).digest()


def number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


@dataclass(frozen=True)
class Validator:
    """A key, and the address that it seals with."""

    key: PrivateKey
    address: bytes

    @classmethod
    def of(cls, name: object) -> Validator:
        key = PrivateKey(hashlib.sha256(repr(name).encode()).digest())
        return cls(key, digest(key.public_key.format(compressed=False)[1:])[12:])

    def seal(self, message: bytes) -> bytes:
        return self.key.sign_recoverable(message, hasher=None)


def validators(count: int) -> list[Validator]:
    """So many, in the order of their addresses."""
    return sorted(map(Validator.of, range(count)), key=lambda one: one.address)


def addresses(some: Sequence[Validator]) -> list[bytes]:
    return sorted(one.address for one in some)


def parts(**fields: Any) -> list[bytes]:  # noqa: ANN401 - as rlp takes them
    """A header's fields in their order, empty where not given."""
    order: dict[str, bytes] = {
        "parent": bytes(32), "uncles": NO_UNCLES, "coinbase": bytes(20), "state": EMPTY_TRIE,
        "transactions": EMPTY_TRIE, "receipts": EMPTY_TRIE, "bloom": bytes(256), "difficulty": b"\x01", "number": b"",
        "limit": number(100_000_000), "used": b"", "time": b"", "extra": b"", "mix": bytes(32), "nonce": bytes(8),
    }  # fmt: skip
    return list((order | fields).values())


# --- Clique


def clique_genesis(signers: Sequence[Validator], time: int = 1) -> Header:
    extra = bytes(32) + b"".join(addresses(signers)) + bytes(65)
    return Header(tuple(parts(extra=extra, time=number(time))))


def clique_block(
    parent: Header,
    sealer: Validator,
    *,
    about: bytes | None = None,
    admit: bool = True,
    listed: Sequence[Validator] = (),
    among: Sequence[Validator] = (),
    **fields: Any,  # noqa: ANN401 - as rlp takes them
) -> Header:
    """The block after `parent`, with a vote about an address, or as a checkpoint that lists signers.

    `among`: all signers, whose turns the difficulty follows; without them the sealer is the only one.
    """
    vote = {} if about is None else {"coinbase": about, "nonce": ADMIT if admit else DROP}
    vanity = bytes(32) + b"".join(addresses(listed))
    common = {
        "parent": parent.hash, "number": number(parent.number + 1), "time": number(parent.time + 1),
        **vote, **fields,
    }  # fmt: skip
    height, order = int.from_bytes(common["number"], "big"), addresses(among or [sealer])
    common.setdefault("difficulty", b"\x02" if order[height % len(order)] == sealer.address else b"\x01")
    seal = sealer.seal(digest(rlp.encode(parts(extra=vanity, **common))))
    return Header(tuple(parts(extra=vanity + seal, **common)))


# --- QBFT


def qbft_genesis(members: Sequence[Validator], time: int = 1) -> Header:
    extra = rlp.encode([bytes(32), addresses(members), [], b"", []])
    return Header(tuple(parts(extra=extra, mix=QBFT_MIX, time=number(time))))


def qbft_block(
    parent: Header,
    members: Sequence[Validator],
    *,
    sealers: Sequence[Validator] | None = None,
    about: bytes | None = None,
    admit: bool = True,
    round_: int = 0,
    **fields: Any,  # noqa: ANN401 - as rlp takes them
) -> Header:
    """The block after `parent`: listed are `members`, the first of whom proposes; sealed by a quorum, or as told."""
    vote = [] if about is None else [about, b"\xff" if admit else b""]
    chosen = members[: -(-2 * len(members) // 3)] if sealers is None else sealers
    common = {
        "parent": parent.hash, "number": number(parent.number + 1), "time": number(parent.time + 1), "mix": QBFT_MIX,
        "coinbase": members[0].address, **fields,
    }  # fmt: skip
    told: list[Any] = [bytes(32), addresses(members), vote, number(round_)]
    message = digest(rlp.encode(parts(extra=rlp.encode([*told, []]), **common)))
    extra = rlp.encode([*told, [one.seal(message) for one in chosen]])
    return Header(tuple(parts(extra=extra, **common)))
