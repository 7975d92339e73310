"""What a backup holds, as values; what goes into one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MANIFEST = "MANIFEST.json"
"""The last file of every backup: what the others are."""
VERSION = 1
_END_OF_YEARS = 253_402_300_800
"""Seconds: the first that no calendar of ours can write, in the year 10000."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that goes into a backup under `name` (with slashes); or content that is asked for when its turn comes.

    `fleeting`: it may be gone by then (FileNotFoundError), which is no mistake: a letter that was taken away meanwhile.
    """

    name: str
    content: Path | Callable[[], bytes]
    fleeting: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """A file in a backup: its length in bytes and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself.

    Attributes:
        kind: "gateway", "node" or "pseudonym key"; created: seconds since 1970; facts: what its maker noted, JSON.
        files: all of them but the manifest, in order.
    """

    kind: str
    created: int
    facts: Mapping[str, Any]
    files: tuple[Filed, ...] = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files)

    @property
    def digest(self) -> str:
        """By which a person knows this backup again: SHA-256 of the manifest, 0x-hex."""
        return "0x" + hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """Return the manifest: the same bytes for the same contents."""
        return orjson.dumps(
            {
                "version": VERSION,
                "kind": self.kind,
                "created": self.created,
                "facts": dict(self.facts),
                "files": [{"name": one.name, "bytes": one.size, "sha256": one.sha256} for one in self.files],
            },
            option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read a manifest.

        Raises:
            ValueError: it is none.
        """
        try:
            read: Any = orjson.loads(content)
            if read["version"] != VERSION:
                raise ValueError(f"version {read['version']}")
            kind, created, facts = read["kind"], read["created"], read["facts"]
            timely = type(created) is int and 0 <= created < _END_OF_YEARS
            if not (isinstance(kind, str) and isinstance(facts, dict) and timely):
                raise ValueError(f"{kind!r:.40}, {created!r:.40}")
            files = tuple(Filed(one["name"], one["bytes"], one["sha256"]) for one in read["files"])
            return cls(kind, created, facts, files)
        except (KeyError, TypeError) as error:
            raise ValueError(str(error)) from error
