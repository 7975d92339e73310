"""A supervisor as a process, over programs that only pretend: what is done to it, and what it must live through."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from node.cli.main import run
from node.engines.factory import client_at
from node.engines.place import stop_undescribed
from node.local import read, write
from tests.node.engines.conftest import trial_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from node.engines.place import Place
    from node.layout import Layout

pytestmark = pytest.mark.network
_PRETENDS = """\
#!/bin/sh
case "$*" in
  version) echo "Version: 1.13.15-stable"; exit 0 ;;
  *version*) echo "0.39.0"; exit 0 ;;
  *" init "*) exit 0 ;;
esac
trap 'exit 0' TERM
while :; do sleep 0.2; done
"""
_WITHIN = 60.0


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Layout]:
    """One member's folder whose programs do nothing, with a blank and Chinese in its path."""
    layout = trial_folder(tmp_path / "试用 trial", "geth").member(310_000)
    program = tmp_path / "pretends"
    program.write_text(_PRETENDS, encoding="ascii")
    program.chmod(0o755)
    write(layout.local, read(layout.local).model_copy(update={"geth": str(program), "ipfs": str(program)}))
    layout.run.mkdir(mode=0o700)
    yield layout
    stop_undescribed(layout, seconds=_WITHIN)
    client = client_at(layout)
    for process in (client.process, client.place.daemon):
        assert process.terminate(seconds=_WITHIN)


def started(place: Place) -> int:
    place.health.unlink(missing_ok=True)  # of a supervisor that was killed
    place.supervisor.start(place.supervisor_command(), log=place.supervisor_log, folder=place.layout.folder)
    until(lambda: place.health.exists() and None not in pids(place))
    pid = place.supervisor.pid()
    assert pid is not None
    return pid


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + _WITHIN
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def health(place: Place) -> dict[str, Any]:
    until(place.health.exists)
    found: dict[str, Any] = json.loads(place.health.read_bytes())
    return found


def pids(place: Place) -> tuple[int | None, int | None]:
    return client_at(place.layout).process.pid(), place.daemon.pid()


def test_a_supervisor_is_found_whatever_becomes_of_its_pid_file(own: Layout) -> None:
    place = client_at(own).place
    first = started(place)
    place.supervisor.pid_file.unlink()
    until(lambda: place.supervisor.pid() == first)
    place.supervisor.record(os.getpid())
    until(lambda: place.supervisor.pid() == first)
    place.supervisor.pid_file.unlink()
    assert place.supervisor.found() == first, "and an `up` in that very moment starts no second one"


def test_a_second_supervisor_leaves_the_folder_to_the_first(own: Layout) -> None:
    place = client_at(own).place
    first = started(place)
    running = pids(place)
    second = subprocess.run(
        [sys.executable, "-P", "-m", "node.supervisor", "--dir", str(own.folder)],
        capture_output=True,
        text=True,
        timeout=_WITHIN,
        check=False,
    )
    assert (second.returncode, "another supervisor" in second.stdout) == (1, True)
    assert place.supervisor.pid() == first
    assert pids(place) == running


def test_killed_it_leaves_its_programs_and_told_to_end_it_ends_them(own: Layout) -> None:
    place = client_at(own).place
    first = started(place)
    running = pids(place)
    os.kill(first, signal.SIGKILL)
    until(lambda: place.supervisor.pid() is None)
    assert pids(place) == running
    second = started(place)
    assert pids(place) == running, "found, not started twice"
    for number in (signal.SIGHUP, signal.SIGINT):
        os.kill(second, number)
    until(lambda: place.supervisor.pid() is None)
    assert pids(place) == (None, None)
    assert not place.health.exists()


def test_down_ends_what_runs_though_the_description_is_broken(own: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    place = client_at(own).place
    started(place)
    kept = own.description.read_bytes()
    own.description.write_text("name = ", encoding="ascii")
    try:
        assert run(["down", "--dir", str(own.folder), "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"stopped": True}
        assert run(["down", "--dir", str(own.folder), "--json"]) == 2, "nothing runs, and nothing is known"
    finally:
        own.description.write_bytes(kept)
    assert (place.supervisor.pid(), *pids(place)) == (None, None, None)


def test_down_does_not_wait_for_an_up_that_waits_for_the_node(own: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    place = client_at(own).place
    words = [sys.executable, "-c", "from node.cli.main import main; main()", "up", "--dir", str(own.folder), "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as up:
        until(lambda: None not in pids(place))
        assert run(["down", "--dir", str(own.folder), "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"stopped": True}
        said, _ = up.communicate(timeout=_WITHIN)
    assert up.returncode == 2
    error = json.loads(said)["error"]
    assert error["code"] == "node.EngineFailedError", "it did not wait until its own time was over"
    assert "brought down" in error["en"]
    assert (place.supervisor.pid(), *pids(place)) == (None, None, None)


def test_with_a_full_disk_under_its_log_it_goes_on(own: Layout) -> None:
    place = client_at(own).place
    with Path("/dev/full").open("wb") as full:
        supervisor = subprocess.Popen(
            place.supervisor_command(), stdout=full, stderr=full, cwd=own.folder, start_new_session=True
        )
        try:
            until(lambda: None not in pids(place))
            before = client_at(own).process.pid()
            client_at(own).process.kill()
            until(lambda: client_at(own).process.pid() not in {None, before})
            assert supervisor.poll() is None
        finally:
            supervisor.terminate()
            assert supervisor.wait(timeout=_WITHIN) == 0


def test_a_changed_metrics_port_is_taken_without_a_restart(own: Layout) -> None:
    place = client_at(own).place
    first = started(place)
    local = read(own.local)
    other = local.model_copy(update={"metrics_port": local.metrics_port + 1})
    write(own.local, other)
    assert place.supervisor.hang_up()

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{other.metrics_port}/metrics", timeout=10) as found:
                return b"huren_alarm" in found.read()
        except OSError:
            return False

    until(answers)
    assert place.supervisor.pid() == first
    assert health(place)["metrics_problem"] == ""
