"""How much each province has anchored, as far as the index has followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from gateway.ledger.projection import ANCHORS

if TYPE_CHECKING:
    from gateway.store.engine import Database


class AnchoredLeaves:
    """Sums over the anchors of the index."""

    def __init__(self, database: Database) -> None:
        """Read them from ``database``."""
        self._database = database

    def leaves_of(self, province: int) -> int:
        """How many credentials a province has anchored."""
        total = select(func.coalesce(func.sum(ANCHORS.c.leaf_count), 0)).where(ANCHORS.c.province == province)
        with self._database.read() as connection:
            return int(connection.execute(total).scalar_one())
