"""Keccak-256 as Ethereum uses it (the padding of the Keccak submission, not of FIPS 202), in C."""

from __future__ import annotations

from typing import cast

import sha3


def keccak256(data: bytes) -> bytes:
    """Return the 32-byte Keccak-256 digest of `data` (Ethereum Yellow Paper, section 4.3)."""
    return cast("bytes", sha3.keccak_256(data).digest())


def checksummed(address: str) -> str:
    """Return `address` in the mixed case that carries a checksum (EIP-55); what a person reads and types."""
    plain = address.lower().removeprefix("0x")
    digest = keccak256(plain.encode()).hex()
    return "0x" + "".join(c.upper() if d in "89abcdef" else c for c, d in zip(plain, digest, strict=False))
