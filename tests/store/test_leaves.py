"""The leaf index answers like a dictionary, survives kills, and names damage."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.store import leaf_segment
from gateway.store.leaves import LeafIndex, MalformedLeaves, Place, SegmentDamaged

# A few leading bytes only, so that prefixes collide within a batch and between batches.
LEAVES = st.builds(
    lambda head, tail: bytes([head]) * 8 + tail.to_bytes(24, "big"),
    st.sampled_from([0, 1, 127, 128, 255]),
    st.integers(0, 3),
)
BATCHES = st.lists(st.sets(LEAVES, min_size=1, max_size=8), min_size=1, max_size=24)


def manifest(seed: int, count: int) -> bytes:
    chance = random.Random(seed)
    return b"".join(sorted(chance.randbytes(32) for _ in range(count)))


def leaf_at(leaves: bytes, position: int) -> bytes:
    return leaves[32 * position : 32 * position + 32]


@settings(max_examples=40, deadline=None)
@given(batches=BATCHES, reopen=st.booleans(), together=st.booleans())
def test_the_index_answers_like_a_dictionary(batches: list[set[bytes]], *, reopen: bool, together: bool) -> None:
    expected: dict[bytes, set[Place]] = {}
    manifests = {number: b"".join(sorted(leaves)) for number, leaves in enumerate(batches, 1)}
    for number, leaves in manifests.items():
        for position in range(len(leaves) // 32):
            expected.setdefault(leaf_at(leaves, position)[:8], set()).add(Place(number, position))
    with tempfile.TemporaryDirectory() as folder:
        index = LeafIndex(Path(folder))
        if together:
            assert index.add_many(manifests.items()) == len(manifests)
        else:
            assert all(index.add(number, leaves) for number, leaves in manifests.items())
        if reopen:
            index = LeafIndex(Path(folder))
        for head in range(256):
            prefix = bytes([head]) * 8
            found = index.find(prefix + bytes(24))
            assert len(found) == len(set(found))
            assert set(found) == expected.get(prefix, set())
        assert len(index) == sum(len(leaves) for leaves in batches)
        assert all(number in index for number in manifests)


def test_merging_in_small_parts_loses_and_invents_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaf_segment, "_MERGE_ENTRIES", 64)
    index = LeafIndex(tmp_path)
    manifests = {number: manifest(number, 50 + number) for number in range(1, 18)}
    for number, leaves in manifests.items():
        index.add(number, leaves)
    assert len(list(tmp_path.glob("*.leaves"))) < len(manifests)
    for number, leaves in manifests.items():
        for position in range(len(leaves) // 32):
            assert index.find(leaf_at(leaves, position)) == [Place(number, position)]


def test_a_full_batch_keeps_its_last_position(tmp_path: Path) -> None:
    leaves = manifest(1, 32_768)
    index = LeafIndex(tmp_path)
    index.add(4_000_000_000, leaves)
    assert index.find(leaves[-32:]) == [Place(4_000_000_000, 32_767)]


def test_a_batch_is_taken_in_once(tmp_path: Path) -> None:
    index = LeafIndex(tmp_path)
    assert index.add(3, manifest(3, 10))
    assert not index.add(3, manifest(3, 10))
    assert index.add_many([(3, manifest(3, 10)), (4, manifest(4, 10))]) == 1
    assert len(index) == 20


@pytest.mark.parametrize(
    "leaves",
    [b"", b"\0" * 31, b"\xff" * 32 + b"\0" * 32, bytes(32) * 32_769],
    ids=["none", "31 bytes", "descending", "32,769"],
)
def test_what_is_no_batch_is_refused_and_changes_nothing(tmp_path: Path, leaves: bytes) -> None:
    index = LeafIndex(tmp_path)
    with pytest.raises(MalformedLeaves) as caught:
        index.add_many([(1, manifest(1, 4)), (2, leaves)])
    assert caught.value.value == 2
    assert len(index) == 0
    assert 1 not in index


def test_another_reader_sees_what_was_added_at_its_next_question(tmp_path: Path) -> None:
    reader, writer = LeafIndex(tmp_path), LeafIndex(tmp_path)
    for number in range(1, 10):  # enough to merge files away under the reader
        leaves = manifest(number, 100)
        writer.add(number, leaves)
        assert reader.find(leaves[:32]) == [Place(number, 0)]
    writer.clear()
    assert reader.find(manifest(1, 100)[:32]) == []
    assert len(reader) == 0


def test_files_that_the_catalogue_does_not_list_are_ignored_and_swept(tmp_path: Path) -> None:
    index = LeafIndex(tmp_path)
    index.add(1, manifest(1, 10))
    orphan, torn = tmp_path / "000000000999.leaves", tmp_path / "000000000998.tmp"
    orphan.write_bytes(b"left by a kill")
    torn.write_bytes(b"half")
    again = LeafIndex(tmp_path)
    assert len(again) == 10
    again.add(2, manifest(2, 10))
    assert not orphan.exists()
    assert not torn.exists()


@pytest.mark.parametrize("offset", [0, 12, 70, -1], ids=["magic", "checksum", "prefix", "position"])
def test_a_flipped_bit_is_named_when_the_index_is_opened(tmp_path: Path, offset: int) -> None:
    LeafIndex(tmp_path).add(1, manifest(1, 10))
    [segment] = tmp_path.glob("*.leaves")
    content = bytearray(segment.read_bytes())
    content[offset] ^= 1
    segment.write_bytes(content)
    with pytest.raises(SegmentDamaged) as caught:
        LeafIndex(tmp_path)
    assert caught.value.value == str(segment)


@pytest.mark.parametrize("content", [b"", b"short", b"\0" * 200], ids=["empty", "short", "zeros"])
def test_a_segment_of_another_shape_is_named(tmp_path: Path, content: bytes) -> None:
    LeafIndex(tmp_path).add(1, manifest(1, 10))
    [segment] = tmp_path.glob("*.leaves")
    segment.write_bytes(content)
    with pytest.raises(SegmentDamaged):
        LeafIndex(tmp_path)


def test_a_missing_segment_is_damage_and_not_an_empty_answer(tmp_path: Path) -> None:
    LeafIndex(tmp_path).add(1, manifest(1, 10))
    [segment] = tmp_path.glob("*.leaves")
    segment.unlink()
    with pytest.raises(SegmentDamaged, match="missing"):
        LeafIndex(tmp_path)


def test_an_index_whose_files_are_taken_away_says_so_instead_of_finding_nothing(tmp_path: Path) -> None:
    index = LeafIndex(tmp_path)
    index.add(1, manifest(1, 10))
    (tmp_path / "catalog.json").unlink()
    with pytest.raises(SegmentDamaged, match="missing"):
        index.find(manifest(1, 10)[:32])


def test_an_index_made_anew_under_the_same_names_is_read_anew(tmp_path: Path) -> None:
    reader = LeafIndex(tmp_path)
    LeafIndex(tmp_path).add(1, manifest(1, 10))
    assert reader.find(manifest(1, 10)[:32]) == [Place(1, 0)]
    for path in tmp_path.iterdir():
        path.unlink()
    LeafIndex(tmp_path).add(2, manifest(2, 10))
    assert reader.find(manifest(1, 10)[:32]) == []
    assert reader.find(manifest(2, 10)[:32]) == [Place(2, 0)]


def test_a_segment_that_is_merged_away_while_it_is_being_opened_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = LeafIndex(tmp_path)
    for number in range(1, 4):
        writer.add(number, manifest(number, 10))
    opened, left = LeafIndex._opened, [4]

    def merge_first(self: LeafIndex, path: Path) -> object:
        if left:
            number = left.pop()
            writer.add(number, manifest(number, 10))  # the fourth of a size: all four become one, the old files go
        return opened(self, path)

    monkeypatch.setattr(LeafIndex, "_opened", merge_first)
    reader = LeafIndex(tmp_path)
    assert left == []
    assert len(reader) == 40
    assert reader.find(manifest(4, 10)[:32]) == [Place(4, 0)]


def test_a_catalogue_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_bytes(b'{"next": 1, "segments": [], "surprise": 1}')
    with pytest.raises(SegmentDamaged, match="catalog"):
        LeafIndex(tmp_path)


WRITER = textwrap.dedent(
    """
    import random, sys, pathlib
    from gateway.store.leaves import LeafIndex
    folder, start = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    index = LeafIndex(folder)
    for number in range(start, 10_000):
        chance = random.Random(number)
        index.add(number, b"".join(sorted(chance.randbytes(32) for _ in range(300))))
        print(number, flush=True)
    """
)


@pytest.mark.kill
@pytest.mark.parametrize("seed", range(6))
def test_a_kill_loses_no_batch_that_was_acknowledged(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    confirmed, start = 0, 1
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(start)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(2, 40)):
                confirmed = int(process.stdout.readline())
            try:
                process.wait(chance.uniform(0, 0.02))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().split()
        confirmed = int(rest[-1]) if rest else confirmed
        index = LeafIndex(tmp_path)
        known = len(index) // 300
        assert known in {confirmed, confirmed + 1}  # the last one may be durable without having been acknowledged
        for number in range(1, known + 1):
            leaves = manifest(number, 300)
            assert Place(number, 0) in index.find(leaves[:32])
            assert Place(number, 299) in index.find(leaves[-32:])
        start = known + 1
