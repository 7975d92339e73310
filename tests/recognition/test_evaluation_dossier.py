"""The dossier: its digest, its sealing to a panel, and everything that is refused when it is opened."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from gateway.recognition.evaluations.dossier import (
    MAGIC,
    SALT_BYTES,
    DossierDiffers,
    DossierTooLarge,
    ExpertKeyUnusable,
    NotSealedToExpert,
    SealedMalformed,
    dossier_digest,
    evaluation_of,
    expert_key,
    new_salt,
    seal,
    unseal,
    usable_key,
)
from gateway.recognition.evaluations.records import DossierRecord, DossierRecords, RecordMissing

if TYPE_CHECKING:
    from pathlib import Path

EVALUATION = b"\xe1" * 32
SALT = b"\x5a" * SALT_BYTES
FILE = "行政服务职员职业技能等级证书 申报材料".encode()
SECRETS = {f"0x{number:040x}": bytes([number]) * 32 for number in (1, 2, 3)}
KEYS = {account: expert_key(secret) for account, secret in SECRETS.items()}
DIGEST = dossier_digest(SALT, FILE)


def sealed(file: bytes = FILE, name: str = "dossier.zip") -> bytes:
    return seal(EVALUATION, file, SALT, name, {account: bytes(key.public_key) for account, key in KEYS.items()})


def test_the_digest_is_that_of_the_salt_and_the_file() -> None:
    assert hashlib.sha256(SALT + FILE).digest() == DIGEST
    assert new_salt() != new_salt()
    assert len(new_salt()) == 32


@given(file=st.binary(max_size=2_000))
@settings(max_examples=25, deadline=None)
def test_every_expert_of_the_panel_reads_the_very_file(file: bytes) -> None:
    content = sealed(file)
    for account, key in KEYS.items():
        assert unseal(content, EVALUATION, dossier_digest(SALT, file), account, key) == ("dossier.zip", file)
    assert evaluation_of(content) == EVALUATION


def test_no_two_sealings_are_alike_and_neither_shows_the_file() -> None:
    first, second = sealed(), sealed()
    assert first != second
    assert FILE not in first
    assert SALT not in first


def test_an_experts_key_follows_from_the_account_and_from_nothing_else() -> None:
    """Known answer: HKDF-SHA256 over the account's key, made once with another implementation (RFC 5869, two steps)."""
    import hmac  # noqa: PLC0415 - the other implementation

    secret = b"\x01" * 32
    extracted = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    expanded = hmac.new(extracted, b"huren.expert.x25519.v1\x01", hashlib.sha256).digest()
    assert bytes(expert_key(secret)) == bytes(PrivateKey(expanded)) == expanded
    assert bytes(expert_key(b"\x02" * 32)) != bytes(expert_key(secret))


def test_nobody_else_reads_it() -> None:
    stranger = "0x" + "99" * 20
    with pytest.raises(NotSealedToExpert, match="0x9999"):
        unseal(sealed(), EVALUATION, DIGEST, stranger, expert_key(b"\x09" * 32))
    account = next(iter(KEYS))
    with pytest.raises(NotSealedToExpert):
        unseal(sealed(), EVALUATION, DIGEST, account, expert_key(b"\x09" * 32))


def test_what_is_not_the_dossier_on_the_chain_is_refused() -> None:
    account, key = next(iter(KEYS.items()))
    with pytest.raises(DossierDiffers) as caught:
        unseal(sealed(), EVALUATION, b"\x00" * 32, account, key)
    assert "摘要" in caught.value.message("zh")
    with pytest.raises(SealedMalformed):
        unseal(sealed(), b"\xe2" * 32, DIGEST, account, key)


@pytest.mark.parametrize("at", [0, 40, 120, 400, -1])
def test_one_byte_changed_anywhere_is_noticed(at: int) -> None:
    content = bytearray(sealed())
    content[at] ^= 1
    account, key = next(iter(KEYS.items()))
    with pytest.raises((SealedMalformed, NotSealedToExpert)):
        unseal(bytes(content), EVALUATION, DIGEST, account, key)


def test_a_header_whose_name_was_changed_is_noticed() -> None:
    account, key = next(iter(KEYS.items()))
    with pytest.raises(SealedMalformed):
        unseal(sealed().replace(b"dossier.zip", b"dossier.exe"), EVALUATION, DIGEST, account, key)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        MAGIC,
        MAGIC + b"{}",
        MAGIC + b"{}\n",
        MAGIC + b"[]\n",
        MAGIC + b"\xff\n",
        MAGIC + b'{"evaluation":"0x00","name":"a","keys":{}}\n',
        MAGIC + b'{"evaluation":"0x' + b"e1" * 32 + b'","name":"../a","keys":{}}\n',
        MAGIC + b'{"evaluation":"0x' + b"e1" * 32 + b'","name":"a","keys":{"0x":1}}\n',
        b"another file\n" * 20,
    ],
)
def test_what_is_no_sealed_dossier_is_named(content: bytes) -> None:
    with pytest.raises(SealedMalformed):
        evaluation_of(content)


def test_only_the_last_part_of_a_path_travels() -> None:
    account, key = next(iter(KEYS.items()))
    assert unseal(sealed(name="/home/office/dossier.pdf"), EVALUATION, DIGEST, account, key)[0] == "dossier.pdf"


def test_a_key_that_nothing_can_be_encrypted_to_is_refused() -> None:
    good = bytes(expert_key(b"\x07" * 32).public_key)
    assert usable_key(good) == good
    of_small_order = bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")
    for key in (bytes(32), b"\x01" + bytes(31), of_small_order, good[:31]):
        with pytest.raises(ExpertKeyUnusable):
            usable_key(key)


def test_a_dossier_that_no_memory_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.recognition.evaluations.dossier.MOST_BYTES", 3)
    with pytest.raises(DossierTooLarge):
        dossier_digest(SALT, b"four")
    assert dossier_digest(SALT, b"two")


def test_what_the_opening_province_keeps_is_found_again_or_said_to_be_lacking(tmp_path: Path) -> None:
    records = DossierRecords(tmp_path / "dossiers")
    record = DossierRecord("JS-CLERK-3", SALT, "dossier.zip")
    records.keep(DIGEST, record)
    assert DossierRecords(tmp_path / "dossiers").of(DIGEST) == record
    assert records.code_of(DIGEST) == "JS-CLERK-3"
    [file] = (tmp_path / "dossiers").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(RecordMissing):
        records.of(bytes(32))
    assert records.code_of(bytes(32)) is None
    file.write_text("{}")
    with pytest.raises(RecordMissing):
        records.of(DIGEST)
