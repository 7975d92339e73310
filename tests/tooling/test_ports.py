"""Ports: nobody is given one that another has, in this process or in one beside it."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from ports import END, FIRST, HUNDRED, Ports

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def test_processes_beside_one_another_are_never_given_the_same(tmp_path: Path) -> None:
    asked = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})\n"
    asked += "from pathlib import Path; from ports import Ports\n"
    asked += f"ports = Ports(Path({str(tmp_path)!r}))\n"
    asked += "print(*(port for _ in range(40) for port in ports.take(90)), flush=True); sys.stdin.read()\n"
    beside = [
        subprocess.Popen([sys.executable, "-c", asked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    given = [list(map(int, process.stdout.readline().split())) for process in beside if process.stdout]
    for process in beside:
        process.communicate()
    assert [len(set(ports)) for ports in given] == [3_600, 3_600]
    assert set(given[0]).isdisjoint(given[1])
    assert all(FIRST <= port < END for port in given[0] + given[1])


def test_what_a_process_that_ended_had_is_given_again_and_not_before(tmp_path: Path) -> None:
    ports = Ports(tmp_path)
    for _ in range((END - FIRST) // HUNDRED):
        ports.take(60)
    with pytest.raises(OSError, match="every port from"):
        ports.take(60)
    with pytest.raises(OSError, match="every port from"):
        Ports(tmp_path).take(1)
    ports.close()
    after = Ports(tmp_path)
    assert after.take(1)
    after.close()


def test_they_follow_one_another_and_a_taken_one_is_passed_over(tmp_path: Path) -> None:
    with closing(Ports(tmp_path)) as ports, socket.socket() as holder:
        [first] = ports.take(1)
        holder.bind(("127.0.0.1", first + 3))
        given = ports.take(5)
        assert given == list(range(given[0], given[0] + 5))
        assert given[0] > first + 3 or given[-1] < first
        with pytest.raises(ValueError, match="101 ports"):
            ports.take(101)
