"""Names and sentences that audits show: institutions' names from this gateway's register, rules from the agreements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.errors import HurenError, Said
from gateway.issuance.profiles import Names
from gateway.ledger.code_book import shortened
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.recognition.agreements.sentences import Speaker
from gateway.recognition.agreements.values import terms_of

if TYPE_CHECKING:
    from gateway.domain.terms import Terms
    from gateway.ledger.code_book import CodeBook
    from gateway.store.engine import Database


class AuditNaming:
    """Reads the register of names and the agreements' events; each agreement once."""

    def __init__(self, database: Database, codes: CodeBook) -> None:
        """Read from ``database``; ``codes`` say what digests stand for."""
        self._names = Names(database)
        self._events = RecognitionEvents(database)
        self._codes = codes
        self._speaker = Speaker(codes)
        self._terms: dict[bytes, Terms | None] = {}

    def institution(self, code: str) -> str:
        """An institution's code, with its name where that is on file here."""
        name = self._names.name_of(code)
        return f"{name}（{code}）" if name else code

    def code(self, digest: bytes) -> str:
        """What the digest of a code stands for, or its beginning."""
        return shortened(digest, self._codes)

    def terms(self, agreement: bytes) -> Terms | None:
        """An agreement's terms, None where it is not known or what is kept of it gives another id."""
        if agreement not in self._terms:
            self._terms[agreement] = self._read(agreement)
        return self._terms[agreement]

    def rule(self, agreement: bytes, rule: int) -> Said | None:
        """A rule in a sentence of each language, None where it is not known."""
        terms = self.terms(agreement)
        if terms is None or not 0 <= rule < len(terms.rules):
            return None
        told = self._speaker.rule(terms.rules[rule])
        return Said(told.zh, told.en)

    def _read(self, agreement: bytes) -> Terms | None:
        found = self._events.read("AgreementProposed", about=agreement)
        try:
            return terms_of(found[0].fields["terms"], agreement) if found else None
        except HurenError:
            return None
