"""What others' failures do to a centre: the chain killed, the chain away, a peer down, two centres at once."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from anchored import anchored_leaves
from killing import fresh_roster
from stage import fetch

from gateway.bootstrap import Gateway
from gateway.settings import load_settings
from gateway.verification.views import Look
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from pathlib import Path

    from killing import KillLog
    from stage import Centre, Stage

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(600)]
SHANGHAI, JIANGSU, ANHUI = 310000, 320000, 340000
ROWS = 120
UNKNOWN = "0x" + "5a" * 32


def issue(centre: Centre, roster: Path) -> dict[str, Any]:
    report: dict[str, Any] = centre.run("issue", str(roster), "--yes", "--wait", "--json").json
    return report


def answers(centre: Centre, leaves: list[bytes]) -> list[bytes]:
    """What the index of a centre answers about each hash, as the bytes of its JSON; asked in this process."""
    gateway = Gateway(load_settings(centre.config))
    try:
        return [json.dumps(gateway.verifier.by_hash(leaf, Look.INDEX).to_json()).encode() for leaf in leaves]
    finally:
        gateway.close()


def wait_for_verdict(centre: Centre, leaf: str, verdict: str, status: int, seconds: float = 60) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        found, body = fetch(f"{centre.url}/v1/credentials/{leaf}")
        if body["verdict"] == verdict:
            assert found == status
            answer: dict[str, Any] = body
            return answer
        assert time.monotonic() < deadline, body
        time.sleep(0.2)


def test_two_centres_issue_at_once_and_lose_nothing(stage: Stage, tmp_path: Path) -> None:
    centres = [stage.centres[SHANGHAI], stage.centres[JIANGSU]]
    before = anchored_leaves(stage)
    rosters = []
    for seed, centre in enumerate(centres, 51):
        (folder := tmp_path / centre.home.slug).mkdir()
        rosters.append(fresh_roster(centre, folder, 2_000, seed))
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(issue, centres, rosters))
    assert [report["issued"] for report in reports] == [2_000, 2_000]
    after = anchored_leaves(stage)
    for province in (SHANGHAI, JIANGSU):
        assert len(after[province]) - len(before[province]) == 2_000
        assert len(set(after[province])) == len(after[province])


def test_a_second_command_that_issues_in_the_same_centre_is_refused_and_told_why(stage: Stage, tmp_path: Path) -> None:
    shanghai = stage.centres[SHANGHAI]
    (one := tmp_path / "one").mkdir()
    rosters = [fresh_roster(shanghai, one, 8_000, 53), fresh_roster(shanghai, tmp_path, ROWS, 54)]
    before = len(anchored_leaves(stage)[SHANGHAI])
    with ThreadPoolExecutor(2) as pool:
        done = list(
            pool.map(lambda roster: shanghai.run("issue", str(roster), "--yes", "--wait", "--json", ok=(0, 2)), rosters)
        )
    finished = [report.json["issued"] for report in done if report.code == 0]
    for refused in (report for report in done if report.code):
        assert "issuance.busy" in refused.stdout + refused.stderr
    assert finished
    assert len(anchored_leaves(stage)[SHANGHAI]) - before == sum(finished)


@pytest.mark.kill
def test_the_chain_killed_and_returned_costs_no_anchor(stage: Stage, tmp_path: Path, kill_log: KillLog) -> None:
    jiangsu, shanghai = stage.centres[JIANGSU], stage.centres[SHANGHAI]
    before = len(anchored_leaves(stage)[JIANGSU])
    shanghai.serve()  # gives Jiangsu its manifests
    jiangsu.serve()
    try:
        roster = fresh_roster(jiangsu, tmp_path, ROWS, 55)
        issue(jiangsu, roster)  # final a moment ago: the chain's last second is what it loses
        pid = stage.node("status", "--json").json["pid"]
        os.kill(pid, signal.SIGKILL)
        queued = fresh_roster(jiangsu, tmp_path, ROWS, 56)
        jiangsu.run("issue", str(queued), "--yes")  # the chain is away: it waits in the outbox
        stage.node("up")
        after_kill = len(anchored_leaves(stage)[JIANGSU]) - before
        deadline = time.monotonic() + 120
        while len(anchored_leaves(stage)[JIANGSU]) - before < 2 * ROWS:
            assert time.monotonic() < deadline, jiangsu.log_tail()
            time.sleep(0.5)
        jiangsu.wait_until_indexed(stage.block(), seconds=120)
        leaves = anchored_leaves(stage)[JIANGSU]
        assert len(leaves) - before == 2 * ROWS
        assert len(set(leaves)) == len(leaves)
        for leaf in random.Random(55).sample(leaves[before:], 10):
            wait_for_verdict(jiangsu, "0x" + leaf.hex(), "registered", 200)
    finally:
        jiangsu.stop()
        shanghai.stop()
    kill_log.tell(
        "the chain (anvil)", 55, "an anchor just final, another queued", f"{after_kill}, then {2 * ROWS} leaves"
    )


def test_without_the_chain_nothing_is_called_invalid_and_all_is_as_before_when_it_is_back(
    stage: Stage, tmp_path: Path
) -> None:
    anhui, shanghai, jiangsu = (stage.centres[province] for province in (ANHUI, SHANGHAI, JIANGSU))
    issue(jiangsu, fresh_roster(jiangsu, tmp_path, ROWS, 59))
    leaf = "0x" + anchored_leaves(stage)[JIANGSU][-1].hex()
    shanghai.serve()
    jiangsu.serve()
    anhui.settings["staleness_seconds"] = "5"
    anhui.write_settings()
    anhui.serve(read_only=True)
    try:
        anhui.wait_until_indexed(stage.block())
        wait_for_verdict(anhui, leaf, "registered", 200)
        stage.node("down")
        try:
            away = wait_for_verdict(anhui, leaf, "cannot-check", 503)
            assert away["reason"]["zh"]
            assert fetch(f"{anhui.url}/v1/credentials/{UNKNOWN}")[0] == 503
            told = anhui.run("verify", leaf, "--json", ok=(2,))
            assert told.json["verdict"] == "cannot-check"
            status, ready = fetch(f"{anhui.url}/readyz")
            assert (status, ready["ready"]) == (503, False)
        finally:
            stage.node("up")
        wait_for_verdict(anhui, leaf, "registered", 200)
        assert anhui.run("verify", leaf, "--json").json["verdict"] == "registered"
        wait_for_verdict(anhui, UNKNOWN, "not-found", 200)
    finally:
        del anhui.settings["staleness_seconds"]
        anhui.write_settings()
        for centre in (anhui, jiangsu, shanghai):
            centre.stop()


def test_while_a_peer_is_down_its_batches_are_lacking_and_unknown_hashes_cannot_be_denied(
    stage: Stage, tmp_path: Path
) -> None:
    anhui, shanghai, jiangsu = (stage.centres[province] for province in (ANHUI, SHANGHAI, JIANGSU))
    issue(shanghai, fresh_roster(shanghai, tmp_path, ROWS, 57))
    leaf = "0x" + anchored_leaves(stage)[SHANGHAI][-1].hex()
    # Jiangsu's gateway would give Shanghai's manifests as well, once it has them; both are down.
    anhui.serve(read_only=True)
    try:
        deadline = time.monotonic() + 60
        while not (report := fetch(f"{anhui.url}/readyz")[1])["index"].get("manifestsLacking"):
            assert time.monotonic() < deadline, report
            time.sleep(0.2)
        denied = wait_for_verdict(anhui, UNKNOWN, "cannot-check", 503)
        assert denied["reason"]["code"] == "verify.manifests_lacking"
        shanghai.serve()
        jiangsu.serve()
        anhui.wait_until_indexed(stage.block(), seconds=120)
        wait_for_verdict(anhui, leaf, "registered", 200)
        wait_for_verdict(anhui, UNKNOWN, "not-found", 200)
    finally:
        for centre in (anhui, jiangsu, shanghai):
            centre.stop()


def test_an_index_rebuilt_from_an_empty_file_answers_a_thousand_hashes_byte_for_byte_as_before(
    stage: Stage, tmp_path: Path
) -> None:
    anhui, shanghai, jiangsu = (stage.centres[province] for province in (ANHUI, SHANGHAI, JIANGSU))
    issue(shanghai, fresh_roster(shanghai, tmp_path, 1_000, 58))
    leaves = anchored_leaves(stage)[SHANGHAI][-1_000:]
    chosen = random.Random(58)
    hashes = tmp_path / "hashes"
    hashes.write_text("".join(f"0x{leaf.hex()}\n" for leaf in chosen.sample(leaves, 40)))
    shanghai.run("suspend", "--file", str(hashes), "--reason", "withdrawn")
    hashes.write_text("".join(f"0x{leaf.hex()}\n" for leaf in chosen.sample(leaves, 40)))
    shanghai.run("revoke", "--file", str(hashes), "--reason", "fraud")
    asked = [*leaves[:900], *(chosen.randbytes(32) for _ in range(100))]
    shown = [asked[0], asked[-1]]
    shanghai.serve()
    jiangsu.serve()
    try:
        with JsonRpc(stage.rpc_url) as rpc:
            # No block is made meanwhile, so that even the block an answer holds for is the same.
            rpc.call("evm_setIntervalMining", 0)
            try:
                anhui.run("index", "follow", "--once", "--read-only")
                before = answers(anhui, asked)
                printed = [printed_answer(anhui, leaf) for leaf in shown]
                for name in ("huren.db", "huren.db-wal", "huren.db-shm"):
                    (anhui.data / name).unlink(missing_ok=True)
                shutil.rmtree(anhui.data / "leaves")
                assert anhui.run("index", "rebuild", "--json").json["manifests"]["lacking"] == 0
                assert answers(anhui, asked) == before
                assert [printed_answer(anhui, leaf) for leaf in shown] == printed
            finally:
                rpc.call("evm_setIntervalMining", 1)
    finally:
        jiangsu.stop()
        shanghai.stop()
    kinds = [json.loads(answer)["verdict"] for answer in before]
    assert {"registered", "suspended", "revoked", "not-found"} == set(kinds)
    assert kinds[-100:] == ["not-found"] * 100


def printed_answer(centre: Centre, leaf: bytes) -> str:
    """What ``huren verify`` prints from the index."""
    return centre.run("verify", "0x" + leaf.hex(), "--source", "index", "--json", ok=(0, 1)).stdout
