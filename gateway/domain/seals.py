"""Who sealed a block: the validators' signatures in a header, of Clique and of QBFT.

    clique_sealer(header)                 # the address that signed
    qbft_sealers(header)                  # the addresses whose commit seals it carries
    consensus_of(genesis)                 # which of the two, told by the first block

Neither `miner` nor a node's word says who sealed. Sources: EIP-225 (Clique); Besu, "QBFT consensus protocol", and
headers recorded from a real network (tests/vectors/qbft/README.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from coincurve import PublicKey

from gateway.domain.errors import DomainError, Said
from gateway.domain.hashing import hex0x, keccak256
from gateway.domain.header import QBFT_MIX, qbft_extra
from gateway.domain.rlp import Item, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.header import Header

ADDRESS: Final = 20
_VANITY, _SEAL = 32, 65
_EXTRA_AT: Final = 12
"""Where extraData stands in a header."""
_ADMIT, _DROP = b"\xff" * 8, bytes(8)
_QBFT_ADMIT, _QBFT_DROP = b"\xff", b""
_VOTE_PARTS: Final = 2
_HIGHEST_RECOVERY: Final = 1
"""2 and 3 stand for points that nobody can find."""
_S: Final = slice(32, 64)
_HIGHEST_S: Final = bytes.fromhex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0")
"""Half of the group's order (SEC 2, section 2.4.1; EIP-2): clients write the lower of the two s that one signature has,
so that nobody else can write the other."""


class SealMalformed(DomainError):
    """Where a signature of a validator should be there is none."""

    code = "seal.malformed"
    zh = "区块 {value} 的签名无法读取（{why}）"
    en = "the seal of block {value} cannot be read ({why})"
    hint_zh = "区块头被改动，或属于其他共识；请换一个来源"
    hint_en = "the header was altered, or another consensus made it; ask another source"


class Consensus(StrEnum):
    """Who may make blocks, and how it shows."""

    CLIQUE = "clique"
    """One signature a block; final by the blocks that follow."""
    QBFT = "qbft"
    """A quorum's signatures in each block; final at once."""
    NONE = "none"
    """Nobody signs: a single process, whose word it is."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a header votes: `candidate` (20 bytes) is to become a validator, or to be none any more."""

    candidate: bytes
    admit: bool


def consensus_of(genesis: Header) -> Consensus:
    """Tell by the first block who seals those that follow."""
    if genesis.parts[13] == QBFT_MIX:
        return Consensus.QBFT
    signers, rest = divmod(len(genesis.extra) - _VANITY - _SEAL, ADDRESS)
    if signers >= 1 and rest == 0 and not any(genesis.extra[-_SEAL:]):
        return Consensus.CLIQUE
    return Consensus.NONE


def quorum(validators: int) -> int:
    """Return how many of so many QBFT validators make a block: ceil(2n/3)."""
    return -(-2 * validators // 3)


def majority(validators: int) -> int:
    """Return how many of so many validators are more than half of them."""
    return validators // 2 + 1


# --- Clique


def clique_sealer(header: Header) -> bytes:
    """Return the address (20 bytes) that signed a Clique block.

    Raises:
        SealMalformed: there is no signature that anybody could have made.
    """
    extra = header.extra
    if len(extra) < _VANITY + _SEAL:
        raise _malformed(header, Said("extraData 过短", "extraData is too short"))
    return _signer(header, keccak256(_with_extra(header, extra[:-_SEAL])), extra[-_SEAL:])


def clique_listed(header: Header) -> tuple[bytes, ...]:
    """Return the signers that a checkpoint (and the first block) lists, in their order; none on other blocks.

    Raises:
        SealMalformed: what stands there is no list of addresses.
    """
    return _addresses(header, header.extra[_VANITY:-_SEAL])


def clique_ballot(header: Header) -> Ballot | None:
    """Return the vote of a Clique block; None where it has none.

    Raises:
        SealMalformed: neither for nor against.
    """
    if header.nonce not in {_ADMIT, _DROP}:
        raise _malformed(header, Said("表决既非赞成也非反对", "a vote that is neither for nor against"))
    admit = header.nonce == _ADMIT
    return Ballot(header.coinbase, admit) if admit or any(header.coinbase) else None


# --- QBFT


def qbft_sealers(header: Header) -> tuple[bytes, ...]:
    """Return the addresses that signed a QBFT block, in the order of their seals.

    Raises:
        SealMalformed: a seal is none.
        HeaderMalformed: extraData is none of QBFT.
    """
    extra = qbft_extra(header.extra)
    seals = extra[4]
    if not isinstance(seals, list):
        raise _malformed(header, Said("签名应为列表", "seals are expected as a list"))
    digest = keccak256(_with_extra(header, encode([*extra[:4], []])))
    return tuple(_signer(header, digest, seal) for seal in seals)


def qbft_listed(header: Header) -> tuple[bytes, ...]:
    """Return the validators that a QBFT header lists: those that sign this very block.

    Raises:
        SealMalformed: what stands there is no list of addresses.
        HeaderMalformed: extraData is none of QBFT.
    """
    listed = qbft_extra(header.extra)[1]
    if not isinstance(listed, list):
        raise _malformed(header, Said("验证者应为列表", "validators are expected as a list"))
    if any(isinstance(one, list) or len(one) != ADDRESS for one in listed):
        raise _malformed(header, Said("验证者不是地址", "a validator that is no address"))
    return _distinct(header, [one for one in listed if isinstance(one, bytes)])


def qbft_ballot(header: Header) -> Ballot | None:
    """Return the vote in a QBFT header; None where it has none. The voter is its proposer, `coinbase`.

    Raises:
        SealMalformed: what stands there is no vote.
        HeaderMalformed: extraData is none of QBFT.
    """
    vote = qbft_extra(header.extra)[2]
    if vote in ([], b""):  # the first block may write it either way
        return None
    if isinstance(vote, list) and len(vote) == _VOTE_PARTS:
        candidate, way = vote
        if isinstance(candidate, bytes) and len(candidate) == ADDRESS and way in (_QBFT_ADMIT, _QBFT_DROP):
            return Ballot(candidate, way == _QBFT_ADMIT)
    raise _malformed(header, Said("不是表决", "no vote"))


# --- both


def _with_extra(header: Header, extra: bytes) -> bytes:
    parts: list[Item] = list(header.parts)
    parts[_EXTRA_AT] = extra
    return encode(parts)


def _signer(header: Header, digest: bytes, seal: Item) -> bytes:
    """Return the address whose key made r ‖ s ‖ v over a digest (SEC 1, section 4.1.6)."""
    if isinstance(seal, list) or len(seal) != _SEAL or seal[-1] > _HIGHEST_RECOVERY or seal[_S] > _HIGHEST_S:
        raise _malformed(header, Said("不是 65 字节的签名", "not a signature of 65 bytes, or with the higher s"))
    try:
        key = PublicKey.from_signature_and_message(seal, digest, hasher=None)
    except Exception as error:  # the binding raises a bare one for what libsecp256k1 refuses
        raise _malformed(header, Said("不是有效签名", "no signature that anybody could have made")) from error
    return keccak256(key.format(compressed=False)[1:])[12:]


def _addresses(header: Header, data: bytes) -> tuple[bytes, ...]:
    if len(data) % ADDRESS:
        raise _malformed(header, Said("签名者名单有缺", "a list of signers that is cut off"))
    return _distinct(header, [data[at : at + ADDRESS] for at in range(0, len(data), ADDRESS)])


def _distinct(header: Header, listed: Sequence[bytes]) -> tuple[bytes, ...]:
    if list(listed) != sorted(set(listed)):
        raise _malformed(header, Said("名单未按升序或有重复", "a list that is not ascending, or names one twice"))
    return tuple(listed)


def _malformed(header: Header, why: Said) -> SealMalformed:
    return SealMalformed(header.number, why=why)


def shown(addresses: Sequence[bytes]) -> str:
    """Addresses as messages show them."""
    return ", ".join(map(hex0x, addresses))
