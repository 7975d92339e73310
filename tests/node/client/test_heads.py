from __future__ import annotations

from node.client.hashing import keccak256
from node.client.heads import HEADS_SLOT, first_head, head_slot, pair, subject_of
from node.client.kinds import KINDS, kind_of


def test_the_first_head_is_that_of_the_chain_the_contract_and_the_subject() -> None:
    contract = "0x" + "ab" * 20
    encoded = (20_260).to_bytes(32, "big") + bytes(12) + b"\xab" * 20 + (310_000).to_bytes(32, "big")
    assert first_head(20_260, contract, 310_000) == keccak256(encoded)


def test_a_head_lies_where_solidity_puts_the_value_of_a_mapping() -> None:
    assert HEADS_SLOT == 0
    assert head_slot(7) == keccak256((7).to_bytes(32, "big") + bytes(32))


def test_no_two_events_have_one_kind_and_each_contract_has_its_hundred() -> None:
    kinds = [kind for events in KINDS.values() for kind in events.values()]
    assert len(set(kinds)) == len(kinds)
    for hundred, events in enumerate(KINDS.values(), start=1):
        assert {kind // 100 for kind in events.values()} == {hundred}


def test_an_event_that_no_head_commits_to_has_no_kind() -> None:
    assert kind_of("CredentialRegistry", "Anchored") == 400
    assert kind_of("CredentialRegistry", "EIP712DomainChanged") == 0


def test_an_event_extends_the_head_of_its_province_of_its_pair_or_of_the_whole() -> None:
    assert subject_of(("province", "institution"), (310_000, b"")) == 310_000
    assert subject_of(("source", "target", "number", "province"), (310_000, 320_000, 7, 320_000)) == pair(
        310_000, 320_000
    )
    assert pair(310_000, 320_000) == 310_000 * 2**32 + 320_000
    assert subject_of(("source", "number"), (310_000, 7)) == 0
    assert subject_of(("institution", "fromProvince"), (b"", 310_000)) == 0
