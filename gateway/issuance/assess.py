"""Holding good rows against what is issued already: issued before, or in the way of an earlier certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.domain.claims import claim, outcome_word
from gateway.issuance.roster import reasons, replacing
from gateway.issuance.roster.columns import Column
from gateway.issuance.roster.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.errors import HurenError
    from gateway.issuance.ports import AccountBook, InstitutionBook
    from gateway.issuance.records import Issued, Records
    from gateway.issuance.roster.rows import Offering, Row
    from gateway.issuance.row_keys import RowKeys


@dataclass(slots=True)
class Assessed:
    """What became of a chunk of good rows."""

    fresh: list[int]
    """Places, within the chunk, of the rows to be issued."""
    issued: int
    """Rows that are issued exactly so already."""
    findings: list[Finding]
    replaced: dict[int, bytes] = field(default_factory=dict)
    """Of fresh rows that replace an earlier certificate: its leaf, by the row's place."""


class Assessor:
    """Knows what is issued. One per run: it also notices two documents of one person within the file."""

    def __init__(self, records: Records, accounts: AccountBook, book: InstitutionBook, row_keys: RowKeys) -> None:
        self._records = records
        self._accounts = accounts
        self._book = book
        self._row_keys = row_keys
        self._first = not records.anything_issued()
        self._claims: dict[bytes, int] = {}

    def assess(self, rows: Sequence[Row], keys: Sequence[tuple[bytes, bytes]]) -> Assessed:
        """Hold rows (with their row key and row digest) against what is issued."""
        known = {} if self._first else self._records.digests_of([key for key, _ in keys])
        result = Assessed([], 0, [])
        for at, (row, (key, digest)) in enumerate(zip(rows, keys, strict=True)):
            issued = known.get(key)
            if issued is None:
                result.fresh.append(at)
            elif issued == digest:
                result.issued += 1
            else:
                number = row.certificate_number
                result.findings.append(
                    _finding(row, (Column.CERTIFICATE_NUMBER,), number, reasons.CertificateNumberIssued(number))
                )
        self._judge_claims(rows, result)
        return result

    def _judge_claims(self, rows: Sequence[Row], result: Assessed) -> None:
        """Strike out rows whose person holds the outcome already, under whichever document, and don't replace it."""
        fresh = [rows[at] for at in result.fresh]
        accounts = self._accounts.find_many([(row.document_type, row.number, row.name) for row in fresh])
        learners = sorted({account.learner_id for account in accounts if account})
        if not learners and not any(row.replaces for row in fresh):
            return
        issued = self._records.issued_to(learners)
        kept = []
        for at, row, account in zip(result.fresh, fresh, accounts, strict=True):
            held: list[Issued] = []
            reason: HurenError | None = None
            if account:
                own = claim(account.claim_key, *self._claimed(row.offering))
                held = [one for one in issued.get(account.learner_id, ()) if one.claim == own]
                line = self._claims.setdefault(own, row.line)
                if line != row.line:
                    reason = reasons.OutcomeTwice(row.offering.outcome_code, line=line)
            columns: tuple[Column, ...] = (Column.NUMBER, Column.OUTCOME_CODE)
            value = row.offering.outcome_code
            if reason is None and row.replaces:
                reason, leaf = self._replaced(row, held)
                result.replaced[at] = leaf
                held = [one for one in held if one.leaf != leaf]
                if reason is not None:
                    columns, value = (Column.REPLACES,), row.replaces
            if reason is None and any(self._records.in_force(one) for one in held):
                reason = reasons.ClaimInForce(row.offering.outcome_code)
            if reason is None:
                kept.append(at)
            else:
                result.findings.append(_finding(row, columns, value, reason))
        result.fresh = kept

    def _replaced(self, row: Row, held: Sequence[Issued]) -> tuple[HurenError | None, bytes]:
        """Why a row cannot replace the certificate that it names, or None; and that certificate's leaf."""
        earlier = self._records.by_row_key(self._row_keys.of_number(row.offering.institution, row.replaces))
        if earlier is None:
            return replacing.ReplacedUnknown(row.replaces), b""
        own = next((one for one in held if one.leaf == earlier.leaf), None)
        if own is None or own.institution != row.offering.institution:
            return replacing.ReplacesAnother(row.replaces), b""
        if not self._records.in_force(own):
            return replacing.ReplacedNotInForce(row.replaces), b""
        return None, earlier.leaf

    def _claimed(self, offering: Offering) -> tuple[bytes, bytes]:
        return self._book.canonical(offering.institution, outcome_word(offering.outcome_code))


def _finding(row: Row, columns: tuple[Column, ...], value: str, reason: HurenError) -> Finding:
    return Finding(row.line, row.sequence, columns, value, Severity.ERROR, reason)
