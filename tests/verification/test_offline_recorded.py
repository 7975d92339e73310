"""With no network: headers and proofs of a real Besu network, as whoever trusts its validators reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.hashing import keccak256
from gateway.domain.header import Header, qbft_extra
from gateway.domain.rlp import Item, encode
from gateway.domain.seals import Consensus, qbft_listed, quorum
from gateway.domain.trie import Nodes, ProofInvalid
from gateway.domain.validators import Era, NotLawful
from gateway.verification.offline import Trust
from gateway.verification.offline.errors import EvidenceStale, OlderEra, OtherValidators
from gateway.verification.offline.finality import DAY, final_header
from gateway.verification.offline.state import ProvenState

QBFT = Path(__file__).parents[1] / "vectors" / "qbft"
RECORDED = sorted(QBFT.glob("header-*.json"))


def of(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def recorded(name: str) -> Header:
    content = json.loads((QBFT / name).read_text())
    return Header.of_rlp(Header.of_json(content.get("block", content)).encoded())


def trusting(validators: tuple[bytes, ...], first: int = 0, after: bytes = bytes(32)) -> Trust:
    return Trust("besu", 20_260, bytes(32), Consensus.QBFT, 0, (Era(first, after, validators),), (), 2**33)


def final(header: Header, trust: Trust, **more: Any) -> Header:  # noqa: ANN401
    return final_header([header], trust, **({"now": header.time + 5, "most_days": 30} | more))


def sealed(header: Header, seals: list[Item]) -> Header:
    """The header with other seals."""
    extra = encode([*qbft_extra(header.extra)[:4], seals])
    return Header((*header.parts[:12], extra, *header.parts[13:]))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_header_is_final_to_whoever_knows_the_set_that_it_lists(path: Path) -> None:
    header = recorded(path.name)
    listed = qbft_listed(header)
    assert final(header, trusting(listed)) is header
    assert final(header, trusting(listed, header.number, header.parent)) is header
    with pytest.raises(NotLawful):
        final(header, trusting(listed, header.number))
    with pytest.raises(OlderEra):
        final(header, trusting(listed, header.number + 1))
    for other in (listed[:-1], (*listed, b"\xff" * 20)):
        with pytest.raises(OtherValidators):
            final(header, trusting(other))
    with pytest.raises(EvidenceStale):
        final(header, trusting(listed), now=header.time + 30 * DAY + 1)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_fewer_seals_than_a_quorum_or_one_twice_make_no_recorded_header_final(path: Path) -> None:
    header = recorded(path.name)
    seals, trust = qbft_extra(header.extra)[4], trusting(qbft_listed(header))
    assert isinstance(seals, list)
    assert len(seals) == quorum(len(trust.validators))
    another = qbft_extra(recorded("header-empty.json").extra)[4]
    assert isinstance(another, list)
    for wrong in (
        [],
        seals[:-1],
        [*seals[:-1], seals[0]],
        [*seals, seals[0]],
        [*seals[:-1], another[0]] if header.hash != recorded("header-empty.json").hash else seals[1:],
    ):
        with pytest.raises(NotLawful):
            final(sealed(header, wrong), trust)


def test_what_a_real_node_proved_is_read_under_the_header_that_real_validators_sealed() -> None:
    header, proof = recorded("header-multi-tx.json"), json.loads((QBFT / "getproof.json").read_text())
    assert header.hash == of(proof["blockHash"])
    final(header, trusting(qbft_listed(header)))
    account, absent, nobody = proof["proof"], proof["absent"], proof["absentAccount"]
    nodes = [of(node) for one in (account, absent, nobody) for node in one["accountProof"]]
    nodes += [of(node) for one in (account, absent) for slot in one["storageProof"] for node in slot["proof"]]
    state, address = ProvenState(header.state_root, Nodes(nodes)), of(account["address"])
    assert state.code_hash(address) == of(account["codeHash"])
    for slot in account["storageProof"]:
        assert int.from_bytes(state.word(address, int(slot["key"], 16)), "big") == int(slot["value"], 16) > 0
    [slot] = absent["storageProof"]
    assert state.word(address, int(slot["key"], 16)) == bytes(32)
    assert state.code_hash(of(nobody["address"])) == keccak256(b"")
    assert state.word(of(nobody["address"]), 0) == bytes(32)
    with pytest.raises(ProofInvalid):
        ProvenState(recorded("header-empty.json").state_root, Nodes(nodes)).code_hash(address)
