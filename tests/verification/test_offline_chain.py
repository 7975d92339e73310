"""Evidence from the real law: words proven in the storage of real contracts say what the contracts answer.

The chain of this test is anvil's, which nobody seals; the header that its state lies under is sealed again by
validators of ours. (tests/consortium does the same with four nodes that seal by themselves.)
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from proving import FOUR, GENESIS
from real_issuing import JIANGSU, LEDGER, SCHOOL, SIGNING, Issued, anchored, issue
from sealing import clique_block, number

from gateway.domain.evidence import joined
from gateway.domain.proof import Signer
from gateway.domain.seals import Consensus
from gateway.domain.validators import Era
from gateway.domain.verdict import Kind, Step
from gateway.ledger.calls import ChainCalls
from gateway.ledger.errors import WrongChain
from gateway.ledger.reader import ChainReader, institution_word
from gateway.ledger.values import Reason, Status
from gateway.verification.collecting import NotYetFinal, Snapshot, subject_of, with_evidence
from gateway.verification.offline import verify
from gateway.verification.offline.errors import NothingSealed
from gateway.verification.trusting import trust_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.domain.evidence import Evidence
    from gateway.domain.verdict import Verdict

    World = Any

pytestmark = pytest.mark.network
DAY = 86_400
SIGNER = Signer(hashlib.sha256(b"a school's key").digest())


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """The law on one chain for all of this file, and a school that has issued."""
    chain = LEDGER.start_chain()
    made = LEDGER.found(chain)
    made.accredit(SCHOOL)
    made.twice(
        JIANGSU, "InstitutionRegistry", "addKey", institution_word(SCHOOL), SIGNING, SIGNER.public_key, made.now + 30
    )
    made.pass_over(60)
    yield made
    chain.stop()


@pytest.fixture(scope="module")
def batch(world: World) -> Issued:
    """Eight certificates: 1 is suspended, 2 revoked."""
    awarded = dt.datetime.fromtimestamp(world.now, dt.UTC).date() - dt.timedelta(days=3)
    made = anchored(world, issue(world, SIGNER, awarded, 8))
    world.set_status(made, 1, Status.SUSPENDED, Reason.ERROR)
    world.set_status(made, 2, Status.REVOKED, Reason.FRAUD)
    return made


def proven(world: World, data: bytes, evidence: Evidence | None = None, **changes: Any) -> Verdict:  # noqa: ANN401
    """The verdict with no network, by a header of the chain's state that four validators sealed."""
    evidence = evidence or Snapshot.newest(world.calls).evidence(subject_of(data))
    [real] = evidence.headers
    genesis = GENESIS[Consensus.CLIQUE]
    headers = [
        clique_block(
            genesis, FOUR[0], among=FOUR, number=number(real.number), state=real.state_root, time=number(real.time)
        )
    ]
    for sealer in FOUR[1:]:
        headers.append(clique_block(headers[-1], sealer, among=FOUR))
    era = Era(1, genesis.hash, tuple(one.address for one in FOUR))
    plain = trust_of(world.calls)
    trust = msgspec.structs.replace(plain, consensus=Consensus.CLIQUE, genesis=genesis.hash, eras=(era,), **changes)
    file = joined(data, msgspec.structs.replace(evidence, headers=tuple(headers)))
    return verify(file, trust, now=real.time + 5)


def test_certificates_are_valid_suspended_and_revoked_as_the_contracts_have_them(world: World, batch: Issued) -> None:
    kinds = [proven(world, batch.file(position)).kind for position in range(4)]
    assert kinds == [Kind.VALID, Kind.SUSPENDED, Kind.REVOKED, Kind.VALID]
    verdict = proven(world, batch.file(2))
    assert verdict.status is not None
    assert (verdict.status.reason, verdict.status.set_by, verdict.failed_at) == ("fraud", JIANGSU, Step.STATUS)


def test_storage_says_of_everything_what_the_contracts_answer(world: World, batch: Issued) -> None:
    world.twice(JIANGSU, "InstitutionRegistry", "narrow", institution_word(SCHOOL), (0x0C, 9, 90_000))
    snapshot, reader = Snapshot.newest(world.calls), ChainReader(world.calls)
    block, ledger = snapshot.block, snapshot.ledger()
    assert (block.number, block.hash) == (reader.final_block().number, reader.final_block().hash)
    batches = [(SCHOOL, batch.manifest.root), (SCHOOL, b"\x01" * 32), (LEDGER.uscc(JIANGSU, 2), batch.manifest.root)]
    assert ledger.anchors(batches, block) == reader.anchors(batches, block)
    leaves = [(SCHOOL, leaf) for leaf in batch.manifest.tree.leaves]
    assert ledger.leaf_states(leaves, block) == reader.leaf_states(leaves, block)
    versions = [(SCHOOL, version) for version in range(4)]
    assert ledger.accreditations(versions, block) == reader.accreditations(versions, block)
    assert sum(one is not None for one in reader.accreditations(versions, block)) == 2
    keys = [(SCHOOL, SIGNER.public_key), (SCHOOL, b"\x02" * 32)]
    assert ledger.keys(keys, block) == reader.keys(keys, block)
    listing = world.calls.listing(block)
    assert {name: [one.address.hex() for one in ledger.listed(name)] for name in listing.entries} == {
        name: [address[2:] for address in listing.ever(name)] for name in listing.entries
    }


def test_on_a_chain_that_nobody_seals_nothing_can_be_exported_and_the_trust_file_says_so(
    world: World, batch: Issued
) -> None:
    trust = trust_of(world.calls)
    assert (trust.consensus, trust.eras, trust.validators) == (Consensus.NONE, (), ())
    assert {one.name for one in trust.contracts} == set(world.deployment.contracts)
    snapshot = Snapshot.newest(world.calls)
    with pytest.raises(NothingSealed):
        next(with_evidence(snapshot, [("a", batch.file(0))]))
    file = joined(batch.file(0), snapshot.evidence(subject_of(batch.file(0))))
    verdict = verify(file, trust, now=snapshot.header.time)
    assert (verdict.kind, verdict.reason and verdict.reason.code) == (Kind.CANNOT_CHECK, "trust.no_seals")


def test_what_is_not_anchored_is_not_exported_and_another_chain_gives_no_trust_file(
    world: World, batch: Issued
) -> None:
    unknown = subject_of(batch.file(0))._replace(root=b"\x01" * 32)
    with pytest.raises(NotYetFinal):
        Snapshot.newest(world.calls).evidence(unknown)
    other = dataclasses.replace(world.deployment, genesis_hash="0x" + "11" * 32)
    with pytest.raises(WrongChain):
        trust_of(ChainCalls(world.chain.rpc, other))


def test_after_a_succession_old_records_are_proven_in_the_old_contract_and_new_ones_in_the_new(
    world: World, batch: Issued
) -> None:
    before = trust_of(world.calls)
    for name in ("CredentialRegistry", "InstitutionRegistry"):
        world.schedule(name)
    world.pass_over(LEDGER.TIME_LOCK + 60)
    contracts = trust_of(world.calls).contracts
    assert len(contracts) == len(before.contracts) + 2
    snapshot = Snapshot.newest(world.calls)
    evidence = snapshot.evidence(subject_of(batch.file(0)))
    assert proven(world, batch.file(0), evidence).kind is Kind.VALID
    assert proven(world, batch.file(0), evidence, contracts=before.contracts).kind is Kind.VALID
    assert proven(world, batch.file(2)).kind is Kind.REVOKED

    latest = world.calls.listing().in_force("CredentialRegistry", world.now).address
    leaf = batch.manifest.tree.leaves[5]
    proof = batch.manifest.tree.multiproof([leaf])
    told = (
        institution_word(SCHOOL), batch.manifest.root, [batch.contents[5]], list(proof.proof), list(proof.flags),
        Status.REVOKED, Reason.WITHDRAWN,
    )  # fmt: skip
    data = LEDGER.encode_call(LEDGER.load("CredentialRegistry"), "setStatus", *told)
    LEDGER.transact(world.chain.rpc, world.operator(JIANGSU), LEDGER.CHAIN_ID, latest, data, call="x", seconds=10)
    verdict = proven(world, batch.file(5))
    assert verdict.kind is Kind.REVOKED
    assert proven(world, batch.file(0)).kind is Kind.VALID
    assert proven(world, batch.file(5), evidence).kind is Kind.INVALID, "that evidence is of another leaf"
