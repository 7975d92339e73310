"""Proves that the code on the chain is the code of these sources.

1 the sources are those that this software was made of · 2 they compile, with the same compiler · 3 for each contract
the code on the chain is the compiler's, byte for byte, the metadata with the digest of every source included · 4 the
places of immutables hold what the description and the chain's own data say · 5 the Directory lists exactly these
contracts, with the hashes of their codes, and the deployment file agrees.

    report = verify(description, deployment, "http://127.0.0.1:8545")
    report.findings == ()
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from web3 import HTTPProvider, Web3

from node.client.artifact import CONTRACTS
from node.client.hashing import keccak256
from node.client.rpc import JsonRpc
from node.compiler import Compiled, DoesNotCompileError, Sources, compile_again
from node.constitution import contract_at
from node.immutables import DEPLOYER, created_by, expected
from node.law import NO_ADDRESS, name_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from node.client.deployment import Deployment
    from node.description import Description


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: what it concerns (a contract or a source), which check, and in words."""

    subject: str
    check: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was found.

    Attributes:
        compiler: the full version of the compiler used.
        block: the block at which the chain was read.
        verified: name and address of each contract of which everything holds.
        findings: everything that does not hold; empty means proven.
    """

    compiler: str
    block: int
    verified: dict[str, str]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Chain:
    """What the chain holds, read at one block."""

    block: int
    codes: dict[str, bytes]
    history: dict[str, list[tuple[str, int, int, bytes]]]  # per name: (address, version, from, code hash), oldest first
    time: int


def verify(
    description: Description,
    deployment: Deployment,
    rpc_url: str,
    *,
    sources: Path | None = None,
    solc: Path | None = None,
) -> Report:
    """Check every contract of `deployment` on the chain at `rpc_url` against the sources.

    Args:
        description: the network, for the values of immutables.
        deployment: which contracts, and where.
        rpc_url: a node of the chain; what it says is only compared, never believed.
        sources: a folder with the sources, named as the compiler names them; by default those shipped.
        solc: a compiler; by default the locked one.

    Raises:
        SourcesMissingError, CompilerMissingError: nothing could be checked.
        RpcUnreachable: there is no chain to read.
    """
    recorded = Sources.shipped(sources)
    texts = recorded.texts()
    findings = [
        Finding(name, "source", "源码已被改动，不是发布时的源码", "this source is not the one that was shipped")
        for name in recorded.changed(texts)
    ]
    chain = _read(rpc_url, deployment)
    try:
        compiled = compile_again(recorded, texts, solc=solc)
    except DoesNotCompileError as error:
        findings.append(Finding("solc", "compile", error.zh, error.en))
        return Report("", chain.block, {}, tuple(findings))
    versions = {contract.compiler for contract in compiled.values()}
    findings.extend(
        Finding(
            "solc",
            "compiler",
            f"编译器是 {version}，发布时用的是 {recorded.compiler}",
            f"the compiler is {version}, the shipped code was made by {recorded.compiler}",
        )
        for version in versions - {recorded.compiler}
    )
    findings.extend(
        Finding(
            name,
            "directory",
            "目录中有本软件不认识的合约",
            "the Directory lists a contract that this software does not know",
        )
        for name in sorted(set(chain.history) - set(CONTRACTS))
    )
    verified = {}
    for name in CONTRACTS:
        of_contract = [
            *_directory(name, deployment, chain),
            *_code(compiled[name], chain.codes[name]),
            *_immutables(compiled[name], description, deployment, chain),
        ]
        findings.extend(of_contract)
        if not of_contract:
            verified[name] = deployment.address(name)
    return Report(", ".join(sorted(versions)), chain.block, verified, tuple(findings))


def _read(rpc_url: str, deployment: Deployment) -> _Chain:
    web3 = Web3(HTTPProvider(rpc_url))
    where = {name: contract.address for name, contract in deployment.contracts.items()}
    with JsonRpc(rpc_url) as rpc:  # says in our words where there is no chain
        latest = rpc.call("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC
    block = int(latest["number"], 16)
    codes = {
        name: bytes(web3.eth.get_code(Web3.to_checksum_address(address), block)) for name, address in where.items()
    }
    history: dict[str, list[tuple[str, int, int, bytes]]] = {}
    if codes["Directory"]:
        directory = contract_at(web3, "Directory", where).functions
        for name in {*map(name_bytes, CONTRACTS), *directory.names().call(block_identifier=block)}:
            entries: list[Any] = directory.history(name).call(block_identifier=block)
            history[bytes(name).rstrip(b"\0").decode("ascii", "backslashreplace")] = [
                (str(entry[0]).lower(), entry[1], entry[2], bytes(entry[3])) for entry in entries
            ]
    return _Chain(block, codes, history, int(latest["timestamp"], 16))


def _directory(name: str, deployment: Deployment, chain: _Chain) -> Iterator[Finding]:
    """Check 5: the Directory's entry in force, and the deployment file."""
    contract = deployment.contracts[name]
    entries = chain.history.get(name, [])
    in_force = [entry for entry in entries if entry[2] <= chain.time]
    if not in_force or in_force[-1][0] != contract.address:
        current = in_force[-1][0] if in_force else NO_ADDRESS
        yield Finding(
            name,
            "directory",
            f"目录中现行地址是 {current}，部署文件写的是 {contract.address}",
            f"the Directory resolves it to {current}, the deployment file says {contract.address}",
        )
        return
    address, version, _, listed = in_force[-1]
    code_hash = keccak256(chain.codes[name])
    for where, hash_there in (("Directory", listed), ("deployment.json", bytes.fromhex(contract.code_hash[2:]))):
        if hash_there != code_hash:
            yield Finding(
                name,
                "code-hash",
                f"{address} 上代码的哈希与 {where} 所记不同",
                f"the hash of the code at {address} is not the one that {where} holds",
            )
    if version != contract.version:
        yield Finding(
            name,
            "version",
            f"目录中版本是 {version}，部署文件写的是 {contract.version}",
            f"the Directory says version {version}, the deployment file {contract.version}",
        )


def _code(compiled: Compiled, code: bytes) -> Iterator[Finding]:
    """Check 3: the code, apart from the places of immutables."""
    name, wanted = compiled.name, compiled.code
    if len(code) != len(wanted):
        yield Finding(
            name,
            "code",
            f"链上代码 {len(code)} 字节，源码编译得 {len(wanted)} 字节",
            f"the code on the chain has {len(code)} bytes, these sources give {len(wanted)}",
        )
        return
    masked = bytearray(code)
    for starts in compiled.immutables.values():
        for start in starts:
            masked[start : start + 32] = bytes(32)
    body = len(wanted) - compiled.metadata_size
    differing = [at for at in range(len(wanted)) if masked[at] != wanted[at]]
    in_body = [at for at in differing if at < body]
    if in_body:
        yield Finding(
            name,
            "code",
            f"有 {len(in_body)} 个字节与源码不符，第一个在 {in_body[0]} 处",
            f"{len(in_body)} bytes are not those of these sources, the first at offset {in_body[0]}",
        )
    elif differing:
        yield Finding(
            name,
            "metadata",
            "可执行部分一致，但元数据（源码与编译设置的摘要）不同",
            "what runs is the same, but the metadata (digest of sources and settings) differs",
        )


def _immutables(
    compiled: Compiled, description: Description, deployment: Deployment, chain: _Chain
) -> Iterator[Finding]:
    """Check 4: every place of every immutable."""
    name, code = compiled.name, chain.codes[compiled.name]
    if len(code) != len(compiled.code):
        return
    before = [entry[0] for entry in chain.history.get(name, []) if entry[1] == deployment.contracts[name].version - 1]
    values = expected(
        name,
        description,
        {known: contract.address for known, contract in deployment.contracts.items()},
        chain_id=deployment.chain_id,
        predecessor=before[-1] if before else NO_ADDRESS,
    )
    for variable, starts in compiled.immutables.items():
        for found in {code[start : start + 32] for start in starts}:
            if variable == DEPLOYER:
                holds = created_by(found, deployment.address(name))
            else:
                holds = found == values.get(variable)
            if not holds:
                wanted = values.get(variable)
                should = f"0x{wanted.hex()}" if wanted is not None else "?"
                yield Finding(
                    name,
                    "immutable",
                    f"不可变量 {variable} 是 0x{found.hex()}，应为 {should}",
                    f"the immutable {variable} is 0x{found.hex()}, it should be {should}",
                )
