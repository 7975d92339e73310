"""A gateway is backed up while it issues, goes on, is killed; its OLD backup goes on elsewhere: nothing twice.

Real processes, on SQLite and on PostgreSQL. What was issued after the backup is good on the chain and verifies; what
of it is lost is said in words.
"""

from __future__ import annotations

import signal
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from anchored import anchors_of, events
from counting import issue_words
from killing import fresh_roster, start
from stage import HUREN, Centre, Stage, fetch, run

from node.client.deployment import Deployment
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postgres_server import Server

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(1800)]
SHANGHAI, JIANGSU = 310000, 320000
FEW, MANY = 40, 1_600
BY_COMMAND = 1.0
"""Seconds between two questions that take a command: asked without pause they slow down what they ask about."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Iterator[Stage]:
    """Shanghai on SQLite and Jiangsu on PostgreSQL, both issuing and serving."""
    stage = Stage(tmp_path_factory.mktemp("backups"), days_ago=40)
    stage.centres[JIANGSU].settings = {"database_url": f'"{postgres.new_database()}"'}
    both = [stage.centres[SHANGHAI], stage.centres[JIANGSU]]
    for centre in both:
        centre.peers = [other.url for other in both if other is not centre]
    try:
        stage.raise_network()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(Centre.prepare, both))
            list(pool.map(Centre.accredit, both))
        stage.node("advance", "--days", "29")
        for centre in both:
            centre.serve()
        yield stage
    finally:
        stage.close()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A recovery key and the file with its passphrase, on a machine of their own."""
    folder = tmp_path_factory.mktemp("recovery")
    passphrase = folder / "passphrase"
    passphrase.write_text("kept by two people\n", encoding="utf-8")
    passphrase.chmod(0o600)
    made = folder / "recovery.json"
    run(HUREN, "backup", "key", str(made), "--passphrase-file", str(passphrase))
    return made, passphrase


def opened(key: tuple[Path, Path]) -> tuple[str, ...]:
    return ("--key", str(key[0]), "--passphrase-file", str(key[1]))


def answers(centre: Centre, leaves: list[str]) -> list[tuple[str, str]]:
    """What a gateway says of hashes: the verdict and its institution."""
    found = [fetch(f"{centre.url}/v1/credentials/{leaf}")[1] for leaf in leaves]
    return [(one["verdict"], one["hash"]) for one in found]


def leaf_of(centre: Centre, file: Path) -> str:
    return str(fetch(f"{centre.url}/v1/verify", file.read_bytes())[1]["hash"])


def operator_nonces(stage: Stage, centre: Centre) -> list[int]:
    """The nonces of the operator's transactions on the chain, in the order of the chain."""
    address = orjson.loads((centre.folder / "secrets" / "operator.json").read_bytes())["address"].lower()
    found: list[int] = []
    with JsonRpc(stage.rpc_url) as rpc:
        for number in range(int(rpc.call("eth_blockNumber"), 16) + 1):
            block = rpc.call("eth_getBlockByNumber", hex(number), True)  # noqa: FBT003 - JSON-RPC
            found += [
                int(one["nonce"], 16)
                for one in block["transactions"]
                if one["from"].lower().removeprefix("0x") == address.removeprefix("0x")
            ]
    return found


def until(told: Callable[[], object], centre: Centre, seconds: float = 240, pause: float = 0.2) -> None:
    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline, centre.log_tail()
        time.sleep(pause)


@dataclass
class Past:
    """What a centre did before its machine was lost: certificates of before and after the backup, and what is known."""

    folder: Path
    backup: Path
    made: Any
    roster: Path
    lost_roster: Path
    asked: list[str]
    told: list[tuple[str, str]]
    anchors: int
    nonces: list[int]
    reinstated: str

    def files(self, when: str) -> list[Path]:
        return sorted((self.folder / when).iterdir())


def live(stage: Stage, centre: Centre, key: tuple[Path, Path], folder: Path) -> Past:
    """Issue, queue, back up while a long roster is being issued, go on, and be killed."""
    province = centre.home.province
    roster = fresh_roster(centre, folder, FEW, province + 1)
    centre.run(*issue_words(roster, "--wait", "--out", str(folder / "before")))

    # Nobody sends while the second roster is approved, so the backup holds it as queued.
    centre.stop()
    before = len(anchors_of(stage, province))
    centre.run(*issue_words(fresh_roster(centre, folder, FEW, province + 2)))
    assert len(anchors_of(stage, province)) == before

    issuing = start(centre, *issue_words(fresh_roster(centre, folder, MANY, province + 3)))
    backup = folder / "gateway.backup"
    made = centre.run("backup", "create", str(backup), "--to", str(key[0]), "--json").json
    assert issuing.wait(300) == 0
    assert made["facts"]["outbox"]["queued"] >= 1
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600

    # It goes on: what was queued is sent, a further roster is issued, one certificate is suspended and reinstated.
    centre.serve()
    lost_roster = fresh_roster(centre, folder, FEW, province + 4)
    centre.run(*issue_words(lost_roster, "--wait", "--out", str(folder / "after")))
    reinstated = leaf_of(centre, min((folder / "before").iterdir()))
    centre.run("suspend", reinstated, "--reason", "fraud")
    centre.run("reinstate", reinstated)
    centre.wait_until_indexed(stage.block())
    until(lambda: not sum(open_entries(centre).values()), centre, pause=BY_COMMAND)
    asked = [leaf_of(centre, file) for when in ("before", "after") for file in sorted((folder / when).iterdir())[:5]]
    told, anchors, nonces = answers(centre, asked), len(anchors_of(stage, province)), operator_nonces(stage, centre)
    centre.stop(how=signal.SIGKILL)
    return Past(folder, backup, made, roster, lost_roster, asked, told, anchors, nonces, reinstated)


def restored(past: Past, centre: Centre, key: tuple[Path, Path], url: str | None) -> Centre:
    """The centre in a new folder: from the backup, and its pseudonym key from a backup of its own."""
    into, words = past.folder / "restored", ("--database-url", url) if url else ()
    checked = run(HUREN, "backup", "verify", str(past.backup), *opened(key), "--digest", past.made["digest"], "--json")
    assert checked.json["digest"] == past.made["digest"]
    done = run(HUREN, "restore", str(past.backup), "--into", str(into), *opened(key), *words, "--json").json
    assert done["files"] == past.made["files"]
    for path in (into, *into.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    names = {path.name for path in into.rglob("*") if path.is_file()}
    assert "master.key.json" in names
    assert names.isdisjoint({"pseudonym.key.json", "keys", "pseudonym", "officers", "operator"})

    apart = past.folder / "pseudonym.backup"
    centre.run("backup", "create", str(apart), "--pseudonym-key", "--to", str(key[0]))
    run(HUREN, "restore", str(apart), "--into", str(past.folder / "token"), *opened(key), "--pseudonym-key")
    (past.folder / "token" / "pseudonym.key.json").replace(into / "data" / "keys" / "pseudonym.key.json")
    return replace(centre, folder=into, process=None)


def assert_nothing_twice(stage: Stage, centre: Centre, past: Past) -> None:
    """No anchor more than before the kill, none twice, no nonce twice, no status changed again."""
    roots = [said["root"] for said in anchors_of(stage, centre.home.province)]
    assert len(set(roots)) == len(roots) == past.anchors
    now = operator_nonces(stage, centre)
    assert now[: len(past.nonces)] == past.nonces
    assert now == list(range(len(now)))
    changes = [said for said in events(stage, "LeafStatusSet") if "0x" + said["leaf"].hex() == past.reinstated]
    assert len(changes) == 2


@pytest.mark.parametrize("province", [SHANGHAI, JIANGSU])
def test_an_old_backup_goes_on_elsewhere_and_nothing_is_done_twice(
    pair: Stage, key: tuple[Path, Path], postgres: Server, tmp_path: Path, province: int
) -> None:
    centre, other = pair.centres[province], pair.centres[SHANGHAI + JIANGSU - province]
    past = live(pair, centre, key, tmp_path)
    again = restored(past, centre, key, postgres.new_database() if province == JIANGSU else None)
    pair.centres[province] = again  # the stage ends it, and counts in its folder

    # Nothing is issued before it knows what it did, lest the same roster be issued twice.
    refused = again.run(*issue_words(past.lost_roster), ok=(2,)).stderr
    assert "huren recover" in refused
    again.serve()
    again.wait_until_indexed(pair.block())
    until(lambda: again.run("recover", "--json").json["restored"], again, pause=BY_COMMAND)
    found = again.run("recover", "--json").json
    assert found["knownAgain"] >= 1
    assert found["lostCredentials"] in {FEW, FEW + MANY}  # the third roster came into the backup or not, the fourth not
    until(lambda: not sum(open_entries(again).values()), again, pause=BY_COMMAND)
    assert_nothing_twice(pair, again, past)

    # The same answers, also of what only the chain and the peers remember.
    assert answers(again, past.asked) == past.told
    assert {verdict for verdict, _ in past.told} == {"registered"}
    for file in (past.files("before")[0], past.files("after")[0]):
        for gateway in (again, other):
            assert fetch(f"{gateway.url}/v1/verify", file.read_bytes())[1]["verdict"] == "valid"

    # What was there at the backup is exported again byte for byte; of the rest a person is told what is lost.
    export = tmp_path / "again"
    again.run("export", "--roster", str(past.roster), "--out", str(export))
    assert {one.name: one.read_bytes() for one in export.iterdir()} == {
        one.name: one.read_bytes() for one in past.files("before")
    }
    said = again.run("recover").stdout
    assert "丢失" in said
    assert "neither exported again nor found" in said
    asked = again.run("issue", str(past.lost_roster), "--dry-run")
    assert "unknown here. Do not issue the rosters of that time again" in asked.stderr

    # And it issues on, with places of another status list: those of the lost ones may be taken.
    final = tmp_path / "final"
    again.run(*issue_words(fresh_roster(again, tmp_path, FEW, province + 5), "--wait", "--out", str(final)))
    new, old = (
        orjson.loads(file.read_bytes())["credential"]["credentialStatus"]["statusListCredential"]
        for file in (min(final.iterdir()), past.files("after")[0])
    )
    assert new != old


def open_entries(centre: Centre) -> dict[str, int]:
    outbox = centre.run("index", "status", "--json", ok=(0, 2)).json["outbox"]
    return {state: outbox[state] for state in ("queued", "sent", "mined")}


def test_a_backup_and_a_restoring_that_cannot_be_say_why_and_leave_nothing(
    pair: Stage, key: tuple[Path, Path], tmp_path: Path
) -> None:
    centre = pair.centres[SHANGHAI]
    backup = tmp_path / "gateway.backup"
    public = run(HUREN, "backup", "key", str(tmp_path / "other.json"), "--passphrase-file", str(key[1])).stdout.strip()
    assert centre.run("backup", "create", str(backup), "--to", "0x12", ok=(64,)).stderr
    centre.run("backup", "create", str(backup), "--to", public)
    centre.run("backup", "create", str(backup), "--to", public, ok=(64,))  # never over another file

    wrong = run(HUREN, "restore", str(backup), "--into", str(tmp_path / "x"), *opened(key), ok=(2,)).stderr
    assert public in wrong
    mine = ("--key", str(tmp_path / "other.json"), "--passphrase-file", str(key[1]))
    bad = tmp_path / "bad"
    bad.write_text("wrong\n", encoding="utf-8")
    bad.chmod(0o600)
    run(HUREN, "backup", "verify", str(backup), *mine[:2], "--passphrase-file", str(bad), ok=(2,))
    run(HUREN, "restore", str(backup), "--into", str(centre.folder), *mine, ok=(64,))
    run(HUREN, "restore", str(backup), "--into", str(tmp_path / "x"), *mine, "--pseudonym-key", ok=(64,))
    run(HUREN, "backup", "verify", str(backup), *mine, "--digest", "0x" + "00" * 32, ok=(1,))
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "altered").write_bytes(content)
    altered = run(HUREN, "backup", "verify", str(tmp_path / "altered"), *mine, "--json", ok=(1,)).json["error"]
    assert "损坏" in altered["zh"]
    assert "altered" in altered["en"]
    run(HUREN, "restore", str(tmp_path / "altered"), "--into", str(tmp_path / "x"), *mine, ok=(1,))
    assert not (tmp_path / "x").exists()
    assert not list(tmp_path.glob(".x*"))


@pytest.mark.parametrize("what", ["create", "restore"])
def test_killed_in_the_middle_neither_leaves_half_of_anything(
    pair: Stage, key: tuple[Path, Path], tmp_path: Path, what: str
) -> None:
    centre = pair.centres[SHANGHAI]
    long = centre.data / "dossiers" / "long"
    long.parent.mkdir(exist_ok=True)
    with long.open("wb") as file:
        file.truncate(400 << 20)  # it takes a second: the kill cannot come too late
    backup, into = tmp_path / "gateway.backup", tmp_path / "restored"
    create = (HUREN, "backup", "create", str(backup), "--to", str(key[0]), "--config", str(centre.config))
    restore = (HUREN, "restore", str(backup), "--into", str(into), *opened(key))
    if what == "restore":
        run(*create)
    process = subprocess.Popen(
        create if what == "create" else restore, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    pattern = ".gateway.backup.*" if what == "create" else ".restored.restoring-*"
    until(lambda: list(tmp_path.glob(pattern)) or process.poll() is not None, centre, pause=0.002)
    process.kill()
    process.wait(60)
    assert process.returncode == -signal.SIGKILL
    assert backup.exists() == (what == "restore")
    assert not into.exists()
    assert fetch(f"{centre.url}/healthz")[0] == 200, "the gateway never noticed"
    long.unlink()
    if what == "create":
        run(*create)
    run(*restore)
    assert Deployment.load(into / "deployment.json") == Deployment.load(pair.network / "deployment.json")
    assert not list(tmp_path.glob(".*"))
    assert not list(centre.data.glob(".backup-*"))
