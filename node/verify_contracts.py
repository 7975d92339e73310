"""Proves that the code on the chain is the code of these sources.

1 the sources are those that this software was made of · 2 they compile, with the same compiler · 3 the Directory lists
the contracts of the deployment file, and each name has one in force · 4 the code of every contract that the Directory
lists, in force, succeeded or scheduled by motion, is the compiler's, byte for byte, the metadata with the digest of
every source included · 5 the places of immutables hold what the description and the chain's own data say · 6 the
hashes of the codes are those that the Directory and the deployment file recorded.

    report = verify(description, deployment, "http://127.0.0.1:8545")
    report.findings == ()
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from node.client.artifact import CONTRACTS
from node.client.directory import NAME, DirectoryUnreadableError, Entry, Listing, read_listing
from node.client.hashing import keccak256
from node.client.rpc import JsonRpc
from node.comparison import Finding, Law, differences
from node.compiler import Compiled, DoesNotCompileError, Sources, compile_again

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from pathlib import Path

    from node.client.deployment import Deployment
    from node.description import Description


class Standing(StrEnum):
    """How a listed contract stands at the block that was read."""

    IN_FORCE = "in force"
    SUCCEEDED = "succeeded"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True)
class Proven:
    """A contract of which everything holds: where the Directory lists it, and how it stands."""

    name: str
    address: str
    version: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Report:
    """What was found.

    Attributes:
        compiler: the full version of the compiler used.
        block: the block at which the chain was read.
        verified: every listed contract of which everything holds, by name in the order of CONTRACTS, oldest first.
        findings: everything that does not hold; empty means proven.
    """

    compiler: str
    block: int
    verified: tuple[Proven, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Chain:
    """What the chain holds, read at one block: its number and time, what is listed, and the code at each address."""

    block: int
    time: int
    listing: Listing
    codes: Mapping[str, bytes]
    unreadable: DirectoryUnreadableError | None


def verify(
    description: Description,
    deployment: Deployment,
    rpc_url: str,
    *,
    sources: Path | None = None,
    releases: Sequence[Path] = (),
    solc: Path | None = None,
) -> Report:
    """Check every contract that the Directory of `deployment` lists, on the chain at `rpc_url`, against the sources.

    Args:
        description: the network, for the values of immutables.
        deployment: which Directory, and which contracts were the first.
        rpc_url: a node of the chain; what it says is only compared, never believed.
        sources: a folder with the sources, named as the compiler names them; by default those shipped.
        releases: artifacts of earlier or coming releases (a ``compiler.json``, its sources in ``sources/``): a contract
            is proven, too, where it is one of theirs.
        solc: a compiler; by default the locked one.

    Raises:
        SourcesMissingError, CompilerMissingError: nothing could be checked.
        RpcUnreachable: there is no chain to read.
    """
    candidates: dict[str, list[Compiled]] = {}
    findings: list[Finding] = []
    findings.extend(_compile(Sources.shipped(sources), solc, candidates))
    for release in releases:
        findings.extend(_compile(Sources.of_release(release), solc, candidates, complete=False))
    chain = _read(rpc_url, deployment)
    versions = {compiled.compiler for made in candidates.values() for compiled in made}
    proven: list[Proven] = []
    if candidates:
        law = Law(description, deployment.chain_id, chain.listing)
        findings.extend(_directory(deployment, chain, candidates))
        for entry in _entries(deployment, chain, candidates):
            found = [*_hashes(entry, deployment, chain), *_nearest(entry, chain, candidates[entry.name], law)]
            findings.extend(found)
            if not found and entry in chain.listing.entries.get(entry.name, ()):
                proven.append(Proven(entry.name, entry.address, entry.version, _standing(entry, chain)))
    return Report(", ".join(sorted(versions)), chain.block, tuple(proven), tuple(findings))


def _compile(
    recorded: Sources, solc: Path | None, candidates: dict[str, list[Compiled]], *, complete: bool = True
) -> Iterator[Finding]:
    """Checks 1 and 2; what was compiled is added to `candidates` by name."""
    texts = recorded.texts()
    for name in recorded.changed(texts):
        yield Finding(name, "source", "源码已被改动，不是发布时的源码", "this source is not the one that was shipped")
    try:
        compiled = compile_again(recorded, texts, solc=solc, complete=complete)
    except DoesNotCompileError as error:
        yield Finding("solc", "compile", error.zh, error.en)
        return
    for contract in compiled.values():
        candidates.setdefault(contract.name, []).append(contract)
    for version in {contract.compiler for contract in compiled.values()} - {recorded.compiler}:
        yield Finding(
            "solc",
            "compiler",
            f"编译器是 {version}，发布时用的是 {recorded.compiler}",
            f"the compiler is {version}, the shipped code was made by {recorded.compiler}",
        )


def _read(rpc_url: str, deployment: Deployment) -> _Chain:
    # Only the Directory is believed to be where the file says; what the file says of others is compared with it.
    root = replace(deployment, contracts={NAME: deployment.contracts[NAME]})
    unreadable = None
    with JsonRpc(rpc_url) as rpc:
        latest = rpc.call("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC
        at = {"blockHash": latest["hash"]}
        time = int(latest["timestamp"], 16)
        try:
            listing = read_listing(rpc, root, latest["hash"], time)
        except DirectoryUnreadableError as error:
            listing, unreadable = Listing.of({}, deployment, time), error
        where = {entry.address for entries in listing.entries.values() for entry in entries}
        where |= {contract.address for contract in deployment.contracts.values()}
        codes = rpc.batch([("eth_getCode", (address, at)) for address in where])
    by_address = {address: bytes.fromhex(str(code)[2:]) for address, code in zip(where, codes, strict=True)}
    return _Chain(int(latest["number"], 16), time, listing, by_address, unreadable)


def _entries(deployment: Deployment, chain: _Chain, names: Container[str]) -> Iterator[Entry]:
    """Every listed contract of one of the names, and what the deployment file names besides."""
    for name in CONTRACTS:
        if name not in names:
            continue
        listed = chain.listing.entries.get(name, ())
        yield from listed
        contract = deployment.contracts.get(name)
        if contract is not None and all(entry.address != contract.address for entry in listed):
            yield Entry(name, contract.address, contract.version, chain.time)


def _standing(entry: Entry, chain: _Chain) -> Standing:
    if entry.since > chain.time:
        return Standing.SCHEDULED
    return Standing.IN_FORCE if chain.listing.in_force(entry.name, chain.time) == entry else Standing.SUCCEEDED


def _directory(
    deployment: Deployment, chain: _Chain, candidates: Mapping[str, Sequence[Compiled]]
) -> Iterator[Finding]:
    """Check 3: what is listed under which name."""
    if chain.unreadable is not None:
        yield Finding(NAME, "directory", chain.unreadable.zh, chain.unreadable.en)
    for name, entries in chain.listing.entries.items():
        for entry in entries if name not in candidates else ():
            yield Finding(
                name,
                "directory",
                f"目录在 {entry.address} 列有本软件不认识的合约",
                f"the Directory lists at {entry.address} a contract that this software does not know",
            )
    for name in CONTRACTS:
        listed = chain.listing.entries.get(name, ())
        contract = deployment.contracts.get(name)
        if all(entry.since > chain.time for entry in listed):
            yield Finding(name, "directory", "目录中没有现行合约", "the Directory lists none in force")
        elif contract is not None and all(entry.address != contract.address for entry in listed):
            yield Finding(
                name,
                "directory",
                f"部署文件所写的 {contract.address} 从未列入目录",
                f"the {contract.address} of the deployment file was never in the Directory",
            )


def _nearest(entry: Entry, chain: _Chain, candidates: Sequence[Compiled], law: Law) -> tuple[Finding, ...]:
    """Checks 4 and 5: nothing where the contract is one of the candidates, else in what it differs from the first."""
    compared = [differences(compiled, chain.codes[entry.address], entry, law) for compiled in candidates]
    return () if () in compared else compared[0]


def _hashes(entry: Entry, deployment: Deployment, chain: _Chain) -> Iterator[Finding]:
    """Check 6: the hash of the code, and which version it is, as Directory and deployment file recorded them."""
    code_hash = keccak256(chain.codes[entry.address])
    recorded = [("Directory", entry.code_hash)] if entry.code_hash else []
    contract = deployment.contracts.get(entry.name)
    if contract is not None and contract.address == entry.address:
        recorded.append(("deployment.json", bytes.fromhex(contract.code_hash[2:])))
        if entry.version != contract.version:
            yield Finding(
                entry.name,
                "version",
                f"目录中版本是 {entry.version}，部署文件写的是 {contract.version}",
                f"the Directory says version {entry.version}, the deployment file {contract.version}",
            )
    for where, hash_there in recorded:
        if hash_there != code_hash:
            yield Finding(
                entry.name,
                "code-hash",
                f"{entry.address} 上代码的哈希与 {where} 所记不同",
                f"the hash of the code at {entry.address} is not the one that {where} holds",
            )
