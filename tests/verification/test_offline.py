"""Verification with no network: the same verdicts as with one, from words proven under a header that was sealed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from proving import DIRECTORY, FOUR, GENESIS, INSTITUTIONS, Ground, code_of, headers, packed, slot
from sealing import Validator, addresses, clique_block, number, qbft_block, validators

from gateway.domain.evidence import joined, split
from gateway.domain.partial import present
from gateway.domain.seals import Consensus
from gateway.domain.validators import Era
from gateway.domain.verdict import Kind, Source, Step, StepState
from gateway.ledger.values import KeyKind, LeafState, Reason, Standing, Status
from gateway.verification.offline import Trust, verify

if TYPE_CHECKING:
    from gateway.domain.evidence import Evidence
    from gateway.domain.verdict import Verdict

CLIQUE, QBFT = Consensus.CLIQUE, Consensus.QBFT
REGISTRY = bytes(range(20))
DAY = 86_400
LATER = b"\x5e" * 20


class Paper:
    """A certificate, the state that proves it, a trust file and a clock."""

    def __init__(self, case: Any, consensus: Consensus = CLIQUE) -> None:  # noqa: ANN401 - of conftest
        self.case, self.consensus, self.now = case, consensus, case.now
        self.time = case.now - 5
        self.ground = Ground.of(case.live, REGISTRY)
        self.trust = self.ground.trust(consensus, case.now + 60 * DAY)

    def file(self, **changes: Any) -> bytes:  # noqa: ANN401 - a header's fields
        return self.ground.file(self.case.data, self.consensus, self.time, **changes)

    def evidence(self) -> Evidence:
        found = split(self.file())[1]
        assert found is not None
        return found

    def verdict(self, data: bytes | None = None, **more: Any) -> Verdict:  # noqa: ANN401
        return verify(self.file() if data is None else data, self.trust, now=self.now, **more)

    @property
    def pair(self) -> tuple[str, bytes]:
        [pair] = self.case.live.anchored
        return pair  # type: ignore[no-any-return]


@pytest.fixture
def paper(case: Any) -> Paper:  # noqa: ANN401
    return Paper(case)


@pytest.fixture(params=[CLIQUE, QBFT])
def either(request: pytest.FixtureRequest, case: Any) -> Paper:  # noqa: ANN401
    return Paper(case, request.param)


def told(verdict: Verdict) -> tuple[Kind, Step | None, str | None]:
    return verdict.kind, verdict.failed_at, None if verdict.reason is None else verdict.reason.code


def cannot(verdict: Verdict, code: str) -> bool:
    """Nothing follows, and the fourth step says why."""
    step = verdict.steps[Step.ANCHORED - 1]
    noted = step.state is StepState.NOT_DONE and step.note is not None and step.note.code == code
    return noted and told(verdict) == (Kind.CANNOT_CHECK, None, code)


# --- what holds


def test_a_certificate_with_evidence_is_valid_at_the_blocks_time(either: Paper) -> None:
    verdict = either.verdict()
    assert (verdict.kind, verdict.source, verdict.reason) == (Kind.VALID, Source.EVIDENCE, None)
    assert (verdict.block, verdict.block_time) == (90, either.time)
    assert all(step.state is StepState.PASSED for step in verdict.steps)
    assert [(batch.root, batch.anchored_at) for batch in verdict.batches] == [
        (either.pair[1], either.case.live.anchored[either.pair].anchored_at)
    ]
    assert verdict.to_json()["source"] == "evidence"


def test_a_part_carries_the_evidence_of_the_whole(either: Paper) -> None:
    part = present(either.case.certificate, ["name", "creditsEarned"]).to_json()
    verdict = either.verdict(joined(part, either.evidence()))
    assert (verdict.kind, verdict.steps[5].state) == (Kind.VALID, StepState.NOT_APPLICABLE)
    assert verdict.facts_compared == ("credits",)


def test_with_a_network_the_same_file_is_verified_and_its_evidence_left(paper: Paper) -> None:
    verdict = paper.case.verifier.by_file(paper.file())
    assert (verdict.kind, verdict.source) == (Kind.VALID, Source.INDEX)


def test_more_seals_and_more_descendants_than_needed_do_no_harm(case: Any) -> None:  # noqa: ANN401
    clique, qbft = Paper(case), Paper(case, QBFT)
    assert clique.verdict(clique.file(by="012301230")).kind is Kind.VALID
    assert qbft.verdict(qbft.file(by="120")).kind is Kind.VALID


@pytest.mark.parametrize(
    ("status", "reason", "kind", "code"),
    [
        (Status.REVOKED, Reason.FRAUD, Kind.REVOKED, "verify.revoked"),
        (Status.SUSPENDED, Reason.ERROR, Kind.SUSPENDED, "verify.suspended"),
    ],
)
def test_a_status_of_the_leaf_is_told_with_whose_when_and_successor(
    case: Any,  # noqa: ANN401
    status: Status,
    reason: Reason,
    kind: Kind,
    code: str,
) -> None:
    case.set_leaf(LeafState(status, reason, 320_000, case.now - 1_000, b"\x07" * 32))
    verdict = Paper(case).verdict()
    assert told(verdict) == (kind, Step.STATUS, code)
    assert verdict.status is not None
    assert (verdict.status.since, verdict.status.set_by, verdict.status.successor) == (
        case.now - 1_000, 320_000, b"\x07" * 32,
    )  # fmt: skip


def test_a_revoked_batch_an_unaccredited_issuer_and_a_key_out_of_force_are_told_at_their_steps(
    case_of: Any,  # noqa: ANN401
) -> None:
    case = case_of()
    case.change_anchor(status=Status.REVOKED, reason=Reason.WITHDRAWN, set_by=320_000, since=case.now - 9)
    assert told(Paper(case).verdict()) == (Kind.REVOKED, Step.STATUS, "verify.batch_revoked")

    case = case_of()
    [(pair, version)] = case.live.versions.items()
    for changed, code in (
        (replace(version, standing=Standing.SUSPENDED), "verify.not_accredited"),
        (replace(version, categories=0b10), "verify.out_of_scope"),
        (replace(version, highest_level=3), "verify.out_of_scope"),
        (replace(version, most_credits=799), "verify.out_of_scope"),
    ):
        case.live.versions[pair] = changed
        assert told(Paper(case).verdict()) == (Kind.UNTRUSTED_ISSUER, Step.ISSUER, code)
    del case.live.versions[pair]
    assert told(Paper(case).verdict()) == (Kind.UNTRUSTED_ISSUER, Step.ISSUER, "verify.not_accredited")

    case = case_of()
    [(pair, key)] = case.live.issuing.items()
    at = case.live.anchored[Paper(case).pair].anchored_at
    for changed_key, code in (
        (replace(key, tenure=replace(key.tenure, compromised_since=at)), "verify.key_not_in_force"),
        (replace(key, tenure=replace(key.tenure, retired_at=at)), "verify.key_not_in_force"),
        (replace(key, tenure=replace(key.tenure, valid_from=at + 1)), "verify.key_not_in_force"),
        (replace(key, kind=KeyKind.AGREEMENT), "verify.key_unknown"),
    ):
        case.live.issuing[pair] = changed_key
        assert told(Paper(case).verdict()) == (Kind.UNTRUSTED_ISSUER, Step.ISSUER, code)
    case.live.issuing[pair] = replace(key, tenure=replace(key.tenure, retired_at=at + 1, compromised_since=at + 1))
    assert Paper(case).verdict().kind is Kind.VALID


def test_a_batch_that_is_proven_not_to_be_there_and_a_receipt_of_another_registry_are_invalid(case: Any) -> None:  # noqa: ANN401
    paper = Paper(case)
    other = case.with_receipt(registry=b"\x01" * 20)
    assert told(paper.verdict(joined(other, paper.evidence()))) == (
        Kind.INVALID, Step.ANCHORED, "verify.other_registry",
    )  # fmt: skip
    later = case.with_receipt(sequence=6)
    assert told(paper.verdict(joined(later, paper.evidence()))) == (
        Kind.INVALID, Step.ANCHORED, "verify.receipt_disagrees",
    )  # fmt: skip
    case.live.anchored.clear()
    assert told(Paper(case).verdict()) == (Kind.INVALID, Step.ANCHORED, "verify.not_anchored")


# --- contracts that were succeeded


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


# --- what does not bind: cannot check


def test_what_is_old_not_yet_over_or_of_nobody_is_cannot_check(either: Paper) -> None:
    data = either.file()
    either.now += 31 * DAY
    assert cannot(either.verdict(data), "evidence.stale")
    assert either.verdict(data, most_days=32).kind is Kind.VALID
    either.now += 30 * DAY
    assert cannot(either.verdict(data, most_days=100), "trust.expired")
    either.now = either.time - 3_600
    assert cannot(either.verdict(data), "evidence.clock")
    assert cannot(either.verdict(either.case.data), "evidence.none")
    either.trust = msgspec.structs.replace(either.trust, consensus=Consensus.NONE, eras=())
    assert cannot(either.verdict(data), "trust.no_seals")


def test_only_the_newest_validators_count(either: Paper) -> None:
    first = either.trust.eras[0]
    fewer = tuple(one.address for one in FOUR[:3])
    either.trust = msgspec.structs.replace(either.trust, eras=(first, Era(91, b"\x01" * 32, first.validators)))
    assert cannot(either.verdict(), "evidence.older_era")
    either.trust = msgspec.structs.replace(either.trust, eras=(first, Era(90, b"\x01" * 32, first.validators)))
    assert told(either.verdict()) == (Kind.INVALID, Step.ANCHORED, "seal.not_lawful")
    here = GENESIS[either.consensus].hash
    either.trust = msgspec.structs.replace(either.trust, eras=(first, Era(90, here, first.validators)))
    assert either.verdict().kind is Kind.VALID
    either.trust = msgspec.structs.replace(either.trust, eras=(first, Era(60, b"\x01" * 32, fewer)))
    assert cannot(either.verdict(), "evidence.other_validators")


def test_a_stranger_who_seals_a_chain_of_his_own_convinces_nobody(paper: Paper, case: Any) -> None:  # noqa: ANN401
    root = paper.ground.state()[0]
    evidence = paper.evidence()
    crowd = [Validator.of(("stranger", at)) for at in range(4)]
    forged = [clique_block(GENESIS[CLIQUE], crowd[0], number=number(90), state=root, time=number(paper.time))]
    for one in crowd[1:]:
        forged.append(clique_block(forged[-1], one))
    data = joined(case.data, msgspec.structs.replace(evidence, headers=tuple(forged)))
    assert cannot(paper.verdict(data), "evidence.other_validators")

    other = Paper(case, QBFT)
    block = qbft_block(GENESIS[QBFT], crowd, number=number(90), state=root, time=number(paper.time))
    data = joined(case.data, msgspec.structs.replace(evidence, headers=(block,)))
    assert cannot(other.verdict(data), "evidence.other_validators")


def test_a_status_that_only_a_newer_contract_has_is_cannot_check(paper: Paper) -> None:
    slot_ = slot(4, paper.pair[0].encode().ljust(32, b"\0"), paper.case.leaf)
    paper.ground.put(REGISTRY, slot_, packed((8, 3), (8, 0), (32, 320_000), (64, 7)))
    verdict = paper.verdict()
    assert told(verdict) == (Kind.CANNOT_CHECK, None, "evidence.value")
    assert verdict.steps[Step.STATUS - 1].state is StepState.NOT_DONE


# --- what proves nothing: invalid, at the step


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ("0", "evidence.not_final"),
        ("012", "evidence.not_final"),
        ("0101", "seal.not_lawful"),
        ("0110", "seal.not_lawful"),
        ("0012", "seal.not_lawful"),
    ],
)
def test_half_of_the_clique_signers_cannot_make_a_final_block(paper: Paper, by: str, code: str) -> None:
    assert told(paper.verdict(paper.file(by=by))) == (Kind.INVALID, Step.ANCHORED, code)


def test_a_network_that_waits_for_longer_is_waited_for(paper: Paper) -> None:
    paper.trust = msgspec.structs.replace(paper.trust, confirmations=5)
    assert told(paper.verdict()) == (Kind.INVALID, Step.ANCHORED, "evidence.not_final")
    assert paper.verdict(paper.file(by="012301")).kind is Kind.VALID
    paper.trust = msgspec.structs.replace(paper.trust, confirmations=0)
    assert paper.verdict(paper.file(by="0123")).kind is Kind.VALID
    assert told(paper.verdict(paper.file(by="012")))[2] == "evidence.not_final"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 10])
def test_of_any_number_of_signers_more_than_half_have_to_follow(case: Any, count: int) -> None:  # noqa: ANN401
    paper, members = Paper(case), validators(count)
    era = Era(1, GENESIS[CLIQUE].hash, tuple(addresses(members)))
    paper.trust = msgspec.structs.replace(paper.trust, eras=(era,), confirmations=0)
    evidence = paper.evidence()
    told_ = {"number": number(90), "state": evidence.headers[0].state_root, "time": number(paper.time)}
    made = [clique_block(GENESIS[CLIQUE], members[0], **told_)]
    needed = count // 2 + 1
    for at in range(1, needed + 1):
        data = joined(case.data, msgspec.structs.replace(evidence, headers=tuple(made)))
        assert told(paper.verdict(data))[2] == "evidence.not_final"
        made.append(clique_block(made[-1], members[at % count]))
    data = joined(case.data, msgspec.structs.replace(evidence, headers=tuple(made)))
    assert paper.verdict(data).kind is Kind.VALID


def test_a_third_of_the_qbft_validators_makes_no_block(case: Any) -> None:  # noqa: ANN401
    paper = Paper(case, QBFT)
    for by in ("0", "01"):
        assert told(paper.verdict(paper.file(by=by))) == (Kind.INVALID, Step.ANCHORED, "seal.not_lawful")
    assert told(paper.verdict(paper.file(by="011"))) == (Kind.INVALID, Step.ANCHORED, "seal.not_lawful")
    evidence = paper.evidence()
    twice = msgspec.structs.replace(evidence, headers=(*evidence.headers, *evidence.headers))
    assert told(paper.verdict(joined(case.data, twice))) == (Kind.INVALID, Step.ANCHORED, "evidence.not_final")


def test_headers_of_another_consensus_are_refused(case: Any) -> None:  # noqa: ANN401
    clique, qbft = Paper(case), Paper(case, QBFT)
    for one, other in ((clique, qbft), (qbft, clique)):
        data = joined(case.data, msgspec.structs.replace(one.evidence(), headers=other.evidence().headers[:1]))
        assert told(one.verdict(data)) == (Kind.INVALID, Step.ANCHORED, "seal.not_lawful")


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
