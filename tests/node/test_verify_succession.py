"""What the members list by motion is verified like the first contracts: a successor of these sources is proven, one of
other sources is named, until the release that it comes from is given; a contract under an unknown name is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from artifacts import OUTPUTS, compile_sources, write
from eth_abi.abi import encode

from node.client.abi import decode_result, encode_call
from node.client.artifact import CONTRACTS, load, read
from node.client.directory import Directory
from node.client.transactions import submit, transact, wait
from node.compiler import Sources, SourcesMissingError
from node.verify_contracts import Report, Standing, verify
from tests.node.conftest import DeployedNetwork, described

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

pytestmark = [pytest.mark.network, pytest.mark.slow]

TIME_LOCK_DAYS = 8
CREDENTIALS, INSTITUTIONS, STRANGER = "CredentialRegistry", "InstitutionRegistry", "ClaimPook"


@dataclass(frozen=True, slots=True)
class Members:
    """The provinces of a network, which make motions."""

    deployed: DeployedNetwork

    def send(self, who: LocalAccount, to: str, data: bytes) -> None:
        deployed = self.deployed
        transact(deployed.rpc, who, deployed.deployment.chain_id, to, data, call="a motion", seconds=30)

    def create(self, name: str, bytecode: bytes, predecessor: str) -> str:
        """Create a contract of the law as anyone may."""
        where = self.deployed.deployment.address
        creation = bytecode + encode(["address"] * 3, [where("Consortium"), where("Directory"), predecessor])
        deployer = self.deployed.trial.deployer()
        sent = submit(self.deployed.rpc, deployer, self.deployed.deployment.chain_id, None, creation, gas=10_000_000)
        receipt = wait(self.deployed.rpc, sent, seconds=30)
        assert receipt is not None, name
        assert receipt.created is not None, name
        return receipt.created.lower()

    def schedule(self, name: str, target: str) -> None:
        """List `target` under `name`: opened by the chair, voted for by three provinces of four, carried out."""
        where, consortium = self.deployed.deployment.address, load("Consortium")
        data = encode_call(load("Directory"), "schedule", name.encode().ljust(32, b"\0"), target)
        motion = (where("Directory"), data, int(target, 16))
        asked = {"to": where("Consortium"), "data": "0x" + encode_call(consortium, "motionId", *motion).hex()}
        number = decode_result(consortium, "motionId", self.deployed.rpc.call("eth_call", asked, "latest"))
        members = list(self.deployed.deployment.provinces)
        key = self.deployed.trial.key
        for role in ("admin", "law-1"):
            opening = encode_call(consortium, "openMotion", *motion)
            self.send(key(members[0], role), where("Consortium"), opening)
        for province in members[:3]:
            for role in ("admin", "law-1"):
                vote = encode_call(consortium, "vote", number, True)  # noqa: FBT003 - Solidity has no keywords
                self.send(key(province, role), where("Consortium"), vote)
        self.send(key(members[0], "admin"), where("Consortium"), encode_call(consortium, "execute", *motion))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedNetwork]:
    """A network with time for two time locks before the wall clock."""
    from node.deploy import deploy  # noqa: PLC0415 - as the command does

    trial = described(tmp_path_factory.mktemp("succession"), start_days_ago=60)
    try:
        running = trial.up()
        done = deploy(trial.description, trial.layout, running, trial.deployer())
        with trial.rpc() as rpc:
            yield DeployedNetwork(trial, running, done.deployment, rpc)
    finally:
        trial.engine.stop()


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The artifacts of another release: one comment of one source differs."""
    sources = Sources.shipped()
    texts = sources.texts()
    name = "contracts/institution/Keys.sol"
    texts[name] = texts[name].replace("/// @title", "/// @title Of another release:", 1)
    assert texts[name] != sources.texts()[name]
    folder = tmp_path_factory.mktemp("release") / "artifacts"
    compiling = {**sources.settings, "outputSelection": {"*": {"*": OUTPUTS}}}
    write(folder, texts, sources.settings, compile_sources(texts, compiling))
    return folder


def verified(network: DeployedNetwork, *releases: Path) -> Report:
    return verify(network.trial.description, network.deployment, network.network.rpc_url, releases=releases)


def found(report: Report) -> list[tuple[str, str]]:
    return [(finding.subject, finding.check) for finding in report.findings]


def standings(report: Report, name: str) -> list[tuple[str, int, Standing]]:
    return [(one.address, one.version, one.standing) for one in report.verified if one.name == name]


def test_what_was_listed_by_motion_is_compiled_and_compared(network: DeployedNetwork, release: Path) -> None:
    members, first = Members(network), network.deployment.address(CREDENTIALS)
    second = members.create(CREDENTIALS, load(CREDENTIALS).bytecode, first)
    members.schedule(CREDENTIALS, second)

    # scheduled, it is proven before it is in force: in time for the members to take it back
    report = verified(network)
    assert report.findings == ()
    assert standings(report, CREDENTIALS) == [(first, 1, Standing.IN_FORCE), (second, 2, Standing.SCHEDULED)]
    network.trial.engine.advance(TIME_LOCK_DAYS * 86_400)
    report = verified(network)
    assert report.findings == ()
    assert standings(report, CREDENTIALS) == [(first, 1, Standing.SUCCEEDED), (second, 2, Standing.IN_FORCE)]
    assert len(report.verified) == len(CONTRACTS) + 1

    # a successor of other sources, and a contract under a name of its own
    institutions = network.deployment.address(INSTITUTIONS)
    other = members.create(INSTITUTIONS, read(release / f"{INSTITUTIONS}.json", INSTITUTIONS).bytecode, institutions)
    members.schedule(INSTITUTIONS, other)
    renamed = load("ClaimBook").bytecode.replace(b"ClaimBook", STRANGER.encode())
    stranger = members.create(STRANGER, renamed, "0x" + "00" * 20)
    members.schedule(STRANGER, stranger)
    network.trial.engine.advance(TIME_LOCK_DAYS * 86_400)
    with network.trial.rpc() as rpc:
        assert Directory(rpc, network.deployment).address(INSTITUTIONS) == other
    report = verified(network)
    assert found(report) == [(STRANGER, "directory"), (INSTITUTIONS, "metadata")]
    assert stranger in report.findings[0].en
    assert other in report.findings[1].en
    assert standings(report, INSTITUTIONS) == [(institutions, 1, Standing.SUCCEEDED)]

    # with the release that it comes from it is proven; the stranger stays one
    report = verified(network, release)
    assert found(report) == [(STRANGER, "directory")]
    assert standings(report, INSTITUTIONS)[1] == (other, 2, Standing.IN_FORCE)

    # one byte of a successor, in force
    code = bytearray.fromhex(network.rpc.call("eth_getCode", second, "latest")[2:])
    code[100] ^= 1
    network.rpc.call("anvil_setCode", second, "0x" + code.hex())
    report = verified(network, release)
    assert found(report) == [(STRANGER, "directory"), (CREDENTIALS, "code-hash"), (CREDENTIALS, "code")]
    assert second in report.findings[2].en
    assert standings(report, CREDENTIALS) == [(first, 1, Standing.SUCCEEDED)]


def test_what_is_no_release_is_named(network: DeployedNetwork, tmp_path: Path) -> None:
    with pytest.raises(SourcesMissingError) as missing:
        verified(network, tmp_path)
    assert missing.value.path == tmp_path / "compiler.json"


def test_a_directory_that_cannot_be_read_is_named_and_the_others_are_checked_by_the_file(
    network: DeployedNetwork,
) -> None:
    address = network.deployment.address("Directory")
    code = network.rpc.call("eth_getCode", address, "latest")
    network.rpc.call("anvil_setCode", address, "0x60006000fd")
    try:
        report = verified(network)
    finally:
        network.rpc.call("anvil_setCode", address, code)
    assert ("Directory", "directory") in found(report)
    assert ("Directory", "code") in found(report)
    assert {subject for subject, _ in found(report)} == {"Directory"}
    assert {one.name for one in report.verified} == set(CONTRACTS) - {"Directory"}
