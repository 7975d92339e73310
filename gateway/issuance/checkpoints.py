"""The moments of issuing at which a kill would hurt most, by name (see ``gateway.ledger.checkpoints``)."""

from __future__ import annotations

from typing import Final

JUDGED: Final = "issue.judged"
"""Every row is judged and spooled; nothing is written but the roster's own row."""
REGISTERED: Final = "issue.registered"
"""The accounts of a batch are open; nothing is minted."""
MINTED: Final = "issue.minted"
"""The packs of a batch are durable; nothing names them."""
STORED: Final = "issue.stored"
"""The manifest is durable as well."""
APPROVED: Final = "issue.approved"
"""The officer has signed."""
COMMITTING: Final = "issue.committing"
"""Everything of the batch is written within the transaction, which is not committed."""
COMMITTED: Final = "issue.committed"
"""The batch is fact; nothing is sent."""

ALL: Final = (JUDGED, REGISTERED, MINTED, STORED, APPROVED, COMMITTING, COMMITTED)
