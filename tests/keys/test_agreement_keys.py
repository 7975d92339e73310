"""Agreement keys: held by institution, opened when they are needed, and never lost by a rotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nacl.public import SealedBox

from gateway.keys.agreement import AgreementKeys
from gateway.keys.errors import KeyFileMalformed, NoAgreementKey, WrongPassphrase

if TYPE_CHECKING:
    from pathlib import Path

SCHOOL, OTHER = "123100004250004560", "123300004700007891"


def keys_in(folder: Path, passphrase: str = "correct horse") -> AgreementKeys:
    return AgreementKeys(folder / "agreement", lambda: passphrase, cost=2)


def test_what_is_sealed_to_a_key_is_opened_by_a_ring_that_is_opened_later(tmp_path: Path) -> None:
    made = keys_in(tmp_path).create(SCHOOL, now=5)
    again = keys_in(tmp_path)
    private = again.private(SCHOOL, made.public_key)
    sealed = SealedBox(private.public_key).encrypt(b"letter")
    assert SealedBox(again.private(SCHOOL, made.public_key)).decrypt(sealed) == b"letter"
    assert bytes(private.public_key) == made.public_key
    assert again.institutions() == [SCHOOL]


def test_after_a_rotation_both_keys_are_held_oldest_first(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    assert keys.of(SCHOOL) == []
    first, second = keys.create(SCHOOL, now=5), keys.create(SCHOOL, now=6)
    assert keys.of(SCHOOL) == [first, second]
    assert bytes(keys.private(SCHOOL, first.public_key).public_key) == first.public_key


def test_a_key_that_is_not_held_or_lies_in_another_institutions_folder_does_not_open(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    made = keys.create(SCHOOL, now=5)
    with pytest.raises(NoAgreementKey, match=OTHER):
        keys.private(OTHER, made.public_key)
    folder = tmp_path / "agreement"
    (folder / SCHOOL).rename(folder / OTHER)
    with pytest.raises(KeyFileMalformed):
        keys.private(OTHER, made.public_key)


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    made = keys_in(tmp_path).create(SCHOOL, now=5)
    with pytest.raises(WrongPassphrase):
        keys_in(tmp_path, "wrong").private(SCHOOL, made.public_key)
