"""A corrected certificate takes the place of an earlier one: by the roster's column, by pairs, and after kills."""

from __future__ import annotations

import csv
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from anchored import events
from counting import RECEIPT, SEND, issue_words, next_block, selector
from killing import fresh_roster, kill_at
from stage import fetch
from wire import ANSWERED, ASKED, HALFWAY, Trap

from gateway.bootstrap import Gateway
from gateway.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from killing import KillLog
    from stage import Centre, Stage
    from wire import Wire

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(600)]
SHANGHAI, JIANGSU, ANHUI = 310000, 320000, 340000
ROWS = 8
NUMBER, NAME, REPLACES = "证书编号", "姓名", "替代证书编号"
NONE = bytes(32)


class Certificates:
    """The certificates of a roster, and a roster that corrects them."""

    def __init__(self, centre: Centre, folder: Path, seed: int) -> None:
        self.centre, self.folder, self.seed = centre, folder, seed
        self.roster = fresh_roster(centre, folder, ROWS, seed)
        with self.roster.open(encoding="utf-8-sig", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.numbers = [row[NUMBER] for row in self.rows]

    def issue(self) -> Any:  # noqa: ANN401 - the report
        return self.centre.run(*issue_words(self.roster, "--wait", "--json")).json

    @property
    def corrected(self) -> Path:
        """The same people under a corrected name, each row naming the certificate that it replaces."""
        path = self.folder / f"corrected-{self.seed}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*self.rows[0], REPLACES])
            writer.writeheader()
            for row in self.rows:
                number = row[NUMBER]
                writer.writerow(row | {NAME: row[NAME] + "正", NUMBER: successor_of(number), REPLACES: number})
        return path

    def leaf(self, number: str) -> str:
        [learner] = self.centre.run("find", "--certificate", number, "--json").json
        [leaf] = [one["hash"] for one in learner["certificates"] if one["certificate"] == number]
        return str(leaf)


def successor_of(number: str) -> str:
    return f"{number}-G"


def superseded(stage: Stage, leaves: list[bytes] | None = None) -> Counter[tuple[bytes, bytes]]:
    """How often each (earlier, successor) was set, as the chain says."""
    said = [one for one in events(stage, "LeafStatusSet") if one["successor"] != NONE]
    return Counter((one["leaf"], one["successor"]) for one in said if leaves is None or one["leaf"] in leaves)


def follow(centre: Centre) -> None:
    """Let a centre's index come up to the chain, in this process."""
    gateway = Gateway(load_settings(centre.config))
    try:
        gateway.indexer(attesting=False).advance()
    finally:
        gateway.close()


def wait_for(told: Any, seconds: float = 60) -> None:  # noqa: ANN401 - a question
    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_corrected_roster_supersedes_what_it_names_and_every_province_is_told_the_successor(
    stage: Stage, tmp_path: Path
) -> None:
    jiangsu, anhui = stage.centres[JIANGSU], stage.centres[ANHUI]
    certificates = Certificates(jiangsu, tmp_path, 501)
    assert certificates.issue()["issued"] == ROWS
    before = superseded(stage)
    report = jiangsu.run(*issue_words(certificates.corrected, "--wait", "--json")).json
    assert (report["issued"], report["superseded"], report["supersededLater"]) == (ROWS, ROWS, 0)
    made = superseded(stage) - before
    assert (len(made), set(made.values())) == (ROWS, {1})
    old, new = (certificates.leaf(one) for one in (certificates.numbers[0], successor_of(certificates.numbers[0])))
    assert (bytes.fromhex(old[2:]), bytes.fromhex(new[2:])) in made

    # Another province's verdict: the earlier one is revoked and names its successor, in force.
    jiangsu.serve(read_only=True)
    try:
        follow(anhui)
        verdict = anhui.run("verify", old, "--json", ok=(1,)).json
        assert (verdict["verdict"], verdict["status"]["reason"]) == ("revoked", "superseded")
        assert verdict["status"]["successor"] == new
        assert new in anhui.run("verify", old, ok=(1,)).stdout
        assert anhui.run("verify", new, "--json").json["verdict"] == "registered"
        assert fetch(f"{jiangsu.url}/v1/credentials/{old}")[1]["status"]["successor"] == new
    finally:
        jiangsu.stop()

    again = jiangsu.run(*issue_words(certificates.corrected, "--wait", "--json")).json
    assert (again["outcome"], again["superseded"], again["supersededLater"]) == ("nothing_to_do", 0, 0)
    assert superseded(stage) - before == made


def test_a_serving_gateway_supersedes_by_itself(stage: Stage, tmp_path: Path) -> None:
    jiangsu = stage.centres[JIANGSU]
    certificates = Certificates(jiangsu, tmp_path, 502)
    certificates.issue()
    before = superseded(stage)
    jiangsu.serve()
    try:
        report = jiangsu.run(*issue_words(certificates.corrected, "--json")).json
        assert (report["issued"], report["superseded"]) == (ROWS, 0)
        wait_for(lambda: len(superseded(stage) - before) == ROWS)
    finally:
        jiangsu.stop()
    assert set((superseded(stage) - before).values()) == {1}


def test_pairs_are_superseded_by_number_or_hash_one_or_a_file_of_them(stage: Stage, tmp_path: Path) -> None:
    shanghai = stage.centres[SHANGHAI]
    certificates = Certificates(shanghai, tmp_path, 503)
    certificates.issue()
    shanghai.run("revoke", certificates.leaf(certificates.numbers[7]), "--reason", "fraud")
    corrected = certificates.corrected
    refused = shanghai.run("issue", str(corrected), "--yes", "--json", ok=(1,)).json
    assert [finding["code"] for finding in refused["findings"]] == ["row.replaces.revoked"]
    # Issued without superseding: the batch waits, and what it replaces is superseded by hand, in two ways.
    shanghai.run("issue", str(corrected), "--yes", "--accept-good-rows")
    waiting = shanghai.run("supersede", "--pending", "--json").json
    assert (waiting["superseded"], waiting["waiting"]) == (0, ROWS - 1)
    shanghai.run("issue", str(corrected), "--yes", "--accept-good-rows", "--wait", "--wait-seconds", "60", ok=(0,))
    pairs = [(number, successor_of(number)) for number in certificates.numbers]
    one = shanghai.run("supersede", *pairs[0], "--json").json
    assert (one["superseded"], one["unchanged"]) == (0, 1)
    listed = tmp_path / "pairs.csv"
    wrong = [(certificates.numbers[0], certificates.numbers[1]), ("none-such", pairs[1][1]), pairs[7]]
    lines = ["旧证书,新证书", *(",".join(pair) for pair in (*pairs[:7], *wrong))]
    listed.write_text("\n".join(lines), encoding="utf-8-sig")
    told = shanghai.run("supersede", "--file", str(listed), "--json", ok=(1,)).json
    assert (told["nothingDone"], told["unchanged"]) == (True, 7)
    assert [finding["code"] for finding in told["findings"]] == ["two_successors", "unknown", "unknown"]
    shown = shanghai.run("supersede", "--file", str(listed), ok=(1,)).stdout
    assert "未作更改" in shown
    assert "nothing changed" in shown


@pytest.mark.kill
@pytest.mark.parametrize(
    ("seed", "trap"),
    [
        (511, Trap(ASKED, "eth_estimateGas", also=selector("supersede"))),  # queued, none is signed
        (512, Trap(ASKED, SEND, also=selector("supersede"))),
        (513, Trap(HALFWAY, SEND, also=selector("supersede"))),
        (514, Trap(ANSWERED, SEND, also=selector("supersede"))),
        (515, Trap(ANSWERED, RECEIPT, 2)),  # the anchors are final, or their successions under way
    ],
)
def test_a_reissue_killed_between_its_steps_is_finished_by_the_same_command(
    stage: Stage, wires: dict[int, Wire], tmp_path: Path, kill_log: KillLog, seed: int, trap: Trap
) -> None:
    shanghai = stage.centres[SHANGHAI]
    certificates = Certificates(shanghai, tmp_path, seed)
    certificates.issue()
    before = superseded(stage)
    words = issue_words(certificates.corrected, "--wait")
    kill_at(shanghai, wires[SHANGHAI], trap, *words)
    next_block(stage)
    after_kill = len(superseded(stage) - before)
    again = shanghai.run(*words, "--json").json
    assert again["issued"] + again["already"] == ROWS
    made = superseded(stage) - before
    assert (len(made), set(made.values())) == (ROWS, {1})
    assert again["supersededLater"] == 0
    kill_log.tell("huren issue (reissue)", seed, str(trap), f"{after_kill} after the kill, then {ROWS}, each once")
