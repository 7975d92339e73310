"""Whether the consortium on the chain is the one that network.toml describes, and in what it differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web3 import Web3

from node.client.artifact import CONTRACTS, load
from node.client.errors import NodeError
from node.law import founding, name_bytes, parameters

if TYPE_CHECKING:
    from pathlib import Path

    from web3.contract import Contract

    from node.description import Description


class ConstitutionDiffersError(NodeError):
    """The contracts are there and do not say what the description says; each of `found` names one point."""

    def __init__(self, path: Path, found: tuple[str, ...]) -> None:
        listed = "; ".join(found)
        super().__init__(
            f"链上的联盟与 {path} 不符：{listed}", f"the consortium on the chain is not that of {path}: {listed}"
        )
        self.path = path
        self.found = found


def contract_at(web3: Web3, name: str, where: dict[str, str]) -> Contract:
    """Return contract `name` at its address, for calls."""
    return web3.eth.contract(address=Web3.to_checksum_address(where[name]), abi=load(name).abi)


def _grants(consortium: Contract, province: int) -> list[tuple[str, int, int]]:
    """Return the operators in force of `province`: (account, roles, daily leaves)."""
    accounts = consortium.functions.operatorsOf(province).call()
    bindings = [consortium.functions.bindingOf(account).call() for account in accounts]
    return [(account, binding[2], binding[3]) for account, binding in zip(accounts, bindings, strict=True)]


def differences(web3: Web3, description: Description, where: dict[str, str]) -> tuple[str, ...]:
    """Return every point in which the constituted contracts at `where` differ from `description`."""
    consortium = contract_at(web3, "Consortium", where)
    directory = contract_at(web3, "Directory", where)
    expected: list[tuple[str, Any, Any]] = []
    members = founding(description)
    read = consortium.functions
    if read.constitutedAt().call() == 0:
        return ("constitutedAt: 0",)
    expected.append(("members", [province for province, *_ in members], list(read.members().call())))
    expected.append(("trial", description.trial, read.trial().call()))
    expected.append(("parameters", parameters(description), tuple(read.parameters().call())))
    for province, admin, recovery, operators in members:
        found = read.memberOf(province).call()
        expected.append((f"admin of {province}", admin, found[0]))
        expected.append((f"recovery of {province}", recovery, found[3]))
        expected.append((f"operators of {province}", sorted(operators), sorted(_grants(consortium, province))))
    for name in CONTRACTS:
        resolved = directory.functions.resolve(name_bytes(name)).call()
        expected.append((f"{name} in the Directory", where[name], resolved.lower()))
    return tuple(f"{what}: {found} ≠ {wanted}" for what, wanted, found in expected if wanted != found)
