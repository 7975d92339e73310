"""What an officer of a target institution decides: each decision queued once, sent with the officer's own key.

    desk = DecisionService(...)
    decided = desk.decide([Accept(ref, student="20260001"), Reject(other, Return.NOT_ENROLLED, "…")], officer)
    desk.settle(decided, officer, seconds=60)

Only what the inbox opens without a problem is accepted: verified by steps 1 to 8 on the document itself, the facts on
the chain the document's, the consent in order; where an officer goes by a file because no letter can be opened here,
the answer says that no consent was seen. An award is queued under (transfer, officer): a bulk decision that is
killed and started again goes on, and nothing is decided twice. The officer's key may be this centre's or lie on a
device of their own, with a gateway of its own (decision 0183).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from gateway.domain.credits import credits_text
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.ledger.outbox import Intent, by_dedupe_keys, enqueue, submissions
from gateway.recognition.letters.contents import Topic
from gateway.recognition.transfers.chain import TRANSFERS
from gateway.recognition.transfers.enrolments import enrolment_of
from gateway.recognition.transfers.errors import DecisionUnderWay, NotOurInstitution, TransferFinished
from gateway.recognition.transfers.values import Ref, Return, Stage
from gateway.store.models import OutboxState
from node.client.abi import encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eth_account.signers.local import LocalAccount

    from gateway.ledger.sender import Sender
    from gateway.recognition.letters.correspondence import Correspondence
    from gateway.recognition.transfers.inbox import Inbox, Opened
    from gateway.store.engine import Database

DECISION: Final = "transfer.decision"


@dataclass(frozen=True, slots=True)
class Accept:
    """An award that is wanted.

    Attributes:
        ref: the request.
        student: the institution's own number of the student; or ``enrolment``: its pseudonym (32 bytes), where the key
            that makes it is not here.
        amount: hundredths; None: what was quoted.
        shown: a certificate file to go by where no letter has come.
    """

    ref: Ref
    student: str | None = field(default=None, repr=False)
    enrolment: bytes | None = None
    amount: int | None = None
    shown: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reject:
    """A request that is sent back; ``explanation`` goes to the source institution in a letter, empty: none."""

    ref: Ref
    reason: Return
    explanation: str = field(default="", repr=False)


Wish = Accept | Reject


@dataclass(slots=True)
class Decided:
    """A decision and what became of it: queued (``entry``), on the chain (``block``), or not made (``problem``)."""

    ref: Ref
    act: str
    opened: Opened
    amount: int = 0
    enrolment: bytes = b""
    reason: Return = Return.NONE
    entry: int | None = None
    block: int | None = None
    problem: HurenError | None = None
    refused: Mapping[str, Any] | None = None
    """The contract's refusal, as the outbox keeps it."""

    @property
    def good(self) -> bool:
        """Whether nothing spoke against it so far."""
        return self.problem is None and self.refused is None

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        told: dict[str, Any] = {"transfer": str(self.ref), "act": self.act, "block": self.block}
        if self.opened.verdict is not None:
            told["verdict"] = self.opened.verdict.kind.value
        if self.act == "accept" and self.enrolment:
            told |= {"awarded": credits_text(self.amount), "enrolment": hex0x(self.enrolment)}
            told["letter"] = self.opened.letter is not None  # False: by the file that was shown; no consent was seen
        if self.act == "reject":
            told["reason"] = self.reason.word
        problem = self.refused if self.problem is None else self.problem.to_json()
        return told | {"problem": None if problem is None else dict(problem)}


class Institution(Protocol):
    """What the service needs of the gateway that it works in."""

    def enrolments(self) -> bytes:
        """The key (32 bytes) from which institutions' pseudonyms of students are made."""

    def sender_of(self, officer: LocalAccount) -> Sender:
        """What sends with an officer's key."""

    def ledger(self) -> bytes:
        """The TransferLedger in force, 20 bytes."""


class DecisionService:
    """Where officers decide."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        letters: Correspondence,
        institution: Institution,
        *,
        clock: Callable[[], float],
    ) -> None:
        """Decide on what ``inbox`` opens."""
        self._database = database
        self._inbox = inbox
        self._letters = letters
        self._institution = institution
        self._clock = clock

    def examine(self, wishes: Sequence[Wish]) -> list[Decided]:
        """Everything that a decision goes by, made ready and shown before anybody says yes; nothing is queued.

        Raises:
            UnknownTransfer: one of them does not exist.
            ChainUnavailable: no answer.
        """
        shown = {wish.ref: wish.shown for wish in wishes if isinstance(wish, Accept) and wish.shown is not None}
        found = self._inbox.open([wish.ref for wish in wishes], shown)
        return [self._examined(wish, opened) for wish, opened in zip(wishes, found, strict=True)]

    def queue(self, cases: Sequence[Decided], wishes: Sequence[Wish], officer: LocalAccount) -> None:
        """Queue what was examined and is good, under the officer's key; the others stay as they are."""
        address = bytes.fromhex(officer.address[2:])
        self._adopt(cases, address)
        intents: list[tuple[Decided, Intent]] = []
        for case, wish in zip(cases, wishes, strict=True):
            if case.good and case.block is None:
                try:
                    intents.append((case, self._intent(case, wish, address)))
                except HurenError as error:
                    case.problem = error
        with self._database.write() as connection:
            known = by_dedupe_keys(connection, [intent.dedupe_key for _, intent in intents])
            told = {key: dict(one.payload) for key, one in known.items() if one.state is not OutboxState.FAILED}
            fresh = [(case, intent) for case, intent in intents if _agrees(case, intent, told)]
            wanted = [intent for _, intent in fresh]
            entries = enqueue(connection, address, wanted, now=int(self._clock()))
        for (case, _), entry in zip(fresh, entries, strict=True):
            case.entry = entry

    def unsigned(self, case: Decided, wish: Wish) -> Intent:
        """The transaction of a decision that was examined and is good, for an officer who signs on a device of theirs.

        Raises:
            LetterProblem: the explanation cannot be written.
        """
        return self._intent(case, wish, b"")

    def decide(self, wishes: Sequence[Wish], officer: LocalAccount) -> list[Decided]:
        """Examine and queue in one go.

        Raises:
            UnknownTransfer, ChainUnavailable: of `examine`.
        """
        cases = self.examine(wishes)
        self.queue(cases, wishes, officer)
        return cases

    def settle(self, cases: Sequence[Decided], officer: LocalAccount, seconds: float) -> None:
        """Send what is queued until it is final or refused, and write down which.

        Raises:
            NotSettled, ChainUnavailable: not within ``seconds``; it stays in the outbox.
        """
        waiting = {case.entry for case in cases if case.entry is not None}
        if waiting:
            self._institution.sender_of(officer).settle(sorted(waiting), seconds)
        self.refresh(cases)

    def refresh(self, cases: Sequence[Decided]) -> None:
        """Read from the outbox what became of decisions; nothing is sent."""
        with self._database.read() as connection:
            found = submissions(connection, [case.entry for case in cases if case.entry is not None])
        ended = {entry.id: entry for entry in found}
        for case in cases:
            if case.entry is None:
                continue
            entry = ended[case.entry]
            case.block = entry.block if entry.state is OutboxState.FINAL else None
            case.refused = entry.error if entry.state is OutboxState.FAILED else None

    # --- inside

    def _examined(self, wish: Wish, opened: Opened) -> Decided:
        if isinstance(wish, Reject):
            case = Decided(wish.ref, "reject", opened, reason=wish.reason)
            # Whatever is wrong with the letter or the credential, a request may be rejected while it waits.
            if isinstance(opened.problem, TransferFinished | NotOurInstitution):
                case.problem = opened.problem
            return case
        case = Decided(wish.ref, "accept", opened, problem=opened.problem)
        case.amount = opened.request.quoted if wish.amount is None else wish.amount
        try:
            case.enrolment = self._enrolment(wish, opened)
        except HurenError as error:
            case.problem = case.problem or error
        return case

    def _enrolment(self, wish: Accept, opened: Opened) -> bytes:
        if wish.enrolment is not None:
            return wish.enrolment
        details = opened.request.details
        key, student = self._institution.enrolments(), wish.student or ""
        return enrolment_of(key, details.target_institution, student, details.programme)

    def _adopt(self, cases: Sequence[Decided], officer: bytes) -> None:
        """What this officer has decided just so already is done, not refused: the same command run again."""
        for case in cases:
            row = case.opened.waiting.row
            if not isinstance(case.problem, TransferFinished) or row.decided_by != officer:
                continue
            same_award = row.stage == Stage.ACCEPTED and case.act == "accept"
            same_award = same_award and (row.enrolment, row.awarded) == (case.enrolment, case.amount)
            same_return = row.stage == Stage.RETURNED and case.act == "reject" and row.reason == case.reason
            if same_award or same_return:
                case.problem, case.block = None, row.decided_block

    def _intent(self, case: Decided, wish: Wish, officer: bytes) -> Intent:
        request = case.opened.request
        ref, details = request.ref.values, request.details.values
        told: dict[str, Any] = {"transfer": str(case.ref), "act": case.act}
        if isinstance(wish, Accept):
            call = encode_call(load(TRANSFERS), "accept", ref, details, case.enrolment, case.amount)
            told |= {"enrolment": hex0x(case.enrolment), "awarded": case.amount}
        else:
            waiting = case.opened.waiting
            explanation = self._letters.post(Topic.DECISION, waiting.row, wish.explanation, at=waiting.at)
            call = encode_call(load(TRANSFERS), "reject", ref, details, int(wish.reason), explanation)
            told["reason"] = wish.reason.word
        key = f"{DECISION}:{case.ref}:{officer.hex()}"
        return Intent(kind=DECISION, dedupe_key=key, target=self._institution.ledger(), call=call, payload=told)


def _agrees(case: Decided, intent: Intent, told: dict[str, dict[str, Any]]) -> bool:
    """Whether to queue it: not where another decision of the same officer is on its way; that one is told instead."""
    known = told.setdefault(intent.dedupe_key, dict(intent.payload))
    if known == dict(intent.payload):
        return True
    case.problem = DecisionUnderWay(str(case.ref), act=known.get("act", "—"))
    return False
