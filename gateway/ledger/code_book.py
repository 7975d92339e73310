"""What the digests of codes stand for: outcomes, programmes and courses that this gateway has seen in clear.

    codes = CodeBook(database)
    codes.learn(["JS-ASC-4", "ZJ-ADMIN-2026"])
    codes.get(word)                       # "JS-ASC-4", None where nobody here ever wrote it

The chain keeps keccak256 of a code. Rosters, applications, agreements' files, programmes and evaluations say the codes
themselves, and each of them teaches this book. A code is what its digest says and nothing else: an altered row is not
believed. It is nobody's, so nothing is lost when a learner is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.domain.claims import OutcomeCode, OutcomeCodeMalformed
from gateway.store.models import KnownCode, Transfer
from gateway.store.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.store.engine import Database

_BY_DIGEST: Final = Prepared(select(KnownCode.code).where(KnownCode.digest == bindparam("digest")), "digest")
_OF_CLAIM: Final = Prepared(select(Transfer.outcome).where(Transfer.claim == bindparam("claim")).limit(1), "claim")


class Labels(Protocol):
    """What says what a digest stands for: a book of codes, or a mapping."""

    def get(self, digest: bytes, /) -> str | None:
        """The text, None where it is not known."""


class CodeBook:
    """The codes of one gateway. Thread-safe."""

    def __init__(self, database: Database) -> None:
        """Keep them in ``database``."""
        self._database = database
        self._known: dict[bytes, str] = {}

    def get(self, digest: bytes, /) -> str | None:
        """The code with this digest, None where it was never seen in clear."""
        known = self._known.get(digest)
        if known is None:
            [rows] = self._database.fetch(_BY_DIGEST, [(digest,)])
            known = _believed(digest, rows[0].code) if rows else None
            if known is not None:
                self._known[digest] = known
        return known

    def learn(self, codes: Iterable[str | None]) -> None:
        """Keep codes that are new; what is no code (a blank, a sentence) is passed over."""
        seen = {code.word: code.text for code in map(_code, codes) if code is not None}
        new = [{"digest": digest, "code": text} for digest, text in sorted(seen.items()) if self.get(digest) is None]
        if not new:
            return
        with self._database.write() as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            connection.execute(insert(KnownCode).on_conflict_do_nothing(), new)
        self._known.update((one["digest"], one["code"]) for one in new)  # type: ignore[misc]


class Meanings:
    """What the digests in a contract's refusal stand for: codes, and of a claim the code of the outcome claimed."""

    def __init__(self, database: Database) -> None:
        """Look them up in ``database``: its book of codes, and the transfers that it has indexed."""
        self._database = database
        self._codes = CodeBook(database)

    def get(self, digest: bytes, /) -> str | None:
        """The code, None where nobody here wrote it, or no transfer with that claim was ever asked for."""
        known = self._codes.get(digest)
        if known is None:
            [rows] = self._database.fetch(_OF_CLAIM, [(digest,)])
            known = self._codes.get(rows[0].outcome) if rows else None
        return known


def shortened(digest: bytes, labels: Labels) -> str:
    """What a digest stands for, or its beginning, for a person's eyes; the whole of it is in the JSON."""
    return labels.get(digest) or f"0x{digest.hex()[:8]}…"


def _code(text: str | None) -> OutcomeCode | None:
    try:
        return None if text is None else OutcomeCode.read(text)
    except OutcomeCodeMalformed:
        return None


def _believed(digest: bytes, text: str) -> str | None:
    code = _code(text)
    return text if code is not None and code.word == digest else None
