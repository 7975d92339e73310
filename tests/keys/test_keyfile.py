"""A key file opens for its passphrase and its purpose alone."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from gateway.keys import keyfile
from gateway.keys.errors import KeyFileExists, KeyFileExposed, KeyFileMalformed, KeyFileMissing, WrongPassphrase

if TYPE_CHECKING:
    from pathlib import Path

COST = 2**4
SECRET = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "keys" / "master.key.json"
    keyfile.create(made, "master", SECRET, "开门 open", created=7, public=b"\x01\x02", cost=COST)
    return made


def alter(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_what_was_sealed_is_opened_by_its_passphrase(path: Path) -> None:
    assert keyfile.unlock(path, "master", "开门 open") == SECRET
    assert keyfile.read(path, "master").public == b"\x01\x02"
    assert keyfile.read(path, "master").created == 7


def test_neither_secret_nor_passphrase_is_in_the_file(path: Path) -> None:
    content = path.read_bytes()
    for form in (SECRET, SECRET.hex().encode(), "开门 open".encode()):
        assert form not in content


def test_only_the_owner_can_read_file_and_folder(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o640)
    with pytest.raises(KeyFileExposed):
        keyfile.unlock(path, "master", "开门 open")


def test_the_file_is_scrypt_and_aes_256_gcm_as_documented(path: Path) -> None:
    file = keyfile.read(path, "master")
    key = hashlib.scrypt("开门 open".encode(), salt=file.salt, n=COST, r=8, p=1, dklen=32)
    bound = b"huren.key.v1\0master\x007\0\x01\x02"
    assert AESGCM(key).decrypt(file.nonce, file.sealed, bound) == SECRET


def test_two_files_of_one_secret_share_nothing(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    keyfile.create(other, "master", SECRET, "开门 open", created=7, public=b"\x01\x02", cost=COST)
    one, two = keyfile.read(path, "master"), keyfile.read(other, "master")
    assert {one.salt, one.nonce, one.sealed}.isdisjoint({two.salt, two.nonce, two.sealed})


@given(st.text(min_size=0, max_size=12))
def test_another_passphrase_opens_nothing(tmp_path_factory: pytest.TempPathFactory, guess: str) -> None:
    path = tmp_path_factory.mktemp("keys") / "k.json"
    keyfile.create(path, "master", SECRET, "the right one", created=0, cost=COST)
    with pytest.raises(WrongPassphrase) as caught:
        keyfile.unlock(path, "master", guess)
    assert caught.value.value == str(path)


@pytest.mark.parametrize("change", [{"purpose": "issuing"}, {"created": 8}, {"public": "AQM="}, {"cost": COST * 2}])
def test_nothing_in_the_file_can_be_changed_unnoticed(path: Path, change: dict[str, object]) -> None:
    alter(path, **change)
    with pytest.raises(WrongPassphrase):
        keyfile.unlock(path, str(change.get("purpose", "master")), "开门 open")


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"surprise": 1}, {"cost": 3}, {"cost": 0}, {"cost": 1 << 40}, {"salt": 5}],
    ids=["version", "unknown key", "no power of two", "zero", "too costly", "type"],
)
def test_a_file_of_another_form_is_refused_before_any_work(path: Path, change: dict[str, object]) -> None:
    alter(path, **change)
    with pytest.raises(KeyFileMalformed):
        keyfile.unlock(path, "master", "开门 open")


def test_a_key_of_another_purpose_is_named(path: Path) -> None:
    with pytest.raises(KeyFileMalformed, match="a master key, not a pseudonym key"):
        keyfile.unlock(path, "pseudonym", "开门 open")


def test_a_key_is_never_overwritten(path: Path) -> None:
    with pytest.raises(KeyFileExists):
        keyfile.create(path, "master", bytes(32), "x", created=0, cost=COST)
    assert keyfile.unlock(path, "master", "开门 open") == SECRET


def test_a_secret_of_another_length_is_refused_without_being_told(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMalformed, match="31 bytes") as caught:
        keyfile.create(tmp_path / "k.json", "master", b"\xab" * 31, "x", created=0, cost=COST)
    assert "abab" not in str(caught.value)


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing):
        keyfile.unlock(tmp_path / "none.json", "master", "x")
    broken = tmp_path / "broken.json"
    broken.write_bytes(b"{")
    broken.chmod(0o600)
    with pytest.raises(KeyFileMalformed):
        keyfile.unlock(broken, "master", "x")
    with pytest.raises(KeyFileMalformed):
        keyfile.unlock(tmp_path, "master", "x")


def test_the_cost_of_real_keys_is_what_the_decision_says() -> None:
    assert keyfile.SCRYPT_COST == 2**17
