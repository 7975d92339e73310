"""The container of backups: whole or not at all, for its recipients alone, and nothing altered is believed."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from node.client.archive import errors, reading, recovery_key, sealing, writing
from node.client.archive.values import MANIFEST, Contents, Source

if TYPE_CHECKING:
    from pathlib import Path

SECRET, OTHER = bytes(PrivateKey.generate()), bytes(PrivateKey.generate())
PUBLIC = bytes(PrivateKey(SECRET).public_key)
CHEAP = (1, 8192)
"""Argon2id's limits for keys that are thrown away."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    (made / "deep" / "er").mkdir(parents=True)
    (made / "small").write_bytes(b"small")
    (made / "empty").write_bytes(b"")
    (made / "deep" / "er" / "large").write_bytes(os.urandom(2 * sealing.CHUNK + 17))
    (made / "名字").write_text("互认", encoding="utf-8")
    return made


def sources(folder: Path) -> list[Source]:
    return [Source(str(one.relative_to(folder)), one) for one in sorted(folder.rglob("*")) if one.is_file()]


def made(folder: Path, path: Path, *recipients: bytes) -> Contents:
    return writing.write(path, recipients or (PUBLIC,), "node", {"block": 7}, sources(folder), now=1_700_000_000)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_what_was_backed_up_is_restored_byte_for_byte_and_only_its_owner_can_read_it(
    folder: Path, tmp_path: Path
) -> None:
    path, into = tmp_path / "one.backup", tmp_path / "restored"
    contents = made(folder, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert reading.verify(path, SECRET, digest=contents.digest) == contents
    assert reading.restore(path, SECRET, into, "node") == contents
    assert tree(into) == tree(folder)
    assert contents.facts == {"block": 7}
    for one in (into, *into.rglob("*")):
        assert stat.S_IMODE(one.stat().st_mode) == (0o700 if one.is_dir() else 0o600), one
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "one.backup", "restored"]


def test_every_recipient_opens_it_and_nobody_else(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.backup"
    made(folder, path, PUBLIC, bytes(PrivateKey(OTHER).public_key))
    assert reading.verify(path, SECRET) == reading.verify(path, OTHER)
    with pytest.raises(errors.NotARecipientError) as caught:
        reading.verify(path, bytes(PrivateKey.generate()))
    assert "0x" + PUBLIC.hex() in caught.value.recipients
    assert b"small" not in path.read_bytes()


@given(place=st.floats(min_value=0, max_value=1, exclude_max=True), bit=st.integers(min_value=0, max_value=7))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_one_bit_altered_anywhere_is_refused_and_leaves_no_folder(
    folder: Path, tmp_path: Path, place: float, bit: int
) -> None:
    path, into = tmp_path / "altered.backup", tmp_path / "restored"
    path.unlink(missing_ok=True)
    made(folder, path)
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    with pytest.raises(errors.ArchiveError):
        reading.restore(path, SECRET, into, "node")
    assert not into.exists()
    assert not list(tmp_path.glob(".restored*"))


@pytest.mark.parametrize("place", [0, 3, len(sealing.MAGIC), 60, "half", "last"])
def test_a_bit_in_the_header_is_refused_too(folder: Path, tmp_path: Path, place: int | str) -> None:
    path = tmp_path / "altered.backup"
    made(folder, path)
    content = bytearray(path.read_bytes())
    header = int.from_bytes(content[16:20], "big")
    at = {"half": 20 + header // 2, "last": 20 + header - 3}.get(place, place)  # type: ignore[call-overload]
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(errors.ArchiveError):
        reading.verify(path, SECRET)


def chunks(content: bytes) -> tuple[bytes, list[bytes]]:
    start = 20 + int.from_bytes(content[16:20], "big")
    size = sealing.CHUNK + 17
    return content[:start], [content[at : at + size] for at in range(start, len(content), size)]


@pytest.mark.parametrize("change", ["cut at a chunk", "cut", "two exchanged", "one twice", "one left out", "appended"])
def test_chunks_cut_off_reordered_repeated_or_appended_are_refused(folder: Path, tmp_path: Path, change: str) -> None:
    path = tmp_path / "one.backup"
    made(folder, path)
    before, parts = chunks(path.read_bytes())
    assert len(parts) >= 3
    altered = {
        "cut at a chunk": parts[:-1],
        "cut": [*parts[:-1], parts[-1][:-1]],
        "two exchanged": [parts[1], parts[0], *parts[2:]],
        "one twice": [parts[0], parts[0], *parts[1:]],
        "one left out": [parts[0], *parts[2:]],
        "appended": [*parts, b"\0"],
    }[change]
    path.write_bytes(before + b"".join(altered))
    with pytest.raises(errors.DamagedArchiveError):
        reading.verify(path, SECRET)


def test_chunks_of_another_backup_of_the_same_files_are_refused(folder: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    made(folder, one)
    made(folder, two)
    (before, _), (_, others) = chunks(one.read_bytes()), chunks(two.read_bytes())
    one.write_bytes(before + b"".join(others))
    with pytest.raises(errors.DamagedArchiveError):
        reading.verify(one, SECRET)


@pytest.mark.parametrize("content", [b"", b"huren", b"PK\3\4" + bytes(100), sealing.MAGIC + b"\xff\xff\xff\xff"])
def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "none"
    path.write_bytes(content)
    with pytest.raises(errors.NotAnArchiveError) as caught:
        reading.verify(path, SECRET)
    assert str(path) in caught.value.zh
    assert str(path) in caught.value.en


def test_a_whole_backup_that_is_another_one_than_meant_is_refused_by_its_digest(folder: Path, tmp_path: Path) -> None:
    path, into = tmp_path / "one.backup", tmp_path / "restored"
    meant = made(folder, path).digest
    (folder / "small").write_bytes(b"exchanged")
    other = tmp_path / "other.backup"
    made(folder, other)  # anybody can make one: the public key is public
    with pytest.raises(errors.UnexpectedContentsError):
        reading.restore(other, SECRET, into, "node", digest=meant)
    assert not into.exists()


def test_a_gateways_backup_is_not_restored_as_a_nodes(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.backup"
    made(folder, path)
    with pytest.raises(errors.WrongKindError):
        reading.restore(path, SECRET, tmp_path / "restored", "gateway")
    assert not (tmp_path / "restored").exists()


def test_nothing_is_overwritten(folder: Path, tmp_path: Path) -> None:
    path, into = tmp_path / "one.backup", tmp_path / "restored"
    made(folder, path)
    kept = path.read_bytes()
    with pytest.raises(errors.ArchiveExistsError):
        made(folder, path)
    assert path.read_bytes() == kept
    into.mkdir()
    (into / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(errors.NotEmptyError):
        reading.restore(path, SECRET, into, "node")
    with pytest.raises(errors.NotEmptyError):
        reading.restore(path, SECRET, into / "mine", "node")
    assert tree(into) == {"mine": b"mine"}
    (into / "mine").unlink()
    reading.restore(path, SECRET, into, "node")  # an empty folder is as good as none
    assert tree(into) == tree(folder)


def test_a_name_that_leads_outside_is_refused(folder: Path, tmp_path: Path) -> None:
    path, into = tmp_path / "one.backup", tmp_path / "restored"
    for name in ("../outside", "/outside", "a/../../outside", "./small"):
        path.unlink(missing_ok=True)
        writing.write(path, (PUBLIC,), "node", {}, [Source(name, folder / "small")], now=0)
        with pytest.raises(errors.DamagedArchiveError):
            reading.restore(path, SECRET, into, "node")
        assert not (tmp_path / "outside").exists()


def test_a_fleeting_file_may_be_gone_and_no_other(folder: Path, tmp_path: Path) -> None:
    gone = folder / "gone"
    contents = writing.write(
        tmp_path / "one", (PUBLIC,), "node", {}, [Source("gone", gone, fleeting=True), *sources(folder)], now=0
    )
    assert "gone" not in {one.name for one in contents.files}
    with pytest.raises(FileNotFoundError):
        writing.write(tmp_path / "two", (PUBLIC,), "node", {}, [Source("gone", gone)], now=0)
    assert not list(tmp_path.glob("*two*")), "neither the backup nor a part of it"


def test_the_manifest_is_the_last_file_and_says_what_the_others_are(folder: Path, tmp_path: Path) -> None:
    contents = made(folder, tmp_path / "one")
    assert [one.name for one in contents.files] == [one.name for one in sources(folder)]
    assert Contents.from_bytes(contents.to_bytes()) == contents
    assert orjson.loads(contents.to_bytes())["kind"] == "node"
    assert MANIFEST not in {one.name for one in contents.files}


WORKER = """
import sys, pathlib
from node.client.archive import reading, writing
from node.client.archive.values import Source
what, folder, path, key = sys.argv[1:]
folder, path = pathlib.Path(folder), pathlib.Path(path)
if what == "write":
    sources = [Source(str(one.relative_to(folder)), one) for one in sorted(folder.rglob("*")) if one.is_file()]
    writing.write(path, (bytes.fromhex(key),), "node", {}, sources, now=0)
else:
    reading.restore(path, bytes.fromhex(key), folder, "node")
"""


def worker(what: str, folder: Path, path: Path, limit: int | None = None) -> subprocess.Popen[bytes]:
    """Write or restore in a process of its own; with `limit` no file may become longer, as on a full disk."""

    def confined() -> None:
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    key = PUBLIC if what == "write" else SECRET
    command = [sys.executable, "-c", WORKER, what, str(folder), str(path), key.hex()]
    return subprocess.Popen(command, stderr=subprocess.PIPE, preexec_fn=confined)  # noqa: PLW1509 - no threads here


@pytest.mark.parametrize("what", ["write", "restore"])
def test_a_full_disk_leaves_nothing_behind(folder: Path, tmp_path: Path, what: str) -> None:
    path, into = tmp_path / "one.backup", tmp_path / "restored"
    if what == "restore":
        made(folder, path)
    process = worker(what, folder if what == "write" else into, path, limit=sealing.CHUNK)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert b"OSError" in said
    assert path.exists() == (what == "restore")
    assert not into.exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("what", ["write", "restore"])
def test_a_kill_in_the_middle_leaves_nothing_under_the_name_and_the_next_run_sweeps(tmp_path: Path, what: str) -> None:
    folder, path, into = tmp_path / "folder", tmp_path / "one.backup", tmp_path / "restored"
    folder.mkdir()
    for number in range(24):
        (folder / f"{number:02}").write_bytes(os.urandom(8 << 20))
    if what == "restore":
        made(folder, path)
    process = worker(what, folder if what == "write" else into, path)
    pattern = ".one.backup.*" if what == "write" else ".restored.restoring-*/*"
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob(pattern)) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert path.exists() == (what == "restore")
    assert not into.exists()
    if what == "write":
        made(folder, path)
    reading.restore(path, SECRET, into, "node")
    assert tree(into) == tree(folder)
    assert not list(tmp_path.glob(".*"))


def test_a_recovery_key_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    path = tmp_path / "recovery.json"
    public = recovery_key.create(path, "correct horse", limits=CHEAP)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = recovery_key.unlock(path, lambda: "correct horse")
    assert "0x" + bytes(PrivateKey(secret).public_key).hex() == public
    assert recovery_key.recipient(public) == recovery_key.recipient(str(path)) == bytes.fromhex(public[2:])
    with pytest.raises(errors.RecoveryKeyError):
        recovery_key.unlock(path, lambda: "wrong")
    with pytest.raises(errors.RecoveryKeyError):
        recovery_key.create(path, "again", limits=CHEAP)
    path.chmod(0o640)
    with pytest.raises(errors.RecoveryKeyError):
        recovery_key.unlock(path, lambda: "correct horse")


def test_a_members_exchange_key_opens_what_was_sealed_to_it(tmp_path: Path) -> None:
    path = tmp_path / "exchange.key"
    path.write_text(SECRET.hex() + "\n", encoding="ascii")
    path.chmod(0o600)

    def nobody() -> str:
        raise AssertionError("no passphrase is asked")

    assert recovery_key.unlock(path, nobody) == bytes(SigningKey(SECRET).to_curve25519_private_key())


@pytest.mark.parametrize("given_", ["", "0x12", "nowhere.json", "0x" + "g" * 64, "0x" + "00" * 32, "0x01" + "00" * 31])
def test_what_is_no_recipient_is_refused_by_its_name(given_: str) -> None:
    with pytest.raises(errors.RecipientError) as caught:
        recovery_key.recipient(given_)
    assert caught.value.value == given_
