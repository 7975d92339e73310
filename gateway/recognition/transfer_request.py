"""Asking another province for credits, out of a certificate that this centre issued.

    wanted = Applications(book, reader).prepare(certificate, proposal, consent)
    wanted.quoted                               # shown before anyone applies
    wanted.intent(ledger)                       # for the outbox

Only the facts that the rule reads are opened, and outcome and claim. What else the certificate says goes to the target
institution as a presentation, off the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.errors import Said
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.leaf import open_facts
from gateway.domain.quote import Refusal
from gateway.domain.rule import FACTS
from gateway.ledger.errors import LedgerError
from gateway.ledger.outbox import Intent
from gateway.ledger.reader import institution_text
from gateway.recognition.transfer_chain import TRANSFERS
from node.client.abi import encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from gateway.domain.leaf import Facts, Opening
    from gateway.domain.receipt import Certificate
    from gateway.ledger.reader import ChainReader
    from gateway.recognition.agreement_chain import AgreementBook
    from gateway.recognition.agreement_values import Proposal
    from gateway.recognition.transfer_consent import Consent
    from gateway.recognition.transfer_values import Request

KIND: Final = "transfer"


class NoSuchRule(LedgerError):
    """A rule that the agreement does not have."""

    code = "transfer.rule"
    zh = "协议中没有第 {value} 条规则（共 {count} 条）"
    en = "the agreement has no rule {value}; it has {count}"
    hint_zh = "规则从 1 数起（huren agreement show）"
    hint_en = "rules count from 1 (huren agreement show)"


class GivesNothing(LedgerError):
    """The rule gives nothing for this outcome."""

    code = "transfer.quote"
    zh = "按第 {rule} 条规则不予转换：{why}"
    en = "rule {rule} gives nothing: {why}"
    hint_zh = "请换用其他规则（huren agreement show）"
    hint_en = "try another rule (huren agreement show)"


class NotOnChain(LedgerError):
    """A certificate whose batch the chain does not know."""

    code = "transfer.not_anchored"
    zh = "证书 {value} 所在批次尚未上链"
    en = "the batch of the certificate {value} is not on the chain"
    hint_zh = "请待其上链后再申请"
    hint_en = "wait until it is anchored"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request that could be made: what it gives, and the call."""

    leaf: bytes
    mask: int
    quoted: int
    """Hundredths."""
    consent: Consent
    call: bytes

    def intent(self, target: bytes) -> Intent:
        """The transaction for the outbox, to the TransferLedger at ``target`` (20 bytes)."""
        told = {"leaf": hex0x(self.leaf), "consent": hex0x(self.consent.digest), "quoted": self.quoted}
        return _intent(self.call, target, told)


class Applications:
    """Makes requests out of certificates."""

    def __init__(self, book: AgreementBook, reader: ChainReader) -> None:
        """Quote by ``book``, read batches by ``reader``."""
        self._book = book
        self._reader = reader

    def prepare(self, certificate: Certificate, proposal: Proposal, consent: Consent) -> Wanted:
        """The request for a certificate, quoted at the newest final block.

        Raises:
            NoSuchRule, GivesNothing, NotOnChain: as they say.
            FactMismatch: the certificate's facts are not those of its document.
        """
        if consent.rule >= len(proposal.terms.rules):
            raise NoSuchRule(consent.rule + 1, count=len(proposal.terms.rules))
        rule = proposal.terms.rules[consent.rule]
        leaf = certificate.leaf()
        anchoring, facts = certificate.receipt.anchoring, certificate.receipt.facts
        mask = rule.opens
        opening = open_facts(leaf.commitment, anchoring.institution, facts, certificate.receipt.salt, mask)
        quoted = self._quote(proposal, consent.rule, certificate, _opened(facts, mask))
        call = encode_call(
            load(TRANSFERS), "request", _application(consent), _opening(opening), anchoring.root, list(anchoring.proof)
        )
        return Wanted(leaf.leaf, mask, quoted, consent, call)

    def _quote(self, proposal: Proposal, rule: int, certificate: Certificate, facts: dict[int, int]) -> int:
        anchoring = certificate.receipt.anchoring
        institution = institution_text(anchoring.institution)
        [anchor] = self._reader.anchors([(institution, anchoring.root)], self._book.block)
        if anchor is None:
            raise NotOnChain(hex0x(anchoring.root))
        amount, why = self._book.quote(proposal.agreement, rule, anchoring.institution, anchor.accreditation, facts)
        refusal = Refusal(why)
        if refusal is not Refusal.NONE:
            raise GivesNothing(refusal.name.lower(), rule=rule + 1, why=Said(refusal.zh, refusal.en))
        return amount


def _opened(facts: Facts, mask: int) -> dict[int, int]:
    return {k: int.from_bytes(facts.words[k], "big") for k in range(FACTS) if mask >> k & 1}


def _application(consent: Consent) -> tuple[Any, ...]:
    return (
        consent.agreement,
        consent.rule,
        consent.target_institution,
        consent.programme,
        consent.course,
        consent.digest,
        consent.deadline,
    )


def _opening(opening: Opening) -> tuple[Any, ...]:
    return (
        opening.commitment,
        opening.institution,
        opening.mask,
        list(opening.values),
        list(opening.salts),
        list(opening.digests),
    )


def cancellation(request: Request, target: bytes) -> Intent:
    """The transaction that takes a request back, to the TransferLedger at ``target`` (20 bytes)."""
    call = encode_call(load(TRANSFERS), "cancel", request.ref.values, request.details.values)
    return _intent(call, target, {"cancels": str(request.ref)})


def appeal_of(request: Request, statement: bytes, target: bytes) -> Intent:
    """The transaction that appeals against a rejection; ``statement`` (32 bytes) is the digest of the grounds."""
    call = encode_call(load(TRANSFERS), "appeal", request.ref.values, statement)
    return _intent(call, target, {"appeals": str(request.ref)})


def _intent(call: bytes, target: bytes, payload: dict[str, Any]) -> Intent:
    """The same call is queued once, however often it is asked for."""
    return Intent(kind=KIND, dedupe_key=f"{KIND}:{sha256(call).hex()}", target=target, call=call, payload=payload)
