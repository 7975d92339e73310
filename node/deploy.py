"""From a running chain and a description to a constituted consortium and the deployment file, exactly once.

A deployment is a few transactions of one account, the deployer's: a creation for each contract of the law, and the
constitution. Their nonces are fixed at the start and their contents follow from the description, so a run that was
killed anywhere is simply run again: what is on the chain is found there by its nonce, and nothing can happen twice.

    deployed = deploy(description, layout, network, deployer)
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import orjson
from web3 import HTTPProvider, Web3

from node.client.artifact import CONTRACTS, Artifact, load
from node.client.deployment import DeployedContract, Deployment, Province
from node.client.errors import NodeError
from node.client.files import write_whole
from node.client.hashing import checksummed, keccak256
from node.client.rpc import JsonRpc, RpcError
from node.client.transactions import RECEIPT_POLL, WAIT, NotMinedError, estimate, submit_with_nonce
from node.constitution import ConstitutionDiffersError, differences
from node.description import AnvilEngine
from node.law import addresses, constructor_arguments, founding, name_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

    from node.description import Description
    from node.layout import Layout
    from node.network import Network

CONSTITUTE = "constitute"
STEPS = (*CONTRACTS, CONSTITUTE)
"""The transactions of a deployment, in the order of their nonces."""


class DeploymentChangedError(NodeError):
    """network.toml, the contracts or the deployer's key are not those that the deployment began with."""

    def __init__(self, journal: Path, what: str) -> None:
        super().__init__(
            f"部署开始之后 {what} 已改变。请恢复原样，或删除 {journal} 重新部署",
            f"{what} changed since the deployment began. Put it back, or remove {journal} to deploy anew",
        )
        self.journal = journal
        self.what = what


class StepFailedError(NodeError):
    """The transaction of `step` is on the chain and had no effect: it was refused in the block, or is another one."""

    def __init__(self, step: str, nonce: int, journal: Path) -> None:
        super().__init__(
            f"部署步骤 {step}（序号 {nonce}）没有生效。请删除 {journal} 重新部署",
            f"the deployment's step {step} (nonce {nonce}) had no effect. Remove {journal} and deploy anew",
        )
        self.step = step
        self.nonce = nonce


class WrongNodeError(NodeError):
    """The node that answers is of another chain than network.json says."""

    def __init__(self, url: str, expected: str, found: str) -> None:
        super().__init__(
            f"{url} 的链（{found}）不是本网络（{expected}）",
            f"{url} serves chain {found}, not this network's {expected}",
        )
        self.url = url
        self.expected = expected
        self.found = found


class CodeChangedError(NodeError):
    """The code at `address` is not what the deployment file says of contract `name`."""

    def __init__(self, name: str, address: str, path: Path) -> None:
        super().__init__(
            f"{address} 上的代码不是部署文件 {path} 所记的 {name}。请运行 huren-node verify-contracts",
            f"the code at {address} is not the {name} of {path}. Run huren-node verify-contracts",
        )
        self.name = name
        self.address = address


@dataclass(frozen=True, slots=True)
class Deployed:
    """The outcome: the deployment, and the steps that this run carried out (none where all was there already)."""

    deployment: Deployment
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Journal:
    """What a deployment under way must not lose: who deploys, from which nonce on, and the digest of its inputs."""

    deployer: str
    first_nonce: int
    inputs: str

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read the journal, or None where no deployment is under way."""
        try:
            content = orjson.loads(path.read_bytes())
        except OSError:
            return None
        return cls(content["deployer"], content["first_nonce"], content["inputs"])

    def save(self, path: Path) -> None:
        """Write the journal as a whole."""
        content = {"deployer": self.deployer, "first_nonce": self.first_nonce, "inputs": self.inputs}
        write_whole(path, orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def deploy(description: Description, layout: Layout, network: Network, deployer: LocalAccount) -> Deployed:
    """Create the contracts, constitute the consortium, and write the deployment file. May be called again at any time.

    Args:
        description: the network, with the founding members in the order of chairs.
        layout: where the journal and the deployment file go.
        network: the running chain.
        deployer: the account that creates; it needs no balance and keeps no power.

    Raises:
        WrongNodeError, DeploymentChangedError, StepFailedError, ConstitutionDiffersError: see there.
        NodeError: the chain cannot be reached, refuses a step or makes no blocks.
    """
    with JsonRpc(network.rpc_url) as rpc:
        _require_chain(rpc, network)
        if layout.deployment.exists():
            known = _still_there(rpc, layout.deployment, network)
            # Two things are the members' to agree on after the constitution, and are as network.toml has them today.
            now = replace(known, replication=replication_of(description), finality=network.finality)
            if now != known:
                now.save(layout.deployment)
            return Deployed(now, ())
        journal = _journal(rpc, description, layout, deployer.address.lower())
        run = _Run(rpc, Web3(HTTPProvider(network.rpc_url)), description, layout, network, deployer, journal)
        steps = run.carry_out()
        run.wait_until_final()
        deployment = run.read_back()
    deployment.save(layout.deployment)
    return Deployed(deployment, steps)


def replication_of(description: Description) -> int | None:
    """Return by how many provinces a pack is kept; None on the embedded chain, which has no IPFS daemons."""
    return None if isinstance(description.engine, AnvilEngine) else description.ipfs.replication


def _require_chain(rpc: JsonRpc, network: Network) -> None:
    chain_id, genesis = rpc.batch([("eth_chainId", []), ("eth_getBlockByNumber", ["0x0", False])])
    found = f"{int(chain_id, 16)} {genesis['hash']}"
    expected = f"{network.chain_id} {network.genesis_hash}"
    if found != expected:
        raise WrongNodeError(network.rpc_url, expected, found)


def _still_there(rpc: JsonRpc, path: Path, network: Network) -> Deployment:
    """Return the deployment that the file describes, once its contracts are found on the chain.

    What the members have decided since is not compared with network.toml: the law is on the chain from its constitution
    on, and the description was only its beginning.
    """
    deployment = Deployment.load(path)
    if (deployment.chain_id, deployment.genesis_hash) != (network.chain_id, network.genesis_hash):
        found = f"{deployment.chain_id} {deployment.genesis_hash}"
        raise WrongNodeError(network.rpc_url, found, f"{network.chain_id} {network.genesis_hash}")
    contracts = deployment.contracts
    codes = rpc.batch([("eth_getCode", [contract.address, "latest"]) for contract in contracts.values()])
    for (name, contract), code in zip(contracts.items(), codes, strict=True):
        if "0x" + keccak256(bytes.fromhex(code[2:])).hex() != contract.code_hash:
            raise CodeChangedError(name, contract.address, path)
    return deployment


def _journal(rpc: JsonRpc, description: Description, layout: Layout, deployer: str) -> Journal:
    """Return the journal of the deployment under way; begin one where there is none."""
    inputs = hashlib.sha256(description.model_dump_json().encode())
    for name in CONTRACTS:
        inputs.update(load(name).bytecode)
    known = Journal.load(layout.journal)
    if known is None:
        nonce = int(rpc.call("eth_getTransactionCount", deployer, "latest"), 16)
        known = Journal(deployer, nonce, inputs.hexdigest())
        known.save(layout.journal)
    elif known.inputs != inputs.hexdigest():
        raise DeploymentChangedError(layout.journal, "network.toml / contracts")
    elif known.deployer != deployer:
        raise DeploymentChangedError(layout.journal, "keys/deployer.json")
    return known


@dataclass(frozen=True, slots=True)
class _Run:
    rpc: JsonRpc
    web3: Web3
    description: Description
    layout: Layout
    network: Network
    deployer: LocalAccount
    journal: Journal

    @property
    def where(self) -> dict[str, str]:
        return addresses(self.journal.deployer, self.journal.first_nonce)

    def nonce(self, step: str) -> int:
        return self.journal.first_nonce + STEPS.index(step)

    def carry_out(self) -> tuple[str, ...]:
        """Send what is not on the chain yet, creations together, and wait for it."""
        done = self._count("latest")
        creations = tuple(name for name in CONTRACTS if self.nonce(name) >= done)
        for name in creations:
            self._send(name, None, self._creation(load(name)))
        self._wait_for(CONTRACTS[-1])
        for name, address in self.where.items():
            if not self.web3.eth.get_code(Web3.to_checksum_address(address)):
                raise StepFailedError(name, self.nonce(name), self.layout.journal)
        if self.nonce(CONSTITUTE) < done:
            return creations
        self._send(CONSTITUTE, self.where["Consortium"], self._constitution())
        self._wait_for(CONSTITUTE)
        return (*creations, CONSTITUTE)

    def wait_until_final(self) -> None:
        """Wait until the block with the constitution is final: before that, a reorganisation may take it back."""
        confirmations = self.network.finality.confirmations
        deadline = time.monotonic() + WAIT
        height = self._height()
        while confirmations and self._height() < height + confirmations:
            if time.monotonic() >= deadline:
                raise NotMinedError(CONSTITUTE, WAIT)
            time.sleep(RECEIPT_POLL)
        self._wait_for(CONSTITUTE)

    def read_back(self) -> Deployment:
        """Return the deployment as the chain tells it, once it is what the description asks for."""
        found = differences(self.web3, self.description, self.where)
        if found:
            raise ConstitutionDiffersError(self.layout.description, found)
        directory = self.web3.eth.contract(
            address=Web3.to_checksum_address(self.where["Directory"]), abi=load("Directory").abi
        )
        listed = {
            bytes(event["args"]["name"]): event
            for event in directory.events.EntryListed().get_logs(from_block=0, to_block="latest")
        }
        contracts = {
            name: DeployedContract(
                address=self.where[name],
                block=listed[name_bytes(name)]["blockNumber"],
                code_hash="0x" + bytes(listed[name_bytes(name)]["args"]["codeHash"]).hex(),
                version=listed[name_bytes(name)]["args"]["version"],
            )
            for name in CONTRACTS
        }
        return Deployment(
            chain_id=self.network.chain_id,
            network=self.network.name,
            genesis_hash=self.network.genesis_hash,
            block=min(contract.block for contract in contracts.values()),
            finality=self.network.finality,
            contracts=contracts,
            provinces={
                member.province: Province(name_zh=member.name_zh, name_en=member.name_en)
                for member in self.description.founders
            },
            replication=replication_of(self.description),
        )

    def _creation(self, artifact: Artifact) -> bytes:
        contract = self.web3.eth.contract(abi=artifact.abi, bytecode=artifact.bytecode)
        arguments = constructor_arguments(artifact.name, self.description, self.where)
        return bytes.fromhex(str(contract.constructor(*arguments).data_in_transaction)[2:])

    def _constitution(self) -> bytes:
        consortium = self.web3.eth.contract(abi=load("Consortium").abi)
        others = [name for name in CONTRACTS if name not in {"Consortium", "Directory"}]
        arguments: list[Any] = [
            founding(self.description),
            [name_bytes(name) for name in others],
            [checksummed(self.where[name]) for name in others],
        ]
        return bytes.fromhex(str(consortium.encode_abi(CONSTITUTE, args=arguments))[2:])

    def _send(self, step: str, to: str | None, data: bytes) -> None:
        """Sign the step with its own nonce and send it; where an earlier run has, the node refuses and that is well."""
        gas = estimate(self.rpc, self.journal.deployer, to, data, call=step)
        try:
            submit_with_nonce(self.rpc, self.deployer, self.network.chain_id, to, data, gas=gas, nonce=self.nonce(step))
        except RpcError:
            if self._count("pending") <= self.nonce(step):
                raise

    def _wait_for(self, step: str) -> None:
        """Wait until the transaction with the nonce of `step` is in a block, whichever run sent it."""
        deadline = time.monotonic() + WAIT
        while self._count("latest") <= self.nonce(step):
            if time.monotonic() >= deadline:
                raise NotMinedError(step, WAIT)
            time.sleep(RECEIPT_POLL)

    def _height(self) -> int:
        return int(self.rpc.call("eth_blockNumber"), 16)

    def _count(self, at: str) -> int:
        return int(self.rpc.call("eth_getTransactionCount", self.journal.deployer, at), 16)
