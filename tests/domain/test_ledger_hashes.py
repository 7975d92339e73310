from __future__ import annotations

from eth_abi import encode as abi_encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.approval import Approval
from gateway.domain.hashing import hex0x, keccak256
from gateway.domain.heads import first_head, next_head, transfer_subject

WORD = st.binary(min_size=32, max_size=32)
ADDRESS = st.binary(min_size=20, max_size=20)
UINT64 = st.integers(0, 2**64 - 1)


@given(st.builds(Approval, WORD, WORD, WORD, st.integers(1, 32_768), UINT64), st.integers(1, 2**53), ADDRESS)
def test_an_approval_has_the_digest_that_wallets_sign(approval: Approval, chain_id: int, registry: bytes) -> None:
    message = encode_typed_data(full_message=approval.typed_data(chain_id, registry))
    digest = approval.digest(chain_id, registry)
    assert keccak256(b"\x19" + message.version + message.header + message.body) == digest
    officer = Account.from_key(keccak256(b"officer"))
    assert officer.unsafe_sign_hash(digest).signature == officer.sign_message(message).signature


@given(WORD, UINT64, st.integers(0, 2**16 - 1), UINT64, ADDRESS, st.binary(max_size=200))
def test_a_head_is_the_hash_of_the_ledgers_formula(
    head: bytes, sequence: int, kind: int, timestamp: int, actor: bytes, fields: bytes
) -> None:
    expected = keccak256(
        abi_encode(
            ["bytes32", "uint64", "uint16", "uint256", "address", "bytes32"],
            [head, sequence, kind, timestamp, hex0x(actor), keccak256(fields)],
        )
    )
    assert next_head(head, sequence, kind, timestamp, actor, fields) == expected


@given(st.integers(0, 2**256 - 1), ADDRESS, UINT64)
def test_the_first_head_names_chain_contract_and_subject(chain_id: int, contract: bytes, subject: int) -> None:
    expected = keccak256(abi_encode(["uint256", "address", "uint64"], [chain_id, hex0x(contract), subject]))
    assert first_head(chain_id, contract, subject) == expected


# The law: "source<<32 | target for transfers"
def test_a_pair_of_provinces_is_one_subject() -> None:
    assert transfer_subject(320000, 340000) == (320000 << 32) + 340000
