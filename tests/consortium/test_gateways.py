"""Gateways that are killed between two steps, and what they stand on gone: IPFS, a block of a peer's, SQL, the disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from anchored import anchors_of
from copies import kept_by, packs_of
from counting import selector
from killing import KILLED, trapped
from soundness import agreed, issued_by
from stage import HUREN, run
from swarm import block_file
from wire import ANSWERED, ASKED, Trap, Wire

from gateway.documents.blobs import FolderStore
from gateway.domain.manifest import cid_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from meanwhile import Work
    from postgres_server import Server
    from real_stage import RealStage
    from stage import Centre

ENGINES = ("geth", "besu")
pytestmark = [pytest.mark.consortium, pytest.mark.timeout(900)]
JIANGSU, ZHEJIANG, ANHUI = 320000, 330000, 340000
SEND, RECEIPT = "eth_sendRawTransaction", "eth_getTransactionReceipt"


@contextlib.contextmanager
def wired(stage: RealStage, centre: Centre) -> Iterator[Wire]:
    """A wire between a serving gateway and its node; afterwards it serves without."""
    member = stage.members[centre.home.province]
    wire = Wire(member.local.rpc_port)
    centre.stop()
    centre.rpc_url = wire.url
    centre.write_settings()
    centre.serve()
    try:
        yield wire
    finally:
        centre.stop()
        centre.rpc_url = member.rpc_url
        centre.write_settings()
        wire.close()
        centre.serve()


@pytest.mark.parametrize(
    "trap",
    [
        Trap(ASKED, SEND, also=selector("anchor")),
        Trap(ANSWERED, SEND, also=selector("anchor")),
        Trap(ANSWERED, RECEIPT),
    ],
    ids=["between commit and send", "between send and receipt", "before it knows the receipt"],
)
def test_a_gateway_killed_between_two_steps_goes_on_where_it_was_and_nobody_asks_again(
    consortium: RealStage, work: Work, sound: Callable[[], None], trap: Trap
) -> None:
    centre = consortium.centres[ZHEJIANG]
    one, before = work.issuing(ZHEJIANG), issued_by(consortium, ZHEJIANG)
    with wired(consortium, centre) as wire, work.going(JIANGSU):
        assert centre.process is not None
        with trapped(wire, trap):
            trap.arm(centre.process.pid)
            work.begin(one)
            consortium.wait(f"{trap}", trap.sprung.is_set)
        assert centre.process.wait(60) == KILLED
        centre.process = None
    consortium.wait("it is anchored", lambda: issued_by(consortium, ZHEJIANG) == before + one.rows)
    sound()


def test_credentials_are_issued_while_ipfs_is_down_and_their_manifests_arrive_when_it_is_back(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    member, zhejiang = consortium.members[ZHEJIANG], consortium.centres[ZHEJIANG]
    waiting = FolderStore(zhejiang.data / "blobs")
    os.kill(member.pid("supervisor"), signal.SIGSTOP)  # or it would start the daemon again at once
    try:
        os.kill(member.pid("ipfs"), signal.SIGKILL)
        with work.going(JIANGSU):
            one = work.issuing(ZHEJIANG)
            work.begin(one)
            one.complete()
        assert list(waiting.cids())
    finally:
        os.kill(member.pid("supervisor"), signal.SIGCONT)
    consortium.wait("the daemon is back", lambda: member.process("ipfs").pid() is not None)
    consortium.wait("what waited lies in it", lambda: not list(waiting.cids()))
    sound()
    zhejiang.run("documents", "status", "--json")  # whole, or it would end with 1


def test_damaged_blocks_in_one_store_are_taken_by_nobody_and_repaired_from_another_province(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    anhui, zhejiang = consortium.centres[ANHUI], consortium.centres[ZHEJIANG]
    anhui.stop()
    one = work.issuing(ZHEJIANG)
    with work.going(JIANGSU):
        work.begin(one)
        one.complete()
    zhejiang.wait_until_indexed(agreed(consortium))
    manifest, pack = cid_of(anchors_of(consortium, ZHEJIANG)[-1]["manifest"]), packs_of(zhejiang)[-1]
    consortium.wait("others keep the pack", lambda: len(kept_by(consortium, pack)) > 1)
    for cid in (manifest, pack):
        block = block_file(consortium.members[ZHEJIANG].layout.ipfs, cid)
        content = bytearray(block.read_bytes())
        content[len(content) // 2] ^= 1
        block.write_bytes(content)
    told = zhejiang.run("documents", "status", "--json", ok=(1,)).json
    damaged = [{"cid": cid, "province": ZHEJIANG, "state": "damaged"} for cid in (manifest, pack)]
    assert [*told["manifests"]["wanting"], *told["packs"]["wanting"]] == damaged, told
    anhui.serve()
    anhui.wait_until_indexed(agreed(consortium))
    restored = zhejiang.run("documents", "repair", "--json").json["restored"]
    assert (restored["manifests"], restored["packs"]) == (1, 1)
    sound()
    zhejiang.run("documents", "status", "--json")  # reads every byte


def test_a_database_server_restarted_under_load_costs_nothing(
    consortium: RealStage, work: Work, postgres: Server, sound: Callable[[], None]
) -> None:
    with work.going(JIANGSU):  # it issues and asks for transfers with that database
        for _ in range(2):
            known = len(work.begun)
            consortium.wait("work is going on", lambda: len(work.begun) > known)  # noqa: B023 - asked at once
            postgres.stop(signal.SIGINT)
            postgres.start()
    assert consortium.centres[JIANGSU].process is not None
    assert consortium.centres[JIANGSU].process.poll() is None
    sound()


def test_a_gateway_without_room_on_its_disk_says_so_and_goes_on_once_there_is_some(
    consortium: RealStage, work: Work, tmp_path: Path, sound: Callable[[], None]
) -> None:
    centre = consortium.centres[ZHEJIANG]
    one = work.issuing(ZHEJIANG, 200)
    work.begun.append(one)
    work.undone.append(one)
    with small_disk(centre, tmp_path) as disk, work.going(JIANGSU):
        with no_room(disk) as before:
            issue = (HUREN, "issue", str(one.roster), "--yes", "--json", "--config", str(centre.config))
            done = run(*before, *issue, ok=(1, 2))
            assert done.code == 2, done
            assert "Traceback" not in done.stderr, done.stderr
            assert centre.process is not None
            assert centre.process.poll() is None
        one.complete()
    sound()


@contextlib.contextmanager
def small_disk(centre: Centre, folder: Path) -> Iterator[Path | None]:
    """A centre's data on a disk of its own with little room; afterwards it lies where it lay. None without mounting."""
    kept = centre.folder / "data-elsewhere"
    used = sum(path.stat().st_size for path in centre.data.rglob("*") if path.is_file())
    mount = ["mount", "-t", "tmpfs", "-o", f"size={used + (24 << 20)}", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        said = "no file system may be mounted here: the full disk is a limit on the size of files instead"
        print(said)  # noqa: T201 - one line, for whoever reads the run
        yield None
        return
    centre.stop()
    shutil.copytree(centre.data, folder / "data", symlinks=True)
    centre.data.rename(kept)
    centre.data.symlink_to(folder / "data")
    centre.serve()
    try:
        yield folder
    finally:
        centre.stop()
        centre.data.unlink()
        shutil.copytree(folder / "data", centre.data, symlinks=True)
        shutil.rmtree(kept)
        subprocess.run(["umount", str(folder)], check=True)
        centre.serve()


@contextlib.contextmanager
def no_room(disk: Path | None) -> Iterator[tuple[str, ...]]:
    """No byte is left, for as long as this lasts; returns the words that a command begins with."""
    if disk is None:
        yield ("prlimit", "--fsize=4096")
        return
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 12))
    try:
        yield ()
    finally:
        ballast.unlink()
