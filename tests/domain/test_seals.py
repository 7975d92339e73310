"""Who sealed: known answers of a real Besu network, and other implementations beside ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_keys import KeyAPI
from eth_keys.backends import NativeECCBackend
from hypothesis import given
from hypothesis import strategies as st
from sealing import Validator, clique_block, clique_genesis, digest, qbft_block, qbft_genesis, validators

from gateway.domain.header import Header, HeaderMalformed, qbft_extra
from gateway.domain.rlp import encode
from gateway.domain.seals import (
    Ballot,
    Consensus,
    SealMalformed,
    clique_ballot,
    clique_listed,
    clique_sealer,
    consensus_of,
    majority,
    qbft_ballot,
    qbft_listed,
    qbft_sealers,
    quorum,
)
from gateway.domain.validators import NotLawful, check_qbft

QBFT = Path(__file__).parents[1] / "vectors" / "qbft"
RECORDED = sorted(QBFT.glob("header-*.json"))
FOREIGN = KeyAPI(NativeECCBackend)
"""secp256k1 in Python, by others."""


def recorded(path: Path) -> tuple[Header, dict[str, Any]]:
    content = json.loads(path.read_text())
    return Header.of_json(content.get("block", content)), content.get("decoded", {})


def of(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def foreign_signer(message: bytes, seal: bytes) -> bytes:
    address: bytes = FOREIGN.ecdsa_recover(message, FOREIGN.Signature(seal)).to_canonical_address()
    return address


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_the_seals_of_every_recorded_header_are_those_of_its_validators(path: Path) -> None:
    header, decoded = recorded(path)
    assert qbft_listed(header) == tuple(map(of, decoded["validators"]))
    assert qbft_sealers(header) == tuple(map(of, decoded["recovered"]))
    assert len(set(qbft_sealers(header))) == decoded["distinctValidatorsSigned"] == quorum(len(qbft_listed(header)))
    check_qbft(header, qbft_listed(header))
    vanity, listed, vote, round_, seals = rlp.decode(header.extra)
    without = rlp.encode([vanity, listed, vote, round_, []])
    fields = [without if at == 12 else part for at, part in enumerate(header.parts)]
    message = digest(rlp.encode(fields))
    assert "0x" + message.hex() == decoded["sealDigest"]
    assert tuple(foreign_signer(message, seal) for seal in seals) == qbft_sealers(header)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_header_is_read_back_from_its_encoding(path: Path) -> None:
    header, _ = recorded(path)
    again = Header.of_rlp(header.encoded())
    assert (again.parts, again.hash) == (header.parts, header.hash)


def test_votes_of_recorded_headers_are_read() -> None:
    candidate = of("0xe62c3e7be44939f78f8078dc6ee849edb8121505")
    votes = {path.stem: qbft_ballot(recorded(path)[0]) for path in RECORDED}
    assert votes["header-vote-in-last-vote"] == Ballot(candidate, admit=True)
    assert votes["header-vote-out-last-vote"] == Ballot(candidate, admit=False)
    assert votes["header-with-vote"] == Ballot(bytes(20), admit=True)
    assert votes["header-empty"] is None


def test_the_set_that_a_recorded_header_lists_signs_it_and_the_changed_one_signs_the_next() -> None:
    before, after = (recorded(QBFT / f"header-{name}.json")[0] for name in ("vote-in-last-vote", "after-vote-in"))
    assert after.parent == before.hash
    assert len(qbft_listed(before)) + 1 == len(qbft_listed(after)) == 5
    before, after = (recorded(QBFT / f"header-{name}.json")[0] for name in ("vote-out-last-vote", "after-vote-out"))
    assert len(qbft_listed(before)) - 1 == len(qbft_listed(after)) == 4
    with pytest.raises(NotLawful, match="3 distinct seals of 4 needed"):
        check_qbft(after, qbft_listed(before))


def test_the_first_block_tells_who_seals() -> None:
    members = validators(4)
    assert consensus_of(recorded(QBFT / "genesis-block.json")[0]) is Consensus.QBFT
    assert consensus_of(qbft_genesis(members)) is Consensus.QBFT
    assert consensus_of(clique_genesis(members)) is Consensus.CLIQUE
    assert clique_listed(clique_genesis(members)) == tuple(one.address for one in members)
    silent = Header((*clique_genesis(members).parts[:12], b"", bytes(32), bytes(8)))
    assert consensus_of(silent) is Consensus.NONE
    assert consensus_of(clique_genesis([])) is Consensus.NONE


@given(st.integers(0, 2**64), st.binary(max_size=40), st.booleans())
def test_a_clique_seal_is_found_to_be_its_makers_as_others_find_it(name: int, state: bytes, admit: bool) -> None:  # noqa: FBT001
    sealer, candidate = Validator.of(name), Validator.of((name, 1)).address
    header = clique_block(
        clique_genesis([sealer]), sealer, about=candidate, admit=admit, state=digest(state), baseFee=b"\x07"
    )
    assert clique_sealer(header) == sealer.address
    assert clique_ballot(header) == Ballot(candidate, admit)
    cut = [part[:-65] if at == 12 else part for at, part in enumerate(header.parts)]
    assert foreign_signer(digest(rlp.encode(cut)), header.extra[-65:]) == sealer.address


def test_the_address_in_the_field_miner_is_nobodys_seal() -> None:
    sealer = Validator.of("a")
    header = clique_block(clique_genesis([sealer]), sealer)
    assert header.coinbase == bytes(20)
    assert clique_ballot(header) is None
    assert clique_sealer(header) == sealer.address


@pytest.mark.parametrize(
    ("extra", "nonce"),
    [
        (bytes(96), bytes(8)),
        (bytes(97), bytes(8)),
        (bytes(32) + b"\x11" * 64 + b"\x02", bytes(8)),
        (bytes(32) + b"\xff" * 65, bytes(8)),
        (bytes(32 + 30) + b"\x11" * 64 + b"\x01", bytes(8)),
        (bytes(97), b"\x01" * 8),
    ],
    ids=["too short", "zeros", "recovery 2", "beyond the curve", "half a list", "no way to vote"],
)
def test_what_is_no_clique_seal_is_refused_with_the_block(extra: bytes, nonce: bytes) -> None:
    sealer = Validator.of("a")
    good = clique_block(clique_genesis([sealer]), sealer)
    bent = Header((*good.parts[:12], extra, good.parts[13], nonce))
    with pytest.raises(SealMalformed) as caught:
        (clique_sealer(bent), clique_listed(bent), clique_ballot(bent))
    assert caught.value.value == 1


ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def other_form(seal: bytes) -> bytes:
    """The other signature that the same one can be turned into without the key: n - s, and the other point."""
    return seal[:32] + (ORDER - int.from_bytes(seal[32:64], "big")).to_bytes(32, "big") + bytes((seal[64] ^ 1,))


def test_a_seal_that_somebody_else_turned_into_its_other_form_is_refused() -> None:
    """It would be the same validator's, and the block another: so there is one form of each."""
    sealer = Validator.of("a")
    header = clique_block(clique_genesis([sealer]), sealer)
    cut = [part[:-65] if at == 12 else part for at, part in enumerate(header.parts)]
    other = other_form(header.extra[-65:])
    assert foreign_signer(digest(rlp.encode(cut)), other) == sealer.address
    with pytest.raises(SealMalformed):
        clique_sealer(Header((*header.parts[:12], header.extra[:-65] + other, *header.parts[13:])))
    members = validators(4)
    block = qbft_block(qbft_genesis(members), members)
    *told, seals = qbft_extra(block.extra)
    assert isinstance(seals, list)
    bent = encode([*told, [other_form(bytes(seals[0])), *seals[1:]]])
    with pytest.raises(SealMalformed):
        qbft_sealers(Header((*block.parts[:12], bent, *block.parts[13:])))


def test_what_is_no_qbft_extra_is_refused() -> None:
    members = validators(4)
    good = qbft_block(qbft_genesis(members), members)
    vanity, listed, vote, round_, seals = qbft_extra(good.extra)
    assert isinstance(listed, list)
    assert isinstance(seals, list)
    wrong: list[Any] = [
        [vanity, b"", vote, round_, seals],
        [vanity, [b"\x01"], vote, round_, seals],
        [vanity, listed[::-1], vote, round_, seals],
        [vanity, [*listed, listed[-1]], vote, round_, seals],
        [vanity, listed, vote, round_, b""],
        [vanity, listed, vote, round_, [b"\x01" * 64]],
        [vanity, listed, [b"\x01" * 20], round_, seals],
        [vanity, listed, [b"\x01" * 20, b"\x01"], round_, seals],
    ]
    for extra in wrong:
        bent = Header((*good.parts[:12], encode(extra), *good.parts[13:]))
        with pytest.raises((SealMalformed, HeaderMalformed)):
            (qbft_listed(bent), qbft_sealers(bent), qbft_ballot(bent))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 10, 31])
def test_two_quorums_share_more_than_the_faulty_and_two_majorities_share_somebody(count: int) -> None:
    faulty = (count - 1) // 3
    assert 2 * quorum(count) - count > faulty
    assert quorum(count) + faulty <= count
    assert 2 * majority(count) > count


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80", encode([b""] * 14), encode([b""] * 22), b"\xc1"],
    ids=["nothing", "a string", "too few", "too many", "cut short"],
)
def test_what_is_no_encoded_header_is_refused(data: bytes) -> None:
    with pytest.raises(HeaderMalformed):
        Header.of_rlp(data)


@pytest.mark.parametrize(
    ("at", "part"),
    [
        (0, b"\x01"), (8, b"\x00\x01"), (3, [b"\x01" * 32]), (14, bytes(7)),
        *((at, b"\x01" * 33) for at in (7, 8, 9, 10, 11, 15)),
    ],
)  # fmt: skip
def test_an_encoded_header_with_a_field_of_another_shape_is_refused(at: int, part: Any) -> None:  # noqa: ANN401
    header, _ = recorded(QBFT / "header-empty.json")
    fields: list[Any] = list(header.parts)
    fields[at] = part
    with pytest.raises(HeaderMalformed):
        Header.of_rlp(encode(fields))
