"""What waits for a decision of this province's institutions: with its letter, its presentation, and what speaks for it.

    inbox.waiting(institution=None)                    # overdue first, then the nearest deadline
    [opened] = inbox.open([Ref.read("320000-330000-7")])
    opened.problem                                     # None: steps 1 to 8 passed, the facts agree, consent and all

Nothing here decides. `gateway.recognition.transfers.decisions` awards only what is opened here without a problem.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from gateway.domain.civil_time import moment_text
from gateway.domain.credits import credits_text
from gateway.domain.errors import HurenError, Said, cause_of
from gateway.domain.hashing import hex0x
from gateway.domain.verdict import Kind
from gateway.recognition.letters.check import check_application
from gateway.recognition.transfers.chain import request_of
from gateway.recognition.transfers.errors import (
    AnotherCredential,
    CannotVerify,
    LetterForOthers,
    LetterNotThere,
    NotOurInstitution,
    NotVerified,
    TransferFinished,
)
from gateway.recognition.transfers.facts import (
    OpenedFacts,
    check_facts,
    document_facts,
    outcome_code,
    require_learner,
)
from gateway.recognition.transfers.values import Ref, Stage, TransferStanding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateway.documents.errors import BlobError
    from gateway.domain.verdict import Verdict
    from gateway.ledger.code_book import CodeBook
    from gateway.ledger.transfer_rows import TransferRow, TransferRows
    from gateway.recognition.letters.box import LetterBox, PublishedKeys
    from gateway.recognition.letters.check import CheckedApplication
    from gateway.recognition.transfers.chain import TransferBook
    from gateway.recognition.transfers.values import Request, TransferState


class Verifies(Protocol):
    """What answers about credentials."""

    def by_file(self, data: bytes) -> Verdict:
        """The verdict on a certificate file, whole or in part: steps 1 to 8."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request and how it stands at this moment."""

    row: TransferRow
    request: Request
    state: TransferState
    at: int
    """The chain's time of it, seconds."""

    @property
    def overdue(self) -> bool:
        """Whether deadline and grace are over: it can only expire."""
        return self.state.standing is TransferStanding.OVERDUE

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        row = self.row
        return {
            "transfer": str(self.request.ref),
            "standing": self.state.standing.name.lower(),
            "institution": row.institution,
            "targetInstitution": row.target_institution,
            "outcome": hex0x(row.outcome),
            "programme": hex0x(row.programme),
            "course": hex0x(row.course),
            "agreement": hex0x(row.agreement),
            "rule": row.rule + 1,
            "hash": hex0x(row.leaf),
            "quoted": credits_text(row.quoted),
            "requestedAt": moment_text(row.requested_at),
            "deadline": moment_text(row.deadline),
            "overdue": self.overdue,
        }


@dataclass(slots=True)
class Opened:
    """A request with what came off the chain; ``problem`` says why it must not be accepted, None: it may."""

    waiting: Waiting
    letter: CheckedApplication | None = field(default=None, repr=False)
    presentation: bytes | None = field(default=None, repr=False)
    verdict: Verdict | None = None
    problem: HurenError | None = None

    @property
    def request(self) -> Request:
        """The request."""
        return self.waiting.request

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show; personal data of the presentation is not in it."""
        told = self.waiting.to_json()
        told["verdict"] = None if self.verdict is None else self.verdict.kind.value
        told["letter"] = self.letter is not None
        if self.letter is not None:
            given = self.letter.consent.given
            told["consent"] = {"how": given.how.value, "at": moment_text(given.at)}
        return told | {"problem": None if self.problem is None else self.problem.to_json()}


class Inbox:
    """The requests to one province's institutions."""

    def __init__(
        self,
        province: int,
        book: Callable[[], TransferBook],
        rows: TransferRows,
        letters: LetterBox,
        published: PublishedKeys,
        verifier: Verifies,
        codes: CodeBook,
    ) -> None:
        """Read by a new ``book`` each time, open by ``letters``, verify by ``verifier``; ``codes`` learn from both."""
        self._province = province
        self._book = book
        self._rows = rows
        self._letters = letters
        self._published = published
        self._verifier = verifier
        self._codes = codes

    def waiting(
        self, institution: str | None = None, *, overdue: bool | None = None, limit: int = 1_000
    ) -> list[Waiting]:
        """What waits, overdue first, then by deadline; of all institutions of the province, or of one.

        With ``overdue`` only what is, or is not.
        """
        waiting = self._rows.undecided() if institution is None else self._rows.waiting(institution)
        rows = [row for row in waiting if row.target == self._province]
        found = self._standing(rows[:limit])
        return [one for one in found if one.state.stage is Stage.REQUESTED and overdue in {None, one.overdue}]

    def open(self, refs: Sequence[Ref], shown: Mapping[Ref, bytes] | None = None) -> list[Opened]:
        """Fetch, open and check the letters, and verify what they present; each by itself.

        Args:
            refs: which requests.
            shown: files to go by where no letter has come: an officer got them another way.

        Raises:
            UnknownTransfer: one of them does not exist.
            ChainUnavailable: no answer.
        """
        book = self._book()
        found = self._standing([book.row(ref) for ref in refs])
        lacking = self._letters.lacking(one.row.consent for one in found if self._open_to_decide(one))
        # Asked for once, all at a time: one by one, letters of a gateway that is down would take minutes.
        failed = self._letters.fetch(lacking) if lacking else {}
        given = shown or {}
        return [self._opened(one, given.get(one.request.ref), failed.get(one.row.consent)) for one in found]

    # --- inside

    def _standing(self, rows: Sequence[TransferRow]) -> list[Waiting]:
        requests = [request_of(row) for row in rows]
        if not requests:
            return []
        book = self._book()
        states, at = book.states(requests), book.block.time
        return [Waiting(row, request, state, at) for row, request, state in zip(rows, requests, states, strict=True)]

    def _open_to_decide(self, one: Waiting) -> bool:
        return one.row.target == self._province and one.state.stage is Stage.REQUESTED

    def _opened(self, waiting: Waiting, shown: bytes | None, lacking: BlobError | None) -> Opened:
        opened = Opened(waiting)
        about = str(waiting.request.ref)
        try:
            if waiting.row.target != self._province:
                raise NotOurInstitution(about, province=waiting.row.target)
            if waiting.state.stage is not Stage.REQUESTED:
                standing = waiting.state.standing
                raise TransferFinished(about, standing=Said(standing.zh, standing.en))
            opened.presentation = self._presentation(opened, about, shown, lacking)
            opened.verdict = self._verified(waiting.row, opened.presentation)
        except HurenError as error:
            opened.problem = error
        return opened

    def _presentation(self, opened: Opened, about: str, shown: bytes | None, lacking: BlobError | None) -> bytes:
        """What is to be verified; a bad letter is bad whatever was shown besides, a lacking one need not be there."""
        row = opened.waiting.row
        if lacking is not None:
            if shown is None:
                raise LetterNotThere(about, why=cause_of(lacking))
            return shown
        try:
            content = self._letters.open(row.consent, about, (row.target_institution, row.institution))
        except (LetterNotThere, LetterForOthers):
            if shown is None:
                raise
            return shown
        keys = self._published.keys_of(row.institution)
        opened.letter = check_application(row, content, keys, overdue=opened.waiting.overdue)
        return opened.letter.presentation if shown is None else shown

    def _verified(self, row: TransferRow, presentation: bytes) -> Verdict:
        verdict = self._verifier.by_file(presentation)
        if verdict.leaf is not None and verdict.leaf != row.leaf:
            raise AnotherCredential(hex0x(verdict.leaf), expected=hex0x(row.leaf))
        if verdict.kind is Kind.CANNOT_CHECK:
            raise CannotVerify(_why(verdict))
        if verdict.kind is not Kind.VALID:
            raise NotVerified(_why(verdict))
        check_facts(OpenedFacts.of(row), document_facts(presentation))
        require_learner(presentation, f"{row.source}-{row.target}-{row.number}")
        self._codes.learn([outcome_code(presentation)])
        return verdict


def _why(verdict: Verdict) -> Said:
    kind = Said(verdict.kind.zh, verdict.kind.en)
    if verdict.reason is None:
        return kind
    cause = cause_of(verdict.reason)
    return Said(f"{kind.zh}：{cause.zh}", f"{kind.en}: {cause.en}")
