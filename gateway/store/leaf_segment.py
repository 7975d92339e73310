"""One immutable file of the leaf index: sorted prefixes, and for each the batch and the position of its leaf.

Layout, in the byte order of the machine (a marker refuses a file from another):

    header 64 bytes | prefixes uint64[n] | batches uint32[n] | batch ids uint32[m] | positions uint16[n]

The prefix is the leaf's first 8 bytes, read big-endian, so that numeric order is byte order. `batch ids` lists every
batch whose leaves are inside. A CRC-32 over all that follows the header is checked when a segment is opened: a flipped
bit must be reported, because a missing hit would read as "not found".
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import numpy as np

from gateway.domain.errors import HurenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

_MAGIC: Final = b"HURENLX1"
_MARKER: Final = 0x01020304
_HEADER: Final = struct.Struct("=8sIIQQ32x")
_MERGE_ENTRIES: Final = 1 << 20  # entries held in memory at a time while merging: 14 MB of them, 40 MB with the sort
_CRC_BYTES: Final = 1 << 22
_MOST_FENCE_BITS: Final = 16
_NOWHERE: Final[tuple[Place, ...]] = ()


class SegmentDamaged(HurenError):
    """A segment that is not what was written."""

    code = "store.leaves.damaged"
    zh = "哈希索引文件 {value} 已损坏：{why}"
    en = "the leaf index file {value} is damaged: {why}"
    hint_zh = "索引可由链与清单重建：huren index rebuild"
    hint_en = "the index follows from the chain and the manifests: huren index rebuild"


class Place(NamedTuple):
    """Where a leaf may be: the number of its batch and its position among the batch's sorted leaves."""

    batch: int
    position: int


class Entries(NamedTuple):
    """Columns of entries, equally long: prefixes uint64, batches uint32, positions uint16."""

    prefixes: npt.NDArray[Any]
    batches: npt.NDArray[Any]
    positions: npt.NDArray[Any]

    def sorted(self) -> Entries:
        """The same entries, ascending by prefix."""
        order = np.argsort(self.prefixes, kind="stable")
        return Entries(self.prefixes[order], self.batches[order], self.positions[order])


class Segment:
    """An open segment. Reading is thread-safe; the map lives as long as the object.

    Raises:
        SegmentDamaged: wrong length, foreign byte order, or a checksum that does not hold.
        FileNotFoundError: there is no such file (merged away meanwhile).
    """

    __slots__ = (
        "_arrays",
        "_batches",
        "_fence",
        "_map",
        "_positions",
        "_prefixes",
        "_shift",
        "batch_ids",
        "count",
        "inode",
        "path",
    )

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            size, self.inode = status.st_size, status.st_ino
            if size < _HEADER.size:
                raise SegmentDamaged(str(path), why=f"{size} bytes")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, marker, crc, count, batch_count = _HEADER.unpack_from(self._map)
        if magic != _MAGIC or marker != _MARKER:
            raise SegmentDamaged(str(path), why="header")
        if size != _HEADER.size + 14 * count + 4 * batch_count:
            raise SegmentDamaged(str(path), why=f"{size} bytes, header says {count} leaves")
        if _crc(self._map) != crc:
            raise SegmentDamaged(str(path), why="CRC-32")
        self.count = count
        columns = _columns(self._map, count, batch_count)
        self._arrays = Entries(columns[0], columns[1], columns[3])
        self.batch_ids = frozenset(columns[2].tolist())
        # bisect over a memory view reads one integer at a time without numpy's overhead of a call.
        self._prefixes, self._batches, self._positions = (array.data for array in self._arrays)
        self._shift, self._fence = _fence(self._arrays.prefixes)

    def find(self, prefix: int) -> Sequence[Place]:
        """Every place whose leaf starts with `prefix` (the first 8 bytes, big-endian)."""
        prefixes, count, fence = self._prefixes, self.count, self._fence
        part = prefix >> self._shift
        low = bisect_left(prefixes, prefix, fence[part], fence[part + 1])
        if low == count or prefixes[low] != prefix:
            return _NOWHERE
        found = []
        while low < count and prefixes[low] == prefix:
            found.append(Place(self._batches[low], self._positions[low]))
            low += 1
        return found

    def between(self, low: int, high: int | None) -> Entries:
        """The entries with low ≤ prefix < high, as views; `high` None means no upper bound."""
        prefixes = self._arrays.prefixes
        start = int(np.searchsorted(prefixes, np.uint64(low)))
        end = self.count if high is None else int(np.searchsorted(prefixes, np.uint64(high)))
        return Entries(*(column[start:end] for column in self._arrays))

    def every(self, step: int) -> list[int]:
        """Each `step`-th prefix: where a merge may cut."""
        return [int(prefix) for prefix in self._arrays.prefixes[step::step]]

    @classmethod
    def write(cls, path: Path, entries: Entries, batch_ids: Sequence[int]) -> Self:
        """Writes a segment of unsorted `entries`, fsynced and under its final name (the folder is not yet synced)."""
        return cls._write(path, len(entries.prefixes), batch_ids, iter([entries.sorted()]))

    @classmethod
    def merge(cls, path: Path, segments: Sequence[Segment]) -> Self:
        """Writes one segment with all entries of `segments`; memory stays bounded whatever their size."""
        batch_ids = sorted(frozenset().union(*(segment.batch_ids for segment in segments)))
        return cls._write(path, sum(segment.count for segment in segments), batch_ids, _merged(segments))

    @classmethod
    def _write(cls, path: Path, count: int, batch_ids: Sequence[int], parts: Iterator[Entries]) -> Self:
        temporary = path.with_suffix(".tmp")
        with temporary.open("w+b") as file:
            file.truncate(_HEADER.size + 14 * count + 4 * len(batch_ids))
            with mmap.mmap(file.fileno(), 0) as target:
                _fill(target, count, batch_ids, parts)
                target.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        return cls(path)


def _fence(prefixes: npt.NDArray[Any]) -> tuple[int, memoryview]:
    """Where each value of the leading bits starts: leaves spread evenly, so a search begins near its end."""
    bits = min(_MOST_FENCE_BITS, max(0, len(prefixes).bit_length() - 4))
    shift = 64 - bits
    starts = np.searchsorted(prefixes, np.arange(1 << bits, dtype=np.uint64) << np.uint64(shift % 64))
    return shift, np.append(starts, len(prefixes)).astype(np.int64).data


def _fill(target: mmap.mmap, count: int, batch_ids: Sequence[int], parts: Iterator[Entries]) -> None:
    prefixes, batches, ids, positions = _columns(target, count, len(batch_ids))
    ids[:] = batch_ids
    at = 0
    for part in parts:
        end = at + len(part.prefixes)
        prefixes[at:end], batches[at:end], positions[at:end] = part
        at = end
    del prefixes, batches, ids, positions  # the map cannot be closed while arrays look into it
    _HEADER.pack_into(target, 0, _MAGIC, _MARKER, _crc(target), count, len(batch_ids))


def _merged(segments: Sequence[Segment]) -> Iterator[Entries]:
    # Cuts come from the largest segment's own prefixes: leaves are digests, but nothing forces a stranger's to be.
    largest = max(segments, key=lambda segment: segment.count)
    step = max(1, _MERGE_ENTRIES // len(segments))
    cuts = sorted({0, *largest.every(step)})
    for low, high in zip(cuts, [*cuts[1:], None], strict=True):
        parts = [segment.between(low, high) for segment in segments]
        yield Entries(*(np.concatenate(columns) for columns in zip(*parts, strict=True))).sorted()


def _columns(source: mmap.mmap, count: int, batch_count: int) -> tuple[npt.NDArray[Any], ...]:
    layout = ((np.uint64, count), (np.uint32, count), (np.uint32, batch_count), (np.uint16, count))
    columns, offset = [], _HEADER.size
    for kind, length in layout:
        columns.append(np.frombuffer(source, kind, length, offset))
        offset += length * np.dtype(kind).itemsize
    return tuple(columns)


def _crc(source: mmap.mmap) -> int:
    crc = 0
    with memoryview(source) as view:
        for start in range(_HEADER.size, len(view), _CRC_BYTES):
            with view[start : start + _CRC_BYTES] as part:
                crc = zlib.crc32(part, crc)
    return crc
