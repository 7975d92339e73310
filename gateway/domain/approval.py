"""What an institution's officer signs before its province can anchor a batch: EIP-712 typed data.

    Approval(bytes32 institution,bytes32 root,bytes32 manifest,uint32 leafCount,uint64 deadline)

under the domain (name "Huren CredentialRegistry", version "1", chainId, verifyingContract).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from gateway.domain.hashing import WORD, hex0x, keccak256, word

DOMAIN_NAME: Final = "Huren CredentialRegistry"
DOMAIN_VERSION: Final = "1"
_DOMAIN_TYPE: Final = keccak256(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_APPROVAL_TYPE: Final = keccak256(
    b"Approval(bytes32 institution,bytes32 root,bytes32 manifest,uint32 leafCount,uint64 deadline)"
)
_NAME_HASH: Final = keccak256(DOMAIN_NAME.encode())
_VERSION_HASH: Final = keccak256(DOMAIN_VERSION.encode())


class Approval(Struct, frozen=True):
    """A batch that an officer approves, until a deadline."""

    institution: bytes
    root: bytes
    manifest: bytes
    """sha256 of the manifest."""
    leaf_count: int
    deadline: int
    """Unix seconds; the approval counts until then."""

    def digest(self, chain_id: int, registry: bytes) -> bytes:
        """The 32 bytes to sign (EIP-712) for a CredentialRegistry (20 bytes) of a chain."""
        message = keccak256(
            _APPROVAL_TYPE + self.institution + self.root + self.manifest + word(self.leaf_count) + word(self.deadline)
        )
        return keccak256(b"\x19\x01" + _domain_separator(chain_id, registry) + message)

    def typed_data(self, chain_id: int, registry: bytes) -> dict[str, Any]:
        """The same as JSON of eth_signTypedData_v4, for a wallet that shows the officer what is approved."""
        return {
            "types": {
                "EIP712Domain": [
                    {"name": "name", "type": "string"},
                    {"name": "version", "type": "string"},
                    {"name": "chainId", "type": "uint256"},
                    {"name": "verifyingContract", "type": "address"},
                ],
                "Approval": [
                    {"name": "institution", "type": "bytes32"},
                    {"name": "root", "type": "bytes32"},
                    {"name": "manifest", "type": "bytes32"},
                    {"name": "leafCount", "type": "uint32"},
                    {"name": "deadline", "type": "uint64"},
                ],
            },
            "primaryType": "Approval",
            "domain": {
                "name": DOMAIN_NAME,
                "version": DOMAIN_VERSION,
                "chainId": chain_id,
                "verifyingContract": hex0x(registry),
            },
            "message": {
                "institution": hex0x(self.institution),
                "root": hex0x(self.root),
                "manifest": hex0x(self.manifest),
                "leafCount": self.leaf_count,
                "deadline": self.deadline,
            },
        }


@lru_cache(maxsize=16)
def _domain_separator(chain_id: int, registry: bytes) -> bytes:
    return keccak256(_DOMAIN_TYPE + _NAME_HASH + _VERSION_HASH + word(chain_id) + registry.rjust(WORD, b"\0"))
