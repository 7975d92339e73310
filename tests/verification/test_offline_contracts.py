"""With no network: contracts that were succeeded, scheduled, or are not what they are listed as."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from offline_paper import CLIQUE, DAY, Paper, told
from proving import DIRECTORY, INSTITUTIONS, code_of

from gateway.domain.verdict import Kind, Step
from gateway.ledger.values import LeafState, Reason, Status

LATER = b"\x5e" * 20


def test_records_of_a_succeeded_registry_are_found_there_and_later_ones_count(case: Any) -> None:  # noqa: ANN401
    paper = Paper(case)
    before = paper.trust
    paper.ground.list("CredentialRegistry", LATER, paper.time - DAY)
    assert paper.verdict().kind is Kind.VALID, "a trust file from before the succession still binds"
    paper.trust = paper.ground.trust(CLIQUE, before.expires)
    assert paper.verdict().kind is Kind.VALID
    state = LeafState(Status.REVOKED, Reason.ERROR, 320_000, paper.time - 60)
    paper.ground.leaf(LATER, paper.pair[0], case.leaf, state)
    assert told(paper.verdict()) == (Kind.REVOKED, Step.STATUS, "verify.revoked")
    anchor = replace(case.live.anchored[paper.pair], status=Status.SUSPENDED, since=paper.time - 60)
    paper.ground.leaf(LATER, paper.pair[0], case.leaf, replace(state, status=Status.VALID))
    paper.ground.anchor(LATER, anchor)
    assert told(paper.verdict()) == (Kind.SUSPENDED, Step.STATUS, "verify.batch_suspended")


def test_the_walk_goes_on_from_a_succeeded_directory_and_what_that_scheduled_later_is_void(case: Any) -> None:  # noqa: ANN401
    paper = Paper(case)
    succeeded = paper.time - 10 * DAY
    paper.ground.list("Directory", LATER, succeeded)
    paper.ground.list("Directory", LATER, succeeded, at=LATER)
    paper.ground.list("CredentialRegistry", b"\x66" * 20, succeeded + 1)
    assert paper.verdict().kind is Kind.VALID
    paper.ground.list("CredentialRegistry", b"\x77" * 20, succeeded + 2, at=LATER)
    paper.ground.leaf(
        b"\x77" * 20, paper.pair[0], case.leaf, LeafState(Status.REVOKED, Reason.ERROR, 320_000, paper.time - 60)
    )
    assert paper.verdict().kind is Kind.REVOKED


def test_a_contract_that_is_only_scheduled_does_not_count_yet(paper: Paper) -> None:
    paper.ground.list("CredentialRegistry", LATER, paper.time + 1)
    paper.ground.leaf(LATER, paper.pair[0], paper.case.leaf, LeafState(Status.REVOKED, Reason.ERROR, 1, 1))
    assert paper.verdict().kind is Kind.VALID


def test_other_code_than_listed_and_another_list_than_the_trust_file_knows_are_refused(paper: Paper) -> None:
    paper.ground.codes[INSTITUTIONS] = code_of(b"another")
    assert told(paper.verdict()) == (Kind.INVALID, Step.ANCHORED, "evidence.code")
    paper.ground.codes[INSTITUTIONS] = code_of(INSTITUTIONS)
    contracts = tuple(
        msgspec.structs.replace(one, code_hash=bytes(32)) if one.address == DIRECTORY else one
        for one in paper.trust.contracts
    )
    paper.trust = msgspec.structs.replace(paper.trust, contracts=contracts)
    assert told(paper.verdict()) == (Kind.INVALID, Step.ANCHORED, "evidence.listing")
