"""The institution's officer approves a batch: EIP-712, with a key that lies apart from the operator's.

The officer sees how many rows of the roster the batch issues beside the number of its leaves: a batch with spare
leaves, to be dated and shown in some later year, is not signed unnoticed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from gateway.domain.approval import Approval
from gateway.domain.identifiers import institution_word
from gateway.issuance.errors import NotApproved
from gateway.issuance.ports import SignedApproval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eth_account.signers.local import LocalAccount

    from gateway.issuance.ports import BatchDraft

APPROVED_FOR: Final = 30 * 86_400
"""Seconds that an approval lasts: long enough for a chain that stood still to come back."""


class OfficerKeys(Protocol):
    """Officers' approval keys."""

    def officer_account(self, institution: str, label: str | None = None) -> LocalAccount:
        """The account of an officer of the institution; of the first, where no label is given."""


@dataclass(frozen=True, slots=True)
class KeyringApprover:
    """Approves with an officer's key that this gateway holds, after ``ask`` has agreed."""

    keys: OfficerKeys
    chain_id: int
    registries: Callable[[], Sequence[bytes]]
    """Addresses (20 bytes) of the CredentialRegistry in force now and, where one is scheduled, of its successor."""
    ask: Callable[[BatchDraft], bool]
    """Shows the batch to the officer and returns what the officer says."""
    officer: str | None = None
    """The officer's label in the key ring."""
    clock: Callable[[], float] = time.time

    def approve(self, draft: BatchDraft) -> SignedApproval:
        """Sign the batch, for each registry that may come to anchor it: the officer agrees once, to the batch.

        Raises:
            NotApproved: the officer declined, or the batch has another number of leaves than rows.
            KeyringError: there is no such key, or it cannot be opened.
        """
        if draft.leaf_count != draft.roster_rows or not self.ask(draft):
            raise NotApproved(draft.institution, rows=draft.roster_rows)
        deadline = int(self.clock()) + APPROVED_FOR
        word = institution_word(draft.institution)
        approval = Approval(word, draft.root, draft.manifest, draft.leaf_count, deadline)
        digests = [(registry, approval.digest(self.chain_id, registry)) for registry in self.registries()]
        account = self.keys.officer_account(draft.institution, self.officer)
        # Imported where it is needed: it takes a second, and most commands approve nothing.
        from eth_account import Account  # noqa: PLC0415

        signatures = tuple(
            (registry, bytes(Account.unsafe_sign_hash(digest, account.key).signature)) for registry, digest in digests
        )
        return SignedApproval(bytes.fromhex(account.address[2:]), deadline, signatures)
