"""What of a gateway goes into its backup, in which order, and what stays out.

    gateway.toml            the settings, with the paths that they get where it is restored
    deployment.json         the root of trust
    secrets/operator.json   the operator's keystore
    data/keys/…             master, issuing, agreement and officers' keys: each sealed by its passphrase already
    data/huren.db           or database.dump, of PostgreSQL: the state of one moment
    data/…                  blobs, consents, announcements, dossiers: whatever else lies in the data directory

Left out: passphrases (they would open the keys beside them), the pseudonym key (a backup of its own, made once), what
is made again (leaf index, status of the index), locks and work under way. The database comes first: a blob is durable
before the row that names it is committed, so every blob that the copy names is still to come.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from filelock import FileLock

from gateway.backup.databases import snapshot
from gateway.backup.errors import NoPseudonymKey, NothingToBackUp
from gateway.backup.settings_file import portable
from gateway.documents.errors import BlobNotFound
from gateway.store.belonging import open_own
from gateway.store.engine import open_database
from node.client.archive import writing
from node.client.archive.values import Source
from node.client.deployment import Deployment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gateway.backup.databases import Snapshot
    from gateway.settings import Settings
    from node.client.archive.values import Contents

GATEWAY: Final = "gateway"
PSEUDONYM: Final = "pseudonym key"
PSEUDONYM_FILE: Final = "pseudonym.key.json"
DATA, KEYS = "data", "data/keys"
OPERATOR: Final = "secrets/operator.json"
_AGAIN: Final = frozenset({"leaves", "locks", "work"})
"""Folders of the data directory that are made again, or mean nothing elsewhere."""
_DATABASE: Final = frozenset({"huren.db", "huren.db-wal", "huren.db-shm", "huren.db-journal"})
_FLEETING: Final = frozenset({"blobs", "consents"})
"""Folders from which an account's deletion takes files away at any moment."""
_COPY: Final = ".backup-"


class Swarm(Protocol):
    """Where blobs come from that are not in the folder."""

    def get(self, cid: str) -> bytes:
        """Return the blob, checked."""


def back_up(
    settings: Settings, path: Path, recipients: Sequence[bytes], *, now: int, swarm: Swarm | None = None
) -> Contents:
    """Write a backup of the gateway, which may be serving, to `path`.

    Args:
        settings: of the gateway.
        path: where it goes; mode 0600, never over another file.
        recipients: X25519 public keys, 32 bytes each.
        now: seconds since 1970.
        swarm: where blobs lie that the folder does not hold, at a gateway with an IPFS daemon.

    Raises:
        BackupError, StoreError, node.client.archive.errors.ArchiveError, OSError: nothing was written.
    """
    deployment = Deployment.load(settings.deployment)
    if settings.database_url is None and not settings.database.exists():
        raise NothingToBackUp(str(settings.data_dir))
    with _copied(settings) as (copy, folder):
        text = folder / "gateway.toml"
        text.write_text(portable(settings), encoding="utf-8")
        facts = {
            **copy.facts,
            "role": settings.role,
            "province": settings.province or None,
            "network": deployment.network,
            "chainId": deployment.chain_id,
            "genesisHash": deployment.genesis_hash,
        }
        first = [
            Source("gateway.toml", text),
            Source("deployment.json", settings.deployment),
            Source(copy.name, copy.path),
        ]
        if settings.keys.operator is not None:
            first.append(Source(OPERATOR, settings.keys.operator))
        files = chain(first, _Files(settings, path), _from_swarm(settings, copy.own_blobs, swarm))
        return writing.write(path, recipients, GATEWAY, facts, files, now=now)


def _from_swarm(settings: Settings, cids: Iterable[str], swarm: Swarm | None) -> Iterator[Source]:
    """This centre's own blobs that lie in the daemon alone; restored they lie in the folder, which feeds the daemon."""
    if swarm is None:
        return
    for cid in cids:
        if not (settings.blobs / cid[-2:] / cid).exists():
            yield Source(f"{DATA}/blobs/{cid[-2:]}/{cid}", partial(_fetched, swarm, cid), fleeting=True)


def _fetched(swarm: Swarm, cid: str) -> bytes:
    try:
        return swarm.get(cid)
    except BlobNotFound as error:
        raise FileNotFoundError(cid) from error  # a letter that an account's deletion took away


def back_up_pseudonym_key(settings: Settings, path: Path, recipients: Sequence[bytes], *, now: int) -> Contents:
    """Write a backup of the pseudonym key alone: once, to other recipients than those of the gateway's backups.

    Raises:
        NoPseudonymKey: there is none. Else as `back_up`.
    """
    key = _pseudonym(settings)
    if not key.exists():
        raise NoPseudonymKey(str(key))
    facts = {"province": settings.province or None}
    return writing.write(path, recipients, PSEUDONYM, facts, [Source(PSEUDONYM_FILE, key)], now=now)


@contextmanager
def _copied(settings: Settings) -> Iterator[tuple[Snapshot, Path]]:
    """The copy of the database, in a folder of the data directory that is gone at the end; also that of a kill is."""
    locks = settings.data_dir / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / "backup.lock"):
        for stale in settings.data_dir.glob(f"{_COPY}*"):
            shutil.rmtree(stale)
        folder = Path(tempfile.mkdtemp(dir=settings.data_dir, prefix=_COPY))
        try:
            url = settings.database_url
            database = open_database(settings.database) if url is None else open_own(url, settings.data_dir)
            try:
                copy = snapshot(database, folder)
            finally:
                database.close()
            yield copy, folder
        finally:
            shutil.rmtree(folder)


class _Files:
    """The files of keys and data directory, listed when they are asked for: after the database was copied."""

    def __init__(self, settings: Settings, path: Path) -> None:
        keys: Any = settings.keys
        secrets = {getattr(keys, name) for name in type(keys).model_fields if name.endswith("passphrase_file")}
        self._never = {one.resolve() for one in (*secrets, _pseudonym(settings), path) if one is not None}
        self._keys = settings.key_folder
        self._data = settings.data_dir

    def __iter__(self) -> Iterator[Source]:
        yield from self._below(self._keys, KEYS)
        for entry in sorted(self._data.iterdir()):
            if entry.name in _AGAIN | _DATABASE or entry.resolve() == self._keys.resolve():
                continue
            yield from self._below(entry, f"{DATA}/{entry.name}", fleeting=entry.name in _FLEETING)

    def _below(self, entry: Path, name: str, *, fleeting: bool = False) -> Iterator[Source]:
        if entry.name.startswith(".") or entry.resolve() in self._never:
            return  # half-written files, and copies of the database, begin with a point
        if entry.is_dir():
            for below in sorted(entry.iterdir()):
                yield from self._below(below, f"{name}/{below.name}", fleeting=fleeting)
        elif entry.is_file():
            yield Source(name, entry, fleeting)


def _pseudonym(settings: Settings) -> Path:
    return settings.keys.pseudonym or settings.key_folder / PSEUDONYM_FILE
