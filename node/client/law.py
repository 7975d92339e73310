"""Acts that bind a province: the same call made by two of its accounts (decision 0001).

act = binding_act(rpc, contracts, registry, "accredit", (uscc, scope, officers), accounts=(admin, law))
act.receipt.block
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.client.abi import decode_log, encode_call, event_topic
from node.client.artifact import load
from node.client.errors import NodeError
from node.client.reverts import ContractReverted
from node.client.transactions import WAIT, Receipt, transact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_account.signers.local import LocalAccount

    from node.client.artifact import Artifact
    from node.client.directory import Contracts
    from node.client.rpc import JsonRpc

ALREADY_PROPOSED = "ConsortiumActAlreadyProposed"
"""The Consortium's answer to an account that proposes what it has proposed already."""


class UnconfirmedActError(NodeError):
    """Both accounts have called, and the act still waits for a second: the first's proposal had lapsed or was void."""

    def __init__(self, function: str) -> None:
        super().__init__(
            f"{function} 只是被提出，尚未生效：先前的提议已失效，请由另一账户再次确认",
            f"{function} was only proposed and is not in force: an earlier proposal was void; confirm it once more",
        )
        self.function = function


@dataclass(frozen=True, slots=True)
class BindingAct:
    """A binding act, in force or half made.

    Attributes:
        proposal: the receipt of the call that proposed it; None where that was done before.
        receipt: the receipt of the call that confirmed it: its logs are the act's events. None: a second account is
            still to confirm it.
    """

    proposal: Receipt | None
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What waits for a second account: its id (32 bytes), and until when (seconds)."""

    act: bytes
    until: int


def binding_act(
    rpc: JsonRpc,
    contracts: Contracts,
    artifact: Artifact,
    function: str,
    args: Sequence[object],
    *,
    accounts: Sequence[LocalAccount],
    seconds: float = WAIT,
) -> BindingAct:
    """Make one binding act, or one account's half of it, and wait until it is in a block.

    May be called again after an interruption: what one account has proposed already is only confirmed by the other.

    Args:
        rpc: the chain.
        contracts: where the contracts are: the deployment file, or the Directory.
        artifact: the contract that is called.
        function: its function, by name or whole signature.
        args: the function's arguments.
        accounts: two accounts of one member, either its admin or an operator with the role that the act asks for; or
            one, which confirms what another has proposed, and else proposes.
        seconds: how long to wait for each block.

    Raises:
        ContractReverted: the contract refuses the act.
        UnconfirmedActError: it was proposed anew by the second call.
        NotMinedError: no block came in time.
    """
    data = encode_call(artifact, function, *args)
    first, *second = accounts
    proposal = propose(rpc, contracts, artifact, function, data, first, seconds=seconds)
    if proposal is not None and not is_proposal(contracts, proposal):
        return BindingAct(None, proposal)  # the other account's proposal was waiting: this call confirmed it
    if not second:
        return BindingAct(proposal, None)
    receipt = _call(rpc, contracts, artifact, function, data, second[0], seconds)
    if is_proposal(contracts, receipt):
        raise UnconfirmedActError(function)
    return BindingAct(proposal, receipt)


def propose(
    rpc: JsonRpc,
    contracts: Contracts,
    artifact: Artifact,
    function: str,
    data: bytes,
    account: LocalAccount,
    *,
    seconds: float = WAIT,
) -> Receipt | None:
    """Make the call as one account; None where that account has proposed the very same and it still waits."""
    try:
        return _call(rpc, contracts, artifact, function, data, account, seconds)
    except ContractReverted as error:
        if error.revert.name == ALREADY_PROPOSED:
            return None
        raise


def is_proposal(contracts: Contracts, receipt: Receipt) -> bool:
    """Whether the call behind `receipt` only recorded a proposal: its effect waits for a second account."""
    return proposed(contracts, receipt) is not None


def proposed(contracts: Contracts, receipt: Receipt) -> Proposal | None:
    """The proposal that the call behind `receipt` recorded; None where the call took effect."""
    consortium, artifact = contracts.address("Consortium"), load("Consortium")
    topic = event_topic(artifact, "ActProposed")
    for log in receipt.logs:
        if log["address"].lower() == consortium and log["topics"][:1] == [topic]:
            said = decode_log(artifact, log).args
            return Proposal(said["act"], said["until"])
    return None


def _call(
    rpc: JsonRpc,
    contracts: Contracts,
    artifact: Artifact,
    function: str,
    data: bytes,
    account: LocalAccount,
    seconds: float,
) -> Receipt:
    to = contracts.address(artifact.name)
    return transact(rpc, account, contracts.chain_id, to, data, call=f"{artifact.name}.{function}", seconds=seconds)
