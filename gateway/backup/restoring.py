"""Restoring a gateway from a backup, into a new folder, so that it goes on where the chain is.

    restored = restore(path, secret, into, database_url=None, digest=None, now=now)

    into/gateway.toml  into/deployment.json  into/secrets/operator.json  into/data/…

Beside the data lies a note (`restored.json`): until `gateway.backup.catching_up` has found out what was done on the
chain since, nothing is sent and nothing issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from gateway.backup import databases
from gateway.backup.errors import DatabaseNotWanted, DatabaseWanted
from gateway.backup.settings_file import with_database
from gateway.backup.snapshot import GATEWAY, PSEUDONYM
from node.client.archive import reading
from node.client.archive.errors import DamagedArchiveError
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from node.client.archive.values import Contents

NOTE: Final = "restored.json"
"""In the data directory of a gateway that was restored and has not caught up."""
_PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Note:
    """What a restored gateway knows of its backup: when it was made, up to which block it had followed, its digest."""

    created: int
    block: int | None
    digest: str
    restored: int

    def save(self, path: Path) -> None:
        """Write the note as a whole."""
        content = {
            "created": self.created,
            "block": self.block,
            "digest": self.digest,
            "restored": self.restored,
        }
        write_whole(path, orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE), _PRIVATE)

    @classmethod
    def load(cls, path: Path) -> Note | None:
        """Read the note, None where there is none (any more)."""
        try:
            content = orjson.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        return cls(content["created"], content["block"], content["digest"], content["restored"])


def restore(
    path: Path, secret: bytes, into: Path, *, database_url: str | None, digest: str | None, now: int
) -> Contents:
    """Restore the backup `path` of a gateway into the new folder `into`, whole or not at all.

    Args:
        path: the backup.
        secret: of one of its recipients, 32 bytes.
        into: absent, or empty.
        database_url: an empty PostgreSQL database, exactly where the backup is of a gateway on PostgreSQL.
        digest: the backup's, where it was noted when it was made.
        now: seconds since 1970.

    Raises:
        BackupError, StoreError: the database cannot be restored, or is not the kind that was named.
        node.client.archive.errors.ArchiveError: the backup is not whole, not for this key, not a gateway's.
    """
    if database_url is not None:
        databases.require_empty(database_url)

    def arrange(folder: Path, contents: Contents) -> None:
        _require_gateways(path, folder, contents)
        on_server = contents.facts["database"] == "postgresql"
        if on_server and database_url is None:
            raise DatabaseWanted(str(path))
        if not on_server and database_url is not None:
            raise DatabaseNotWanted(str(path))
        settings = folder / "gateway.toml"
        text = with_database(settings.read_text(encoding="utf-8"), database_url)
        write_whole(settings, text.encode(), _PRIVATE)
        if contents.facts["role"] != "observer":  # who sends nothing has nothing to find out
            Note(contents.created, contents.facts["block"], contents.digest, now).save(folder / "data" / NOTE)
        if database_url is None:
            databases.require_whole(folder / databases.SQLITE)
        else:
            # The last that can fail: one transaction, and nothing but the folder's name comes after it.
            databases.load(folder / databases.POSTGRESQL, database_url)
            (folder / databases.POSTGRESQL).unlink()

    return reading.restore(path, secret, into, GATEWAY, digest=digest, arrange=arrange)


def _require_gateways(path: Path, folder: Path, contents: Contents) -> None:
    """Refuse what calls itself a gateway's and is not: whoever has the public key can make such a thing."""
    facts = contents.facts
    kept = {"sqlite": databases.SQLITE, "postgresql": databases.POSTGRESQL}.get(str(facts.get("database")))
    block = facts.get("block")
    followed = block is None or (type(block) is int and block >= 0)
    there = kept is not None and (folder / kept).is_file() and (folder / "gateway.toml").is_file()
    if not there or not followed or facts.get("role") not in {"member", "observer"}:
        raise DamagedArchiveError(path, "内容不是一个网关", "it is called a gateway's and is none")


def restore_pseudonym_key(path: Path, secret: bytes, into: Path, *, digest: str | None) -> Contents:
    """Restore the backup of a pseudonym key into the new folder `into`.

    Raises:
        node.client.archive.errors.ArchiveError: as `restore`.
    """
    return reading.restore(path, secret, into, PSEUDONYM, digest=digest)
