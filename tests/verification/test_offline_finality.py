"""With no network: what makes a header final, and what does not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from offline_paper import CLIQUE, QBFT, Paper, cannot, told
from proving import GENESIS
from sealing import addresses, clique_block, number, validators

from gateway.domain.evidence import joined
from gateway.domain.validators import Era
from gateway.domain.verdict import Kind, Step


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ("0", "evidence.not_final"),
        ("012", "evidence.not_final"),
        ("0101", "evidence.other_order"),
        ("0110", "evidence.other_order"),
        ("0012", "evidence.other_order"),
    ],
)
def test_half_of_the_clique_signers_cannot_make_a_final_block(paper: Paper, by: str, code: str) -> None:
    assert cannot(paper.verdict(paper.file(by=by)), code)


def test_a_network_that_waits_for_longer_is_waited_for(paper: Paper) -> None:
    paper.trust = msgspec.structs.replace(paper.trust, confirmations=5)
    assert cannot(paper.verdict(), "evidence.not_final")
    assert paper.verdict(paper.file(by="012301")).kind is Kind.VALID
    paper.trust = msgspec.structs.replace(paper.trust, confirmations=0)
    assert paper.verdict(paper.file(by="0123")).kind is Kind.VALID
    assert cannot(paper.verdict(paper.file(by="012")), "evidence.not_final")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 10])
def test_of_any_number_of_signers_more_than_half_have_to_follow(case: Any, count: int) -> None:  # noqa: ANN401
    paper, members = Paper(case), validators(count)
    era = Era(1, GENESIS[CLIQUE].hash, tuple(addresses(members)))
    paper.trust = msgspec.structs.replace(paper.trust, eras=(era,), confirmations=0)
    evidence = paper.evidence()
    told_ = {"number": number(90), "state": evidence.headers[0].state_root, "time": number(paper.time)}
    made = [clique_block(GENESIS[CLIQUE], members[0], among=members, **told_)]
    needed = count // 2 + 1
    for at in range(1, needed + 1):
        data = joined(case.data, msgspec.structs.replace(evidence, headers=tuple(made)))
        assert cannot(paper.verdict(data), "evidence.not_final")
        made.append(clique_block(made[-1], members[at % count], among=members))
    data = joined(case.data, msgspec.structs.replace(evidence, headers=tuple(made)))
    assert paper.verdict(data).kind is Kind.VALID


def test_a_third_of_the_qbft_validators_makes_no_block(case: Any) -> None:  # noqa: ANN401
    paper = Paper(case, QBFT)
    for by in ("0", "01"):
        assert told(paper.verdict(paper.file(by=by))) == (Kind.INVALID, Step.ANCHORED, "seal.not_lawful")
    assert told(paper.verdict(paper.file(by="011"))) == (Kind.INVALID, Step.ANCHORED, "seal.not_lawful")
    evidence = paper.evidence()
    twice = msgspec.structs.replace(evidence, headers=(*evidence.headers, *evidence.headers))
    assert told(paper.verdict(joined(case.data, twice))) == (Kind.INVALID, Step.ANCHORED, "seal.not_lawful")


def test_headers_of_another_consensus_are_refused(case: Any) -> None:  # noqa: ANN401
    clique, qbft = Paper(case), Paper(case, QBFT)
    for one, other in ((clique, qbft), (qbft, clique)):
        data = joined(case.data, msgspec.structs.replace(one.evidence(), headers=other.evidence().headers[:1]))
        assert told(one.verdict(data)) == (Kind.INVALID, Step.ANCHORED, "seal.not_lawful")
