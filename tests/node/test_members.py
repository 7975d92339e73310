"""Four real nodes on one machine: brought up, hurt, found, brought down. The faults of a network are in consortium/."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from ports import free_ports

from node.client.keystores import read_passphrase, unlock
from node.client.rpc import JsonRpc
from node.deploy import deploy
from node.description import read
from node.engines.errors import EngineFailedError
from node.engines.factory import client_at
from node.layout import Layout
from node.members import NoMembersError, chosen, start, start_all, stop, stop_all
from node.network import Network
from node.trial import RealTrial, initialise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from node.engines.processes import Detached

pytestmark = [pytest.mark.network, pytest.mark.slow]

PATIENCE = 180.0
BUSY = {"misses-blocks"}
"""What a machine with other work to do may bring upon nodes that make a block a second."""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    layout = Layout(tmp_path_factory.mktemp("members") / "trial")
    initialise(layout, RealTrial(port=free_ports(40)[0]), None, now=time.time())
    try:
        start_all(layout)
        yield layout
    finally:
        stop_all(layout)


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def height(member: Layout) -> int:
    return client_at(member).status().block or 0


def block_hash(member: Layout, number: int) -> str | None:
    with JsonRpc(client_at(member).rpc_url) as rpc:
        block = rpc.call("eth_getBlockByNumber", hex(number), False)  # noqa: FBT003 - JSON-RPC
        return None if block is None else str(block["hash"])


def kill(process: Detached) -> int:
    pid = process.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: process.pid() != pid)
    return pid


def status(folder: Layout, *words: str) -> tuple[int, dict[str, Any]]:
    argv = [sys.executable, "-c", "from node.cli.main import main; main()", "status", "--json"]
    done = subprocess.run(
        [*argv, "--dir", str(folder.folder), *words], capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, json.loads(done.stdout)


def codes(found: dict[str, Any]) -> set[str]:
    return {alarm["code"] for alarm in found["alarms"]}


def well(folder: Layout) -> bool:
    return codes(status(folder)[1]) <= BUSY


def test_four_nodes_make_one_chain_and_status_says_that_all_is_well(trial: Layout) -> None:
    members = trial.every_member()
    assert [member.folder.name for member in members] == ["310000", "320000", "330000", "340000"]
    number = height(members[0]) + 2
    until(lambda: all(height(member) >= number for member in members))
    assert len({block_hash(member, number) for member in members}) == 1
    until(lambda: status(trial, "--all")[0] == 0)
    _, found = status(trial)
    assert found["answering"]
    assert found["block"] > 0
    for one in found["members"].values():
        chain = one["chain"]
        assert (len(chain["provinces"]), len(chain["validators"]), chain["needed"]) == (3, 4, 3)
        assert all(validator["present"] for validator in chain["validators"])
        assert chain["final"] == chain["height"] - 3
        assert one["ipfs"]["peers"] == 3
    assert Network.load(trial.network).finality.confirmations == 3


def test_the_operators_namespaces_are_on_no_port(trial: Layout) -> None:
    with JsonRpc(client_at(trial.every_member()[0]).rpc_url) as rpc:
        assert rpc.call("net_version") == "20260"
        for method in ("admin_peers", "miner_stop", "clique_proposals", "debug_setHead", "txpool_status"):
            with pytest.raises(Exception, match="does not exist"):
                rpc.call(method)


def test_the_consortium_is_constituted_on_real_nodes_and_each_member_has_its_file(trial: Layout) -> None:
    network = Network.load(trial.network)
    deployer = unlock(trial.deployer, read_passphrase(trial.passphrase))
    done = deploy(read(trial.description), trial, network, deployer)
    assert done.steps[-1] == "constitute"
    assert done.deployment.finality.kind == "depth"
    with JsonRpc(network.rpc_url) as rpc:
        assert int(rpc.call("eth_blockNumber"), 16) >= done.deployment.block + 3, "it is final"
    assert deploy(read(trial.description), trial, network, deployer).steps == ()


@pytest.mark.kill
def test_a_killed_client_is_started_again_and_fetches_what_it_missed(trial: Layout) -> None:
    member = trial.every_member()[1]
    client = client_at(member)
    before = height(member)
    kept = block_hash(member, before - 3)
    first = kill(client.process)
    until(lambda: client.process.pid() not in {None, first})
    until(lambda: height(member) >= before + 5)
    assert block_hash(member, before - 3) == kept
    until(client.sealing)
    until(lambda: well(member))
    assert status(member)[1]["programs"][0]["restarts"] >= 1


@pytest.mark.kill
def test_a_killed_supervisor_leaves_its_programs_and_the_next_one_takes_them_over(trial: Layout) -> None:
    member = trial.every_member()[2]
    place = client_at(member).place
    client, daemon = client_at(member).process.pid(), place.daemon.pid()
    supervisor = kill(place.supervisor)
    code, found = status(member)
    assert (code, codes(found) - BUSY) == (1, {"supervisor-down"})
    start(member)
    assert place.supervisor.pid() not in {None, supervisor}
    assert (client_at(member).process.pid(), place.daemon.pid()) == (client, daemon)
    until(lambda: well(member))


@pytest.mark.kill
def test_what_a_killed_supervisor_left_is_brought_down_too(trial: Layout) -> None:
    member = trial.every_member()[3]
    place = client_at(member).place
    kill(place.supervisor)
    assert stop(member)
    assert client_at(member).process.pid() is None
    assert place.daemon.pid() is None
    assert not stop(member)
    code, found = status(member)
    assert code == 2
    assert "chain-down" in codes(found)
    start(member)
    until(lambda: well(member))


def test_up_again_restarts_only_what_has_changed(trial: Layout) -> None:
    member = trial.every_member()[0]
    client, daemon = client_at(member).process.pid(), client_at(member).place.daemon.pid()
    start(member)
    assert (client_at(member).process.pid(), client_at(member).place.daemon.pid()) == (client, daemon)
    port = client_at(member).place.local.rpc_port
    text = member.local.read_text(encoding="utf-8")
    member.local.write_text(text.replace(f"rpc_port = {port}", f"rpc_port = {port + 6}"), encoding="utf-8")
    start(member)
    until(lambda: client_at(member).process.pid() not in {None, client})
    until(lambda: client_at(member).status().answering)
    assert client_at(member).place.daemon.pid() == daemon
    until(lambda: well(member))


@pytest.mark.kill
def test_all_killed_at_once_lose_no_block(trial: Layout) -> None:
    members = trial.every_member()
    last = min(height(member) for member in members)
    known = block_hash(members[0], last)
    for member in members:
        place = client_at(member).place
        for process in (place.supervisor, client_at(member).process, place.daemon):
            kill(process)
    assert status(trial)[0] == 2
    start_all(trial)
    assert {block_hash(member, last) for member in members} == {known}
    until(lambda: min(height(member) for member in members) > last + 3)
    assert stop_all(trial) == (True,) * 4
    start_all(trial)
    assert {block_hash(member, last) for member in members} == {known}


def test_a_client_that_cannot_start_is_reported_with_its_reason(trial: Layout) -> None:
    member = trial.every_member()[3]
    stop(member)
    genesis = member.genesis.read_bytes()
    member.genesis.write_bytes(genesis.replace(b'"gasLimit"', b'"gasLimits"'))
    try:
        with pytest.raises(EngineFailedError, match="genesis"):
            start(member)
    finally:
        member.genesis.write_bytes(genesis)
    stop(member)
    start(member)
    until(lambda: well(member))


def test_a_folder_without_members_is_one_node_and_all_of_none_is_refused(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert chosen(layout, everyone=False) == (layout,)
    with pytest.raises(NoMembersError, match="--all"):
        chosen(layout, everyone=True)
