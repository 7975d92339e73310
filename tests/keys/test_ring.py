"""Each kind of key lies apart, opens with its own passphrase, and rotation changes who signs."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from gateway.domain.did_key import public_key_of
from gateway.domain.identifiers import IdentifierError, uscc_check_character
from gateway.domain.proof import verify_ed25519
from gateway.keys.errors import (
    KeyFileExists,
    KeyFileMalformed,
    KeyFileMissing,
    NoIssuingKey,
    NoOfficer,
    PassphraseMissing,
    WrongPassphrase,
)
from gateway.keys.ring import KeyRing, Passphrases, PassphraseSource
from node.client import keystores

if TYPE_CHECKING:
    from pathlib import Path

COST = 2**4
SCHOOL, OTHER = (first17 + uscc_check_character(first17) for first17 in ("12310000425006133", "12320000466000713"))


def source(kind: str, folder: Path) -> PassphraseSource:
    path = folder / f"{kind}.passphrase"
    if not path.exists():
        path.touch(0o600)
        path.write_text(f"passphrase of {kind}\n")
    return PassphraseSource(kind, file=path)


def ring_in(folder: Path, **elsewhere: Path) -> KeyRing:
    kinds = (source(kind, folder) for kind in ("keys", "pseudonym", "officers", "operator"))
    return KeyRing(folder / "keys", Passphrases(*kinds), cost=COST, **elsewhere)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return ring_in(tmp_path)


# The law: "The key is never rotated"
def test_master_and_pseudonym_key_are_made_once_and_opened_again(tmp_path: Path, ring: KeyRing) -> None:
    ring.create_master(now=1)
    ring.create_pseudonym(now=1)
    again = ring_in(tmp_path)
    assert ring.pseudonym().claim_key("ID", "1") == again.pseudonym().claim_key("ID", "1")
    assert ring.master() is ring.master()
    for make in (ring.create_master, ring.create_pseudonym):
        with pytest.raises(KeyFileExists):
            make(now=2)


def test_the_passphrase_of_one_kind_opens_no_other(tmp_path: Path, ring: KeyRing) -> None:
    ring.create_master(now=1)
    ring.create_pseudonym(now=1)
    (tmp_path / "pseudonym.passphrase").write_text("passphrase of keys\n")
    thief = ring_in(tmp_path)
    thief.master()
    with pytest.raises(WrongPassphrase):
        thief.pseudonym()


# The law: "the most precious secret of a centre: … apart from all others"
def test_the_pseudonym_key_may_lie_apart_from_all_others(tmp_path: Path) -> None:
    apart = tmp_path / "safe" / "pseudonym.json"
    ring = ring_in(tmp_path, pseudonym=apart)
    ring.create_pseudonym(now=1)
    assert apart.exists()
    assert not list((tmp_path / "keys").rglob("pseudonym*"))


def test_missing_keys_and_passphrases_are_named(tmp_path: Path, ring: KeyRing) -> None:
    with pytest.raises(KeyFileMissing) as caught:
        ring.master()
    assert caught.value.value == str(tmp_path / "keys" / "master.key.json")
    with pytest.raises(KeyFileMissing, match="operator"):
        ring.operator()
    bare = KeyRing(tmp_path / "keys", Passphrases(*(PassphraseSource(kind) for kind in "kpof")), cost=COST)
    with pytest.raises(PassphraseMissing):
        bare.create_master(now=1)


def test_a_passphrase_from_a_descriptor_is_read_once(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"from a pipe\n")
    os.close(writing)
    given = PassphraseSource("keys", fd=reading)
    ring = KeyRing(tmp_path, Passphrases(given, given, given, given), cost=COST)
    ring.create_master(now=1)
    ring.master()
    os.close(reading)
    assert "pipe" not in repr(given)


def test_the_first_issuing_key_signs_at_once(ring: KeyRing) -> None:
    assert ring.institutions() == []
    key = ring.create_issuing_key(SCHOOL, now=5)
    assert key.current
    assert key.created == 5
    assert public_key_of(key.did) == key.public_key
    signer = ring.signer_for(SCHOOL)
    assert signer.did == key.did
    assert verify_ed25519(key.public_key, b"message", signer.sign(b"message"))
    assert ring.institutions() == [SCHOOL]


# The law: "rotation: a new issuer.id, the same USCC"
def test_after_rotation_the_new_key_signs_and_the_old_one_is_kept(tmp_path: Path, ring: KeyRing) -> None:
    old = ring.create_issuing_key(SCHOOL, now=5)
    new = ring.create_issuing_key(SCHOOL, now=6)
    assert not new.current
    assert ring.signer_for(SCHOOL).did == old.did  # until the law knows the new one
    ring.use_issuing_key(SCHOOL, new.public_key)
    assert ring.signer_for(SCHOOL).did == new.did
    again = ring_in(tmp_path)
    assert again.signer_for(SCHOOL).did == new.did
    assert [(key.did, key.current) for key in again.issuing_keys(SCHOOL)] == [(old.did, False), (new.did, True)]
    ring.use_issuing_key(SCHOOL, old.public_key)
    assert ring.signer_for(SCHOOL).did == old.did


def test_institutions_have_keys_of_their_own(ring: KeyRing) -> None:
    ours, theirs = ring.create_issuing_key(SCHOOL, now=5), ring.create_issuing_key(OTHER, now=5)
    assert ours.public_key != theirs.public_key
    assert ring.seed_for(SCHOOL) != ring.seed_for(OTHER)
    with pytest.raises(NoIssuingKey):
        ring.use_issuing_key(SCHOOL, theirs.public_key)


def test_an_institution_without_a_key_and_a_name_that_is_no_institution_are_refused(ring: KeyRing) -> None:
    with pytest.raises(NoIssuingKey) as caught:
        ring.signer_for(SCHOOL)
    assert caught.value.value == SCHOOL
    for name in ("../../etc", "", SCHOOL[:-1]):
        with pytest.raises(IdentifierError):
            ring.create_issuing_key(name, now=1)
        with pytest.raises(IdentifierError):
            ring.officers(name)


def test_a_key_file_under_another_keys_name_is_refused(tmp_path: Path, ring: KeyRing) -> None:
    key = ring.create_issuing_key(SCHOOL, now=5)
    folder = tmp_path / "keys" / "issuing" / SCHOOL
    (folder / f"{key.public_key.hex()}.key.json").rename(folder / f"{'00' * 32}.key.json")
    with pytest.raises(KeyFileMalformed, match="not its public key"):
        ring.signer_for(SCHOOL)


def test_a_key_file_moved_to_another_institution_signs_nothing_there(tmp_path: Path, ring: KeyRing) -> None:
    key = ring.create_issuing_key(SCHOOL, now=5)
    name = f"{key.public_key.hex()}.key.json"
    theirs, ours = (tmp_path / "keys" / "issuing" / each for each in (SCHOOL, OTHER))
    ours.mkdir()
    for file in (name, "current"):
        (ours / file).write_bytes((theirs / file).read_bytes())
        (ours / file).chmod(0o600)
    with pytest.raises(KeyFileMalformed, match=f"issuing {SCHOOL}"):
        ring.seed_for(OTHER)
    # Nor where the file is doctored to say so: the purpose is authenticated.
    (ours / name).write_bytes((ours / name).read_bytes().replace(SCHOOL.encode(), OTHER.encode()))
    with pytest.raises(WrongPassphrase):
        ring.seed_for(OTHER)


def test_no_seed_and_no_passphrase_is_in_any_file(tmp_path: Path, ring: KeyRing) -> None:
    ring.create_issuing_key(SCHOOL, now=5)
    seed = ring.seed_for(SCHOOL)
    for path in (tmp_path / "keys").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert path.stat().st_mode & 0o077 == 0
            for form in (seed, seed.hex().encode(), b"passphrase of"):
                assert form not in content


def test_officers_keys_are_ethereum_keystores_with_their_own_passphrase(tmp_path: Path, ring: KeyRing) -> None:
    first = ring.create_officer(SCHOOL, "officer-1", cost=2)
    second = ring.create_officer(SCHOOL, "officer-2", cost=2)
    assert ring.officers(SCHOOL) == [first, second]
    assert ring.officers(OTHER) == []
    assert ring.officer_account(SCHOOL).address.lower() == first.address
    assert ring.officer_account(SCHOOL, "officer-2").address.lower() == second.address
    path = tmp_path / "keys" / "officers" / SCHOOL / "officer-1.json"
    assert keystores.unlock(path, "passphrase of officers").address.lower() == first.address
    with pytest.raises(keystores.KeystoreError):
        keystores.unlock(path, "passphrase of keys")


@pytest.mark.parametrize("label", ["../x", "", "UPPER", "a" * 33])
def test_an_officers_label_is_no_path(ring: KeyRing, label: str) -> None:
    with pytest.raises(NoOfficer):
        ring.create_officer(SCHOOL, label, cost=2)


@pytest.mark.parametrize("label", [None, "nobody", "../officer-1"])
def test_an_officer_who_is_not_there_is_named(ring: KeyRing, label: str | None) -> None:
    with pytest.raises(NoOfficer, match=SCHOOL):
        ring.officer_account(SCHOOL, label)


def test_the_operator_is_opened_from_where_the_node_put_it(tmp_path: Path) -> None:
    path = tmp_path / "network" / "operator-1.json"
    address = keystores.create(path, "passphrase of operator", scrypt_cost=2)
    ring = ring_in(tmp_path, operator=path)
    assert ring.operator().address.lower() == address
    assert ring.operator() is ring.operator()


def test_signatures_are_those_of_rfc_8032(ring: KeyRing) -> None:
    ring.create_issuing_key(SCHOOL, now=1)
    message = hashlib.sha256(b"x").digest()
    assert ring.signer_for(SCHOOL).sign(message) == ring.signer_for(SCHOOL).sign(message)
