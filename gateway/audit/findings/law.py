"""Findings about what transfers stand on, as of a block: batches, manifests, unused rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from sqlalchemy import exists, select

from gateway.audit.findings.values import Finding, Severity
from gateway.domain.civil_time import DAY
from gateway.domain.hashing import hex0x
from gateway.ledger.projection import ANCHORS, ATTESTATIONS
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.store.models import ManifestState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from gateway.audit.reports.figures_law import RuleInForce
    from gateway.ledger.values import BlockRef

_A: Final = ANCHORS.c


def of_rules(connection: Connection, block: BlockRef, rules: Iterable[RuleInForce], days: int) -> Iterator[Finding]:
    """Rules in force for ``days`` days that nobody ever applied under."""
    for rule in rules:
        age = (block.time - rule.begins) // DAY
        if age < days:
            continue
        used = exists().where(
            TRANSFERS.c.agreement == rule.agreement,
            TRANSFERS.c.rule == rule.number - 1,
            TRANSFERS.c.requested_block <= block.number,
        )
        if not connection.execute(select(used)).scalar_one():
            agreement = hex0x(rule.agreement)
            yield Finding(
                "rule.unused",
                Severity.NOTE,
                {"agreement": agreement, "rule": rule.number, "days": age},
                (("agreement", agreement), ("rule", str(rule.number))),
                rule.begins,
            )


def of_batches(connection: Connection, block: BlockRef, days: int) -> Iterator[Finding]:
    """Batches that no other province has attested for ``days`` days: perhaps nobody else can have the manifest."""
    attested = exists().where(ATTESTATIONS.c.anchor_id == _A.id, ATTESTATIONS.c.block <= block.number)
    query = select(ANCHORS).where(
        _A.block <= block.number, _A.anchored_at <= block.time - days * DAY, ~attested.correlate(ANCHORS)
    )
    for row in connection.execute(query):
        root = hex0x(row.root)
        age = (block.time - row.anchored_at) // DAY
        yield Finding(
            "batch.unattested",
            Severity.WARNING,
            {"institution": row.institution, "root": root, "days": age},
            (("institution", row.institution), ("batch", root)),
            row.anchored_at,
        )


def of_manifests(connection: Connection, block: BlockRef) -> Iterator[Finding]:
    """Batches whose manifest this gateway lacks, or found to be no manifest of that batch."""
    query = select(ANCHORS).where(_A.block <= block.number, _A.manifest_state != ManifestState.HELD)
    for row in connection.execute(query):
        root, malformed = hex0x(row.root), row.manifest_state is ManifestState.MALFORMED
        why = orjson.loads(row.manifest_finding) if row.manifest_finding else {}
        said = {"institution": row.institution, "root": root, "leaves": row.leaf_count}
        if malformed:
            said |= {"why": why.get("en", ""), "why_zh": why.get("zh", "")}
        yield Finding(
            "manifest.malformed" if malformed else "manifest.missing",
            Severity.ALARM if malformed else Severity.WARNING,
            said,
            (("institution", row.institution), ("batch", root)),
            row.anchored_at,
            local=True,
        )
