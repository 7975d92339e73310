"""Making a backup: a tar of files, sealed as it is written, with the manifest of all digests at its end.

The file appears under its name only once it is whole and on disk. A kill leaves a file with another name (`.NAME.*
.part`), which the next backup of that name sweeps away.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from node.client.archive.errors import ArchiveExistsError, NameTakenError, SourceChangedError
from node.client.archive.sealing import MAGIC, SealedWriter
from node.client.archive.values import MANIFEST, Contents, Filed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, BinaryIO

    from node.client.archive.values import Source

_PRIVATE: Final = 0o600
_SUFFIX: Final = ".part"
_AT_ONCE: Final = 1 << 20


def write(
    path: Path,
    recipients: Sequence[bytes],
    kind: str,
    facts: Mapping[str, Any],
    sources: Iterable[Source],
    *,
    now: int,
) -> Contents:
    """Write the backup `path` (mode 0600), whole or not at all, and return what it holds.

    Args:
        path: a name that is not taken.
        recipients: X25519 public keys, 32 bytes each: whoever has the secret of one opens it.
        kind: what it is a backup of.
        facts: JSON that is told again when it is opened.
        sources: the files, taken in this order; each is asked for when its turn comes. Backups among them are left out:
            each would hold all of those before it. Of two with one name the first goes in.
        now: seconds since 1970.

    Raises:
        ArchiveExistsError: there is such a file.
        SourceChangedError: a file became shorter while it was copied; NameTakenError: one has the manifest's name.
        OSError: the disk is full, a file cannot be read, …; nothing is left behind.
    """
    if path.exists():
        raise ArchiveExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    with _partial(path) as file:
        sealed = SealedWriter(file, recipients)
        with tarfile.open(fileobj=cast("BinaryIO", sealed), mode="w|", format=tarfile.PAX_FORMAT) as tar:
            filed: dict[str, Filed] = {}
            for source in sources:
                # What moves while it is backed up is met in both places: the first was taken, and a name is there once.
                if source.name not in filed and (one := _add(tar, source, now)) is not None:
                    filed[one.name] = one
            contents = Contents(kind, now, facts, tuple(filed.values()))
            manifest = contents.to_bytes()
            tar.addfile(_member(MANIFEST, len(manifest), now), io.BytesIO(manifest))
        sealed.finish()
    return contents


@contextmanager
def _partial(path: Path) -> Iterator[BinaryIO]:
    """A file that gets the name `path` at the end of the block, unless the block raises."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # tells it from one that a kill left behind
            os.fchmod(file.fileno(), _PRIVATE)
            yield file
            file.flush()
            os.fsync(file.fileno())
            _name(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _name(temporary: Path, path: Path) -> None:
    """Give the file its name, and never another file's: a link is refused where there is one."""
    try:
        os.link(temporary, path)
    except FileExistsError as error:
        raise ArchiveExistsError(path) from error
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
            raise
        temporary.rename(path)  # a file system without links, such as a memory stick's


def _sweep(path: Path) -> None:
    """Take away what a kill left of an earlier backup of this name; not one that is being written."""
    for stale in path.parent.glob(f".{path.name}.*{_SUFFIX}"):
        with stale.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            stale.unlink(missing_ok=True)


class _Hashed:
    """A file as tar reads it: exactly `size` bytes of it, hashed on the way."""

    def __init__(self, file: BinaryIO, path: Path, size: int) -> None:
        self._file, self._path, self._left = file, path, size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        content = self._file.read(wanted)
        if len(content) < wanted:
            raise SourceChangedError(self._path)
        self._left -= wanted
        self.digest.update(content)
        return content


def _add(tar: tarfile.TarFile, source: Source, now: int) -> Filed | None:
    if source.name == MANIFEST:
        raise NameTakenError(source.name)
    try:
        if not isinstance(source.content, Path):
            content = source.content()
            tar.addfile(_member(source.name, len(content), now), io.BytesIO(content))
            return Filed(source.name, len(content), hashlib.sha256(content).hexdigest())
        file = source.content.open("rb", buffering=_AT_ONCE)
    except FileNotFoundError:
        if source.fleeting:
            return None
        raise
    with file:
        if file.read(len(MAGIC)) == MAGIC:
            return None
        file.seek(0)
        status = os.fstat(file.fileno())
        hashed = _Hashed(file, source.content, status.st_size)
        tar.addfile(_member(source.name, status.st_size, int(status.st_mtime)), cast("BinaryIO", hashed))
    return Filed(source.name, status.st_size, hashed.digest.hexdigest())


def _member(name: str, size: int, time: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, time, _PRIVATE
    return member
