from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from node.supervisor import rotation
from node.supervisor.rotation import rotate

if TYPE_CHECKING:
    from pathlib import Path

_WRITER = """
import os, sys
log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
for number in range(60_000):
    os.write(log, b"%08d and some words more\\n" % number)
"""


def test_a_log_is_rotated_by_size_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "chain.log"
    assert not rotate(log, largest=100)
    with log.open("ab", buffering=0) as writer:  # as the programs hold it
        for turn in range(5):
            writer.write(f"{turn}".encode() * 60)
            assert not rotate(log, largest=100)
            writer.write(f"{turn}".encode() * 60)
            assert rotate(log, largest=100, kept=3)
            assert log.read_bytes() == b""
        writer.write(b"last")
    assert log.read_bytes() == b"last"
    parts = [tmp_path / f"chain.log.{number}" for number in (1, 2, 3)]
    assert [part.read_bytes() for part in parts] == [b"4" * 120, b"3" * 120, b"2" * 120]
    assert not (tmp_path / "chain.log.4").exists()
    assert all(part.stat().st_mode & 0o077 == 0 for part in parts)


def test_no_line_is_lost_while_a_program_writes_as_fast_as_it_can(tmp_path: Path) -> None:
    probe = os.open(tmp_path / "probe", os.O_RDWR | os.O_CREAT)
    os.write(probe, b"x" * (1 << 17))
    whole = rotation._collapsed(probe, 1 << 16)
    os.close(probe)
    log = tmp_path / "chain.log"
    log.touch()
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(log)])
    turns = 0
    while writer.poll() is None:
        turns += rotate(log, largest=200_000, kept=1_000)
        time.sleep(0.002)
    assert writer.returncode == 0
    parts = [log.with_name(f"chain.log.{number}") for number in range(turns, 0, -1)]
    lines = b"".join(part.read_bytes() for part in (*parts, log)).splitlines()
    assert turns > 1
    assert log.stat().st_size < 2_000_000
    if whole:  # elsewhere (tmpfs) what comes in the moment of emptying is lost
        assert [int(line[:8]) for line in lines] == list(range(60_000))
    else:
        assert len(lines) > 30_000


def test_on_a_file_system_that_cuts_no_ranges_the_log_is_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_collapsed", lambda *_: False)
    log = tmp_path / "chain.log"
    log.write_bytes(b"a" * 200_000)
    assert rotate(log, largest=100_000)
    assert (log.stat().st_size, log.with_name("chain.log.1").stat().st_size) == (0, 200_000)


def test_where_the_disk_is_full_the_log_stays_whole_and_the_oldest_part_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(rotation, "_copy", full)
    log = tmp_path / "chain.log"
    log.write_bytes(b"a" * 200_000)
    for number in (1, 2):
        log.with_name(f"chain.log.{number}").write_bytes(b"b")
    with pytest.raises(OSError, match="space"):
        rotate(log, largest=100_000, kept=2)
    assert {path.name for path in tmp_path.iterdir()} == {"chain.log", "chain.log.1"}
    assert log.stat().st_size == 200_000
