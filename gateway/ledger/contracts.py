"""Which contracts there are and were: as the node says, and as the index knows it while the node is away.

contracts = KnownContracts(calls, database)
contracts.accepting()                   # the CredentialRegistry in force, and the one that is to succeed it
registry in contracts                   # whether a receipt may name it: the Directory lists it as CredentialRegistry
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import select

from gateway.domain.errors import cause_of
from gateway.ledger import index_state
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.projection import LISTED
from gateway.ledger.reader import CREDENTIALS
from node.client.directory import Entry, Listing
from node.client.errors import NodeError

if TYPE_CHECKING:
    from gateway.ledger.calls import ChainCalls
    from gateway.store.engine import Database

ASK_SECONDS: Final = 10.0
"""How long the node is not asked again about addresses that it does not list: any file may name any address. A registry
is listed days before it is in force."""

log = structlog.get_logger(__name__)


class KnownContracts:
    """The CredentialRegistry, now, before and next."""

    def __init__(self, calls: ChainCalls, database: Database) -> None:
        """Ask through `calls`; fall back on what the indexer keeps in `database`, and on the deployment file."""
        self._calls = calls
        self._database = database
        self._known = {bytes.fromhex(calls.deployment.address(CREDENTIALS)[2:])}
        self._asked = -math.inf

    def accepting(self) -> list[bytes]:
        """Return the addresses (20 bytes) of the CredentialRegistry in force and, where scheduled, of its successor.

        While the node is away: as far as the index knows. An approval for a registry that was succeeded meanwhile is
        refused by the contracts, and given anew.
        """
        try:
            listing, at = self._calls.newest_listing()
        except ChainUnavailable as error:
            log.info("contracts.from_index", why=error.code)
            listing, at = self._indexed()
        following = listing.scheduled(CREDENTIALS, at)
        entries = [listing.in_force(CREDENTIALS, at), *([] if following is None else [following])]
        return [bytes.fromhex(entry.address[2:]) for entry in entries]

    def __contains__(self, registry: object) -> bool:
        """Tell whether `registry` (20 bytes) is listed as the CredentialRegistry: now, before or next.

        Raises:
            ChainUnavailable: neither deployment file nor index know it, and the node cannot be asked.
        """
        if registry not in self._known:
            self._learn(self._indexed()[0])
        if registry not in self._known and time.monotonic() - self._asked >= ASK_SECONDS:
            self._learn(self._calls.listing())
            self._asked = time.monotonic()
        return registry in self._known

    def _learn(self, listing: Listing) -> None:
        self._known.update(bytes.fromhex(address[2:]) for address in listing.ever(CREDENTIALS))

    def _indexed(self) -> tuple[Listing, int]:
        """Return the listing that the index holds, and the time of its block; 0 while it is empty."""
        with self._database.read() as connection:
            rows = connection.execute(select(LISTED)).all()
            at = index_state.cursor(connection)
        directories: dict[str, list[Entry]] = {}
        for row in rows:
            entry = Entry(row.name, "0x" + row.address.hex(), row.version, row.in_force_from)
            directories.setdefault("0x" + row.directory.hex(), []).append(entry)
        now = 0 if at is None else at.time
        try:
            return Listing.of(directories, self._calls.deployment, now), now
        except NodeError as error:
            raise ChainUnavailable(cause_of(error)) from error
