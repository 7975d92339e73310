from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from node.client.abi import DecodedEvent, decode_log, decode_result, encode_call
from node.client.artifact import CONTRACTS, load
from node.client.deployment import Deployment, Finality
from node.client.hashing import keccak256
from node.client.heads import first_head, head_slot, next_head
from node.client.law import UnconfirmedActError, binding_act, is_proposal
from node.client.reverts import ContractReverted
from node.client.transactions import transact
from node.constitution import ConstitutionDiffersError
from node.deploy import CodeChangedError, DeploymentChangedError, StepFailedError, WrongNodeError, deploy
from node.description import GethEngine, Ipfs, read

if TYPE_CHECKING:
    from pathlib import Path

    from node.client.rpc import JsonRpc
    from tests.node.conftest import DeployedNetwork, TrialNetwork

pytestmark = [pytest.mark.network]

SHANGHAI = 310_000
CONSORTIUM = load("Consortium")


def ask(rpc: JsonRpc, deployment: Deployment, name: str, function: str, *args: object) -> Any:  # noqa: ANN401
    artifact = load(name)
    call = {"to": deployment.address(name), "data": "0x" + encode_call(artifact, function, *args).hex()}
    return decode_result(artifact, function, rpc.call("eth_call", call, "latest"))


def nonce_of(rpc: JsonRpc, address: str) -> int:
    return int(rpc.call("eth_getTransactionCount", address, "latest"), 16)


def test_the_chain_holds_what_the_description_says(deployed: DeployedNetwork) -> None:
    rpc, deployment, description = deployed.rpc, deployed.deployment, deployed.trial.description
    assert ask(rpc, deployment, "Consortium", "members") == tuple(row.province for row in description.founders)
    assert ask(rpc, deployment, "Consortium", "chair") == description.founders[0].province
    for row in description.founders:
        member = ask(rpc, deployment, "Consortium", "memberOf", row.province)
        assert (member.admin, member.recovery) == (row.admin, row.recovery)
        for operator in row.operator:
            binding = ask(rpc, deployment, "Consortium", "bindingOf", operator.account)
            assert (binding.province, binding.roles) == (row.province, operator.mask)
            assert binding.dailyLeaves == operator.daily_leaves


def test_the_deployment_file_names_contracts_provinces_and_finality(deployed: DeployedNetwork) -> None:
    loaded = Deployment.load(deployed.trial.layout.deployment)
    assert loaded == deployed.deployment
    assert tuple(loaded.contracts) == CONTRACTS
    assert list(loaded.provinces) == [row.province for row in deployed.trial.description.founders]
    assert (loaded.provinces[SHANGHAI].name_zh, loaded.provinces[SHANGHAI].name_en) == ("上海市", "Shanghai")
    assert (loaded.chain_id, loaded.finality.kind) == (20_260, "instant")
    for name, contract in loaded.contracts.items():
        code = bytes.fromhex(deployed.rpc.call("eth_getCode", contract.address, "latest")[2:])
        assert contract.code_hash == "0x" + keccak256(code).hex()
        assert ask(deployed.rpc, loaded, "Directory", "resolve", name.encode().ljust(32, b"\0")) == contract.address


def test_how_many_keep_a_pack_is_written_for_gateways_and_anew_where_the_members_agree_otherwise(
    deployed: DeployedNetwork,
) -> None:
    trial, deployer = deployed.trial, deployed.trial.deployer()
    assert deployed.deployment.replication is None, "the embedded chain has no daemons"
    engine = GethEngine(kind="geth", genesis_time=1)
    try:
        for number in (3, 2):
            described = trial.description.model_copy(update={"engine": engine, "ipfs": Ipfs(replication=number)})
            again = deploy(described, trial.layout, deployed.network, deployer)
            assert again.steps == ()
            assert again.deployment == replace(deployed.deployment, replication=number)
            assert Deployment.load(trial.layout.deployment) == again.deployment
    finally:
        deployed.deployment.save(trial.layout.deployment)


def test_the_depth_of_a_network_that_has_grown_is_written_for_gateways(deployed: DeployedNetwork) -> None:
    trial, deployer = deployed.trial, deployed.trial.deployer()
    deeper = Finality(kind="depth", confirmations=5, wall_clock=True)
    try:
        again = deploy(trial.description, trial.layout, replace(deployed.network, finality=deeper), deployer)
        assert again.steps == ()
        assert again.deployment == replace(deployed.deployment, finality=deeper)
        assert Deployment.load(trial.layout.deployment) == again.deployment
    finally:
        deployed.deployment.save(trial.layout.deployment)


def test_deployed_twice_it_is_there_once(deployed: DeployedNetwork) -> None:
    trial, deployer = deployed.trial, deployed.trial.deployer()
    again = deploy(trial.description, trial.layout, deployed.network, deployer)
    assert again.steps == ()
    assert again.deployment == deployed.deployment
    assert nonce_of(deployed.rpc, deployer.address) == len(CONTRACTS) + 1


def test_the_deployer_keeps_no_power(deployed: DeployedNetwork) -> None:
    with pytest.raises(ContractReverted, match="constituted at"):
        transact(
            deployed.rpc,
            deployed.trial.deployer(),
            deployed.deployment.chain_id,
            deployed.deployment.address("Consortium"),
            encode_call(CONSORTIUM, "constitute", [], [], []),
            call="constitute",
        )


def test_a_binding_act_takes_two_accounts_of_the_member(deployed: DeployedNetwork) -> None:
    rpc, deployment, trial = deployed.rpc, deployed.deployment, deployed.trial
    admin, law = trial.key(SHANGHAI, "admin"), trial.key(SHANGHAI, "law-1")
    grant = ("0x" + "77" * 20, 4, 0)
    act = binding_act(rpc, deployment, CONSORTIUM, "setOperator", (grant,), accounts=(admin, law))
    assert act.proposal is not None
    assert is_proposal(deployment, act.proposal)
    assert not is_proposal(deployment, act.receipt)
    assert ask(rpc, deployment, "Consortium", "bindingOf", grant[0]).roles == 4


def test_an_interrupted_binding_act_is_only_confirmed(deployed: DeployedNetwork) -> None:
    rpc, deployment, trial = deployed.rpc, deployed.deployment, deployed.trial
    admin, law = trial.key(SHANGHAI, "admin"), trial.key(SHANGHAI, "law-1")
    grant = ("0x" + "78" * 20, 4, 0)
    data = encode_call(CONSORTIUM, "setOperator", grant)
    transact(rpc, admin, deployment.chain_id, deployment.address("Consortium"), data, call="setOperator")
    assert ask(rpc, deployment, "Consortium", "bindingOf", grant[0]).roles == 0, "one account alone changes nothing"
    act = binding_act(rpc, deployment, CONSORTIUM, "setOperator", (grant,), accounts=(admin, law))
    assert act.proposal is None
    assert ask(rpc, deployment, "Consortium", "bindingOf", grant[0]).roles == 4


def test_an_act_that_the_other_account_proposed_is_confirmed_by_the_first(deployed: DeployedNetwork) -> None:
    rpc, deployment, trial = deployed.rpc, deployed.deployment, deployed.trial
    admin, law = trial.key(SHANGHAI, "admin"), trial.key(SHANGHAI, "law-1")
    grant = ("0x" + "79" * 20, 4, 0)
    data = encode_call(CONSORTIUM, "setOperator", grant)
    transact(rpc, law, deployment.chain_id, deployment.address("Consortium"), data, call="setOperator")
    before = nonce_of(rpc, law.address)
    act = binding_act(rpc, deployment, CONSORTIUM, "setOperator", (grant,), accounts=(admin, law))
    assert act.proposal is None
    assert nonce_of(rpc, law.address) == before, "nothing is proposed a second time"
    assert ask(rpc, deployment, "Consortium", "bindingOf", grant[0]).roles == 4


def test_an_account_without_the_role_is_refused_in_both_languages(deployed: DeployedNetwork) -> None:
    trial = deployed.trial
    accounts = (trial.key(SHANGHAI, "operator"), trial.key(SHANGHAI, "admin"))
    with pytest.raises(ContractReverted) as refused:
        binding_act(
            deployed.rpc,
            deployed.deployment,
            CONSORTIUM,
            "setOperator",
            (("0x" + "7a" * 20, 4, 0),),
            accounts=accounts,
        )
    assert refused.value.revert.name == "ConsortiumUnauthorised"
    assert "无权代表" in refused.value.zh
    assert "may not act for 310000 as law" in refused.value.en


def test_heads_recomputed_from_the_events_equal_the_heads_stored(deployed: DeployedNetwork) -> None:
    rpc, deployment = deployed.rpc, deployed.deployment
    followed = {}
    for name in CONTRACTS:
        address = deployment.address(name)
        artifact = load(name)
        logs = rpc.call("eth_getLogs", {"address": address, "fromBlock": "0x0", "toBlock": "latest"})
        heads: dict[int, tuple[bytes, int]] = {}
        for log in logs:
            event = decode_log(artifact, log)
            head, sequence = heads.get(event.subject, (first_head(deployment.chain_id, address, event.subject), 0))
            assert event.sequence == sequence + 1
            head = next_head(head, event, _time_of(rpc, event))
            assert head == event.head, (name, event.name)
            heads[event.subject] = head, event.sequence
        for subject, (head, sequence) in heads.items():
            slot = head_slot(subject)
            following = (int.from_bytes(slot, "big") + 1).to_bytes(32, "big")
            assert rpc.call("eth_getStorageAt", address, "0x" + slot.hex(), "latest") == "0x" + head.hex()
            assert int(rpc.call("eth_getStorageAt", address, "0x" + following.hex(), "latest"), 16) == sequence
        followed[name] = len(logs)
    assert all(followed[name] for name in ("Consortium", "Directory")), "these two have events from the constitution on"


def _time_of(rpc: JsonRpc, event: DecodedEvent) -> int:
    return int(rpc.call("eth_getBlockByNumber", hex(event.block), False)["timestamp"], 16)  # noqa: FBT003 - JSON-RPC


def test_changed_code_is_not_taken_for_the_deployment(deployed: DeployedNetwork) -> None:
    trial, address = deployed.trial, deployed.deployment.address("Directory")
    code = deployed.rpc.call("eth_getCode", address, "latest")
    deployed.rpc.call("anvil_setCode", address, code[:-2] + "00")
    try:
        with pytest.raises(CodeChangedError) as refused:
            deploy(trial.description, trial.layout, deployed.network, trial.deployer())
        assert refused.value.name == "Directory"
    finally:
        deployed.rpc.call("anvil_setCode", address, code)


def test_a_node_of_another_chain_is_refused(deployed: DeployedNetwork) -> None:
    trial = deployed.trial
    other = replace(deployed.network, genesis_hash="0x" + "00" * 32)
    with pytest.raises(WrongNodeError):
        deploy(trial.description, trial.layout, other, trial.deployer())


SCRIPT = """
import os, sys
import node.deploy as deploying
from node.cli.main import run

def dying(name_of, original):
    def wrapped(*args, **kwargs):
        for moment in ("before", "after"):
            if moment == "after":
                result = original(*args, **kwargs)
            if f"{name_of(args)}:{moment}" == sys.argv[2]:
                os.kill(os.getpid(), 9)
        return result
    return wrapped

deploying._Run._send = dying(lambda args: args[1], deploying._Run._send)
deploying.Journal.save = dying(lambda args: "journal", deploying.Journal.save)
deploying.Deployment.save = dying(lambda args: "file", deploying.Deployment.save)
sys.exit(run(["deploy", "--dir", sys.argv[1]]))
"""
MOMENTS = (
    "journal:before",
    "journal:after",
    "Consortium:before",
    "Consortium:after",
    "InstitutionRegistry:after",
    "CredentialRegistry:after",
    f"{CONTRACTS[-1]}:after",
    "constitute:before",
    "constitute:after",
    "file:before",
    "file:after",
)


@pytest.mark.slow
@pytest.mark.kill
def test_killed_before_and_after_every_step_it_is_deployed_exactly_once(trial: TrialNetwork, tmp_path: Path) -> None:
    network = trial.up()
    deployer = trial.deployer().address
    for moment in MOMENTS:
        argv = [sys.executable, "-c", SCRIPT, str(tmp_path), moment]
        assert subprocess.run(argv, check=False, timeout=120).returncode == -signal.SIGKILL, moment
    finished = deploy(trial.description, trial.layout, network, trial.deployer())
    assert finished.steps == ()
    with trial.rpc() as rpc:
        assert nonce_of(rpc, deployer) == len(CONTRACTS) + 1
        where = {"fromBlock": "0x0", "address": finished.deployment.address("Consortium")}
        names = [decode_log(CONSORTIUM, log).name for log in rpc.call("eth_getLogs", where)]
        assert names.count("Constituted") == 1
        assert names.count("MemberAdmitted") == 4


@pytest.mark.kill
def test_the_chain_killed_and_back_the_law_is_still_there(trial: TrialNetwork) -> None:
    network = trial.up()
    first = deploy(trial.description, trial.layout, network, trial.deployer())
    time.sleep(2.5)
    pid = trial.engine.status().pid
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while trial.engine.status().running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    again = deploy(trial.description, trial.layout, trial.up(), trial.deployer())
    assert again.steps == ()
    assert again.deployment == first.deployment


def test_a_description_that_changed_on_the_way_is_refused(trial: TrialNetwork) -> None:
    network, deployer = trial.up(), trial.deployer()
    deploy(trial.description, trial.layout, network, deployer)
    trial.layout.deployment.unlink()
    text = trial.layout.description.read_text(encoding="utf-8")
    trial.layout.description.write_text(text.replace("term_days = 365", "term_days = 366"), encoding="utf-8")
    with pytest.raises(DeploymentChangedError):
        deploy(read(trial.layout.description), trial.layout, network, deployer)
    with pytest.raises(DeploymentChangedError, match="deployer"):
        deploy(trial.description, trial.layout, network, trial.key(SHANGHAI, "admin"))
    assert deploy(trial.description, trial.layout, network, deployer).steps == ()


def test_a_consortium_that_is_not_the_described_one_is_told_in_every_point(trial: TrialNetwork) -> None:
    network, deployer = trial.up(), trial.deployer()
    done = deploy(trial.description, trial.layout, network, deployer)
    accounts = (trial.key(SHANGHAI, "admin"), trial.key(SHANGHAI, "law-1"))
    with trial.rpc() as rpc:
        grant = ("0x" + "77" * 20, 4, 0)
        binding_act(rpc, done.deployment, CONSORTIUM, "setOperator", (grant,), accounts=accounts)
    trial.layout.deployment.unlink()
    with pytest.raises(ConstitutionDiffersError) as refused:
        deploy(trial.description, trial.layout, network, deployer)
    assert len(refused.value.found) == 1
    assert "operators of 310000" in refused.value.found[0]


def test_a_step_without_effect_is_named(trial: TrialNetwork) -> None:
    network, deployer = trial.up(), trial.deployer()
    deploy(trial.description, trial.layout, network, deployer)
    address = Deployment.load(trial.layout.deployment).address("InstitutionRegistry")
    trial.layout.deployment.unlink()
    with trial.rpc() as rpc:
        rpc.call("anvil_setCode", address, "0x")
    with pytest.raises(StepFailedError) as refused:
        deploy(trial.description, trial.layout, network, deployer)
    assert refused.value.step == "InstitutionRegistry"


def test_an_act_that_was_proposed_anew_by_the_second_account_is_not_taken_for_done(
    deployed: DeployedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = (deployed.trial.key(SHANGHAI, "admin"), deployed.trial.key(SHANGHAI, "law-1"))
    grant = ("0x" + "7b" * 20, 4, 0)
    # as where the first account's proposal is void by the time the second one calls
    monkeypatch.setattr("node.client.law.propose", lambda *_, **__: None)
    with pytest.raises(UnconfirmedActError) as waiting:
        binding_act(deployed.rpc, deployed.deployment, CONSORTIUM, "setOperator", (grant,), accounts=accounts)
    assert waiting.value.function == "setOperator"
