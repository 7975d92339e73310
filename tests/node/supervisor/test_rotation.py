from __future__ import annotations

from typing import TYPE_CHECKING

from node.supervisor.rotation import rotate

if TYPE_CHECKING:
    from pathlib import Path


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
