"""What each immutable of each contract must hold, derived from the description and the chain, never from the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.client.hashing import keccak256
from node.law import NO_ADDRESS, created_address, name_bytes, parameters

if TYPE_CHECKING:
    from node.description import Description

_DOMAIN = keccak256(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_SIGNING_NAMES = {"InstitutionRegistry": "Huren InstitutionRegistry", "CredentialRegistry": "Huren CredentialRegistry"}
_SIGNING_VERSION = "1"
_RULES = ("_term", "_motionNotice", "_votingPeriod", "_grace", "_leavingNotice", "_timeLock")
_MOST_NONCES = 4_096

DEPLOYER = "_deployer"
"""The one immutable that nothing but the Consortium's address says: see :func:`created_by`."""


def word(value: int) -> bytes:
    """Return `value` as the 32 bytes that it takes in the code."""
    return value.to_bytes(32, "big")


def address_word(address: str) -> bytes:
    """Return `address` as the 32 bytes that it takes in the code."""
    return word(int(address, 16))


def expected(
    name: str, description: Description, where: dict[str, str], *, chain_id: int, predecessor: str = NO_ADDRESS
) -> dict[str, bytes]:
    """Return the 32 bytes of every immutable that contract `name` may have, by variable name.

    Args:
        name: the contract.
        description: the network.
        where: the address of each contract.
        chain_id: of the chain it lies on.
        predecessor: the contract that this one follows in the Directory.
    """
    values = {
        "NAME": name_bytes(name),
        "consortium": address_word(where["Consortium"]),
        "directory": address_word(where["Directory"]),
        "predecessor": address_word(predecessor),
    }
    if name == "Consortium":
        values["trial"] = word(int(description.trial))
        values.update(zip(_RULES, map(word, parameters(description)), strict=True))
    if name in _SIGNING_NAMES:
        values.update(_signing(_SIGNING_NAMES[name], chain_id, where[name]))
    return values


def _signing(title: str, chain_id: int, address: str) -> dict[str, bytes]:
    """Return the immutables of OpenZeppelin's EIP712 (utils/cryptography/EIP712.sol), names as ShortStrings."""
    hashed_name, hashed_version = keccak256(title.encode()), keccak256(_SIGNING_VERSION.encode())
    separator = keccak256(_DOMAIN + hashed_name + hashed_version + word(chain_id) + address_word(address))
    return {
        "_cachedDomainSeparator": separator,
        "_cachedChainId": word(chain_id),
        "_cachedThis": address_word(address),
        "_hashedName": hashed_name,
        "_hashedVersion": hashed_version,
        "_name": _short_string(title),
        "_version": _short_string(_SIGNING_VERSION),
    }


def _short_string(text: str) -> bytes:
    """Return `text` as a ShortString: at most 31 bytes, its length in the last one."""
    raw = text.encode()
    return raw.ljust(31, b"\0") + bytes([len(raw)])


def created_by(value: bytes, address: str) -> bool:
    """Whether the account in the 32 bytes `value` created the contract at `address`, with one of its first nonces."""
    if any(value[:12]):
        return False
    deployer = "0x" + value[12:].hex()
    return any(created_address(deployer, nonce) == address for nonce in range(_MOST_NONCES))
