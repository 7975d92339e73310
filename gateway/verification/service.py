"""The verifier: a hash or a file in, a verdict out.

    verdict = verifier.by_file(data)          # a certificate, whole or in part
    verdict = verifier.by_hash(leaf)          # says who registered it; never "valid"
    verdict.kind, verdict.failed_at, verdict.reason

Steps 1 well-formed · 2 recomputed · 3 included · 4 anchored and final · 5 issuer · 6 signatures · 7 status · 8 dates.
What cannot be looked up is "cannot check", never "invalid"; what the file alone shows to be wrong is invalid even while
the chain is away.
"""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.domain.verdict import Kind, Source, Step, Verdict
from gateway.verification.errors import MalformedHash, ManifestsLacking, NotFound
from gateway.verification.examination import Examination
from gateway.verification.standing import notes_of, of_institution, worst
from gateway.verification.steps import CHINA, Ledger, away, by_itself, by_ledger
from gateway.verification.views import Look, look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from contextlib import AbstractContextManager

    from gateway.ledger.values import Anchor
    from gateway.verification.papers import Paper
    from gateway.verification.ports import Holdings, NameBook, View, Views

__all__ = ["CHINA", "Verifier", "parse_hash"]

_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}")


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
        read = by_itself(exam, data)
        if isinstance(read, Verdict):
            return read
        paper, leaf = read
        try:
            with self._moment():
                return self._with_ledger(exam, paper, leaf, look)
        except HurenError as error:
            return away(exam, paper, self._clock(), error)

    def _with_ledger(self, exam: Examination, paper: Paper, leaf: bytes, look: Look) -> Verdict:
        """Steps 4 to 8.

        Raises:
            HurenError: the ledger cannot be read; nothing else is raised.
        """
        view, anchor = self._anchored(paper, look)
        return by_ledger(
            exam,
            paper,
            leaf,
            Ledger(view, self._chain_id, self._registries, self._names, self._elsewhere),
            anchor,
            self._clock(),
        )

    def _elsewhere(self, leaf: bytes) -> list[tuple[str, bytes]]:
        return [(held.institution, held.root) for held in self._holdings.find(leaf)]

    def _anchored(self, paper: Paper, look: Look) -> tuple[View, Anchor | None]:
        """The batch of a paper and the view it was seen in; what the index does not know (yet) is asked of the node."""
        pair = [(paper.institution, paper.anchoring.root)]
        view = look_at(self._views, look)
        [anchor] = view.reader.anchors(pair, view.block)
        if anchor is None and view.source is Source.INDEX and look is Look.AUTO:
            view = self._views.live()
            [anchor] = view.reader.anchors(pair, view.block)
        return view, anchor


def _unknown(exam: Examination, leaf: bytes, lacking: int) -> Verdict:
    if lacking:
        return exam.cannot(Step.INCLUDED, ManifestsLacking(lacking))
    return exam.against(Step.INCLUDED, Kind.NOT_FOUND, NotFound(hex0x(leaf)))
