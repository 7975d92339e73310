"""Why a program ended: what geth 1.13.15, Kubo 0.39 and Besu's launcher say, as recorded, and what follows from it."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from node.engines.errors import PortTakenError
from node.engines.problems import Problem, problem_of_error, problem_of_log
from node.ipfs.errors import KuboSecretError

DAILY = "INFO [11-22|15:45:11.973] Imported new chain segment               number=92 hash=eeebb7..4d1041\n"

RECORDED = {
    "the disk is full": "ERROR[11-22|15:50:57.549] Low disk space. Gracefully shutting down Geth to prevent database "
    "corruption. available=23.39MiB path=/x/chain/geth\nINFO [11-22|15:50:57.553] Blockchain stopped\n",
    "another program has one of its ports": "Error: constructing the node (see log for full detail): failed to listen "
    "on any addresses: [listen tcp4 127.0.0.1:21503: bind: address already in use]\n",
    "another process uses its data": "Error: lock /x/ipfs/repo.lock: someone else has the lock\n",
    "its data are those of another genesis": "Fatal: Failed to write genesis block: database contains incompatible "
    "genesis (have 9d59b0505a1390b3, new d562a16f7cdac497)\n",
    "its data are damaged": 'Fatal: Failed to open database: pebble: malformed manifest file "MANIFEST-000087"\n',
    "the IPFS repository is of another version than the program": "Error: Your programs version (16) is lower than "
    "your repos (99).\nPlease update Kubo to a version that supports the existing repo\n",
    "there is not enough memory": 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n',
    "there is no suitable Java": "ERROR: JAVA_HOME is not set and no 'java' command could be found in your PATH.\n",
    "it is not permitted to use its files": "Error: open /x/ipfs/config: permission denied\n",
    "a file or a program is lacking": "/bin/sh: 1: exec: /opt/geth: not found\n",
}


@pytest.mark.parametrize("en", RECORDED)
def test_what_programs_say_is_read_into_words_with_a_cure(en: str) -> None:
    problem = problem_of_log(DAILY + RECORDED[en] + DAILY, "chain")
    assert problem.en.startswith(f"{en}: ")
    assert problem.hint_en
    for zh in (problem.zh, problem.hint_zh):
        assert any("一" <= letter <= "鿿" for letter in zh)


def test_a_grave_line_that_is_not_known_is_told_as_it_is() -> None:
    problem = problem_of_log(DAILY + "Fatal: the moon is down\n" + DAILY, "chain")
    assert problem.en == "Fatal: the moon is down"
    assert "run/chain.log" in problem.hint_en


@pytest.mark.parametrize(
    "said",
    [
        "",
        DAILY,
        "2026-11-22 15:45:11.973+00:00 | vertx-worker | INFO  | PeerDenylistManager | failed to connect, no error\n",
        "2026-11-22T15:45:11.973Z\tWARN\tnode\tfailed to find a peer\n",
    ],
)
def test_one_that_said_nothing_grave_was_killed(said: str) -> None:
    assert "killed" in problem_of_log(said, "chain").en


def test_what_kept_it_from_starting_is_said_in_each_language() -> None:
    taken = problem_of_error(PortTakenError("127.0.0.1", 8545))
    assert (" / " not in taken.zh, " / " not in taken.en) == (True, True)
    assert "8545" in taken.en
    assert "by itself" in taken.hint_en
    full = problem_of_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert (full.zh, full.en) == ("磁盘已满", "the disk is full")
    denied = problem_of_error(PermissionError(errno.EACCES, "Permission denied", "/x/y"))
    assert denied.en == "the operating system refused: Permission denied（/x/y）"
    assert denied.zh == "操作系统拒绝：没有权限（/x/y）"
    early = problem_of_error(KuboSecretError(Path("/x/swarm.key"), os.strerror(errno.ENOENT)))
    assert "没有该文件或文件夹" in early.zh
    assert os.strerror(errno.ENOENT) not in early.zh
    assert "huren-node swarm-key open" in early.en
    assert "TimeoutExpired" in problem_of_error(subprocess.TimeoutExpired("geth", 3)).en


def test_only_so_much_is_told() -> None:
    assert len(problem_of_log("Fatal: " + "x" * 5_000, "chain").en) < 400
    assert len(Problem.plain("x" * 5_000).zh) == 300
