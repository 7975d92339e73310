from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from node.client.keystores import (
    KeystoreError,
    PassphraseError,
    address_of,
    create,
    read_passphrase,
    unlock,
)

if TYPE_CHECKING:
    from pathlib import Path

COST = 2


def test_a_key_is_made_encrypted_and_opened_by_its_passphrase_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "admin.json"
    address = create(path, "right", scrypt_cost=COST)
    assert address == address.lower() == address_of(path)
    account = unlock(path, "right")
    assert account.address.lower() == address
    assert bytes(account.key).hex() not in path.read_text(encoding="utf-8")
    with pytest.raises(KeystoreError, match="does not open"):
        unlock(path, "wrong")


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "admin.json"
    create(path, "p", scrypt_cost=COST)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o640)
    with pytest.raises(KeystoreError, match="chmod 600"):
        unlock(path, "p")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "admin.json"
    first = create(path, "p", scrypt_cost=COST)
    with pytest.raises(KeystoreError, match="never overwritten"):
        create(path, "p", scrypt_cost=COST)
    assert address_of(path) == first


def test_the_format_is_web3_secret_storage_with_scrypt(tmp_path: Path) -> None:
    path = tmp_path / "admin.json"
    create(path, "p", scrypt_cost=COST)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert (document["version"], document["crypto"]["kdf"], document["crypto"]["kdfparams"]["n"]) == (3, "scrypt", COST)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"address": "0x00"}'])
def test_what_is_no_key_file_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "admin.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
        path.chmod(0o600)
    with pytest.raises(KeystoreError) as refused:
        unlock(path, "p")
    assert refused.value.path == path


def test_a_passphrase_is_the_first_line_of_a_file_that_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_bytes("correct horse 马\r\nsecond line\n".encode())
    path.chmod(0o644)
    with pytest.raises(PassphraseError, match="chmod 600"):
        read_passphrase(path)
    path.chmod(0o600)
    assert read_passphrase(path) == "correct horse 马"


def test_a_passphrase_comes_from_a_descriptor_which_stays_open() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"from a pipe\n")
    os.close(writing)
    assert read_passphrase(fd=reading) == "from a pipe"
    os.close(reading)


def test_a_passphrase_comes_from_a_person() -> None:
    assert read_passphrase(prompt="口令: ", ask=lambda prompt: f"answer to {prompt}") == "answer to 口令: "

    def nobody(_: str) -> str:
        raise EOFError

    with pytest.raises(PassphraseError, match="nobody answered"):
        read_passphrase(prompt="?", ask=nobody)


def test_no_source_no_file_a_closed_descriptor_and_an_empty_passphrase_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PassphraseError, match="--passphrase-file"):
        read_passphrase()
    with pytest.raises(PassphraseError, match="cannot be read"):
        read_passphrase(tmp_path / "none")
    with pytest.raises(PassphraseError, match="cannot be read"):
        read_passphrase(fd=987)
    with pytest.raises(PassphraseError, match="empty"):
        read_passphrase(prompt="?", ask=lambda _: "\n")
