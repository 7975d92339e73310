"""Registries succeeded by motion under gateways that serve: issued before, across and after, all verify.

ledger.md: "`Directory` changes by motion after a time lock; contracts find each other through it, clients resolve
there." The gateways are never told: their deployment file stays what it was.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from anchored import anchored_leaves
from eth_abi.abi import encode
from killing import fresh_roster
from stage import Centre, Stage, fetch
from test_reissues import follow, wait_for

from node.client import keystores
from node.client.abi import decode_result, encode_call
from node.client.artifact import CONTRACTS, load
from node.client.deployment import Deployment
from node.client.directory import Directory
from node.client.rpc import JsonRpc
from node.client.transactions import submit, transact, wait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(900)]
JIANGSU, ANHUI = 320000, 340000
NAMES = CONTRACTS[2:]
"""Every registry: Consortium and Directory, which name each other, are no such contracts."""
ROWS = 6


class Law:
    """Makes motions with the keys of the trial's members."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.deployment = Deployment.load(stage.network / "deployment.json")
        self.rpc = JsonRpc(stage.rpc_url)
        self.directory = Directory(self.rpc, self.deployment)
        self.passphrase = keystores.read_passphrase(file=stage.network / "keys" / "passphrase")

    def account(self, province: int, role: str) -> LocalAccount:
        return keystores.unlock(self.stage.network / "keys" / str(province) / f"{role}.json", self.passphrase)

    def send(self, who: LocalAccount, to: str, data: bytes, call: str) -> None:
        transact(self.rpc, who, self.deployment.chain_id, to, data, call=call, seconds=30)

    def create(self, who: LocalAccount, creation: bytes) -> str:
        sent = submit(self.rpc, who, self.deployment.chain_id, None, creation, gas=10_000_000)
        receipt = wait(self.rpc, sent, seconds=30)
        assert receipt is not None
        assert receipt.created is not None
        return receipt.created.lower()

    def schedule(self, names: tuple[str, ...]) -> dict[str, str]:
        """Deploy successors and list them by motion; their addresses."""
        members = list(self.deployment.provinces)
        pairs = {one: (self.account(one, "admin"), self.account(one, "law-1")) for one in members}
        where, consortium = self.deployment.address, load("Consortium")
        made = {}
        for nonce, name in enumerate(names, 1):
            arguments = [where("Consortium"), where("Directory"), self.directory.address(name)]
            creation = load(name).bytecode + encode(["address"] * 3, arguments)
            made[name] = self.create(pairs[members[0]][0], creation)
            call = encode_call(load("Directory"), "schedule", name.encode().ljust(32, b"\0"), made[name])
            motion = (where("Directory"), call, nonce)
            asked = {"to": where("Consortium"), "data": "0x" + encode_call(consortium, "motionId", *motion).hex()}
            number = decode_result(consortium, "motionId", self.rpc.call("eth_call", asked, "latest"))
            for two in pairs[members[0]]:
                self.send(two, where("Consortium"), encode_call(consortium, "openMotion", *motion), "openMotion")
            for province in members[:3]:
                for two in pairs[province]:
                    self.send(two, where("Consortium"), encode_call(consortium, "vote", number, True), "vote")  # noqa: FBT003
            self.send(pairs[members[0]][0], where("Consortium"), encode_call(consortium, "execute", *motion), "execute")
        return made


@pytest.fixture(scope="module")
def old_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A chain with time enough for a time lock; Jiangsu, which issues and serves, and Anhui, which serves."""
    stage = Stage(tmp_path_factory.mktemp("succession"), days_ago=60)
    jiangsu, anhui = stage.centres[JIANGSU], stage.centres[ANHUI]
    try:
        stage.raise_network()
        for centre in (jiangsu, anhui):
            centre.prepare()
        jiangsu.accredit()
        stage.node("advance", "--days", "29")
        jiangsu.serve()
        anhui.peers = [jiangsu.url]
        anhui.write_settings()
        anhui.serve()
        yield stage
    finally:
        stage.close()


class Issued:
    """A roster that was issued, and a certificate file of it."""

    def __init__(self, centre: Centre, folder: Path, seed: int) -> None:
        roster = fresh_roster(centre, folder, ROWS, seed)
        self.folder = folder / f"files-{seed}"
        report = centre.run("issue", str(roster), "--yes", "--wait", "--out", str(self.folder), "--json").json
        assert (report["issued"], report["files"]) == (ROWS, ROWS)
        self.files = sorted(self.folder.iterdir())
        with roster.open(encoding="utf-8-sig", newline="") as file:
            self.numbers = [row["证书编号"] for row in csv.DictReader(file)]

    @property
    def registry(self) -> str:
        return str(orjson.loads(self.files[0].read_bytes())["receipt"]["registry"])


def verdict(centre: Centre, issued: Issued, at: int = 0) -> Any:  # noqa: ANN401 - JSON
    return fetch(f"{centre.url}/v1/verify", issued.files[at].read_bytes())[1]


def leaf_of(centre: Centre, issued: Issued, at: int) -> str:
    return str(verdict(centre, issued, at)["hash"])


def in_force_and_proven(stage: Stage, law: Law, successors: dict[str, str]) -> None:
    """Hold the Directory and the sources to it: every registry was succeeded, by these."""
    assert {name: law.directory.address(name) for name in NAMES} == successors
    proven = stage.node("verify-contracts", "--json").json
    assert proven["proven"]
    for name in NAMES:
        told = [(one["address"], one["standing"]) for one in proven["verified"] if one["name"] == name]
        assert told == [(law.deployment.address(name), "succeeded"), (successors[name], "in force")]


def test_registries_are_succeeded_while_gateways_serve(old_stage: Stage, tmp_path: Path) -> None:
    jiangsu, anhui = old_stage.centres[JIANGSU], old_stage.centres[ANHUI]
    law = Law(old_stage)
    first = law.deployment.address("CredentialRegistry")
    try:
        before = Issued(jiangsu, tmp_path, 1)
        anhui.wait_until_indexed(old_stage.block())
        anhui.stop()  # it is off from before the motion until long after the change
        second = law.schedule(NAMES)
        across = Issued(jiangsu, tmp_path, 2)
        old_stage.node("advance", "--days", "8")
        after = Issued(jiangsu, tmp_path, 3)
        assert [one.registry for one in (before, across, after)] == [first, first, second["CredentialRegistry"]]
        # Counting on the chain counts in both registries, and what was scheduled by motion is these sources, too.
        assert len(set(anchored_leaves(old_stage)[JIANGSU])) == 3 * ROWS
        in_force_and_proven(old_stage, law, second)

        # All three verify at another province's gateway, which is told of the succession by nobody, and was away.
        anhui.serve()
        anhui.wait_until_indexed(old_stage.block())
        for issued in (before, across, after):
            for centre in (jiangsu, anhui):
                told = verdict(centre, issued)
                assert told["verdict"] == "valid", told

        # A receipt that names a registry nobody ever listed is refused all the same.
        forged = orjson.loads(after.files[0].read_bytes())
        forged["receipt"]["registry"] = "0x" + "12" * 20
        told = fetch(f"{anhui.url}/v1/verify", orjson.dumps(forged))[1]
        assert (told["verdict"], told["reason"]["code"]) == ("invalid", "verify.other_registry")

        # An old certificate is revoked through the new registry, and superseded by a number issued after.
        old = leaf_of(anhui, before, 1)
        done = jiangsu.run("revoke", old, "--reason", "error", "--json").json
        assert done["changed"] == 1
        wait_for(lambda: verdict(anhui, before, 1)["verdict"] == "revoked")
        logs = law.rpc.call("eth_getLogs", {"address": second["CredentialRegistry"], "fromBlock": "0x0"})
        assert len(logs) >= 2  # an anchor and a revocation, and attestations
        assert verdict(jiangsu, before, 0)["verdict"] == "valid"

        # The binding acts of a province go to the new InstitutionRegistry.
        two = [
            *("--account", str(jiangsu.folder / "secrets" / "admin.json")),
            *("--account", str(jiangsu.folder / "secrets" / "law-1.json")),
            *("--passphrase-file", str(jiangsu.folder / "secrets" / "operator")),
        ]
        jiangsu.run("institution", "suspend", jiangsu.home.institution, *two)
        jiangsu.run("institution", "resume", jiangsu.home.institution, *two)
        logs = law.rpc.call("eth_getLogs", {"address": second["InstitutionRegistry"], "fromBlock": "0x0"})
        assert len(logs) == 2

        # The same answers from an empty index; exported again, a certificate is byte for byte what it was.
        anhui.stop()
        anhui.run("index", "rebuild")
        follow(anhui)
        anhui.serve()
        anhui.wait_until_indexed(old_stage.block())
        assert [verdict(anhui, one)["verdict"] for one in (before, across, after)] == ["valid"] * 3
        assert verdict(anhui, before, 1)["verdict"] == "revoked"
        again = tmp_path / "again"
        number = ("--number", before.numbers[0], "--institution", jiangsu.home.institution)
        jiangsu.run("export", "--out", str(again), *number)
        [file] = again.iterdir()
        assert file.read_bytes() == (before.folder / file.name).read_bytes()
    finally:
        law.rpc.close()
