"""Proofs that whoever wrote a card holds every key that it names: a signature by each, of the card and of its own role.

Each signs ``huren.member-card/1``, the field that its key stands in, and the SHA-256 of the card's content, in lines:
no signature says anything about another field, another card, or another protocol.

node.public_key     ECDSA on secp256k1 of the Keccak-256 of those lines, r ‖ s ‖ v (v 0 or 1)
node.exchange_key   Ed25519 (RFC 8032): the 32 bytes of a public key, then the signature. An X25519 key signs nothing;
                    this one is the Montgomery form of that Edwards key (libsodium's conversion), which is checked
node.peer_id        Ed25519
admin, recovery, operator.NAME   ECDSA over an EIP-191 personal message, as every wallet signs it
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from eth_keys.datatypes import PrivateKey, Signature
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import SigningKey, VerifyKey

from node.client.hashing import keccak256
from node.libp2p import public_key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eth_account.signers.local import LocalAccount

    from node.ceremony.keys import NodeKeys
    from node.description import Member, MemberNode

FORMAT: Final = "huren.member-card/1"
_KEY: Final = 32
_SIGNATURE: Final = 65
_HEX: Final = re.compile(r"0x(?:[0-9a-f]{2})+", re.ASCII)
_HALF_ORDER: Final = 0x7FFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_5D576E73_57A4501D_DFE92F46_681B20A0
"""Of secp256k1's group. With s above it a signature has a twin below it, which anybody can work out (EIP-2)."""


def message(field: str, content: bytes) -> bytes:
    """Return what the key in `field` signs of a card's `content`."""
    return f"{FORMAT}\n{field}\n{hashlib.sha256(content).hexdigest()}".encode()


def prove(content: bytes, keys: NodeKeys, accounts: Mapping[str, LocalAccount]) -> dict[str, str]:
    """Return the proofs of a card by the field that each is for, 0x-hex.

    Args:
        content: what the card says.
        keys: of the machine.
        accounts: the unlocked accounts by field (admin, recovery, operator.NAME).
    """
    exchange = SigningKey(keys.exchange).sign(message("node.exchange_key", content)).signature
    ipfs = SigningKey(keys.ipfs).sign(message("node.peer_id", content)).signature
    found = {
        "node.public_key": sign_digest(keys.node, keccak256(message("node.public_key", content))),
        "node.exchange_key": bytes(SigningKey(keys.exchange).verify_key) + exchange,
        "node.peer_id": ipfs,
        **{
            field: sign_digest(bytes(account.key), personal(message(field, content)))
            for field, account in accounts.items()
        },
    }
    return {field: "0x" + proof.hex() for field, proof in found.items()}


def provable(member: Member) -> dict[str, str]:
    """Return what must be proven of a member's card: the key or account by the field that it stands in."""
    named = {"admin": member.admin, "recovery": member.recovery}
    named |= {f"operator.{operator.name}": operator.account for operator in member.operator}
    fields = {field: account for field, account in named.items() if account is not None}
    if member.node is not None:
        fields |= _node_fields(member.node)
    return fields


def holds(field: str, value: str, content: bytes, proof: str) -> bool:
    """Tell whether `proof` (0x-hex) shows that the holder of `value`, which stands in `field`, wrote `content`."""
    signed = message(field, content)
    if not _HEX.fullmatch(proof):  # each signature has one spelling, or a card would have many
        return False
    signature = bytes.fromhex(proof[2:])
    checks: dict[str, Callable[[], bool]] = {
        "node.public_key": lambda: signer(keccak256(signed), signature) == value,
        "node.exchange_key": lambda: (
            _montgomery(signature[:_KEY]) == value and _ed25519(signature[:_KEY], signed, signature[_KEY:])
        ),
        "node.peer_id": lambda: _ed25519(public_key_of(value) or b"", signed, signature),
    }
    return checks.get(field, lambda: _account(personal(signed), signature) == value)()


def sign_digest(key: bytes, digest: bytes) -> bytes:
    """Return the signature r ‖ s ‖ v (65 bytes, v 0 or 1) of `digest` by the secp256k1 key (RFC 6979)."""
    return PrivateKey(key).sign_msg_hash(digest).to_bytes()


def signer(digest: bytes, signature: bytes) -> str | None:
    """Return the public key (0x and 128 digits) that made `signature` (r ‖ s ‖ v) of `digest`, or None: it is none.

    Of the two forms that each signature has only the one with the lower s counts (EIP-2): the other needs no key.
    """
    if len(signature) != _SIGNATURE or int.from_bytes(signature[_KEY : 2 * _KEY], "big") > _HALF_ORDER:
        return None
    try:
        return "0x" + Signature(signature).recover_public_key_from_msg_hash(digest).to_bytes().hex()
    except (BadSignature, ValidationError):
        return None


def personal(signed: bytes) -> bytes:
    """Return the digest of a personal message (EIP-191, version 0x45)."""
    return keccak256(b"\x19Ethereum Signed Message:\n" + str(len(signed)).encode() + signed)


def _account(digest: bytes, signature: bytes) -> str | None:
    public_key = signer(digest, signature)
    return public_key and "0x" + keccak256(bytes.fromhex(public_key[2:]))[12:].hex()


def _ed25519(public_key: bytes, signed: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(public_key).verify(signed, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def _montgomery(public_key: bytes) -> str | None:
    """Return the X25519 key (0x-hex) that is the other form of an Ed25519 public key, or None: it is none."""
    try:
        return "0x" + bytes(VerifyKey(public_key).to_curve25519_public_key()).hex()
    except (CryptoError, ValueError):
        return None


def _node_fields(node: MemberNode) -> dict[str, str]:
    return {
        "node.public_key": node.public_key,
        "node.exchange_key": node.exchange_key,
        "node.peer_id": node.peer_id,
    }
