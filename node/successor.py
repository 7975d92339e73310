"""Creating the contract that is to follow one in the Directory; a motion (`schedule`) then lists it.

    made = create(rpc, deployment, layout.successors, "CredentialRegistry", account)
    made.address

It comes from the artifacts of this release, or of another one that is named, and continues the records of the contract
in force through its immutable `predecessor`. Nothing changes on the chain before the members have carried the motion
and its time lock has passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from eth_abi.abi import encode

from node.client.artifact import CONTRACTS, load
from node.client.artifact import read as read_artifact
from node.client.directory import Directory
from node.client.errors import Exit, NodeError
from node.client.files import write_whole
from node.client.hashing import keccak256
from node.client.transactions import estimate, submit, wait

if TYPE_CHECKING:
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

    from node.client.artifact import Artifact
    from node.client.deployment import Deployment
    from node.client.rpc import JsonRpc

GOVERNED: Final = CONTRACTS[2:]
"""Contracts that a successor can be made for in this way; Consortium and Directory name each other."""
_WAIT: Final = 120.0


class NoSuccessorError(NodeError):
    """No successor of this kind is made here: `name` is not that of a governed contract."""

    exit_code = Exit.USAGE

    def __init__(self, name: str) -> None:
        known = ", ".join(GOVERNED)
        super().__init__(
            f"“{name}”没有可由此命令创建的后任；可用：{known}",
            f"this command makes no successor of {name!r}; it makes those of {known}",
        )
        self.name = name


class CreationFailedError(NodeError):
    """The creation of the successor of `name` was mined and refused."""

    def __init__(self, name: str, transaction: str) -> None:
        super().__init__(
            f"{name} 的后任未能创建（交易 {transaction}）。请检查区块的 gas 上限后重试",
            f"the successor of {name} was not created (transaction {transaction}). Check the block's gas limit, then "
            "try again",
        )
        self.transaction = transaction


@dataclass(frozen=True, slots=True)
class Successor:
    """A contract that is ready to be listed: its address and code hash, whom it follows; `made`: just now."""

    name: str
    address: str
    predecessor: str
    code_hash: str
    made: bool


def create(
    rpc: JsonRpc,
    deployment: Deployment,
    journal: Path,
    name: str,
    account: LocalAccount,
    *,
    release: Path | None = None,
) -> Successor:
    """Create the successor of contract `name`; where an earlier run has, return that one.

    Args:
        rpc: the member's node.
        deployment: the network's.
        journal: where this folder keeps which successors it has made.
        name: one of GOVERNED.
        account: who creates; it gets no power by it.
        release: the artifacts (`node/client/artifacts`) of the release that the contract comes from; else this one's.

    Raises:
        NoSuccessorError: of another name.
        ContractReverted, CreationFailedError, NotMinedError, RpcUnreachable: it could not be created.
    """
    artifact = artifact_of(name, release)
    directory = Directory(rpc, deployment)
    predecessor = directory.address(name)
    known = _known(journal)
    key = f"{name} {predecessor} {keccak256(artifact.bytecode).hex()}"
    if key in known and (digest := _code_hash(rpc, known[key])) is not None:
        return Successor(name, known[key], predecessor, digest, made=False)
    creation = _creation(artifact, [directory.address("Consortium"), directory.address("Directory"), predecessor])
    gas = estimate(rpc, account.address, None, creation, call=name)
    sent = submit(rpc, account, deployment.chain_id, None, creation, gas=gas)
    receipt = wait(rpc, sent, seconds=_WAIT)
    if receipt is None or receipt.created is None:
        raise CreationFailedError(name, sent)
    write_whole(journal, _text({**known, key: receipt.created}))
    digest = _code_hash(rpc, receipt.created)
    if digest is None:
        raise CreationFailedError(name, sent)
    return Successor(name, receipt.created, predecessor, digest, made=True)


def artifact_of(name: str, release: Path | None) -> Artifact:
    """Return what the successor of contract `name` is created from: of `release`, or of this one.

    Raises:
        NoSuccessorError: none is made of such a name. ArtifactError: it is not there, or damaged.
    """
    if name not in GOVERNED:
        raise NoSuccessorError(name)
    return load(name) if release is None else read_artifact(release / f"{name}.json", name)


def _creation(artifact: Artifact, arguments: list[str]) -> bytes:
    return artifact.bytecode + encode(["address"] * len(arguments), arguments)


def _code_hash(rpc: JsonRpc, address: str) -> str | None:
    code = bytes.fromhex(str(rpc.call("eth_getCode", address, "latest"))[2:])
    return "0x" + keccak256(code).hex() if code else None


def _known(journal: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = orjson.loads(journal.read_bytes())
    except FileNotFoundError:
        return {}
    return content


def _text(known: dict[str, Any]) -> bytes:
    return orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
