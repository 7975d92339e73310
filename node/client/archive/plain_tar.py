"""The tar in a backup: regular files with plain names, each once, and nothing else that the format knows.

Anybody can seal something to a public key. Python's reader takes headers of any length into memory, and a sparse file
of a kilobyte becomes a terabyte of zeros: what our writer does not write is refused before it is acted on.
"""

from __future__ import annotations

import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from typing import BinaryIO

_MOST_HEADER: Final = 1 << 16
"""Of an extended header in bytes: a name of some thousand."""
_KINDS: Final = frozenset({tarfile.REGTYPE, tarfile.XHDTYPE})
_WORDS: Final = frozenset({"path", "size", "mtime"})
"""What our extended headers say (POSIX.1-2001, pax)."""
_MOST_PART, _MOST_NAME = 255, 3_000
"""Bytes of a part of a name, and of all of it: what file systems take, with room for the folder above."""


_MOST_TIME: Final = 1 << 40
"""Seconds from 1970, in either direction."""


class NotPlainError(tarfile.TarError):
    """A member that no backup of ours has."""


class PlainMember(tarfile.TarInfo):
    """A member, refused by its header alone where it is none of ours."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read a header; see `tarfile.TarInfo.frombuf`.

        Raises:
            NotPlainError: it is no regular file's, nor a short extension of one.
        """
        found = super().frombuf(buf, encoding, errors)
        if found.type not in _KINDS or (found.type == tarfile.XHDTYPE and found.size > _MOST_HEADER):
            raise NotPlainError(f"{found.name!r}: {found.type!r}, {found.size} bytes")
        return found


def opened(stream: BinaryIO) -> tarfile.TarFile:
    """Open the tar that `stream` gives, to be read once from front to back."""
    return tarfile.open(fileobj=stream, mode="r|", tarinfo=PlainMember)


class Names:
    """The names of a backup so far: none leads outside, none is met twice, none is file and folder."""

    def __init__(self) -> None:
        """Begin with none."""
        self._files: set[PurePosixPath] = set()
        self._folders: set[PurePosixPath] = set()

    def take(self, member: tarfile.TarInfo) -> PurePosixPath:
        """Return the member's name.

        Raises:
            NotPlainError: it cannot be a file's.
        """
        name = PurePosixPath(member.name)
        plain = member.isreg() and not member.issparse() and member.pax_headers.keys() <= _WORDS and member.size >= 0
        inside = not name.is_absolute() and ".." not in name.parts and bool(name.parts) and str(name) == member.name
        short = len(member.name.encode(errors="surrogateescape")) <= _MOST_NAME
        timely = abs(member.mtime) < _MOST_TIME  # what is no number is not, either
        if not (plain and inside and short and timely) or "\0" in member.name:
            raise NotPlainError(repr(member.name))
        if any(len(part.encode(errors="surrogateescape")) > _MOST_PART for part in name.parts):
            raise NotPlainError(repr(member.name))
        folders = set(name.parents)
        if name in self._files or name in self._folders or folders & self._files:
            raise NotPlainError(f"{member.name!r} a second time")
        self._files.add(name)
        self._folders |= folders
        return name
