"""A peer's name follows from its key, and the daemon agrees (tests/node/test_kubo.py asks it)."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from node.libp2p import peer_id_of, private_key_of, public_key_of

# libp2p specifications, peer-ids, "Test vectors", Ed25519
PRIVATE = bytes.fromhex(
    "080112407e0830617c4a7de83925dfb2694556b12936c477a0e1feb2e148ec9da60fee7d"
    "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e"
)


def test_the_private_key_is_written_as_the_specification_writes_it() -> None:
    assert base64.b64decode(private_key_of(PRIVATE[4:36])) == PRIVATE


def test_the_peer_id_is_the_identity_multihash_of_the_public_key_in_base58() -> None:
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number = 0
    for digit in peer_id_of(PRIVATE[4:36]):
        number = number * 58 + alphabet.index(digit)
    assert number.to_bytes(38, "big") == bytes.fromhex("002408011220") + PRIVATE[36:]


def test_what_is_no_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        peer_id_of(bytes(31))


@given(seed=st.binary(min_size=32, max_size=32))
def test_a_peer_id_names_its_public_key(seed: bytes) -> None:
    assert public_key_of(peer_id_of(seed)) == Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1",
        "12D3KooW",
        peer_id_of(PRIVATE[4:36])[:-1],
        peer_id_of(PRIVATE[4:36]) + "1",
        "1" + peer_id_of(PRIVATE[4:36]),
        peer_id_of(PRIVATE[4:36]).replace("D", "0"),
        "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",  # of an RSA key
    ],
)
def test_what_names_no_such_key_is_none(name: str) -> None:
    assert public_key_of(name) is None
