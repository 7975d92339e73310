"""Everything that is held about a learner, as files for the learner: personal information protection law, article 45.

    for name, content in LearnerExport(database, learners, sources).files(7):
        …                                      # account.json, certificates/…, transfers.json, …; index.json is the last

Which tables hold something about a learner stands in `gateway.store.personal`; each has its collector here, and
index.json says of each what it holds, in which file, and of every file its SHA-256. What cannot be read (a document
whose pack is lacking, a letter that is sealed to others) is named there, not left out in silence.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson
from sqlalchemy import select

from gateway.domain.civil_time import moment_text
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.heads import transfer_subject
from gateway.statements.learner_values import transfer_json
from gateway.store.models import Base
from gateway.store.personal import ABOUT_LEARNERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Table

    from gateway.ledger.transfer_rows import TransferRow
    from gateway.statements.learner import Learners
    from gateway.statements.learner_values import LearnerStatement
    from gateway.store.engine import Database

INDEX: Final = "index.json"
_PRETTY: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
_SECRET: Final = frozenset(
    {"digest", "fingerprint", "row_key", "row_digest", "raw_tx", "sealed", "purpose", "claim_key"}
)
"""Columns that say nothing to a person, or that somebody could use: of a token its digest, keyed digests of rows."""


class Sources(Protocol):
    """What the export needs and other capabilities have."""

    def account(self, account: int) -> Mapping[str, Any]:
        """Documents and name, opened."""

    def certificate_files(self, account: int) -> Iterable[tuple[str, bytes | None, bytes]]:
        """(file name, content, leaf) of every certificate; None where its document is lacking or not yet anchored."""

    def application_files(self, account: int) -> Iterable[tuple[str, bytes | None]]:
        """What was entered in every application, and the evidence of consent; None where it does not open."""

    def letter(self, digest: bytes, transfer: str, institutions: tuple[str, str]) -> Mapping[str, Any]:
        """A letter's content, by the digest that the chain has.

        Raises:
            HurenError: it is not here, or sealed to others.
        """


class LearnerExport:
    """Collects."""

    def __init__(self, database: Database, learners: Learners, sources: Sources) -> None:
        """Read tables in `database`, outcomes through `learners`, what is sealed through `sources`."""
        self._database = database
        self._learners = learners
        self._sources = sources

    def files(self, account: int) -> Iterator[tuple[str, bytes]]:
        """Name and content of every file; the last is the index.

        Raises:
            NoSuchAccount: there is none, or it was deleted.
        """
        collection = _Collection(self._database, self._learners.statement(account), account, self._sources)
        listed = []
        for name, content in collection.files():
            listed.append({"file": name, "bytes": len(content), "sha256": sha256(content).hex()})
            yield name, content
        block = collection.statement.block
        told = {
            "account": account,
            "block": block.number,
            "time": moment_text(block.time),
            "holds": {table: {"zh": said.zh, "en": said.en} for table, said in ABOUT_LEARNERS.items()},
            "files": listed,
            "lacking": collection.lacking,
        }
        yield INDEX, orjson.dumps(told, option=_PRETTY)


class _Collection:
    """One learner's."""

    def __init__(self, database: Database, statement: LearnerStatement, account: int, sources: Sources) -> None:
        self._database = database
        self.statement = statement
        self._account = account
        self._sources = sources
        self.lacking: list[dict[str, str]] = []

    def files(self) -> Iterator[tuple[str, bytes]]:
        for table, collect in COLLECTORS.items():
            for name, content in collect(self):
                yield name, content if isinstance(content, bytes) else _json({table: content})

    # --- what the learner's rows are found by

    @cached_property
    def leaves(self) -> list[bytes]:
        return [held.leaf for outcome in self.statement.outcomes for held in outcome.certificates]

    @cached_property
    def transfers(self) -> list[TransferRow]:
        return [row for outcome in self.statement.outcomes for row in outcome.transfers]

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """(batch, position) of the learner's credentials."""
        rows = self.rows("credentials", lambda c: c.learner_id == self._account)
        return [(row["batch_id"], row["position"]) for row in rows]

    def rows(self, table: str, where: Callable[[Any], ColumnElement[bool]]) -> list[dict[str, Any]]:
        """The rows of a table as they are, without what says nothing to a person."""
        found: Table = Base.metadata.tables[table]
        with self._database.read() as connection:
            rows = connection.execute(select(found).where(where(found.c))).mappings().all()
        return [{name: value for name, value in row.items() if name not in _SECRET} for row in rows]

    # --- one collector a table

    def account(self) -> Iterator[tuple[str, Any]]:
        yield "account.json", dict(self._sources.account(self._account))

    def in_account(self) -> Iterator[tuple[str, Any]]:
        """The account's file has the further documents as well."""
        return iter(())

    def credentials(self) -> Iterator[tuple[str, Any]]:
        yield "certificates.json", self.rows("credentials", lambda c: c.learner_id == self._account)
        yield "statement.json", self.statement.to_json(personal=True)

    def documents(self) -> Iterator[tuple[str, Any]]:
        for name, content, leaf in self._sources.certificate_files(self._account):
            if content is None:
                self._lacks(
                    "certificates", hex0x(leaf), "其文件不在此处或尚未上链", "no document here, or not anchored yet"
                )
            else:
                yield f"certificates/{name}", content

    def replacements(self) -> Iterator[tuple[str, Any]]:
        mine = set(self.places)
        found = [
            row
            for batch in sorted({batch for batch, _ in mine})
            for row in self.rows("replacements", lambda c, batch=batch: c.batch_id == batch)  # type: ignore[misc]
            if (row["batch_id"], row["position"]) in mine
        ]
        yield "replacements.json", found

    def applications(self) -> Iterator[tuple[str, Any]]:
        yield "applications.json", self.rows("applications", self._applied)
        for name, content in self._sources.application_files(self._account):
            if content is None:
                self._lacks("applications", name, "无法打开", "it does not open")
            else:
                yield f"applications/{name}", content

    def letters(self) -> Iterator[tuple[str, Any]]:
        yield "letters.json", self._of_leaves("sent_letters", "leaf", keep=("digest",))
        for row in self.transfers:
            name = f"{row.source}-{row.target}-{row.number}"
            told = {
                "application": row.consent,
                "decision": row.explanation,
                "appeal": row.statement,
                "answer": row.appeal_answer,
            }
            for topic, digest in told.items():
                if digest is None or not any(digest):
                    continue
                try:
                    letter = self._sources.letter(digest, name, (row.institution, row.target_institution))
                except HurenError as error:
                    self._lacks("letters", hex0x(digest), error.message("zh"), error.message("en"))
                else:
                    yield f"letters/{name}-{topic}.json", _json(letter)

    def transfer_rows(self) -> Iterator[tuple[str, Any]]:
        yield "transfers.json", [transfer_json(row) for row in self.transfers]

    def transactions(self) -> Iterator[tuple[str, Any]]:
        applied = self.rows("applications", self._applied)
        entries = {row["outbox_id"] for row in applied if row["outbox_id"] is not None}
        yield "transactions.json", self.rows("outbox", lambda c: c.id.in_(sorted(entries)))

    def statuses(self) -> Iterator[tuple[str, Any]]:
        yield "statuses.json", self._of_leaves("leaf_status", "leaf")

    def registry_events(self) -> Iterator[tuple[str, Any]]:
        yield "events-credentials.json", self._of_leaves("registry_events", "about")

    def recognition_events(self) -> Iterator[tuple[str, Any]]:
        claims = [outcome.claim for outcome in self.statement.outcomes]
        found = self._of("recognition_events", "about", claims)
        mine = {row.key for row in self.transfers}
        for source, target in sorted({(row.source, row.target) for row in self.transfers}):
            subject = transfer_subject(source, target)
            for row in self.rows("recognition_events", lambda c, subject=subject: c.subject == subject):  # type: ignore[misc]
                told = orjson.loads(row["fields"])
                if (told.get("source"), told.get("target"), int(told.get("number", 0))) in mine:
                    found.append(row)
        yield "events-transfers.json", found

    def tokens(self) -> Iterator[tuple[str, Any]]:
        yield "tokens.json", self.rows("access_tokens", lambda c: c.account == self._account)

    def requests(self) -> Iterator[tuple[str, Any]]:
        tokens = [row["id"] for row in self.rows("access_tokens", lambda c: c.account == self._account)]
        yield "requests.json", self.rows("keyed_requests", lambda c: c.token_id.in_(tokens))

    # --- inside

    def _applied(self, columns: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a table's columns
        found: ColumnElement[bool] = columns.learner_id == self._account
        return found

    def _of_leaves(self, table: str, column: str, keep: Sequence[str] = ()) -> list[dict[str, Any]]:
        return self._of(table, column, self.leaves, keep)

    def _of(self, table: str, column: str, values: Sequence[bytes], keep: Sequence[str] = ()) -> list[dict[str, Any]]:
        found: Table = Base.metadata.tables[table]
        with self._database.read() as connection:
            rows = connection.execute(select(found).where(found.c[column].in_(values))).mappings().all()
        return [{name: value for name, value in row.items() if name not in _SECRET or name in keep} for row in rows]

    def _lacks(self, what: str, which: str, zh: str, en: str) -> None:
        self.lacking.append({"what": what, "which": which, "zh": zh, "en": en})


COLLECTORS: Final[Mapping[str, Callable[[_Collection], Iterator[tuple[str, Any]]]]] = {
    "learners": _Collection.account,
    "learner_documents": _Collection.in_account,
    "credentials": _Collection.credentials,
    "packs": _Collection.documents,
    "replacements": _Collection.replacements,
    "applications": _Collection.applications,
    "sent_letters": _Collection.letters,
    "transfers": _Collection.transfer_rows,
    "outbox": _Collection.transactions,
    "leaf_status": _Collection.statuses,
    "registry_events": _Collection.registry_events,
    "recognition_events": _Collection.recognition_events,
    "access_tokens": _Collection.tokens,
    "keyed_requests": _Collection.requests,
}
"""By table; each names a file and gives its content, or the rows for it."""


def _json(value: Any) -> bytes:  # noqa: ANN401 - rows and statements
    return orjson.dumps(value, option=_PRETTY, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return hex0x(bytes(value))
    return str(value)
