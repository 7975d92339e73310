"""Applying for credits elsewhere, at the source centre: a learner applies, an operator confirms, the chain is asked.

    [application] = service.apply([Wish(certificate, agreement, 0, uscc, "ZJ-2026", consented)], by="clerk")
    service.confirm([application.id], by="operator")     # the letter, and the request in the outbox

The same certificate, rule and target asked for again is the same application while it is under way: whoever is killed
anywhere and starts again asks the chain once. What an application holds is sealed (`application_vault`).
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from gateway.domain.civil_time import DAY
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.ledger.code_book import CodeBook
from gateway.ledger.outbox import enqueue
from gateway.ledger.reader import institution_text
from gateway.recognition.applications.ready import Preparing, Ready, check_times
from gateway.recognition.applications.values import state_words
from gateway.recognition.applications.vault import Unreadable
from gateway.recognition.letters.contents import LONGEST_NOTE
from gateway.recognition.transfers.errors import ApplicationUnreadable, LetterTooLarge, WrongState
from gateway.recognition.transfers.facts import presented
from gateway.recognition.transfers.request import Requests, request_call, request_intent
from gateway.store.models import ApplicationState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.recognition.agreements.chain import AgreementBook
    from gateway.recognition.applications.ready import Centre
    from gateway.recognition.applications.rows import ApplicationRows
    from gateway.recognition.applications.values import Application, Wish
    from gateway.recognition.applications.vault import ApplicationVault
    from gateway.recognition.letters.box import LetterBox, PublishedKeys
    from gateway.store.engine import Database

DAYS: Final = 60
"""Until a request has to be decided, where nobody says otherwise."""


class ApplicationService:
    """The applications of one centre."""

    def __init__(
        self,
        database: Database,
        rows: ApplicationRows,
        vault: ApplicationVault,
        letters: LetterBox,
        published: PublishedKeys,
        centre: Centre,
        *,
        clock: Callable[[], float],
    ) -> None:
        """Work for ``centre``; the index is as current as the caller keeps it."""
        self._database = database
        self._codes = CodeBook(database)
        self._rows = rows
        self._vault = vault
        self._letters = letters
        self._preparing = Preparing(rows, vault, published, centre)
        self._centre = centre
        self._clock = clock

    # --- reading

    def find(self, number: int) -> Application:
        """One application.

        Raises:
            UnknownApplication: there is none.
        """
        return self._rows.find(number)

    def page(
        self, *, state: ApplicationState | None = None, learner: int | None = None, after: int = 0, limit: int = 100
    ) -> list[Application]:
        """Applications with numbers above ``after``, ascending."""
        return self._rows.page(state=state, learner=learner, after=after, limit=limit)

    def evidence(self, number: int) -> bytes:
        """What shows the consent to an application.

        Raises:
            UnknownApplication, ApplicationUnreadable: as they say.
        """
        found = self._rows.find(number)
        try:
            return self._vault.evidence(found.learner, found.evidence or b"")
        except Unreadable as error:
            raise ApplicationUnreadable(number) from error

    def letter(self, digest: bytes) -> dict[str, Any] | None:
        """What stands in an application's letter that this centre wrote; None where it wrote none of that digest.

        It comes from the vault: the letter itself is sealed to the target institution alone.

        Raises:
            ApplicationUnreadable: the learner's account was deleted.
        """
        found = self._rows.of_letter(digest)
        if found is None:
            return None
        content: dict[str, Any] | None = self._preparing.opened(found).get("letter")
        return content

    # --- applying

    def quotes(self, wishes: Sequence[Wish]) -> list[int | HurenError]:
        """What each would give now, in hundredths, or why nothing; nothing is written down."""
        book = self._centre.book()
        asking = Requests(book, self._centre.reader())
        found: list[int | HurenError] = []
        for wish in wishes:
            try:
                proposal = book.find(wish.agreement)
                if self._rows.under_way(wish.purpose(wish.certificate.leaf().leaf, proposal.agreement)) is None:
                    asking.require_free(wish.certificate)
                found.append(asking.quote(wish.certificate, proposal, wish.rule).quoted)
            except HurenError as error:
                found.append(error)
        return found

    def apply(self, wishes: Sequence[Wish], *, by: str) -> list[Application | HurenError]:
        """Enter applications, each by itself; ``by`` says who did. What is wrong with one stops no other.

        Where the same is under way already, that application is returned, whatever else this wish says.
        """
        book = self._centre.book()
        asking = Requests(book, self._centre.reader())
        return [self._applied(wish, book, asking, by) for wish in wishes]

    def _applied(self, wish: Wish, book: AgreementBook, asking: Requests, by: str) -> Application | HurenError:
        try:
            return self._entered(wish, book, asking, by)
        except HurenError as error:
            return error

    def _entered(self, wish: Wish, book: AgreementBook, asking: Requests, by: str) -> Application:
        leaf = wish.certificate.leaf().leaf
        proposal = book.find(wish.agreement)
        purpose = wish.purpose(leaf, proposal.agreement)
        known = self._rows.under_way(purpose)
        if known is not None:
            return known
        deadline = book.now + DAYS * DAY if wish.deadline is None else wish.deadline
        given = replace(wish.consented, at=book.now if wish.consented.at is None else wish.consented.at)
        check_times(deadline, given.at or 0, book.now)
        if len(wish.note) > LONGEST_NOTE:
            raise LetterTooLarge(len(wish.note), most=LONGEST_NOTE)
        asking.require_free(wish.certificate)
        quote = asking.quote(wish.certificate, proposal, wish.rule)
        achievement = wish.certificate.credential.document.credential_subject.achievement
        self._codes.learn([achievement.human_code, wish.programme, wish.course])
        presented(wish.certificate, quote.mask, wish.show)  # says now which field is not there
        learner = self._centre.learner_of(leaf)
        kept = {
            "nonce": hex0x(secrets.token_bytes(32)),
            "certificate": wish.certificate.to_json().decode(),
            "show": list(wish.show),
            "note": wish.note,
        }
        now = int(self._clock())
        try:
            evidence = None if given.evidence is None else self._vault.keep_evidence(learner, given.evidence)
            sealed = self._vault.seal(learner, purpose, orjson.dumps(kept))
        except Unreadable as error:
            raise ApplicationUnreadable(hex0x(leaf)) from error
        values = {
            "learner_id": learner,
            "leaf": leaf,
            "agreement": proposal.agreement,
            "rule": wish.rule,
            "source_institution": institution_text(wish.certificate.receipt.anchoring.institution),
            "target_institution": institution_text(wish.target),
            "programme": wish.programme_word,
            "course": wish.course_word,
            "quoted": quote.quoted,
            "deadline": deadline,
            "how": given.how.value,
            "given_at": given.at,
            "evidence": evidence,
            "sealed": sealed,
            "state": ApplicationState.WAITING,
            "entered_by": by,
            "created_at": now,
            "updated_at": now,
        }
        return self._rows.find(self._rows.enter(purpose, values))

    # --- confirming

    def confirm(self, numbers: Sequence[int], *, by: str) -> list[Application | HurenError]:
        """Write the letters and queue the requests, each by itself; what is confirmed already stays as it is.

        Nothing is waited for: `Application.outbox` is the entry that the sender works on.
        """
        book = self._centre.book()
        asking = Requests(book, self._centre.reader())
        found = {one.id: one for one in self._rows.some(numbers)}
        ready: dict[int, Ready] = {}
        wrong: dict[int, HurenError] = {}
        with self._vault.prepared([one.learner for one in found.values() if one.learner is not None]):
            for number in numbers:
                try:
                    application = found.get(number) or self._rows.find(number)
                    if application.state is ApplicationState.WAITING:
                        ready[number] = self._preparing.ready(application, book, asking)
                    elif application.state in {ApplicationState.FAILED, ApplicationState.WITHDRAWN}:
                        raise WrongState(number, state=state_words(application.state))
                except HurenError as error:
                    wrong[number] = error
        self._queue(list(ready.values()), book.now, by, wrong)
        now = {one.id: one for one in self._rows.some(numbers)}
        return [wrong[number] if number in wrong else now[number] for number in numbers]

    def withdraw(self, number: int, *, by: str) -> Application:
        """Take an application back that nobody has confirmed.

        Raises:
            UnknownApplication: there is none.
            WrongState: it was confirmed already.
        """
        with self._database.write() as connection:
            values = {"state": ApplicationState.WITHDRAWN, "confirmed_by": by, "updated_at": int(self._clock())}
            moved = self._rows.move(connection, number, ApplicationState.WAITING, **values)
        found = self._rows.find(number)
        if not moved and found.state is not ApplicationState.WITHDRAWN:
            raise WrongState(number, state=state_words(found.state))
        return found

    def forget(self, learner: int, leaves: Sequence[bytes], digests: Sequence[bytes]) -> int:
        """Take away what is kept of a learner's applications, evidence and letters; return how many letters went.

        Args:
            learner: whose account is deleted.
            leaves: of their credentials.
            digests: of letters of others about them (explanations, answers).
        """
        own = {one.leaf for one in self._rows.of_learner(learner)}
        self._vault.forget(learner)
        self._rows.empty(learner)
        return self._letters.forget(sorted({*own, *leaves}), digests)

    # --- inside

    def _queue(self, ready: Sequence[Ready], now: int, by: str, wrong: dict[int, HurenError]) -> None:
        if not ready:
            return
        digests: dict[int, bytes] = {}
        for one in ready:
            try:
                [digests[one.application.id]] = self._letters.post([one.post], at=now)
            except HurenError as error:
                wrong[one.application.id] = error
        target, operator = self._centre.ledger(), self._centre.operator()
        time = int(self._clock())
        with self._database.write() as connection:
            for one in ready:
                number = one.application.id
                if number not in digests:
                    continue
                digest = digests[number]
                values = {"state": ApplicationState.CONFIRMED, "consent": digest, "confirmed_by": by}
                if self._rows.move(connection, number, ApplicationState.WAITING, **values, updated_at=time):
                    call = request_call(one.certificate, one.mask, one.consent, digest)
                    intent = request_intent(number, one.application.leaf, digest, call, target)
                    [entry] = enqueue(connection, operator, [intent], now=time)
                    self._rows.move(connection, number, ApplicationState.CONFIRMED, outbox_id=entry)
