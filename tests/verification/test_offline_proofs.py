"""With no network: just the proofs that this certificate needs, each of them, and no more."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from offline_paper import CLIQUE, Paper, told
from proving import headers

from gateway.domain.evidence import joined
from gateway.domain.verdict import Kind, Step
from gateway.verification.offline import Trust


def test_the_evidence_of_another_certificate_proves_nothing(case_of: Any) -> None:  # noqa: ANN401
    one, other = Paper(case_of()), Paper(case_of(name="王芳"))
    data = joined(one.case.data, other.evidence())
    assert told(one.verdict(data)) == (Kind.INVALID, Step.ANCHORED, "trie.proof_invalid")


def test_every_node_is_needed_and_none_more_is_taken(paper: Paper) -> None:
    evidence, steps = paper.evidence(), set()
    for at in range(len(evidence.nodes)):
        nodes = evidence.nodes[:at] + evidence.nodes[at + 1 :]
        verdict = paper.verdict(joined(paper.case.data, msgspec.structs.replace(evidence, nodes=nodes)))
        assert (verdict.kind, verdict.reason and verdict.reason.code) == (Kind.INVALID, "trie.proof_invalid")
        steps.add(verdict.failed_at)
    assert steps == {Step.ANCHORED, Step.ISSUER, Step.STATUS}
    more = tuple(sorted((*evidence.nodes, b"\xc1\x80")))
    data = joined(paper.case.data, msgspec.structs.replace(evidence, nodes=more))
    assert told(paper.verdict(data)) == (Kind.INVALID, Step.ANCHORED, "evidence.idle")


def test_what_the_file_alone_shows_is_said_though_nothing_else_can_be(case_of: Any) -> None:  # noqa: ANN401
    case = case_of(until=dt.date(2025, 12, 31))
    paper = Paper(case)
    assert told(paper.verdict(case.data)) == (Kind.EXPIRED, Step.DATES, "verify.expired")
    assert told(paper.verdict()) == (Kind.EXPIRED, Step.DATES, "verify.expired")
    assert told(paper.verdict(b"{}")) == (Kind.INVALID, Step.WELL_FORMED, "document.shape")


def test_headers_are_remade_alike(paper: Paper) -> None:
    """The control of this file's own making: the same words give the same block."""
    root = paper.ground.state()[0]
    assert [one.hash for one in headers(CLIQUE, root, paper.time)] == [one.hash for one in paper.evidence().headers]
    assert isinstance(Trust.parse(paper.trust.to_json()), Trust)
