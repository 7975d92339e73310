"""From an application to what is sealed and sent: the learner's consent, signed; the presentation; the letter.

ready = Preparing(rows, vault, published, centre).ready(application, book, asking)
ready.post                      # the letter to both institutions
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from gateway.domain.civil_time import moment_text
from gateway.domain.hashing import hex0x
from gateway.domain.proof import proof_time
from gateway.domain.receipt import Certificate
from gateway.ledger.reader import institution_word
from gateway.ledger.values import KeyKind
from gateway.recognition.applications.vault import ApplicationVault, Unreadable
from gateway.recognition.letters.box import Post
from gateway.recognition.letters.contents import ApplicationLetter
from gateway.recognition.transfers.consent import Consent, Given, How
from gateway.recognition.transfers.errors import (
    ApplicationUnreadable,
    ConsentInFuture,
    DeadlinePassed,
    LetterKeyNotInForce,
)
from gateway.recognition.transfers.facts import presented

if TYPE_CHECKING:
    from gateway.domain.proof import Signer
    from gateway.ledger.reader import ChainReader
    from gateway.recognition.agreements.chain import AgreementBook
    from gateway.recognition.applications.rows import ApplicationRows
    from gateway.recognition.applications.values import Application
    from gateway.recognition.letters.box import PublishedKeys
    from gateway.recognition.transfers.request import Requests


class Centre(Protocol):
    """What the service needs of the gateway that it works in."""

    def book(self) -> AgreementBook:
        """The agreements, at the newest final block."""

    def reader(self) -> ChainReader:
        """Live reads."""

    def signer_for(self, institution: str) -> Signer:
        """The issuing key of an institution."""

    def learner_of(self, leaf: bytes) -> int | None:
        """The learner of a credential that was issued here."""

    def operator(self) -> bytes:
        """The account that requests, 20 bytes."""

    def ledger(self) -> bytes:
        """The TransferLedger in force, 20 bytes."""


@dataclass(frozen=True, slots=True)
class Ready:
    """An application whose letter can be written."""

    application: Application
    certificate: Certificate
    consent: Consent
    mask: int
    post: Post


class Preparing:
    """Makes applications ready, for one centre."""

    def __init__(
        self, rows: ApplicationRows, vault: ApplicationVault, published: PublishedKeys, centre: Centre
    ) -> None:
        """Open what ``rows`` hold by ``vault``; ``published`` says which of the centre's keys the chain knows."""
        self._rows = rows
        self._vault = vault
        self._published = published
        self._centre = centre

    def ready(self, application: Application, book: AgreementBook, asking: Requests) -> Ready:
        """An application with its letter, quoted once more at the book's block.

        Raises:
            DeadlinePassed, GivesNothing, NotOnChain: what has changed since it was entered.
            ApplicationUnreadable: the learner's account was deleted.
            LetterKeyNotInForce: the issuing key is not (yet) registered.
        """
        check_times(application.deadline, application.given_at, book.now)
        kept = self.opened(application)
        certificate = Certificate.parse(kept["certificate"].encode())
        proposal = book.find(hex0x(application.agreement))
        quote = asking.quote(certificate, proposal, application.rule)
        consent = Consent(
            leaf=application.leaf,
            agreement=application.agreement,
            rule=application.rule,
            target_institution=institution_word(application.target_institution),
            programme=application.programme,
            course=application.course,
            deadline=application.deadline,
            nonce=bytes.fromhex(kept["nonce"][2:]),
            given=Given(How(application.how), application.given_at, application.evidence),
        )
        content = kept.get("letter")
        if content is None:
            content = self._written(
                application, kept, consent, presented(certificate, quote.mask, kept["show"]), book.now
            )
        # To the target alone: what is open here is open from the vault, and goes with the learner's key.
        post = Post(f"application:{application.id}", application.leaf, (application.target_institution,), content)
        return Ready(application, certificate, consent, quote.mask, post)

    def opened(self, application: Application) -> dict[str, Any]:
        """What was sealed of an application: nonce, certificate, show, note, and once confirmed the letter.

        Raises:
            ApplicationUnreadable: the learner's account was deleted.
        """
        purpose, sealed = self._rows.sealed(application.id)
        try:
            kept: dict[str, Any] = orjson.loads(self._vault.open(application.learner, purpose, sealed))
        except Unreadable as error:
            raise ApplicationUnreadable(application.id) from error
        return kept

    def _written(
        self, application: Application, kept: dict[str, Any], consent: Consent, presentation: bytes, now: int
    ) -> dict[str, Any]:
        """The letter's content, kept in the vault first: it is what will be sent, whatever happens."""
        signer = self._centre.signer_for(application.source_institution)
        self._require_in_force(application, signer, now)
        record = consent.signed(signer, proof_time(dt.datetime.fromtimestamp(now, dt.UTC)))
        content = ApplicationLetter(record, presentation, kept["note"]).to_json()
        purpose, _ = self._rows.sealed(application.id)
        whole = orjson.dumps({**kept, "letter": content})
        self._rows.reseal(application.id, self._vault.seal(application.learner, purpose, whole))
        return content

    def _require_in_force(self, application: Application, signer: Signer, now: int) -> None:
        """A consent signed with a key that the chain does not know would be refused at the target."""
        for key in self._published.keys_of(application.source_institution):
            if key.public_key == signer.public_key and key.kind is KeyKind.SIGNING and key.tenure.in_force_at(now):
                return
        raise LetterKeyNotInForce(f"#{application.id}", key=signer.did)


def check_times(deadline: int, given_at: int, now: int) -> None:
    """Refuse a consent that is over, or that is given in the future; all in seconds.

    Raises:
        DeadlinePassed, ConsentInFuture: as they say.
    """
    if deadline <= now:
        raise DeadlinePassed(moment_text(deadline))
    if given_at > now:
        raise ConsentInFuture(moment_text(given_at), now=moment_text(now))
