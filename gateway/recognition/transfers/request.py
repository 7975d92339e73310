"""Asking another province for credits, out of a certificate that this centre issued.

    asking = Requests(book, reader)
    asking.quote(certificate, proposal, rule)          # shown before anyone applies
    call = request_call(certificate, rule.opens, consent, digest)

Only the facts that the rule reads are opened, and outcome and claim. What else the certificate says goes to the target
institution as a presentation, off the chain. Every intent has a dedupe key of what it is about, never of its bytes: a
letter's digest is random, and who asks again must not ask twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.errors import Said
from gateway.domain.hashing import hex0x
from gateway.domain.leaf import open_facts
from gateway.domain.quote import Refusal
from gateway.domain.rule import FACTS
from gateway.ledger.outbox import Intent
from gateway.ledger.reader import institution_text
from gateway.recognition.transfers.chain import TRANSFERS
from gateway.recognition.transfers.errors import GivesNothing, NoSuchRule, NotOnChain
from gateway.recognition.transfers.uses import OutcomeUsed, use_of
from node.client.abi import encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from gateway.domain.leaf import Facts, Opening
    from gateway.domain.receipt import Certificate
    from gateway.ledger.reader import ChainReader
    from gateway.recognition.agreements.chain import AgreementBook
    from gateway.recognition.agreements.values import Proposal
    from gateway.recognition.transfers.consent import Consent
    from gateway.recognition.transfers.values import Request

REQUEST: Final = "transfer.request"
CANCEL: Final = "transfer.cancel"
APPEAL: Final = "transfer.appeal"
EXPIRE: Final = "transfer.expire"


@dataclass(frozen=True, slots=True)
class Quote:
    """What a rule would give for a certificate now."""

    leaf: bytes
    mask: int
    """Which facts the request opens."""
    quoted: int
    """Hundredths."""


class Requests:
    """Quotes certificates at the newest final block."""

    def __init__(self, book: AgreementBook, reader: ChainReader) -> None:
        """Quote by ``book``, read batches by ``reader``."""
        self._book = book
        self._reader = reader

    def require_free(self, certificate: Certificate) -> None:
        """Refuse an outcome that is in use, or was used: its request would be refused by the chain.

        Raises:
            OutcomeUsed: it says by which transfer.
        """
        use = use_of(self._reader.calls, certificate, self._book.block)
        if use is not None:
            raise OutcomeUsed(hex0x(certificate.leaf().leaf), use=use.said)

    def quote(self, certificate: Certificate, proposal: Proposal, rule: int) -> Quote:
        """What rule ``rule`` (from 0) gives.

        Raises:
            NoSuchRule, GivesNothing, NotOnChain: as they say.
            FactMismatch: the certificate's facts are not those of its document.
        """
        if rule >= len(proposal.terms.rules):
            raise NoSuchRule(rule + 1, count=len(proposal.terms.rules))
        leaf = certificate.leaf()
        mask = proposal.terms.rules[rule].opens
        anchoring = certificate.receipt.anchoring
        institution = institution_text(anchoring.institution)
        [anchor] = self._reader.anchors([(institution, anchoring.root)], self._book.block)
        if anchor is None:
            raise NotOnChain(hex0x(anchoring.root))
        facts = _opened(certificate.receipt.facts, mask)
        amount, why = self._book.quote(proposal.agreement, rule, anchoring.institution, anchor.accreditation, facts)
        refusal = Refusal(why)
        if refusal is not Refusal.NONE:
            raise GivesNothing(refusal.name.lower(), rule=rule + 1, why=Said(refusal.zh, refusal.en))
        return Quote(leaf.leaf, mask, amount)


def request_call(certificate: Certificate, mask: int, consent: Consent, digest: bytes) -> bytes:
    """The calldata of a request; ``digest`` (32 bytes) is that of the application's letter."""
    anchoring, leaf = certificate.receipt.anchoring, certificate.leaf()
    opening = open_facts(
        leaf.commitment, anchoring.institution, certificate.receipt.facts, certificate.receipt.salt, mask
    )
    application = (
        consent.agreement,
        consent.rule,
        consent.target_institution,
        consent.programme,
        consent.course,
        digest,
        consent.deadline,
    )
    return encode_call(
        load(TRANSFERS), "request", application, _opening(opening), anchoring.root, list(anchoring.proof)
    )


def request_intent(application: int, leaf: bytes, consent: bytes, call: bytes, target: bytes) -> Intent:
    """The transaction that requests, to the TransferLedger at ``target`` (20 bytes), as for every intent here.

    ``application`` is this gateway's own number of it, ``consent`` the digest of its letter.
    """
    told = {"application": application, "leaf": hex0x(leaf), "consent": hex0x(consent)}
    return _intent(REQUEST, str(application), call, target, told)


def cancellation(request: Request, target: bytes) -> Intent:
    """The transaction that takes a request back."""
    call = encode_call(load(TRANSFERS), "cancel", request.ref.values, request.details.values)
    return _intent(CANCEL, str(request.ref), call, target, {"transfer": str(request.ref)})


def appeal_of(request: Request, statement: bytes, target: bytes) -> Intent:
    """The transaction that appeals against a rejection; ``statement`` (32 bytes) is the digest of its letter."""
    call = encode_call(load(TRANSFERS), "appeal", request.ref.values, statement)
    told = {"transfer": str(request.ref), "statement": hex0x(statement)}
    return _intent(APPEAL, str(request.ref), call, target, told)


def expiry(request: Request, target: bytes) -> Intent:
    """The transaction that sends back a request that nobody decided in time."""
    call = encode_call(load(TRANSFERS), "expire", request.ref.values, request.details.values)
    return _intent(EXPIRE, str(request.ref), call, target, {"transfer": str(request.ref)})


def _intent(kind: str, name: str, call: bytes, target: bytes, payload: dict[str, Any]) -> Intent:
    return Intent(kind=kind, dedupe_key=f"{kind}:{name}", target=target, call=call, payload=payload)


def _opened(facts: Facts, mask: int) -> dict[int, int]:
    return {k: int.from_bytes(facts.words[k], "big") for k in range(FACTS) if mask >> k & 1}


def _opening(opening: Opening) -> tuple[Any, ...]:
    return (
        opening.commitment,
        opening.institution,
        opening.mask,
        list(opening.values),
        list(opening.salts),
        list(opening.digests),
    )
