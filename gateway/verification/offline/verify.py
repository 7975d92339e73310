"""The eight steps with evidence in place of a node."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.domain.did_key import MalformedKey, public_key_of
from gateway.domain.errors import HurenError
from gateway.domain.evidence import split
from gateway.domain.trie import Nodes
from gateway.domain.verdict import Kind, Source, Step, Verdict
from gateway.ledger.values import BlockRef
from gateway.verification.examination import Examination
from gateway.verification.offline.errors import IdleNodes, ListingDiffers, NoEvidence, NotBinding
from gateway.verification.offline.finality import check_trust, final_header
from gateway.verification.offline.ledger import StateLedger
from gateway.verification.offline.state import ProvenState
from gateway.verification.offline.trust import CREDENTIALS, USED
from gateway.verification.ports import View
from gateway.verification.steps import Ledger, away, by_itself, by_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.domain.header import Header
    from gateway.ledger.values import Anchor
    from gateway.verification.offline.trust import Listed, Trust
    from gateway.verification.papers import Paper

MOST_DAYS: Final = 30
"""How old evidence may be where nobody says otherwise."""


class Subject(NamedTuple):
    """What of the ledger a paper needs."""

    institution: str
    root: bytes
    leaf: bytes
    issuer: str
    """did:key that signs."""


class _Nameless:
    def name_of(self, _institution: str) -> str:
        return ""


def verify(data: bytes, trust: Trust, *, now: float, most_days: int = MOST_DAYS) -> Verdict:
    """Return the verdict on a certificate file, whole or in part, that carries evidence.

    Args:
        data: the file's bytes.
        trust: whom to believe; its fingerprint was compared.
        now: seconds since 1970.
        most_days: older evidence is "cannot check".
    """
    exam = Examination()
    try:
        own, evidence = split(data)
    except HurenError as error:
        return exam.against(Step.WELL_FORMED, Kind.INVALID, error)
    read = by_itself(exam, own)
    if isinstance(read, Verdict):
        return read
    paper, leaf = read
    try:
        check_trust(trust, now)
        if evidence is None:
            raise NoEvidence
        header = final_header(evidence.headers, trust, now, most_days)
    except NotBinding as error:
        return away(exam, paper, now, error)
    except HurenError as error:
        return exam.against(Step.ANCHORED, Kind.INVALID, error)
    return _by_evidence(exam, paper, leaf, header, Nodes(evidence.nodes), trust, now)


def _by_evidence(
    exam: Examination, paper: Paper, leaf: bytes, header: Header, nodes: Nodes, trust: Trust, now: float
) -> Verdict:
    """Steps 4 to 8."""
    reader = StateLedger(ProvenState(header.state_root, nodes), trust.directory, header.time)
    block = BlockRef(header.number, header.hash, header.time)
    exam.see(View(reader, block, Source.EVIDENCE))
    try:
        check_listing(reader, trust.contracts, header.time)
        anchor = _all_read(reader, Subject(paper.institution, paper.anchoring.root, leaf, paper.issuer), block, nodes)
        registries = [entry.address for entry in reader.listed(CREDENTIALS)]
        ledger = Ledger(View(reader, block, Source.EVIDENCE), trust.chain_id, registries, _Nameless(), lambda _: ())
        return by_ledger(exam, paper, leaf, ledger, anchor, now)
    except NotBinding as error:
        return exam.cannot(exam.reached, error)
    except HurenError as error:
        return exam.against(exam.reached, Kind.INVALID, error)


def check_listing(reader: StateLedger, known: Iterable[Listed], time: int) -> None:
    """Hold what the Directory lists against what is known of it; code lies where it is listed.

    Raises:
        ListingDiffers, CodeDiffers, ProofInvalid: see there.
    """
    for name in USED:
        expected = tuple(one for one in known if one.name == name and one.since <= time)
        if reader.listed(name)[: len(expected)] != expected:
            raise ListingDiffers(name)
        reader.in_force(name)


def _all_read(reader: StateLedger, subject: Subject, block: BlockRef, nodes: Nodes) -> Anchor | None:
    """Read everything at once, to see whether the evidence holds just that; what a step lacks, the step will say.

    Raises:
        IdleNodes: it holds more.
        ProofInvalid, CodeDiffers: the anchor is not proven.
    """
    [anchor] = reader.anchors([(subject.institution, subject.root)], block)
    try:
        touch(reader, subject, block)
    except HurenError:
        return anchor
    if nodes.idle:
        raise IdleNodes(nodes.idle)
    return anchor


def touch(reader: StateLedger, subject: Subject, block: BlockRef) -> Anchor | None:
    """Read what verification of a paper reads after the Directory: whoever collects evidence does the same.

    Returns:
        The anchor; None where there is none.

    Raises:
        ProofInvalid, CodeDiffers: something is not proven.
    """
    [anchor] = reader.anchors([(subject.institution, subject.root)], block)
    if anchor is not None:
        reader.accreditations([(subject.institution, anchor.accreditation)], block)
    with suppress(MalformedKey):  # step 5 says so
        reader.keys([(subject.institution, public_key_of(subject.issuer))], block)
    reader.leaf_states([(subject.institution, subject.leaf)], block)
    return anchor
