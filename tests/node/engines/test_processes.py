"""Detached processes: found again whatever became of their pid file, and never confused with a stranger."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from node.engines.processes import Detached, since

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIVES = "import time; time.sleep(600)"


@pytest.fixture
def detached(tmp_path: Path) -> Iterator[Detached]:
    made = Detached(tmp_path / "x.pid", f"--mark={tmp_path}")
    yield made
    assert made.terminate(seconds=60)


def start(detached: Detached, folder: Path, code: str = LIVES) -> int:
    detached.start((sys.executable, "-c", code, detached.mark), log=folder / "log", folder=folder)
    pid = detached.pid()
    assert pid is not None
    return pid


def test_a_stranger_that_has_the_number_now_is_neither_found_nor_ended(detached: Detached) -> None:
    with subprocess.Popen([sys.executable, "-c", LIVES, "--mark=/somewhere/else"]) as stranger:
        detached.record(stranger.pid)
        assert detached.pid() is None
        assert detached.found() is None
        detached.kill()
        assert not detached.hang_up()
        assert not detached._send(stranger.pid, signal.SIGKILL), "nor where it took the number in this very moment"
        assert detached.terminate(seconds=30)
        assert stranger.poll() is None
        stranger.kill()


def test_a_lost_pid_file_is_written_again(detached: Detached, tmp_path: Path) -> None:
    pid = start(detached, tmp_path)
    detached.pid_file.unlink()
    assert detached.pid() is None
    assert detached.found() == pid == detached.pid()
    detached.pid_file.write_text("", encoding="ascii")
    assert detached.found() == pid
    detached.pid_file.unlink()
    assert detached.terminate(seconds=60), "what a person removed must not keep it from ending"
    assert detached.found() is None


def test_of_two_that_may_be_meant_none_is(detached: Detached, tmp_path: Path) -> None:
    start(detached, tmp_path)
    with subprocess.Popen([sys.executable, "-c", LIVES, detached.mark]) as twin:
        known = detached.pid()
        detached.pid_file.unlink()
        assert detached.found() is None
        twin.kill()
    assert detached.found() == known


def test_one_that_is_only_just_starting_does_not_die_of_being_told_to_read_again(
    detached: Detached, tmp_path: Path
) -> None:
    pid = start(detached, tmp_path)
    for _ in range(20):
        assert detached.hang_up()
    time.sleep(0.2)
    assert detached.pid() == pid


def test_a_disk_without_room_is_said_before_anything_is_started(tmp_path: Path) -> None:
    (tmp_path / "x.pid.new").symlink_to("/dev/full")
    detached = Detached(tmp_path / "x.pid", f"--mark={tmp_path}")
    with pytest.raises(OSError, match="space"):
        detached.start((sys.executable, "-c", LIVES, detached.mark), log=tmp_path / "log", folder=tmp_path)
    assert detached.found() is None


def test_of_another_users_folder_it_is_not_said_that_nothing_runs_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    monkeypatch.setattr("pathlib.Path.read_text", refused)
    with pytest.raises(PermissionError):
        Detached(tmp_path / "x.pid", "--mark").pid()


def test_what_was_said_since_a_start_is_told_apart(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n", encoding="ascii")
    start_at = log.stat().st_size
    with log.open("a", encoding="ascii") as more:
        more.write("after\n" * 3)
    assert since(log, start_at) == "after\n" * 3
    assert since(log, start_at, most=6) == "after\n"
    log.write_text("new\n", encoding="ascii")
    assert since(log, start_at) == "new\n", "rotated meanwhile"
    assert since(tmp_path / "absent", 0) == ""
