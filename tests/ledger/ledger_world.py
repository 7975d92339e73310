"""A real chain on a free port of 127.0.0.1, and the law of four provinces on it."""

from __future__ import annotations

import hashlib
import random
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_account import Account
from ports import free_port

from gateway.domain.approval import Approval
from gateway.domain.identifiers import uscc_check_character
from gateway.domain.leaf import leaf_hash
from gateway.domain.manifest import Manifest, manifest_of
from gateway.domain.tree import MerkleTree
from gateway.ledger.calls import ChainCalls
from gateway.ledger.reader import institution_word
from node.client.abi import decode_result, encode_call
from node.client.artifact import CONTRACTS, load
from node.client.deployment import DeployedContract, Deployment, Finality, Province
from node.client.hashing import keccak256
from node.client.rpc import JsonRpc, RpcUnreachable
from node.client.transactions import submit_with_nonce, transact, wait
from node.law import addresses

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from gateway.ledger.values import Reason, Status

ROOT = Path(__file__).parents[2]
ANVIL = ROOT / "hardhat-config/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
CHAIN_ID = 31_337


@dataclass
class Chain:
    """A running anvil."""

    process: subprocess.Popen[bytes]
    rpc: JsonRpc
    url: str

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - any JSON
        return self.rpc.call(method, *params)

    def receipt(self, digest: str) -> dict[str, Any]:
        for _ in range(400):
            found: dict[str, Any] | None = self.call("eth_getTransactionReceipt", digest)
            if found is not None:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{digest} was not mined within eight seconds")

    def create(self, bytecode: str) -> bytes:
        """Create a contract from anvil's own funded account and return its address."""
        funded = self.call("eth_accounts")[0]
        digest = self.call("eth_sendTransaction", {"from": funded, "data": bytecode, "gasPrice": "0x0"})
        return bytes.fromhex(self.receipt(digest)["contractAddress"][2:])

    @property
    def genesis_hash(self) -> str:
        """Of block 0, 0x-hex: what tells this chain from every other of its number."""
        return str(self.call("eth_getBlockByNumber", "0x0", False)["hash"])  # noqa: FBT003 - JSON-RPC

    def automine(self, *, on: bool) -> None:
        self.call("evm_setAutomine", on)

    def mine(self, blocks: int = 1) -> None:
        self.call("anvil_mine", hex(blocks))

    def stop(self) -> None:
        self.rpc.close()
        self.process.terminate()
        self.process.wait(10)


def start_chain(*arguments: str, port: int | None = None) -> Chain:
    port = port or free_port()
    process = subprocess.Popen(
        [
            ANVIL, "--port", str(port), "--silent", "--gas-price", "0", "--base-fee", "0", "--chain-id", str(CHAIN_ID),
            "--gas-limit", "100000000", "--hardfork", "berlin", *arguments,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    rpc = JsonRpc(f"http://127.0.0.1:{port}", timeout=30)
    for _ in range(200):
        try:
            rpc.call("eth_chainId")
            return Chain(process, rpc, rpc.url)
        except RpcUnreachable:
            time.sleep(0.05)
    process.kill()
    raise AssertionError("anvil did not answer within ten seconds")


# -- a constituted consortium of four provinces ------------------------------------------------------------------------

SHANGHAI, JIANGSU, ZHEJIANG, ANHUI = PROVINCES = (310_000, 320_000, 330_000, 340_000)
DAY = 86_400
TIME_LOCK = 7 * DAY
GATEWAY_ROLES = 1 | 2 | 4 | 32  # ANCHOR, ATTEST, STATUS, TRANSFER
LAW_ROLES = 8 | 16  # BATCH_STATUS, LAW


def account(*who: object) -> LocalAccount:
    """A throw-away account, the same for the same words."""
    return Account.from_key(hashlib.sha256(repr(who).encode()).digest())


def uscc(province: int, number: int = 1) -> str:
    """A valid unified social credit code of the province."""
    first = f"12{province}{number:09d}"
    return first + uscc_check_character(first)


@dataclass(frozen=True)
class Batch:
    """A batch as an institution has it: (commitment, facts) per leaf, in the order of the sorted leaves."""

    institution: str
    contents: list[tuple[bytes, bytes]]
    manifest: Manifest


def make_batch(institution: str, count: int, seed: int = 0) -> Batch:
    chance = random.Random(f"{institution} {seed}")
    word = institution_word(institution)
    made = [(chance.randbytes(32), chance.randbytes(32)) for _ in range(count)]
    ordered = sorted((leaf_hash(commitment, word, facts), (commitment, facts)) for commitment, facts in made)
    tree = MerkleTree.of_sorted([leaf for leaf, _ in ordered])
    return Batch(institution, [content for _, content in ordered], manifest_of(tree))


@dataclass
class World:
    """The law on a chain, and the accounts of four provinces."""

    chain: Chain
    deployment: Deployment
    officers: dict[str, LocalAccount] = field(default_factory=dict)

    @property
    def calls(self) -> ChainCalls:
        return ChainCalls(self.chain.rpc, self.deployment)

    def operator(self, province: int) -> LocalAccount:
        return account(province, "operator")

    def admin(self, province: int) -> LocalAccount:
        return account(province, "admin")

    def law(self, province: int) -> LocalAccount:
        return account(province, "law")

    def set_status(self, batch: Batch, position: int, status: Status, reason: Reason) -> None:
        leaf = batch.manifest.tree.leaves[position]
        proof = batch.manifest.tree.multiproof([leaf])
        word, root = institution_word(batch.institution), batch.manifest.root
        told = (word, root, [batch.contents[position]], list(proof.proof), list(proof.flags), status, reason)
        self.transact(self.operator(int(batch.institution[2:8])), "CredentialRegistry", "setStatus", *told)

    @property
    def now(self) -> int:
        return int(self.chain.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)  # noqa: FBT003

    def transact(self, who: LocalAccount, contract: str, function: str, *args: object) -> None:
        data = encode_call(load(contract), function, *args)
        to = self.deployment.address(contract)
        transact(self.chain.rpc, who, CHAIN_ID, to, data, call=function, seconds=10)

    def twice(self, province: int, contract: str, function: str, *args: object) -> None:
        """A binding act: the admin proposes, the law operator confirms."""
        for role in ("admin", "law"):
            self.transact(account(province, role), contract, function, *args)

    def pass_over(self, seconds: int) -> None:
        self.chain.call("evm_increaseTime", seconds)
        self.chain.mine()

    def motion(
        self, contract: str, function: str, *args: object, by: tuple[int, ...] = (SHANGHAI, JIANGSU, ZHEJIANG)
    ) -> None:
        """Opened by the chair, voted for by provinces enough, carried out at once."""
        consortium, target = load("Consortium"), self.deployment.address(contract)
        data, nonce = encode_call(load(contract), function, *args), self.now
        self.twice(SHANGHAI, "Consortium", "openMotion", target, data, nonce)
        asked = {
            "to": self.deployment.address("Consortium"),
            "data": "0x" + encode_call(consortium, "motionId", target, data, nonce).hex(),
        }
        motion = decode_result(consortium, "motionId", self.chain.call("eth_call", asked, "latest"))
        for province in by:
            self.twice(province, "Consortium", "vote", motion, True)  # noqa: FBT003 - Solidity has no keywords
        self.transact(self.operator(ANHUI), "Consortium", "execute", target, data, nonce)

    def schedule(self, name: str) -> str:
        """Deploy a successor of a registry and list it by motion; its address. It is in force after TIME_LOCK."""
        where = self.deployment.address
        last = self.calls.listing().ever(name)[-1]
        arguments = encode(["address", "address", "address"], [where("Consortium"), where("Directory"), last])
        successor = "0x" + self.chain.create("0x" + (load(name).bytecode + arguments).hex()).hex()
        self.motion("Directory", "schedule", name.encode().ljust(32, b"\0"), successor)
        return successor

    def accredit(self, institution: str, scope: tuple[int, int, int] = (0x0E, 10, 99_999)) -> str:
        """By the province that the code names, with one founding officer."""
        officer = account(institution, "officer")
        self.officers[institution] = officer
        province = int(institution[2:8])
        word = institution_word(institution)
        self.twice(province, "InstitutionRegistry", "accredit", word, scope, [officer.address])
        return institution

    def approval(self, batch: Batch, registry: str | None = None) -> tuple[int, bytes]:
        """(deadline, signature) of the institution's officer, for the registry of the deployment file or another."""
        deadline = self.now + 30 * DAY
        approval = Approval(
            institution_word(batch.institution),
            batch.manifest.root,
            batch.manifest.digest,
            batch.manifest.count,
            deadline,
        )
        address = bytes.fromhex((registry or self.deployment.address("CredentialRegistry"))[2:])
        signed = self.officers[batch.institution].unsafe_sign_hash(approval.digest(CHAIN_ID, address))
        return deadline, bytes(signed.signature)

    def anchor(self, *batches: Batch) -> None:
        for batch in batches:
            manifest = batch.manifest
            terms = (institution_word(batch.institution), manifest.root, manifest.digest, manifest.count)
            operator = account(int(batch.institution[2:8]), "operator")
            self.transact(operator, "CredentialRegistry", "anchor", terms, self.approval(batch))


def found(chain: Chain, *, trial: bool = False) -> World:
    """Deploy the four contracts and constitute four provinces; in a trial fewer may go on."""
    deployer = account("deployer")
    where = addresses(deployer.address.lower(), 0)
    consortium, directory = where["Consortium"], where["Directory"]
    rules = (365 * DAY, 3 * DAY, 14 * DAY, 2 * DAY, 180 * DAY, TIME_LOCK)
    arguments = {
        "Consortium": encode(
            ["address", "bool", "(uint64,uint64,uint64,uint64,uint64,uint64)"], [directory, trial, rules]
        ),
        "Directory": encode(["address"], [consortium]),
    }
    governed = encode(["address", "address", "address"], [consortium, directory, "0x" + "00" * 20])
    members = [
        (
            province,
            account(province, "admin").address,
            account(province, "recovery").address,
            [
                (account(province, "operator").address, GATEWAY_ROLES, 1_000_000),
                (account(province, "law").address, LAW_ROLES, 0),
            ],
        )
        for province in PROVINCES
    ]
    registries = CONTRACTS[2:]
    names = [name.encode().ljust(32, b"\0") for name in registries]
    constitute = encode_call(load("Consortium"), "constitute", members, names, [where[name] for name in registries])
    made = [(None, load(name).bytecode + arguments.get(name, governed)) for name in CONTRACTS]
    steps = [*made, (consortium, constitute)]
    for nonce, (to, data) in enumerate(steps):
        digest = submit_with_nonce(chain.rpc, deployer, CHAIN_ID, to, data, gas=30_000_000, nonce=nonce)
        assert wait(chain.rpc, digest, seconds=10) is not None, f"step {nonce} of the foundation was refused"
    contracts = {
        name: DeployedContract(
            address=where[name],
            block=1,
            code_hash="0x" + keccak256(bytes.fromhex(chain.call("eth_getCode", where[name], "latest")[2:])).hex(),
            version=1,
        )
        for name in CONTRACTS
    }
    names_of = {province: Province(name_zh=str(province), name_en=str(province)) for province in PROVINCES}
    finality = Finality(kind="instant", confirmations=0)
    return World(chain, Deployment(CHAIN_ID, "test", chain.genesis_hash, 1, finality, contracts, names_of))
