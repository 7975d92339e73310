"""The index, for reading: what the contracts answer live, answered from what was followed.

    index = IndexReader(database)
    block, confirmed = index.checked()
    [anchor] = index.anchors([(institution, root)], block)

The methods that `ChainReader` has too take the block that the answer is to hold for, as they do there; the index holds
one block at a time, the one that `checked` names, so it is not looked at here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from gateway.ledger import index_state
from gateway.ledger.projection import ACCREDITATIONS, ANCHORS, ATTESTATIONS, KEYS, LEAF_STATUS, OFFICERS
from gateway.ledger.values import (
    NEVER,
    Accreditation,
    Anchor,
    InstitutionKey,
    KeyKind,
    LeafState,
    Reason,
    Standing,
    Status,
    Tenure,
)
from gateway.store.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Row, Table

    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database


class IndexReader:
    """The contracts' state at the block up to which the index holds everything."""

    def __init__(self, database: Database) -> None:
        """Read what the indexer keeps in `database`."""
        self._database = database

    def checked(self) -> tuple[BlockRef, int] | None:
        """Return the block that the index stands at and when a node last confirmed that (seconds); None while empty."""
        return self._database.remember(_CURSOR, (), lambda rows: index_state.checked_row(rows[0]) if rows else None)

    def anchors(self, batches: Sequence[tuple[str, bytes]], block: BlockRef) -> list[Anchor | None]:  # noqa: ARG002
        """Return the anchors of (institution, root) pairs; None where none is anchored."""
        return self._each(_ANCHOR, batches, anchor_of)

    def leaf_states(self, leaves: Sequence[tuple[str, bytes]], block: BlockRef) -> list[LeafState]:  # noqa: ARG002
        """Return the own status of (institution, leaf) pairs; that of a leaf nobody ever changed is valid."""
        # Read each time: there are as many as were ever changed, while batches, institutions and keys are few.
        found = self._database.fetch(_LEAF_STATE, leaves) if leaves else []
        return [_leaf_state(rows[0]) if rows else _UNCHANGED for rows in found]

    def accreditations(
        self,
        versions: Sequence[tuple[str, int]],
        block: BlockRef,  # noqa: ARG002
    ) -> list[Accreditation | None]:
        """Return the accreditations of (institution, version) pairs; None where there is no such version."""
        return self._each(_VERSION, versions, _accreditation)

    def accreditation_at(self, institution: str, time: int, block: BlockRef) -> Accreditation | None:  # noqa: ARG002
        """Return the accreditation in force at `time`, None before the first."""
        query = (
            select(ACCREDITATIONS)
            .where(ACCREDITATIONS.c.institution == institution, ACCREDITATIONS.c.valid_from <= time)
            .order_by(ACCREDITATIONS.c.version.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _accreditation(row)

    def keys(self, keys: Sequence[tuple[str, bytes]], block: BlockRef) -> list[InstitutionKey | None]:  # noqa: ARG002
        """Return the lives of (institution, public key) pairs; None where the key is not the institution's."""
        return self._each(_KEY, keys, _institution_key)

    def officer(self, institution: str, account: str, block: BlockRef) -> Tenure | None:  # noqa: ARG002
        """Return the life of officer `account` (0x hex), None where it never was one."""
        return dict(self.officers_of(institution)).get(bytes.fromhex(account.removeprefix("0x")))

    def keys_of(self, institution: str) -> list[InstitutionKey]:
        """Return every key an institution ever had, oldest first."""
        query = select(KEYS).where(KEYS.c.institution == institution).order_by(KEYS.c.valid_from, KEYS.c.public_key)
        with self._database.read() as connection:
            return [_institution_key(row) for row in connection.execute(query)]

    def officers_of(self, institution: str) -> list[tuple[bytes, Tenure]]:
        """Return every officer (20 bytes) an institution ever had, oldest first."""
        query = select(OFFICERS).where(OFFICERS.c.institution == institution)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(OFFICERS.c.valid_from, OFFICERS.c.address))
            return [(row.address, _tenure(row, founding=row.founding)) for row in rows]

    def institutions(self, province: int | None = None) -> list[tuple[str, Accreditation]]:
        """Return every institution with its latest accreditation, of one province or of all."""
        latest = (
            select(ACCREDITATIONS.c.institution, func.max(ACCREDITATIONS.c.version).label("version"))
            .group_by(ACCREDITATIONS.c.institution)
            .subquery()
        )
        query = select(ACCREDITATIONS).join(
            latest,
            (ACCREDITATIONS.c.institution == latest.c.institution) & (ACCREDITATIONS.c.version == latest.c.version),
        )
        if province is not None:
            query = query.where(ACCREDITATIONS.c.province == province)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(ACCREDITATIONS.c.institution))
            return [(row.institution, _accreditation(row)) for row in rows]

    def _each(
        self, statement: Prepared, asked: Sequence[tuple[Any, Any]], value: Callable[[Row[Any]], Any]
    ) -> list[Any]:
        return [
            self._database.remember(statement, values, lambda rows: value(rows[0]) if rows else None)
            for values in asked
        ]


def anchor_query() -> Any:  # noqa: ANN401 - a SELECT with one column more
    """Select anchors with how many provinces attested each."""
    attested = (
        select(func.count()).where(ATTESTATIONS.c.anchor_id == ANCHORS.c.id).scalar_subquery().label("attestations")
    )
    return select(ANCHORS, attested)


def _by(query: Any, table: Table, first: str, second: str) -> Prepared:  # noqa: ANN401 - a SELECT
    chosen = query.where(table.c[first] == bindparam("first"), table.c[second] == bindparam("second"))
    return Prepared(chosen, "first", "second")


_UNCHANGED = LeafState()
_CURSOR = Prepared(select(index_state.CURSOR))
_ANCHOR = _by(anchor_query(), ANCHORS, "institution", "root")
_LEAF_STATE = _by(select(LEAF_STATUS), LEAF_STATUS, "institution", "leaf")
_VERSION = _by(select(ACCREDITATIONS), ACCREDITATIONS, "institution", "version")
_KEY = _by(select(KEYS), KEYS, "institution", "public_key")


def anchor_of(row: Row[Any]) -> Anchor:
    """Return the anchor that a row of `anchor_query` describes."""
    return Anchor(
        institution=row.institution,
        root=row.root,
        manifest=row.manifest,
        leaf_count=row.leaf_count,
        province=row.province,
        accreditation=row.accreditation,
        anchored_at=row.anchored_at,
        sequence=row.sequence,
        attestations=row.attestations,
        status=Status(row.status),
        reason=Reason(row.reason),
        set_by=row.set_by,
        since=row.since,
    )


def _leaf_state(row: Row[Any]) -> LeafState:
    return LeafState(Status(row.status), Reason(row.reason), row.set_by, row.since, row.successor)


def _accreditation(row: Row[Any]) -> Accreditation:
    return Accreditation(
        row.version,
        row.province,
        Standing(row.standing),
        row.categories,
        row.highest_level,
        row.most_credits,
        row.valid_from,
    )


def _institution_key(row: Row[Any]) -> InstitutionKey:
    return InstitutionKey(row.public_key, KeyKind(row.kind), _tenure(row))


def _tenure(row: Row[Any], *, founding: bool = False) -> Tenure:
    return Tenure(row.valid_from, row.retired_at or NEVER, row.compromised_since or NEVER, founding)
