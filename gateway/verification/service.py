"""The verifier: a hash or a file in, a verdict out.

    verdict = verifier.by_file(data)          # a certificate, whole or in part
    verdict = verifier.by_hash(leaf)          # says who registered it; never "valid"
    verdict.kind, verdict.failed_at, verdict.reason

Steps 1 well-formed · 2 recomputed · 3 included · 4 anchored and final · 5 issuer · 6 signatures · 7 status · 8 dates.
What cannot be looked up is "cannot check", never "invalid"; what the file alone shows to be wrong is invalid even while
the chain is away.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from gateway.domain.did_key import MalformedKey, public_key_of
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.domain.manifest import cid_of
from gateway.domain.validity import valid_until_time
from gateway.domain.verdict import Kind, Reason, Source, Step
from gateway.ledger.values import KeyKind, Standing
from gateway.verification.errors import (
    AwardedAfterAnchor,
    Expired,
    KeyNotInForce,
    KeyNotRegistered,
    MalformedHash,
    ManifestsLacking,
    NotAccredited,
    NotAnchored,
    NotFound,
    NotYetValid,
    OtherRegistry,
    OutOfScope,
    ReceiptDisagrees,
)
from gateway.verification.examination import Examination
from gateway.verification.papers import check_inclusion, read_paper, recompute, signature_finding
from gateway.verification.standing import notes_of, of_institution, worst
from gateway.verification.views import Look, look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from contextlib import AbstractContextManager

    from gateway.domain.verdict import Verdict
    from gateway.ledger.values import Accreditation, Anchor
    from gateway.verification.papers import Paper
    from gateway.verification.ports import Holdings, NameBook, View, Views

CHINA: Final = dt.timezone(dt.timedelta(hours=8))
"""Days and months are those of UTC+8."""
_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}")
_PARTIAL_NOTE: Final = Reason(
    "verify.partial",
    "部分证书不含签名，以链上登记为准",
    "a partial certificate has no signature; its anchor stands for it",
)
_HIDDEN_NOTE: Final = Reason(
    "verify.not_compared", "未出示相应字段，未作比对", "the fields it would be compared with are not shown"
)


def parse_hash(text: str) -> bytes:
    """The 32 bytes of a credential hash as a certificate prints it.

    Raises:
        MalformedHash: not 0x and 64 hexadecimal digits.
    """
    if not _HASH.fullmatch(text.strip()):
        raise MalformedHash(text)
    return bytes.fromhex(text.strip()[2:])


class Verifier:
    """Answers for one network."""

    def __init__(
        self,
        views: Views,
        holdings: Holdings,
        names: NameBook,
        *,
        chain_id: int,
        registries: Container[bytes],
        clock: Callable[[], float],
        moment: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Take what it reads from.

        ``registries`` knows the CredentialRegistry's addresses, now and before; what an answer reads, it reads within
        one ``moment`` (`Database.moment`).
        """
        self._views = views
        self._holdings = holdings
        self._names = names
        self._chain_id = chain_id
        self._registries = registries
        self._clock = clock
        self._moment = moment

    def by_hash(self, leaf: bytes, look: Look = Look.AUTO) -> Verdict:
        """What is registered under a credential hash (32 bytes): the paper itself is not checked."""
        exam = Examination()
        exam.know(leaf=leaf)
        try:
            with self._moment():
                view = look_at(self._views, look)
                exam.see(view)
                # In this order: a manifest taken in between the two can then only be found, never overlooked.
                lacking = self._holdings.lacking()
                pairs = [(batch.institution, batch.root) for batch in self._holdings.find(leaf)]
                found = view.reader.anchors(pairs, view.block) if pairs else []
                anchors = [anchor for anchor in found if anchor is not None]
                if not anchors:
                    return _unknown(exam, leaf, lacking)
                institutions = sorted({anchor.institution for anchor in anchors})
                states = view.reader.leaf_states([(institution, leaf) for institution in institutions], view.block)
        except HurenError as error:
            return exam.cannot(Step.ANCHORED, error)
        exam.passed(Step.INCLUDED)
        exam.passed(Step.ANCHORED)
        standing = worst(
            of_institution([anchor for anchor in anchors if anchor.institution == institution], state)
            for institution, state in zip(institutions, states, strict=True)
        )
        exam.know(batches=notes_of(anchors, self._names), status=standing.note)
        if standing.finding is not None:
            return exam.against(Step.STATUS, standing.kind, standing.finding)
        exam.passed(Step.STATUS)
        return exam.favourable(Kind.REGISTERED)

    def by_file(self, data: bytes, look: Look = Look.AUTO) -> Verdict:
        """The verdict on a certificate file, whole or in part."""
        exam = Examination()
        step = Step.WELL_FORMED
        try:
            paper = read_paper(data)
            exam.passed(step)
            exam.know(facts_compared=paper.facts_compared)
            step = Step.RECOMPUTED
            leaf = recompute(paper)
            exam.passed(step)
            exam.know(leaf=leaf)
            step = Step.INCLUDED
            check_inclusion(paper, leaf)
            exam.passed(step)
        except HurenError as error:
            return exam.against(step, Kind.INVALID, error)
        try:
            with self._moment():
                return self._with_ledger(exam, paper, leaf, look)
        except HurenError as error:
            # The chain is away. What the file alone shows to be wrong, or past, is so all the same.
            unsigned = signature_finding(paper)
            if unsigned is not None:
                return exam.against(Step.SIGNED, Kind.INVALID, unsigned)
            expired = self._expiry(paper)
            if expired is not None:
                return exam.against(Step.DATES, Kind.EXPIRED, expired)
            return exam.cannot(Step.ANCHORED, error)

    def _with_ledger(self, exam: Examination, paper: Paper, leaf: bytes, look: Look) -> Verdict:
        """Steps 4 to 8.

        Raises:
            HurenError: the ledger cannot be read; nothing else is raised.
        """
        view, anchor = self._anchored(paper, look)
        exam.see(view)
        finding: HurenError | None = self._receipt_finding(paper, anchor)
        if finding is not None or anchor is None:
            return exam.against(Step.ANCHORED, Kind.INVALID, finding or NotAnchored(hex0x(paper.anchoring.root)))
        exam.passed(Step.ANCHORED)
        exam.know(batches=notes_of([anchor], self._names))

        finding = _issuer_finding(paper, anchor, view)
        if finding is not None:
            return exam.against(Step.ISSUER, Kind.UNTRUSTED_ISSUER, finding)
        exam.passed(Step.ISSUER, None if paper.category is not None and paper.credits is not None else _HIDDEN_NOTE)

        finding = signature_finding(paper)
        if finding is not None:
            return exam.against(Step.SIGNED, Kind.INVALID, finding)
        if paper.partial:
            exam.not_applicable(Step.SIGNED, _PARTIAL_NOTE)
        else:
            exam.passed(Step.SIGNED)

        others = [(held.institution, held.root) for held in self._holdings.find(leaf)]
        others = [pair for pair in others if pair[0] == anchor.institution and pair[1] != anchor.root]
        batches = (
            [anchor, *(one for one in view.reader.anchors(others, view.block) if one is not None)]
            if others
            else [anchor]
        )
        [state] = view.reader.leaf_states([(anchor.institution, leaf)], view.block)
        standing = of_institution(batches, state)
        exam.know(batches=notes_of(batches, self._names), status=standing.note)
        if standing.finding is not None:
            return exam.against(Step.STATUS, standing.kind, standing.finding)
        exam.passed(Step.STATUS)

        finding = self._date_finding(paper, anchor) or self._expiry(paper)
        if finding is not None:
            return exam.against(Step.DATES, Kind.EXPIRED if isinstance(finding, Expired) else Kind.INVALID, finding)
        exam.passed(Step.DATES, _HIDDEN_NOTE if paper.awarded is None else None)
        return exam.favourable(Kind.VALID)

    def _anchored(self, paper: Paper, look: Look) -> tuple[View, Anchor | None]:
        """The batch of a paper and the view it was seen in; what the index does not know (yet) is asked of the node."""
        pair = [(paper.institution, paper.anchoring.root)]
        view = look_at(self._views, look)
        [anchor] = view.reader.anchors(pair, view.block)
        if anchor is None and view.source is Source.INDEX and look is Look.AUTO:
            view = self._views.live()
            [anchor] = view.reader.anchors(pair, view.block)
        return view, anchor

    def _receipt_finding(self, paper: Paper, anchor: Anchor | None) -> HurenError | None:
        """Step 4: the receipt says of the batch what the chain says."""
        receipt = paper.anchoring
        if receipt.chain_id != self._chain_id or receipt.registry not in self._registries:
            return OtherRegistry(f"{receipt.chain_id} {hex0x(receipt.registry)}")
        if anchor is None:
            return NotAnchored(hex0x(receipt.root))
        for field, said, chain in (
            ("manifest", receipt.manifest, cid_of(anchor.manifest)),
            ("province", receipt.province, anchor.province),
            ("sequence", receipt.sequence, anchor.sequence),
        ):
            if said != chain:
                return ReceiptDisagrees(said, field=field, chain=chain)
        if len(receipt.proof) > max(anchor.leaf_count - 1, 0).bit_length():
            return ReceiptDisagrees(len(receipt.proof), field="proof length", chain=anchor.leaf_count)
        return None

    def _date_finding(self, paper: Paper, anchor: Anchor) -> HurenError | None:
        """Step 8: the award lies neither in the future nor after the anchoring."""
        if paper.awarded is None:
            return None
        if paper.awarded > dt.datetime.fromtimestamp(self._clock(), CHINA).date():
            return NotYetValid(paper.awarded.isoformat())
        anchored = dt.datetime.fromtimestamp(anchor.anchored_at, CHINA).date()
        if paper.awarded > anchored:
            return AwardedAfterAnchor(paper.awarded.isoformat(), anchored=anchored.isoformat())
        return None

    def _expiry(self, paper: Paper) -> Expired | None:
        """Step 8: the end of validity lies behind; ``validUntil`` itself is the latest moment that is good."""
        if paper.valid_until is None or self._clock() <= valid_until_time(paper.valid_until):
            return None
        return Expired(paper.valid_until)


def _unknown(exam: Examination, leaf: bytes, lacking: int) -> Verdict:
    if lacking:
        return exam.cannot(Step.INCLUDED, ManifestsLacking(lacking))
    return exam.against(Step.INCLUDED, Kind.NOT_FOUND, NotFound(hex0x(leaf)))


def _issuer_finding(paper: Paper, anchor: Anchor, view: View) -> HurenError | None:
    """Step 5: accredited for what the paper shows, and the key in force, at the anchor's time."""
    [accreditation] = view.reader.accreditations([(paper.institution, anchor.accreditation)], view.block)
    if accreditation is None or accreditation.standing is not Standing.ACCREDITED:
        return NotAccredited(paper.institution)
    return _scope_finding(paper, accreditation) or _key_finding(paper, anchor, view)


def _scope_finding(paper: Paper, scope: Accreditation) -> HurenError | None:
    """What is hidden cannot lie outside the scope; the rest is held against it."""
    if paper.category is not None and not scope.categories >> paper.category & 1:
        return OutOfScope(f"category {paper.category}")
    if paper.level is not None and paper.level > scope.highest_level:
        return OutOfScope(f"level {paper.level} > {scope.highest_level}")
    if paper.credits is not None and paper.credits > scope.most_credits:
        return OutOfScope(f"credits {paper.credits / 100:g} > {scope.most_credits / 100:g}")
    return None


def _key_finding(paper: Paper, anchor: Anchor, view: View) -> HurenError | None:
    try:
        public_key = public_key_of(paper.issuer)
    except MalformedKey as error:
        return error
    [key] = view.reader.keys([(paper.institution, public_key)], view.block)
    if key is None or key.kind is not KeyKind.SIGNING:
        return KeyNotRegistered(paper.issuer)
    if not key.tenure.in_force_at(anchor.anchored_at):
        return KeyNotInForce(paper.issuer)
    return None
