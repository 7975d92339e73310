"""Derived keys are stable, apart from each other, and never shown."""

from __future__ import annotations

import copy
import hmac
import pickle

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import claims
from gateway.domain.identifiers import DocumentType, LearnerDocument
from gateway.keys.errors import KeyFileMalformed
from gateway.keys.secrets import KeyedHash, MasterKey, PseudonymKey, Purpose

SECRET = bytes(range(32))


@given(key=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_the_keyed_hash_is_hmac_sha256(key: bytes, message: bytes) -> None:
    keyed = KeyedHash(key)
    assert keyed(message) == hmac.digest(key, message, "sha256")
    assert keyed(message) == keyed(message)


@pytest.mark.parametrize("make", [KeyedHash, MasterKey, PseudonymKey])
@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused_without_being_told(make: type, length: int) -> None:
    with pytest.raises(KeyFileMalformed) as caught:
        make(b"\xab" * length)
    assert "abab" not in str(caught.value)


def test_keys_for_different_purposes_are_different_and_stay_the_same_for_ever() -> None:
    master = MasterKey(SECRET)
    derived = {purpose: master.derive(purpose).hex() for purpose in Purpose}
    assert len(set(derived.values())) == len(Purpose)
    # RFC 5869 with SHA-256, no salt, computed by hand below: a change would lose every account.
    for purpose, key in derived.items():
        extracted = hmac.digest(bytes(32), SECRET, "sha256")
        assert key == hmac.digest(extracted, purpose.value.encode() + b"\x01", "sha256").hex()
    assert derived[Purpose.LEARNER_KEYS] == "94520c4a253e0a71b949b422c8e4b05685fa3eedb523edbf8bc7279d5ecda187"
    assert [purpose.value for purpose in Purpose] == [
        "huren.learner-keys.v1",
        "huren.number-index.v1",
        "huren.name-index.v1",
        "huren.row-index.v1",
        "huren.enrolments.v1",
        "huren.applications.v1",
        "huren.letters.v1",
    ]


@pytest.mark.parametrize("make", [MasterKey, PseudonymKey, KeyedHash])
def test_a_key_is_neither_printed_nor_pickled(make: type) -> None:
    key = make(SECRET)
    assert SECRET.hex() not in repr(key)
    assert repr(SECRET) not in repr(key)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(key)
    with pytest.raises(TypeError, match="not pickled"):
        copy.deepcopy(key)


def test_the_claim_key_is_the_domains() -> None:
    document = LearnerDocument(DocumentType.RESIDENT, "11010519491231002X")
    assert PseudonymKey(SECRET).claim_key("ID", "11010519491231002X") == claims.claim_key(SECRET, document)


def test_a_sealed_claim_key_opens_in_its_own_row_alone() -> None:
    key = PseudonymKey(SECRET)
    sealed = key.seal(b"\x05" * 32, b"row 1")
    assert key.open(sealed, b"row 1") == b"\x05" * 32
    assert key.seal(b"\x05" * 32, b"row 1") != sealed
    with pytest.raises(InvalidTag):
        key.open(sealed, b"row 2")
    with pytest.raises(InvalidTag):
        PseudonymKey(bytes(32)).open(sealed, b"row 1")
