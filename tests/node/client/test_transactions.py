from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.client.abi import encode_call
from node.client.artifact import load
from node.client.reverts import ContractReverted
from node.client.transactions import NotMinedError, estimate, submit, transact, wait

if TYPE_CHECKING:
    from tests.node.conftest import DeployedNetwork

pytestmark = pytest.mark.network

CONSORTIUM = load("Consortium")
GRANT = ("0x" + "77" * 20, 4, 0)


def test_a_refused_call_is_never_sent(deployed: DeployedNetwork) -> None:
    operator = deployed.trial.key(320_000, "operator")
    to, data = deployed.deployment.address("Consortium"), encode_call(CONSORTIUM, "setOperator", GRANT)
    with pytest.raises(ContractReverted) as refused:
        transact(deployed.rpc, operator, deployed.deployment.chain_id, to, data, call="Consortium.setOperator")
    assert refused.value.call == "Consortium.setOperator"
    assert refused.value.revert.args["account"] == operator.address.lower()
    assert deployed.rpc.call("eth_getTransactionCount", operator.address, "pending") == "0x0"


def test_a_call_that_the_block_refuses_gives_no_receipt_and_the_reason(deployed: DeployedNetwork) -> None:
    operator = deployed.trial.key(330_000, "operator")
    to, data = deployed.deployment.address("Consortium"), encode_call(CONSORTIUM, "setOperator", GRANT)
    sent = submit(deployed.rpc, operator, deployed.deployment.chain_id, to, data, gas=1_000_000)
    assert wait(deployed.rpc, sent) is None


def test_a_transaction_that_no_block_held_is_named(deployed: DeployedNetwork) -> None:
    unknown = "0x" + "12" * 32
    with pytest.raises(NotMinedError) as late:
        wait(deployed.rpc, unknown, seconds=0.1)
    assert late.value.transaction == unknown
    assert "look before acting again" in late.value.en


def test_a_receipt_tells_block_gas_and_logs(deployed: DeployedNetwork) -> None:
    admin = deployed.trial.key(340_000, "admin")
    to, data = deployed.deployment.address("Consortium"), encode_call(CONSORTIUM, "setOperator", GRANT)
    offered = estimate(deployed.rpc, admin.address, to, data, call="setOperator")
    receipt = transact(deployed.rpc, admin, deployed.deployment.chain_id, to, data, call="setOperator")
    assert 21_000 < receipt.gas_used <= offered <= deployed.network.block_gas_limit
    assert receipt.created is None
    assert [log["address"] for log in receipt.logs] == [to]
    block = deployed.rpc.call("eth_getBlockByNumber", hex(receipt.block), False)  # noqa: FBT003 - JSON-RPC
    assert block["hash"] == receipt.block_hash
    assert receipt.transaction in block["transactions"]
