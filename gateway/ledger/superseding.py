"""Superseding by the outbox: a leaf is revoked in favour of a good one of the same claim, proven for both.

The contract takes one pair a call, with the claim of both opened (ICredentialRegistry.supersede). A pair that is there
already is a call that changes nothing, so sending it again after a loss of memory does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.hashing import hex0x, sha256
from gateway.domain.leaf import FACT_NAMES
from gateway.ledger.outbox import Intent
from gateway.ledger.reader import CREDENTIALS, institution_word
from node.client.abi import encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from gateway.domain.leaf import Opening

KIND: Final = "supersede"
CLAIM_MASK: Final = 1 << FACT_NAMES.index("claim")
"""What has to be opened of both leaves, and nothing else is."""


@dataclass(frozen=True, slots=True)
class ProvenClaim:
    """A leaf with its claim opened and its place under an anchored root: 32 bytes each."""

    leaf: bytes
    root: bytes
    opening: Opening
    proof: tuple[bytes, ...]

    def arguments(self) -> tuple[Any, bytes, list[bytes]]:
        """Return opening, root and proof as the contract takes them."""
        own = self.opening
        opening = (own.commitment, own.institution, own.mask, list(own.values), list(own.salts), list(own.digests))
        return opening, self.root, list(self.proof)


def supersede_intent(target: bytes, institution: str, old: ProvenClaim, new: ProvenClaim) -> Intent:
    """Return the transaction that makes `new` the successor of `old` at the CredentialRegistry `target` (20 bytes)."""
    pair = sha256(institution_word(institution) + old.leaf + new.leaf)
    return Intent(
        kind=KIND,
        dedupe_key=f"{KIND}:{pair.hex()}",
        target=target,
        call=encode_call(load(CREDENTIALS), "supersede", *old.arguments(), *new.arguments()),
        payload={"institution": institution, "old": hex0x(old.leaf), "new": hex0x(new.leaf)},
    )
