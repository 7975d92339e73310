"""Documents of three centres: two keep them in IPFS daemons of their own, one in a folder; all keep each other's.

Real processes. A daemon is killed while rosters are issued and comes back; blocks are damaged and lost; a centre loses
every document it ever issued: `huren documents` says so and brings all of it back, and nothing is anchored without it.
"""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from anchored import anchors_of
from counting import issue_words
from killing import fresh_roster, start
from stage import Centre, Stage, fetch
from swarm import Swarm

from gateway.documents.blobs import FolderStore
from gateway.documents.ipfs import IpfsStore
from gateway.domain.manifest import cid_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.kill, pytest.mark.timeout(900)]
SHANGHAI, JIANGSU, ZHEJIANG = 310000, 320000, 330000
FEW, MANY = 60, 4_200
"""More than MANY's rows are minted by worker processes, which open the store by themselves."""
LAST = 12
SECONDS = 300.0


@dataclass
class Ground:
    stage: Stage
    swarm: Swarm

    @property
    def centres(self) -> list[Centre]:
        """Shanghai and Jiangsu with a daemon each, Zhejiang with a folder."""
        return [self.stage.centres[province] for province in (SHANGHAI, JIANGSU, ZHEJIANG)]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("documents")
    stage = Stage(folder, days_ago=40, settings={"replication": "4"})  # all four members: every pack is everybody's
    with Swarm(folder / "ipfs", provinces=2) as swarm:
        ground = Ground(stage, swarm)
        for centre, daemon in zip(ground.centres, swarm.daemons, strict=False):
            kubo = daemon.kubo
            centre.settings["ipfs"] = f'{{api_url = "{kubo.place.api_url}", token_file = "{kubo.token_file}"}}'
        for centre in ground.centres:
            centre.peers = [other.url for other in ground.centres if other is not centre]
        try:
            stage.raise_network()
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(Centre.prepare, ground.centres))
                list(pool.map(Centre.accredit, ground.centres))
            stage.node("advance", "--days", "29")
            for centre in ground.centres:
                centre.serve()
            yield ground
        finally:
            stage.close()


def documents(centre: Centre, *words: str, ok: tuple[int, ...] = (0,)) -> dict[str, Any]:
    said: dict[str, Any] = centre.run("documents", *words, "--json", ok=ok).json
    return said


def settled(ground: Ground, manifests: int, packs: int) -> list[dict[str, Any]]:
    """Wait until every centre holds so many manifests and, of its own and the others', so many packs."""
    deadline = time.monotonic() + SECONDS
    while True:
        reports = [documents(centre, "status", "--quick", ok=(0, 1, 2)) for centre in ground.centres]
        held = [(one["manifests"]["whole"], one["packs"]["whole"] + one["replicas"]["whole"]) for one in reports]
        if all(one["whole"] and not one["waiting"] for one in reports) and set(held) == {(manifests, packs)}:
            return reports
        logs = "\n".join(centre.log_tail(1_500) for centre in ground.centres)
        assert time.monotonic() < deadline, f"{held}\n{reports}\n{logs}"
        time.sleep(1.0)


def packs_of(centre: Centre) -> int:
    return int(documents(centre, "status", "--quick", ok=(0, 1, 2))["packs"]["expected"])


def issue(centre: Centre, folder: Path, rows: int, seed: int) -> None:
    centre.run(*issue_words(fresh_roster(centre, folder, rows, seed)), timeout=SECONDS)


def test_every_manifest_is_everywhere_and_every_pack_where_it_is_to_be_kept(ground: Ground, tmp_path: Path) -> None:
    shanghai, jiangsu, zhejiang = ground.centres
    issue(shanghai, tmp_path, MANY, 1)
    issue(jiangsu, tmp_path, FEW, 2)
    issue(zhejiang, tmp_path, FEW, 3)
    packs = sum(packs_of(centre) for centre in ground.centres)
    assert packs_of(shanghai) > 5
    reports = settled(ground, manifests=3, packs=packs)
    assert [one["store"] for one in reports] == ["ipfs", "ipfs", "folder"]
    for centre, report in zip(ground.centres, reports, strict=True):
        assert report["replicas"]["expected"] == packs - packs_of(centre)
    # Nothing lies in the folders of those that have a daemon, and the daemons hold what the folder holds.
    held = set(FolderStore(zhejiang.data / "blobs").cids())
    for daemon, centre in zip(ground.swarm.daemons, ground.centres, strict=False):
        assert list(FolderStore(centre.data / "blobs").cids()) == []
        with closing(daemon.api()) as api:
            assert set(IpfsStore(api).cids()) == held
    assert all(documents(centre, "status")["whole"] for centre in ground.centres)


def test_issuing_goes_on_while_the_daemon_is_dead_and_what_waited_goes_into_it_once_it_is_back(
    ground: Ground,
) -> None:
    shanghai, jiangsu, zhejiang = ground.centres
    before = len(anchors_of(ground.stage, SHANGHAI))
    rosters = [fresh_roster(shanghai, ground.stage.folder, rows, seed) for rows, seed in ((MANY, 11), (FEW, LAST))]
    process = start(shanghai, *issue_words(rosters[0]))
    time.sleep(1.5)  # wherever it is by then: nothing, some packs or all of it may have been stored
    ground.swarm.daemons[0].end(signal.SIGKILL)
    try:
        assert process.wait(SECONDS) == 0
        shanghai.run(*issue_words(rosters[1]), timeout=SECONDS)
        waiting = list(FolderStore(shanghai.data / "blobs").cids())
        assert waiting, "the second roster was issued without the daemon"
        deadline = time.monotonic() + SECONDS
        while len(anchors_of(ground.stage, SHANGHAI)) < before + 2:  # the gateway sends what the commands handed over
            assert time.monotonic() < deadline
            time.sleep(0.5)
        block = ground.stage.block()
        # The others have it all the same: over HTTP, from the folder where it waits.
        for other in (jiangsu, zhejiang):
            other.wait_until_indexed(block, SECONDS)
        assert len(anchors_of(ground.stage, SHANGHAI)) == before + 2
        assert documents(shanghai, "status", ok=(2,))["error"]["code"] == "blob.store_unreachable"
    finally:
        ground.swarm.daemons[0].start()
    settled(ground, manifests=5, packs=sum(packs_of(centre) for centre in ground.centres))
    assert list(FolderStore(shanghai.data / "blobs").cids()) == []


def test_what_was_damaged_or_lost_in_a_daemon_is_named_and_brought_back(ground: Ground) -> None:
    jiangsu, daemon = ground.centres[1], ground.swarm.daemons[1]
    manifest = cid_of(anchors_of(ground.stage, SHANGHAI)[0]["manifest"])
    with closing(daemon.api()) as api:
        store = IpfsStore(api)
        pack = next(cid for cid in store.cids() if store.get(cid).startswith(b"huren.pack.v1"))
        daemon.file_of(manifest).write_bytes(b"damaged")
        assert store.remove(pack)
    report = documents(jiangsu, "status", ok=(1,))
    found = {one["cid"]: one["state"] for kind in ("manifests", "packs", "replicas") for one in report[kind]["wanting"]}
    assert found == {manifest: "damaged", pack: "lacking"}
    # Those without a stake in the daemon still see it: a damaged document is never sent, with or without a repair.
    status, _ = fetch(f"{jiangsu.url}/v1/blobs/{manifest}")
    assert status == 500
    repaired = documents(jiangsu, "repair")
    assert (sum(repaired["restored"].values()), repaired["left"], repaired["whole"]) == (2, [], True)
    assert documents(jiangsu, "status")["whole"]


def test_a_folder_is_repaired_in_the_same_way(ground: Ground) -> None:
    zhejiang = ground.centres[2]
    blobs = FolderStore(zhejiang.data / "blobs")
    lost, damaged = sorted(blobs.cids())[:2]
    assert blobs.remove(lost)
    (zhejiang.data / "blobs" / damaged[-2:] / damaged).write_bytes(b"damaged")
    report = documents(zhejiang, "status", ok=(1,))
    found = {one["cid"]: one["state"] for kind in ("manifests", "packs", "replicas") for one in report[kind]["wanting"]}
    assert found == {lost: "lacking", damaged: "damaged"}
    assert documents(zhejiang, "repair")["whole"]
    assert documents(zhejiang, "status")["whole"]


def test_a_centre_that_lost_every_document_it_issued_has_them_back_and_exports_its_certificates(
    ground: Ground, tmp_path: Path
) -> None:
    shanghai = ground.centres[0]
    packs = packs_of(shanghai)
    with closing(ground.swarm.daemons[0].api()) as api:
        store = IpfsStore(api)
        for cid in list(store.cids()):
            store.remove(cid)
    assert documents(shanghai, "status", ok=(1,))["packs"]["whole"] == 0
    repaired = documents(shanghai, "repair")
    assert repaired["restored"]["packs"] == packs
    assert repaired["whole"]
    roster = ground.stage.folder / f"roster-{LAST}.csv"
    shanghai.run("export", "--roster", str(roster), "--out", str(tmp_path / "certificates"))
    files = sorted((tmp_path / "certificates").glob("*.huren.json"))
    assert len(files) == FEW
    assert shanghai.run("verify", str(files[0]), "--json").json["verdict"] == "valid"


def test_what_no_province_has_any_more_is_left_and_said(ground: Ground) -> None:
    shanghai, jiangsu, zhejiang = ground.centres
    # The other members' operators are told of packs; one that is away is named, and nothing is called whole by guess.
    zhejiang.stop()
    try:
        report = documents(shanghai, "status", ok=(2,))
        assert [one["gateway"] for one in report["silent"]] == [zhejiang.url]
        manifest = cid_of(anchors_of(ground.stage, JIANGSU)[0]["manifest"])
        content = FolderStore(zhejiang.data / "blobs").get(manifest)
        for daemon in ground.swarm.daemons:
            with closing(daemon.api()) as api:
                IpfsStore(api).remove(manifest)
        left = documents(jiangsu, "repair", ok=(1,))["left"]
        assert [(one["cid"], one["kind"], one["code"]) for one in left] == [(manifest, "manifests", "blob.unavailable")]
    finally:
        zhejiang.serve()
    assert documents(jiangsu, "repair")["restored"]["manifests"] == 1
    assert documents(shanghai, "repair")["restored"]["manifests"] == 1
    with closing(ground.swarm.daemons[0].api()) as api:
        assert IpfsStore(api).get(manifest) == content
