"""The numbered steps, one by one: shared by verification at a node or an index and by that with no network.

Each takes what it needs as an argument: the paper, what the ledger says, the time. See docs/verification.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.did_key import MalformedKey, public_key_of
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.domain.manifest import cid_of
from gateway.domain.validity import valid_until_time
from gateway.domain.verdict import Kind, Reason, Step
from gateway.ledger.values import KeyKind, Standing
from gateway.verification.errors import (
    AwardedAfterAnchor,
    Expired,
    KeyNotInForce,
    KeyNotRegistered,
    NotAccredited,
    NotAnchored,
    NotYetValid,
    OtherRegistry,
    OutOfScope,
    ReceiptDisagrees,
)
from gateway.verification.papers import check_inclusion, read_paper, recompute, signature_finding
from gateway.verification.standing import notes_of, of_institution

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from gateway.domain.verdict import Verdict
    from gateway.ledger.values import Accreditation, Anchor
    from gateway.verification.examination import Examination
    from gateway.verification.papers import Paper
    from gateway.verification.ports import NameBook, View

CHINA: Final = dt.timezone(dt.timedelta(hours=8))
"""Days and months are those of UTC+8."""
_PARTIAL_NOTE: Final = Reason(
    "verify.partial",
    "部分证书不含签名，以链上登记为准",
    "a partial certificate has no signature; its anchor stands for it",
)
_HIDDEN_NOTE: Final = Reason(
    "verify.not_compared", "未出示相应字段，未作比对", "the fields it would be compared with are not shown"
)


def by_itself(exam: Examination, data: bytes) -> tuple[Paper, bytes] | Verdict:
    """Steps 1 to 3, of the file alone: the paper and its leaf, or the verdict where one fails."""
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
    return paper, leaf


def away(exam: Examination, paper: Paper, now: float, error: HurenError) -> Verdict:
    """The verdict where the ledger cannot be asked: what the file alone shows to be wrong, or past, is so still."""
    unsigned = signature_finding(paper)
    if unsigned is not None:
        return exam.against(Step.SIGNED, Kind.INVALID, unsigned)
    expired = expiry(paper, now)
    if expired is not None:
        return exam.against(Step.DATES, Kind.EXPIRED, expired)
    return exam.cannot(Step.ANCHORED, error)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What steps 4 to 8 ask.

    Attributes:
        view: the state as of one block.
        chain_id: of this network; registries: the CredentialRegistry's addresses, now and before.
        names: of institutions.
        elsewhere: (institution, root) of the batches that are known to hold a leaf.
    """

    view: View
    chain_id: int
    registries: Container[bytes]
    names: NameBook
    elsewhere: Callable[[bytes], Sequence[tuple[str, bytes]]]


def by_ledger(
    exam: Examination, paper: Paper, leaf: bytes, ledger: Ledger, anchor: Anchor | None, now: float
) -> Verdict:
    """Steps 4 to 8: the verdict on a paper whose batch the ledger has as `anchor`.

    Raises:
        HurenError: the ledger cannot be read; nothing else is raised.
    """
    view = ledger.view
    exam.see(view)
    finding = receipt_finding(paper, anchor, ledger.chain_id, ledger.registries)
    if finding is not None or anchor is None:
        return exam.against(Step.ANCHORED, Kind.INVALID, finding or NotAnchored(hex0x(paper.anchoring.root)))
    exam.passed(Step.ANCHORED)
    exam.know(batches=notes_of([anchor], ledger.names))

    finding = issuer_finding(paper, anchor, view)
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

    others = [pair for pair in ledger.elsewhere(leaf) if pair[0] == anchor.institution and pair[1] != anchor.root]
    more = view.reader.anchors(others, view.block) if others else []
    batches = [anchor, *(one for one in more if one is not None)]
    [state] = view.reader.leaf_states([(anchor.institution, leaf)], view.block)
    standing = of_institution(batches, state)
    exam.know(batches=notes_of(batches, ledger.names), status=standing.note)
    if standing.finding is not None:
        return exam.against(Step.STATUS, standing.kind, standing.finding)
    exam.passed(Step.STATUS)

    finding = _date_finding(paper, anchor, now) or expiry(paper, now)
    if finding is not None:
        return exam.against(Step.DATES, Kind.EXPIRED if isinstance(finding, Expired) else Kind.INVALID, finding)
    exam.passed(Step.DATES, _HIDDEN_NOTE if paper.awarded is None else None)
    return exam.favourable(Kind.VALID)


def receipt_finding(
    paper: Paper, anchor: Anchor | None, chain_id: int, registries: Container[bytes]
) -> HurenError | None:
    """Step 4: the receipt says of the batch what the chain says."""
    receipt = paper.anchoring
    if receipt.chain_id != chain_id or receipt.registry not in registries:
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


def issuer_finding(paper: Paper, anchor: Anchor, view: View) -> HurenError | None:
    """Step 5: accredited for what the paper shows, and the key in force, at the anchor's time."""
    [accreditation] = view.reader.accreditations([(paper.institution, anchor.accreditation)], view.block)
    if accreditation is None or accreditation.standing is not Standing.ACCREDITED:
        return NotAccredited(paper.institution)
    return _scope_finding(paper, accreditation) or _key_finding(paper, anchor, view)


def expiry(paper: Paper, now: float) -> Expired | None:
    """Step 8: the end of validity lies behind; ``validUntil`` itself is the latest moment that is good."""
    if paper.valid_until is None or now <= valid_until_time(paper.valid_until):
        return None
    return Expired(paper.valid_until)


def _date_finding(paper: Paper, anchor: Anchor, now: float) -> HurenError | None:
    """Step 8: the award lies neither in the future nor after the anchoring."""
    if paper.awarded is None:
        return None
    if paper.awarded > dt.datetime.fromtimestamp(now, CHINA).date():
        return NotYetValid(paper.awarded.isoformat())
    anchored = dt.datetime.fromtimestamp(anchor.anchored_at, CHINA).date()
    if paper.awarded > anchored:
        return AwardedAfterAnchor(paper.awarded.isoformat(), anchored=anchored.isoformat())
    return None


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
