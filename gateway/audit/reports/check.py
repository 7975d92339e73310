"""Checking a report that somebody hands in: its own hash, its signature, and the same report made from one's own index.

    outcome = ReportChecker(files).check(path, signature=None, signer=None)
    outcome.good, outcome.to_json()

Three questions, each answered for itself: is the file what it says of itself, who signed it, and would my index have
written it. Only the last one needs an index, and it needs nobody's word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from gateway.audit.reports.errors import ReportMalformed, SignatureMissing
from gateway.audit.reports.signing import names_block, read_signature, signature_path
from gateway.audit.reports.values import TYPE, VERSION, block_json
from gateway.domain.errors import DomainError, HurenError
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.jcs import canonicalise
from gateway.domain.strict_json import JsonLimits, parse_json_strict
from gateway.ledger.transfer_rows import month_number

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.audit.reports.files import ReportFiles
    from gateway.audit.reports.signing import Signature

_LIMITS: Final = JsonLimits(max_bytes=1 << 28)


class Answer(StrEnum):
    """To one of the questions."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """It could not be told now, or there is nothing to tell."""


@dataclass(slots=True)
class Outcome:
    """What was found about a file."""

    hash: Answer = Answer.UNKNOWN
    """Whether the hash in a JSON report is that of the rest."""
    signature: Answer = Answer.UNKNOWN
    """Whether the signature file is good and about these very bytes; unknown without one."""
    signer: str | None = None
    expected: Answer = Answer.UNKNOWN
    """Whether the one who signed is the one who was expected; unknown where nobody was named."""
    same: Answer = Answer.UNKNOWN
    """Whether this gateway's index gives the same bytes; unknown where it does not hold the block."""
    figures: Answer = Answer.UNKNOWN
    """Whether this gateway's report has the hash that the file or its signature states, however the file looks."""
    stated: bytes | None = None
    """That hash."""
    block: dict[str, Any] = field(default_factory=dict)
    month: str | None = None
    form: str = "json"
    problem: HurenError | None = None
    """Why the report could not be made again."""

    @property
    def refuted(self) -> bool:
        """Whether anything is wrong."""
        return Answer.NO in {self.hash, self.signature, self.expected, self.figures, self.same}

    @property
    def good(self) -> bool:
        """Whether nothing is wrong and the report was made again, byte for byte."""
        return not self.refuted and self.same is Answer.YES

    def to_json(self) -> dict[str, Any]:
        """The form that commands show."""
        return {
            "good": self.good,
            "hash": self.hash,
            "signature": self.signature,
            "signer": self.signer,
            "expectedSigner": self.expected,
            "sameFigures": self.figures,
            "sameFromOwnIndex": self.same,
            "block": self.block,
            "month": self.month,
            "form": self.form,
            "problem": None if self.problem is None else self.problem.to_json(),
        }


class ReportChecker:
    """Checks files against one gateway's index."""

    def __init__(self, files: ReportFiles) -> None:
        """Make reports again with `files`."""
        self._files = files

    def check(self, path: Path, *, signature: Path | None = None, signer: str | None = None) -> Outcome:
        """Check a report file.

        Args:
            path: the report.
            signature: its signature file; by default the one that lies beside it, if any.
            signer: the did:key that is expected to have signed.

        Raises:
            ReportMalformed: a JSON file that is no report.
            SignatureMissing: another file, and nothing says which block it is of.
            SignatureMalformed: no signature file.
            OSError: a file cannot be read.
        """
        content = path.read_bytes()
        beside = signature_path(path)
        where = signature or (beside if beside.exists() else None)
        signed = None if where is None else read_signature(where)
        outcome, language = Outcome(), None
        if signed is not None:
            language = _of_signature(outcome, signed, content, signer)
        elif signer is not None:
            raise SignatureMissing(beside.name)
        if path.suffix.lower() == ".json":
            _of_report(outcome, path, content, signed)
        elif signed is None:
            raise SignatureMissing(beside.name)
        self._again(outcome, content, language)
        return outcome

    def _again(self, outcome: Outcome, content: bytes, language: str | None) -> None:
        try:
            block = self._files.book.block(int(outcome.block["number"]))
            if block_json(block) != outcome.block:
                outcome.same = Answer.NO  # another chain, or a block that this chain does not have
                return
            month = None if outcome.month is None else month_number(outcome.month)
            report = self._files.book.at(block)
            made = self._files.content(report, outcome.form, month=month, language=language)
            shown = self._files.shown(report, outcome.form, month)
        except HurenError as error:
            outcome.problem = error
        else:
            outcome.same = Answer.YES if made == content else Answer.NO
            outcome.figures = Answer.YES if shown.digest == outcome.stated else Answer.NO


def _of_signature(outcome: Outcome, signed: Signature, content: bytes, signer: str | None) -> str | None:
    told = signed.statement
    about_it = told.digest == sha256(content)
    outcome.signature = Answer.YES if signed.good and about_it else Answer.NO
    outcome.signer = signed.signer if signed.good else None
    if signer is not None:
        outcome.expected = Answer.YES if outcome.signer == signer else Answer.NO
    outcome.block, outcome.month, outcome.form, outcome.stated = told.block, told.month, told.form, told.report
    return told.language


def _of_report(outcome: Outcome, path: Path, content: bytes, signed: Signature | None) -> None:
    try:
        told = parse_json_strict(content, _LIMITS)
    except DomainError as error:
        raise ReportMalformed(path.name, why=error) from error
    if not isinstance(told, dict) or (told.get("type"), told.get("version")) != (TYPE, VERSION):
        raise ReportMalformed(path.name, why=f"not a {TYPE} of version {VERSION}")
    claimed = told.pop("hash", None)
    digest = sha256(canonicalise(told))
    outcome.hash = Answer.YES if claimed == hex0x(digest) else Answer.NO
    if signed is not None and signed.statement.report != digest:
        outcome.signature = Answer.NO
    if not names_block(told):
        raise ReportMalformed(path.name, why="block, month")
    outcome.block, outcome.month, outcome.form, outcome.stated = told["block"], told.get("month"), "json", digest
