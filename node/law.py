"""What the contracts of a described network are made with: constructor arguments, founding members, names.

One place says it, for `deploy`, which makes them so, and for `verify-contracts`, which checks that they are so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_typing import HexAddress, HexStr
from web3.types import Nonce
from web3.utils import get_create_address

from node.client.artifact import CONTRACTS
from node.client.hashing import checksummed
from node.description import DAY

if TYPE_CHECKING:
    from node.description import Description, Member

NO_ADDRESS = "0x" + "00" * 20


def name_bytes(name: str) -> bytes:
    """Return a Directory name as the contracts hold it: ASCII, left-aligned in 32 bytes."""
    return name.encode("ascii").ljust(32, b"\0")


def created_address(deployer: str, nonce: int) -> str:
    """Return the address of the contract that `deployer` creates with `nonce` (Yellow Paper, section 7)."""
    return get_create_address(HexAddress(HexStr(checksummed(deployer))), Nonce(nonce)).lower()


def addresses(deployer: str, first_nonce: int) -> dict[str, str]:
    """Return where each contract lies: they are created in the order of CONTRACTS from `first_nonce` on.

    Consortium and Directory name each other as immutables; knowing the addresses beforehand closes the circle.
    """
    return {name: created_address(deployer, first_nonce + i) for i, name in enumerate(CONTRACTS)}


def parameters(description: Description) -> tuple[int, ...]:
    """Return the Consortium's Parameters, in seconds, in their declared order."""
    rules = description.consortium
    return tuple(
        days * DAY
        for days in (
            rules.term_days,
            rules.motion_notice_days,
            rules.voting_days,
            rules.grace_days,
            rules.leaving_notice_days,
            rules.time_lock_days,
        )
    )


def constructor_arguments(name: str, description: Description, where: dict[str, str]) -> list[Any]:
    """Return what contract `name` is created with; addresses in checksum case, as web3 asks for them."""
    consortium, directory = checksummed(where["Consortium"]), checksummed(where["Directory"])
    if name == "Consortium":
        return [directory, description.trial, parameters(description)]
    if name == "Directory":
        return [consortium]
    return [consortium, directory, NO_ADDRESS]


def grants(member: Member) -> list[tuple[str, int, int]]:
    """Return the operators of `member` as the contract's OperatorGrant: (account, roles, daily leaves)."""
    return [(checksummed(operator.account), operator.mask, operator.daily_leaves) for operator in member.operator]


def founding(description: Description) -> list[tuple[int, str, str, list[tuple[str, int, int]]]]:
    """Return the founding members in the order of chairs: (province, admin, recovery, operators)."""
    return [
        (member.province, checksummed(member.admin or ""), checksummed(member.recovery or ""), grants(member))
        for member in description.founders
    ]
