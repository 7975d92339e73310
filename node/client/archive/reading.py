"""Opening a backup: verified to its last byte, and restored into a folder that appears whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from node.client.archive.errors import DamagedArchiveError, NotEmptyError, UnexpectedContentsError, WrongKindError
from node.client.archive.plain_tar import Names, NotPlainError, opened
from node.client.archive.sealing import SealedReader
from node.client.archive.values import MANIFEST, Contents, Filed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import PurePosixPath
    from typing import BinaryIO

_PRIVATE: Final = 0o600
_AT_ONCE: Final = 1 << 20
_MOST_MANIFEST: Final = 1 << 30


def verify(path: Path, secret: bytes, *, digest: str | None = None) -> Contents:
    """Read the whole backup, compare every byte with its digest, and return what it holds.

    Args:
        path: the backup.
        secret: of one of its recipients, 32 bytes (X25519).
        digest: what `Contents.digest` has to be, where a person noted it when the backup was made.

    Raises:
        ArchiveError: it is not whole, not for this key, or not the one meant.
    """
    return _read(path, secret, None, digest)


def restore(
    path: Path,
    secret: bytes,
    into: Path,
    kind: str,
    *,
    digest: str | None = None,
    arrange: Callable[[Path, Contents], None] = lambda _folder, _contents: None,
) -> Contents:
    """Restore the backup into the folder `into`, which must not be there, or be empty; all files get mode 0600.

    Everything is written and checked in a folder beside it, `arrange` puts it in order there, and only then is it given
    its name: a kill at any moment leaves `into` as it was.

    Raises:
        NotEmptyError: there is something in `into`.
        WrongKindError: the backup is of something else than `kind`.
        ArchiveError: as `verify`. OSError: the disk is full, …; nothing is left behind.
    """
    into = into.absolute()
    require_empty(into)
    into.parent.mkdir(parents=True, exist_ok=True)
    _sweep(into)
    with _staging(into) as folder:
        contents = _read(path, secret, folder, digest)
        if contents.kind != kind:
            raise WrongKindError(path, contents.kind, kind)
        arrange(folder, contents)
        _sync(folder)
        try:
            folder.rename(into)
        except OSError as error:
            if into.is_dir() and any(into.iterdir()):
                raise NotEmptyError(into) from error
            raise
    _sync_folder(into.parent)
    return contents


def require_empty(into: Path) -> None:
    """Make sure that the folder `into` is not there, or is empty.

    Raises:
        NotEmptyError: there is something in it.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise NotEmptyError(into)


def _read(path: Path, secret: bytes, into: Path | None, digest: str | None) -> Contents:
    found: list[Filed] = []
    names = Names()
    contents: Contents | None = None
    with path.open("rb", buffering=_AT_ONCE) as file:
        reader = SealedReader(file, secret, path)
        try:
            with opened(cast("BinaryIO", reader)) as tar:
                for member in tar:
                    name = names.take(member)
                    content = tar.extractfile(member)
                    if content is None or contents is not None:
                        raise NotPlainError(f"{member.name!r} after the manifest")
                    if member.name == MANIFEST:
                        contents = Contents.from_bytes(content.read(_MOST_MANIFEST))
                    else:
                        found.append(_file(member, name, cast("BinaryIO", content), into))
        except (tarfile.TarError, ValueError, OverflowError) as error:
            raise DamagedArchiveError(
                path, f"内部结构有误：{error}", f"its structure is not a backup's: {error}"
            ) from error
        reader.finish()
    if contents is None or contents.files != tuple(found):
        raise DamagedArchiveError(path, "内容与清单不符", "its files are not those of its manifest")
    if digest is not None and digest.lower() != contents.digest:
        raise UnexpectedContentsError(path, contents.digest, digest)
    return contents


def _file(member: tarfile.TarInfo, name: PurePosixPath, content: BinaryIO, into: Path | None) -> Filed:
    hashed = hashlib.sha256()
    target = None if into is None else into / name
    if target is None:
        while part := content.read(_AT_ONCE):
            hashed.update(part)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(handle, "wb") as file:
            while part := content.read(_AT_ONCE):
                hashed.update(part)
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.utime(target, (member.mtime, member.mtime))
    return Filed(member.name, member.size, hashed.hexdigest())


@contextmanager
def _staging(into: Path) -> Iterator[Path]:
    """A folder beside `into`, of its owner alone, that is gone at the end unless it was given another name."""
    folder = Path(tempfile.mkdtemp(dir=into.parent, prefix=_prefix(into)))
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)  # tells it from one that a kill left behind
        yield folder
    finally:
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(into: Path) -> None:
    for stale in into.parent.glob(f"{_prefix(into)}*"):
        held = os.open(stale, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        finally:
            os.close(held)
        shutil.rmtree(stale)


def _prefix(into: Path) -> str:
    return f".{into.name}.restoring-"


def _sync(folder: Path) -> None:
    """Make the names in a folder durable and its owner's alone, those below first; its files are already."""
    folder.chmod(0o700)
    for below in folder.iterdir():
        if below.is_dir():
            _sync(below)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
