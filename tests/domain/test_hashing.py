"""Both digests, held against implementations that the product does not use for them."""

from __future__ import annotations

import hashlib
import threading

import pytest
import sha3
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.hashing import keccak256, sha256, sha256_each

KECCAK_RATE = 136
"""Bytes that one permutation of Keccak-256 takes in."""
SHA_BLOCK = 64


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ],
)
def test_keccak_is_the_one_of_ethereum_and_not_the_one_of_the_standard(data: bytes, digest: str) -> None:
    assert keccak256(data).hex() == digest != hashlib.sha3_256(data).hexdigest()


@pytest.mark.parametrize("length", [*range(3 * KECCAK_RATE + 2), 32_768])
def test_keccak_equals_another_implementation_at_every_length_around_its_blocks(length: int) -> None:
    data = bytes(at * 7 & 0xFF for at in range(length))
    assert keccak256(data) == sha3.keccak_256(data).digest()


@given(st.binary(max_size=2_000))
def test_keccak_equals_another_implementation(data: bytes) -> None:
    assert keccak256(data) == sha3.keccak_256(data).digest()


@given(st.binary(max_size=2_000))
def test_sha256_equals_the_library_s_own(data: bytes) -> None:
    assert sha256(data) == hashlib.sha256(data).digest()


@given(st.binary(max_size=2 * SHA_BLOCK + 2), st.lists(st.binary(max_size=SHA_BLOCK), max_size=9))
def test_digests_of_one_beginning_are_those_of_the_whole_texts(prefix: bytes, endings: list[bytes]) -> None:
    assert sha256_each(prefix, endings) == [hashlib.sha256(prefix + ending).digest() for ending in endings]


def test_threads_that_hash_at_once_do_not_disturb_each_other() -> None:
    wanted = {at: hashlib.sha256(at.to_bytes(4, "big") * 3_000).digest() for at in range(200)}
    wrong: list[int] = []

    def hash_all() -> None:
        wrong.extend(at for at, digest in wanted.items() if sha256(at.to_bytes(4, "big") * 3_000) != digest)

    threads = [threading.Thread(target=hash_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
