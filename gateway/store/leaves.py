r"""The index of all leaves of all provinces: from a leaf to the batches that may hold it, in a few microseconds.

Not a row a leaf (decision 0002): sorted, immutable, memory-mapped segments of 14 bytes a leaf, merged four of a size
at a time, listed in `catalog.json`. The catalogue is replaced atomically after the segments are durable, so a kill at
any moment leaves the old index or the new one; files that it does not list are ignored and swept by the next writer.
All of it can be derived again from the chain and the manifests.

    >>> import tempfile, pathlib
    >>> folder = tempfile.TemporaryDirectory()
    >>> index = LeafIndex(pathlib.Path(folder.name))
    >>> index.add(7, bytes(range(32)) + b"\xff" * 32)  # batch 7: two leaves, ascending
    True
    >>> index.find(b"\xff" * 32)
    [Place(batch=7, position=1)]
    >>> index.add(7, bytes(range(32)))  # a batch is taken in once
    False
    >>> folder.cleanup()

A place is a candidate: eight bytes agreed. Compare the whole leaf with the manifest at `position * 32` before saying
so. Readers in other processes see a new catalogue at their next `find`. One writer at a time, held by a file lock that
the system frees when the process dies.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
import numpy as np
from filelock import FileLock

from gateway.domain.errors import HurenError
from gateway.store.leaf_segment import Entries, Place, Segment, SegmentDamaged
from node.client.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["LeafIndex", "MalformedLeaves", "Place", "SegmentDamaged"]

_LEAF: Final = 32
_MOST_LEAVES: Final = 32_768
_FAN_IN: Final = 4
_SMALLEST_TIER: Final = 1 << 12
_OURS: Final = re.compile(r"[0-9]{12}\.(leaves|tmp)")


class MalformedLeaves(HurenError):
    """Bytes that are not 1 to 32,768 ascending leaves."""

    code = "store.leaves.malformed"
    zh = "批次 {value} 的叶子无法编入索引：{why}"
    en = "the leaves of batch {value} cannot be indexed: {why}"
    hint_zh = "请先校验清单"
    hint_en = "check the manifest first"


class _Catalog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the index consists of: the names of its segments, and the number of the next one."""

    next: int
    segments: tuple[str, ...]


_Stamp: TypeAlias = tuple[int, int, int]
"""Inode, time of change and size of a catalogue: differs between any two that exist at one time."""


class _Held:
    """A catalogue file kept open: as long as it is, its inode number cannot pass to a later catalogue."""

    __slots__ = ("_descriptor", "stamp")

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.stamp = _stamp_of(os.fstat(descriptor))

    def read(self) -> bytes:
        """The whole file."""
        return os.pread(self._descriptor, self.stamp[2], 0)

    def __del__(self) -> None:
        os.close(self._descriptor)


class LeafIndex:
    """The index in `folder`, which is made if absent.

    Raises:
        SegmentDamaged: the catalogue or a segment is not what was written (at opening, or when another process's
            change is read).
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._path = folder / "catalog.json"
        self._lock = FileLock(folder / "writer.lock")
        self._changing = RLock()
        self._held: _Held | None = None
        self._seen: _Stamp | None = None
        self._next = 1
        self._segments: tuple[Segment, ...] = ()
        self._batches: frozenset[int] = frozenset()
        self._refresh()

    def __len__(self) -> int:
        """How many leaves are indexed, a leaf in two batches counted twice."""
        self._refresh()
        return sum(segment.count for segment in self._segments)

    def __contains__(self, batch: int) -> bool:
        """Whether the leaves of `batch` are indexed."""
        self._refresh()
        return batch in self._batches

    def find(self, leaf: bytes) -> list[Place]:
        """The places whose leaf shares its first eight bytes with `leaf`, in no particular order; empty if none."""
        self._refresh()
        prefix = int.from_bytes(leaf[:8], "big")
        found: list[Place] = []
        for segment in self._segments:
            if places := segment.find(prefix):
                found += places
        return found

    def add(self, batch: int, leaves: bytes) -> bool:
        """Takes in the ascending, concatenated `leaves` of `batch`; durable on return. False if it was there.

        Raises:
            MalformedLeaves: not 1 to 32,768 ascending leaves of 32 bytes.
        """
        return self.add_many([(batch, leaves)]) == 1

    def add_many(self, batches: Iterable[tuple[int, bytes]]) -> int:
        """Takes in several batches at the price of one: one segment, one fsync. Returns how many were new.

        Raises:
            MalformedLeaves: as `add`; then none of them is taken in.
        """
        with self._writing():
            new = {batch: leaves for batch, leaves in batches if batch not in self._batches}
            if not new:
                return 0
            parts = [_entries(batch, leaves) for batch, leaves in new.items()]
            entries = Entries(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
            added = Segment.write(self._name(), entries, sorted(new))
            self._commit([*self._segments, added])
            self._merge()
            return len(new)

    def clear(self) -> None:
        """Forgets everything; for a rebuild from an empty index."""
        with self._writing():
            self._commit([])

    # --- writing: under the file lock, and one thread of this process at a time

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._changing, self._lock:
            self._refresh()
            self._sweep()
            yield

    def _name(self) -> Path:
        path = self._folder / f"{self._next:012d}.leaves"
        self._next += 1
        return path

    def _commit(self, segments: Sequence[Segment]) -> None:
        _sync_folder(self._folder)  # the segments' names must be durable before the catalogue that lists them
        catalog = _Catalog(self._next, tuple(segment.path.name for segment in segments))
        write_whole(self._path, msgspec.json.encode(catalog))
        self._adopt(_hold(self._path), self._next, tuple(segments))
        self._sweep()

    def _merge(self) -> None:
        while group := _due(self._segments):
            merged = Segment.merge(self._name(), group)
            self._commit([*(segment for segment in self._segments if segment not in group), merged])

    def _sweep(self) -> None:
        listed = {segment.path.name for segment in self._segments}
        for path in self._folder.iterdir():
            if _OURS.fullmatch(path.name) and path.name not in listed:
                path.unlink()

    # --- reading what is there, also after another process changed it

    def _refresh(self) -> None:
        if self._stamp() == self._seen:
            return
        with self._changing:
            while self._stamp() != self._seen:
                held, catalog = self._read()
                try:
                    segments = tuple(self._opened(self._folder / name) for name in catalog.segments)
                except FileNotFoundError as error:
                    if held is not None and self._stamp() == held.stamp:
                        raise SegmentDamaged(str(error.filename), why="missing") from error
                    continue  # merged away between reading the catalogue and opening the file: read it again
                self._adopt(held, catalog.next, segments)

    def _opened(self, path: Path) -> Segment:
        inode = path.stat().st_ino  # a name may come again after somebody emptied the folder, a mapped inode cannot
        return next((known for known in self._segments if known.inode == inode), None) or Segment(path)

    def _adopt(self, held: _Held | None, number: int, segments: tuple[Segment, ...]) -> None:
        self._segments = segments
        self._batches = frozenset().union(*(segment.batch_ids for segment in segments))
        self._next = number
        self._held, self._seen = held, None if held is None else held.stamp

    def _stamp(self) -> _Stamp | None:
        try:
            return _stamp_of(os.stat(self._path))  # noqa: PTH116 - twice as fast as Path.stat, at every find
        except FileNotFoundError:
            return None

    def _read(self) -> tuple[_Held | None, _Catalog]:
        try:
            held = _hold(self._path)
        except FileNotFoundError:
            if self._seen is not None:  # it was there: an empty answer would be a lie
                raise SegmentDamaged(str(self._path), why="missing") from None
            return None, _Catalog(1, ())
        try:
            return held, msgspec.json.decode(held.read(), type=_Catalog)
        except msgspec.MsgspecError as error:
            raise SegmentDamaged(str(self._path), why=str(error)) from error


def _hold(path: Path) -> _Held:
    return _Held(os.open(path, os.O_RDONLY))


def _stamp_of(status: os.stat_result) -> _Stamp:
    return status.st_ino, status.st_mtime_ns, status.st_size


def _entries(batch: int, leaves: bytes) -> Entries:
    count, rest = divmod(len(leaves), _LEAF)
    if rest or not 0 < count <= _MOST_LEAVES:
        raise MalformedLeaves(batch, why=f"{len(leaves)} bytes")
    prefixes = np.frombuffer(leaves, ">u8")[::4].astype(np.uint64)
    if bool((prefixes[1:] < prefixes[:-1]).any()):
        raise MalformedLeaves(batch, why="not ascending")
    return Entries(prefixes, np.full(count, batch, np.uint32), np.arange(count, dtype=np.uint16))


def _due(segments: Sequence[Segment]) -> list[Segment]:
    """The first four segments of one size tier; each tier is four times the one below."""
    tiers: dict[int, list[Segment]] = {}
    for segment in segments:
        tier = max(0, (segment.count // _SMALLEST_TIER).bit_length() - 1) // 2
        group = tiers.setdefault(tier, [])
        group.append(segment)
        if len(group) == _FAN_IN:
            return group
    return []


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
