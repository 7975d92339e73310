"""What of a gateway's data directory goes into a backup, and what comes back; no chain is asked."""

from __future__ import annotations

import sqlite3
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from gateway.backup import databases, snapshot
from gateway.backup.errors import (
    CopyFailed,
    DatabaseDamaged,
    DatabaseNotEmpty,
    DatabaseNotWanted,
    DatabaseWanted,
    NoPseudonymKey,
    NothingToBackUp,
    ProgramFailed,
    ProgramMissing,
)
from gateway.backup.restoring import NOTE, Note, restore, restore_pseudonym_key
from gateway.backup.settings_file import toml, with_database
from gateway.backup.snapshot import back_up, back_up_pseudonym_key
from gateway.documents.blobs import FolderStore
from gateway.documents.errors import BlobNotFound
from gateway.settings import Settings, load_settings
from gateway.store.engine import open_database, open_url
from gateway.store.errors import StoreError
from gateway.store.models import Learner, SentLetter
from node.client.archive import reading, writing
from node.client.archive.errors import DamagedArchiveError, NotARecipientError
from node.client.archive.values import Source
from node.client.deployment import DeployedContract, Deployment, Finality, Province

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from postgres_server import Server

SECRET = bytes(PrivateKey.generate())
PUBLIC = (bytes(PrivateKey(SECRET).public_key),)
MEMBER = """\
province = 320000
data_dir = "data"
deployment = "elsewhere/deployment.json"
rpc_url = "http://127.0.0.1:1"
public_url = "http://127.0.0.1:8102"
peers = ["http://127.0.0.1:8101"]

[keys]
passphrase_file = "data/keys/passphrase"
operator = "elsewhere/operator.json"
operator_passphrase_file = "elsewhere/operator-passphrase"

[limits]
body_bytes = 2048
"""
OBSERVER = """\
role = "observer"
data_dir = "data"
deployment = "elsewhere/deployment.json"
rpc_url = "http://127.0.0.1:1"
public_url = "http://127.0.0.1:8102"
"""


def gateway(folder: Path, text: str = MEMBER) -> Settings:
    """A data directory as a gateway leaves it: one account, one blob, keys, and what no backup should hold."""
    (folder / "elsewhere").mkdir(parents=True)
    (folder / "gateway.toml").write_text(text, encoding="utf-8")
    contract = DeployedContract(address="0x" + "12" * 20, block=1, code_hash="0x" + "34" * 32, version=1)
    names = {320000: Province(name_zh="江苏省", name_en="Jiangsu")}
    finality = Finality(kind="instant", confirmations=0)
    Deployment(7, "a-network", "0x" + "56" * 32, 1, finality, {"Directory": contract}, names).save(
        folder / "elsewhere" / "deployment.json"
    )
    settings = load_settings(folder / "gateway.toml")
    database = open_database(settings.database)
    with database.session() as session:
        session.add(Learner(number_index=b"n" * 16, opened_at=1))
    database.close()
    FolderStore(settings.blobs).put(b"a pack")
    for name in (
        "leaves/index", "locks/sender.lock", "work/roster", "consents/one", "announcements/one", "database.id",
        "blobs/aa/.tmp-1-1", "keys/master.key.json", "keys/pseudonym.key.json", "keys/issuing/X/y.key.json",
        "keys/passphrase", "../elsewhere/operator.json", "../elsewhere/operator-passphrase",
    ):  # fmt: skip
        path = settings.data_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("ab" * 16 if path.name == "database.id" else name, encoding="utf-8")
    return settings


def names(path: Path) -> set[str]:
    return {one.name for one in reading.verify(path, SECRET).files}


def test_what_cannot_be_made_again_goes_in_and_nothing_that_would_open_it(tmp_path: Path) -> None:
    settings, path = gateway(tmp_path / "one"), tmp_path / "gateway.backup"
    contents = back_up(settings, path, PUBLIC, now=1)
    blob = next(FolderStore(settings.blobs).cids())
    assert names(path) == {
        "gateway.toml", "deployment.json", "secrets/operator.json", "data/huren.db", f"data/blobs/{blob[-2:]}/{blob}",
        "data/consents/one", "data/announcements/one", "data/database.id", "data/keys/master.key.json",
        "data/keys/issuing/X/y.key.json",
    }  # fmt: skip
    assert contents.facts["accounts"] == 1
    assert (contents.facts["province"], contents.facts["network"], contents.facts["database"]) == (
        320000,
        "a-network",
        "sqlite",
    )
    assert not list(settings.data_dir.glob(".backup-*"))


def test_a_restored_gateway_has_its_settings_its_rows_and_the_note_that_it_was_restored(tmp_path: Path) -> None:
    settings, path, into = gateway(tmp_path / "one"), tmp_path / "gateway.backup", tmp_path / "two"
    made = back_up(settings, path, PUBLIC, now=1)
    restore(path, SECRET, into, database_url=None, digest=made.digest, now=2)
    again = load_settings(into / "gateway.toml")
    assert (again.data_dir, again.deployment) == (into / "data", into / "deployment.json")
    assert again.keys.operator == into / "secrets" / "operator.json"
    assert again.keys.passphrase_file == settings.keys.passphrase_file, "where it was: no backup holds it"
    assert (again.peers, again.limits, again.province) == (settings.peers, settings.limits, settings.province)
    assert Note.load(again.data_dir / NOTE) == Note(1, None, made.digest, 2)
    database = open_database(again.database)
    with database.session() as session:
        assert session.query(Learner).count() == 1
    database.close()


def test_an_observer_has_nothing_to_find_out_afterwards(tmp_path: Path) -> None:
    settings, path, into = gateway(tmp_path / "one", OBSERVER), tmp_path / "gateway.backup", tmp_path / "two"
    back_up(settings, path, PUBLIC, now=1)
    restore(path, SECRET, into, database_url=None, digest=None, now=2)
    assert load_settings(into / "gateway.toml").observer
    assert not (into / "data" / NOTE).exists()


def test_the_pseudonym_key_has_a_backup_of_its_own(tmp_path: Path) -> None:
    settings, path, into = gateway(tmp_path / "one"), tmp_path / "pseudonym.backup", tmp_path / "two"
    back_up_pseudonym_key(settings, path, PUBLIC, now=1)
    assert names(path) == {"pseudonym.key.json"}
    restore_pseudonym_key(path, SECRET, into, digest=None)
    assert (into / "pseudonym.key.json").read_text(encoding="utf-8") == "keys/pseudonym.key.json"
    (settings.key_folder / "pseudonym.key.json").unlink()
    with pytest.raises(NoPseudonymKey):
        back_up_pseudonym_key(settings, tmp_path / "again", PUBLIC, now=1)


def test_a_letter_that_lies_in_the_swarm_alone_is_fetched_and_one_that_was_deleted_is_left_out(tmp_path: Path) -> None:
    settings, path = gateway(tmp_path / "one"), tmp_path / "gateway.backup"
    swarm = FolderStore(tmp_path / "swarm")
    kept = swarm.put(b"a letter")
    database = open_database(settings.database)
    with database.session() as session:
        for occasion, digest in (("kept", _digest(b"a letter")), ("deleted", _digest(b"another"))):
            session.add(SentLetter(digest=digest, occasion=occasion, leaf=b"l" * 32, written_at=1))
    database.close()
    back_up(settings, path, PUBLIC, now=1, swarm=swarm)
    assert f"data/blobs/{kept[-2:]}/{kept}" in names(path)
    restore(path, SECRET, tmp_path / "two", database_url=None, digest=None, now=2)
    assert FolderStore(tmp_path / "two" / "data" / "blobs").get(kept) == b"a letter"
    with pytest.raises(BlobNotFound):
        swarm.get(_cid(b"another"))


class _Settling:
    """A daemon into which everything that waits in the folder has gone by the time that it is asked."""

    def __init__(self, folder: FolderStore) -> None:
        self.held = {cid: folder.get(cid) for cid in folder.cids()}

    def get(self, cid: str) -> bytes:
        return self.held[cid]


def test_a_blob_that_goes_from_the_folder_into_the_daemon_meanwhile_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, path = gateway(tmp_path / "one"), tmp_path / "gateway.backup"
    folder = FolderStore(settings.blobs)
    kept = folder.put(b"a letter")
    database = open_database(settings.database)
    with database.session() as session:
        session.add(SentLetter(digest=_digest(b"a letter"), occasion="kept", leaf=b"l" * 32, written_at=1))
    database.close()
    swarm = _Settling(folder)
    from_swarm = snapshot._from_swarm

    def settled_first(_: Settings, cids: Iterable[str], daemon: snapshot.Swarm) -> Iterator[Source]:
        folder.remove(kept)  # after it was taken from the folder, before the daemon is asked
        yield from from_swarm(settings, cids, daemon)

    monkeypatch.setattr(snapshot, "_from_swarm", settled_first)
    contents = back_up(settings, path, PUBLIC, now=1, swarm=swarm)
    name = f"data/blobs/{kept[-2:]}/{kept}"
    assert [one.name for one in contents.files].count(name) == 1
    restore(path, SECRET, tmp_path / "two", database_url=None, digest=None, now=2)
    assert FolderStore(tmp_path / "two" / "data" / "blobs").get(kept) == b"a letter"


def test_keys_of_another_folder_go_before_those_that_were_left_in_the_data_directory(tmp_path: Path) -> None:
    text = MEMBER.replace("[keys]\n", '[keys]\nfolder = "elsewhere/keys"\n')
    settings, path = gateway(tmp_path / "one", text), tmp_path / "gateway.backup"
    settings.key_folder.mkdir()
    (settings.key_folder / "master.key.json").write_text("in use", encoding="utf-8")
    back_up(settings, path, PUBLIC, now=1)
    restore(path, SECRET, tmp_path / "two", database_url=None, digest=None, now=2)
    assert (tmp_path / "two" / "data" / "keys" / "master.key.json").read_text(encoding="utf-8") == "in use"


def test_a_disk_too_full_for_a_copy_of_the_database_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = gateway(tmp_path / "one")
    real = sqlite3.connect

    def full(name: str | Path, *, uri: bool = False, timeout: float = 5.0) -> sqlite3.Connection:
        connection = real(name, uri=uri, timeout=timeout)
        if ".backup-" in str(name):
            connection.execute("PRAGMA max_page_count = 2")  # as a disk with room for two pages
        return connection

    monkeypatch.setattr(databases.sqlite3, "connect", full)
    with pytest.raises((CopyFailed, StoreError)):
        back_up(settings, tmp_path / "gateway.backup", PUBLIC, now=1)
    assert not list(tmp_path.glob("*gateway.backup*"))
    assert not list(settings.data_dir.glob(".backup-*"))


def _digest(content: bytes) -> bytes:
    import hashlib  # noqa: PLC0415 - of this helper alone

    return hashlib.sha256(content).digest()


def _cid(content: bytes) -> str:
    from gateway.domain.manifest import cid_of  # noqa: PLC0415 - of this helper alone

    return cid_of(_digest(content))


def test_a_folder_without_a_database_is_nothing_to_back_up(tmp_path: Path) -> None:
    settings = gateway(tmp_path / "one")
    settings.database.unlink()
    with pytest.raises(NothingToBackUp):
        back_up(settings, tmp_path / "gateway.backup", PUBLIC, now=1)
    assert not list(tmp_path.glob("*.backup*"))


def test_a_database_that_was_damaged_before_it_was_backed_up_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huren.db"
    open_database(path).close()
    content = bytearray(path.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        databases.require_whole(path)


def test_sqlite_wants_no_address_and_postgresql_does(tmp_path: Path, postgres: Server) -> None:
    settings, path, into = gateway(tmp_path / "one"), tmp_path / "lite.backup", tmp_path / "two"
    back_up(settings, path, PUBLIC, now=1)
    empty = postgres.new_database()
    with pytest.raises(DatabaseNotWanted):
        restore(path, SECRET, into, database_url=empty, digest=None, now=2)
    url = postgres.new_database()
    on_server = settings.model_copy(update={"database_url": url})
    other = tmp_path / "server.backup"
    assert back_up(on_server, other, PUBLIC, now=1).facts["database"] == "postgresql"
    with pytest.raises(DatabaseWanted):
        restore(other, SECRET, into, database_url=None, digest=None, now=2)
    with pytest.raises(DatabaseNotEmpty):
        restore(other, SECRET, into, database_url=url, digest=None, now=2)
    with pytest.raises(NotARecipientError):
        restore(other, bytes(PrivateKey.generate()), into, database_url=empty, digest=None, now=2)
    assert not into.exists()
    restore(other, SECRET, into, database_url=empty, digest=None, now=2)
    assert load_settings(into / "gateway.toml").database_url == empty
    assert not (into / "database.dump").exists()
    database = open_url(empty)
    with database.session() as session:
        assert session.query(Learner).count() == 0
    database.close()


def test_a_server_without_its_programs_or_out_of_reach_is_said_and_leaves_nothing(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = gateway(tmp_path / "one").model_copy(update={"database_url": postgres.new_database()})
    with pytest.raises(ProgramFailed) as caught:
        databases.load(tmp_path / "none.dump", "postgresql://nobody@/nothing?host=/nowhere")
    assert caught.value.value == "pg_restore"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing) as missing:
        back_up(settings, tmp_path / "gateway.backup", PUBLIC, now=1)
    assert missing.value.value == "pg_dump"
    assert not list(tmp_path.glob("*.backup*"))
    assert not list(settings.data_dir.glob(".backup-*"))


PLAIN = st.one_of(st.text(), st.integers(-(2**63), 2**63 - 1), st.booleans(), st.lists(st.text(), max_size=3))
NAMES = st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True)


@given(st.dictionaries(NAMES, PLAIN | st.dictionaries(NAMES, PLAIN, min_size=1, max_size=3), max_size=5))
def test_settings_that_are_written_are_read_as_they_were(values: dict[str, object]) -> None:
    assert tomllib.loads(toml(values)) == values


def test_the_database_is_the_one_that_it_was_restored_into() -> None:
    text = 'province = 320000\ndatabase_url = "postgresql://huren@/old"\n'
    assert tomllib.loads(with_database(text, "postgresql://huren@/new"))["database_url"] == "postgresql://huren@/new"
    assert "database_url" not in tomllib.loads(with_database(text, None))


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"database": "sqlite", "role": "member", "block": None},
        {"database": [], "role": "member", "block": 1},
        {"database": "sqlite", "role": "member", "block": "1"},
    ],
)
def test_what_calls_itself_a_gateways_and_is_none_is_refused(tmp_path: Path, facts: dict[str, object]) -> None:
    path = tmp_path / "gateway.backup"
    one = tmp_path / "one"
    one.write_bytes(b"x")
    writing.write(path, PUBLIC, "gateway", facts, [Source("gateway.toml", one)], now=1)
    with pytest.raises(DamagedArchiveError):
        restore(path, SECRET, tmp_path / "two", database_url=None, digest=None, now=2)
    assert not (tmp_path / "two").exists()
