"""Backups that somebody else made: anybody can seal something to a public key, and nothing of it may do harm."""

from __future__ import annotations

import hashlib
import os
import tarfile
from typing import TYPE_CHECKING

import pytest
from nacl.public import PrivateKey

from node.client.archive import errors, reading, sealing, writing
from node.client.archive.values import MANIFEST, Contents, Filed, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SECRET = bytes(PrivateKey.generate())
PUBLIC = bytes(PrivateKey(SECRET).public_key)
BYTES = b"xyz"
END = bytes(1024)


def sealed(path: Path, parts: Iterable[bytes]) -> Path:
    with path.open("wb") as file:
        writer = sealing.SealedWriter(file, [PUBLIC])
        for part in parts:
            writer.write(part)
        writer.finish()
    return path


def header(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type, member.linkname = size, kind, link
    return member.tobuf(tarfile.GNU_FORMAT)


def padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 512)


def regular(name: str) -> bytes:
    member = tarfile.TarInfo(name)
    member.size = len(BYTES)
    return member.tobuf(tarfile.PAX_FORMAT) + padded(BYTES)


def extended(records: dict[str, str]) -> bytes:
    """A file `a` with an extended header."""
    body = b""
    for key, value in records.items():
        line = f" {key}={value}\n".encode()
        length = next(total for total in range(len(line), len(line) + 9) if total == len(line) + len(str(total)))
        body += str(length).encode() + line
    return header("x", len(body), tarfile.XHDTYPE) + padded(body) + regular("a")


def listing(*names: str, text: bytes | None = None) -> bytes:
    files = tuple(Filed(name, len(BYTES), hashlib.sha256(BYTES).hexdigest()) for name in names)
    text = Contents("node", 1, {}, files).to_bytes() if text is None else text
    return header(MANIFEST, len(text)) + padded(text)


def sparse() -> bytes:
    """A file of a terabyte, of which half a kilobyte is written down (GNU's old form)."""
    block = bytearray(header("a", 512, tarfile.GNUTYPE_SPARSE))
    block[386:410] = b"00000000000\0" + b"00000001000\0"
    block[483:495] = b"\x80" + (1 << 40).to_bytes(11, "big")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + bytes(512)


def endless_name(kind: bytes) -> Iterator[bytes]:
    yield header("x", 4 << 30, kind)
    for _ in range(64):
        yield bytes(1 << 20)


HOSTILE: dict[str, list[bytes]] = {
    "a symbolic link": [header("a", kind=tarfile.SYMTYPE, link="/etc/passwd"), listing()],
    "a link": [header("a", kind=tarfile.LNKTYPE, link="/etc/passwd"), listing()],
    "a folder": [header("a", kind=tarfile.DIRTYPE), listing()],
    "a pipe": [header("a", kind=tarfile.FIFOTYPE), listing()],
    "a device": [header("a", kind=tarfile.CHRTYPE), listing()],
    "a sparse file": [sparse(), listing()],
    "a sparse file, extended": [
        extended({"GNU.sparse.map": "0,3", "GNU.sparse.size": str(1 << 40)}),
        listing("a"),
    ],
    "a header longer than memory": list(endless_name(tarfile.XHDTYPE)),
    "a name longer than memory": list(endless_name(tarfile.GNUTYPE_LONGNAME)),
    "the same file twice": [regular("a"), regular("a"), listing("a", "a")],
    "a file that is a folder later": [regular("a"), regular("a/b"), listing("a", "a/b")],
    "a folder that is a file later": [regular("a/b"), regular("a"), listing("a/b", "a")],
    "a name that climbs": [regular("a/../../b"), listing("a/../../b")],
    "a name from the root": [extended({"path": "/outside"}), listing("/outside")],
    "a name with an end in it": [extended({"path": "a\0b"}), listing("a\0b")],
    "a name too long for a folder": [regular("a" * 300), listing("a" * 300)],
    "a name too long for any": [regular("a/" * 3_000 + "b"), listing("a/" * 3_000 + "b")],
    "no time": [extended({"mtime": "nan"}), listing("a")],
    "a time without end": [extended({"mtime": "inf"}), listing("a")],
    "less than nothing": [extended({"size": "-512"}), listing("a")],
    "more than there is": [extended({"size": str(1 << 60)}), listing("a")],
    "nothing": [b""],
    "nothing but an end": [END * 10],
    "no list": [regular("a"), END],
    "two lists": [listing(), listing()],
    "a file after the list": [listing("a"), regular("a")],
    "a list of nothing": [listing(text=b"[]")],
    "a list that is none": [listing(text=b"\xff")],
    "a list without a bottom": [listing(text=b"[" * 100_000)],
    "a list of other kinds": [listing(text=b'{"version":1,"kind":[],"created":1,"facts":{},"files":[]}')],
    "a list without facts": [listing(text=b'{"version":1,"kind":"node","created":1,"facts":[1],"files":[]}')],
    "a list from no time": [listing(text=b'{"version":1,"kind":"node","created":1e300,"facts":{},"files":[]}')],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_our_writer_does_not_write_is_refused_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    path = sealed(tmp_path / "one.backup", [*HOSTILE[name], END])
    with pytest.raises(errors.DamagedArchiveError):
        reading.verify(path, SECRET)
    with pytest.raises(errors.DamagedArchiveError):
        reading.restore(path, SECRET, tmp_path / "into", "node")
    assert [one.name for one in tmp_path.iterdir()] == ["one.backup"]


def test_the_same_made_as_ours_is_restored(tmp_path: Path) -> None:
    path = sealed(tmp_path / "one.backup", [regular("a"), regular("b/" * 100 + "c")])
    with pytest.raises(errors.DamagedArchiveError):
        reading.verify(path, SECRET)  # no list yet
    names = ("a", "b/" * 100 + "c", "名字")
    sealed(path, [*map(regular, names), listing(*names), END])
    assert reading.restore(path, SECRET, tmp_path / "into", "node").size == 3 * len(BYTES)
    assert (tmp_path / "into" / names[2]).read_bytes() == BYTES


def test_what_is_written_with_any_name_and_time_that_a_folder_has_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    names = ["a" * 255, "名" * 85, "b/" * 200 + "c", "with space", "d\n", "-e", "\\f"]
    for name in names:
        one = folder / name
        one.parent.mkdir(parents=True, exist_ok=True)
        one.write_bytes(BYTES)
    os.utime(folder / "with space", (-1_000, -1_000))
    sources = [Source(name, folder / name) for name in names]
    contents = writing.write(tmp_path / "one", (PUBLIC,), "node", {}, sources, now=1)
    assert reading.restore(tmp_path / "one", SECRET, tmp_path / "into", "node") == contents
    assert {str(one.relative_to(tmp_path / "into")) for one in (tmp_path / "into").rglob("*") if one.is_file()} == set(
        names
    )


def test_a_backup_holds_no_backups(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "kept").write_bytes(BYTES)
    sizes = []
    for number in range(3):  # where they are kept in the folder that is backed up, each would hold all before it
        sources = [Source(one.name, one) for one in sorted(folder.iterdir())]
        contents = writing.write(folder / f"{number}.backup", (PUBLIC,), "node", {}, sources, now=1)
        assert [one.name for one in contents.files] == ["kept"]
        sizes.append((folder / f"{number}.backup").stat().st_size)
    assert len(set(sizes)) == 1


def test_a_file_with_the_name_of_the_list_is_refused_before_it_makes_the_backup_unreadable(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(BYTES)
    with pytest.raises(errors.NameTakenError):
        writing.write(tmp_path / "one", (PUBLIC,), "node", {}, [Source(MANIFEST, tmp_path / "x")], now=1)
    assert not (tmp_path / "one").exists()
