"""What the filters of lists may name: institutions and agreements that the index knows of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.ledger.index_reader import IndexReader
    from gateway.recognition.agreements.chain import AgreementBook


class AuditKnown:
    """Answers from the index alone."""

    def __init__(self, index: IndexReader, agreements: AgreementBook) -> None:
        """Read from them."""
        self._index = index
        self._agreements = agreements

    def reached(self) -> int | None:
        """The time of the newest block that was followed, seconds; None: none was."""
        stands = self._index.checked()
        return None if stands is None else stands[0].time

    def knows_institution(self, institution: str) -> bool:
        """Whether a province ever accredited it."""
        stands = self._index.checked()
        return stands is not None and self._index.accreditations([(institution, 1)], stands[0]) != [None]

    def rules_of(self, name: str) -> tuple[bytes, int]:
        """An agreement by its id or its beginning, and how many rules it has.

        Raises:
            UnknownAgreement, AmbiguousAgreement: as they say.
        """
        proposal = self._agreements.find(name)
        return proposal.agreement, len(proposal.terms.rules)
