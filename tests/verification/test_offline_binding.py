"""With no network: what is old, of others, or not known any more is "cannot check", and nothing follows."""

from __future__ import annotations

from typing import Any

import msgspec
from offline_paper import CLIQUE, DAY, QBFT, REGISTRY, Paper, cannot, told
from proving import FOUR, GENESIS, packed, slot
from sealing import Validator, clique_block, number, qbft_block

from gateway.domain.evidence import joined
from gateway.domain.seals import Consensus
from gateway.domain.validators import Era
from gateway.domain.verdict import Kind, Step, StepState


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
    fields = {"number": number(90), "state": root, "time": number(paper.time)}
    forged = [clique_block(GENESIS[CLIQUE], crowd[0], among=crowd, **fields)]
    for one in crowd[1:]:
        forged.append(clique_block(forged[-1], one, among=crowd))
    data = joined(case.data, msgspec.structs.replace(evidence, headers=tuple(forged)))
    assert cannot(paper.verdict(data), "evidence.other_validators")

    other = Paper(case, QBFT)
    block = qbft_block(GENESIS[QBFT], crowd, **fields)
    data = joined(case.data, msgspec.structs.replace(evidence, headers=(block,)))
    assert cannot(other.verdict(data), "evidence.other_validators")


def test_the_same_blocks_are_cannot_check_to_whoever_knows_another_set(paper: Paper) -> None:
    """A trust file that is not the newest must not call an honest file altered: of other sets other orders hold."""
    known, data = paper.trust.eras[0], paper.file(by="0123")
    fifth = Validator.of("fifth").address
    more = Era(60, b"\x01" * 32, tuple(sorted((*known.validators, fifth))))
    paper.trust = msgspec.structs.replace(paper.trust, eras=(known, more))
    assert cannot(paper.verdict(data), "evidence.other_order")
    many = tuple(sorted((*known.validators, *(Validator.of(("more", at)).address for at in range(4)))))
    paper.trust = msgspec.structs.replace(paper.trust, eras=(known, Era(60, b"\x01" * 32, many)), confirmations=0)
    code = paper.verdict(data).reason
    assert code is not None
    assert cannot(paper.verdict(data), code.code)
    assert code.code in {"evidence.other_order", "evidence.not_final"}


def test_a_block_of_the_wrong_difficulty_or_a_checkpoint_of_others_binds_nobody(paper: Paper) -> None:
    evidence = paper.evidence()
    for bend in ({"difficulty": b"\x03"}, {"difficulty": b""}, {"listed": FOUR[:3]}):
        made = list(evidence.headers[:3])
        made.append(clique_block(made[-1], FOUR[3], among=FOUR, time=number(paper.time + 9), **bend))
        data = joined(paper.case.data, msgspec.structs.replace(evidence, headers=tuple(made)))
        assert cannot(paper.verdict(data), "evidence.other_order"), bend
    made[-1] = clique_block(made[-2], FOUR[3], among=FOUR, time=number(paper.time + 9), listed=FOUR)
    data = joined(paper.case.data, msgspec.structs.replace(evidence, headers=tuple(made)))
    assert paper.verdict(data).kind is Kind.VALID, "a checkpoint lists those who seal"


def test_a_time_that_no_calendar_has_is_ahead_of_the_clock(either: Paper) -> None:
    for size in (7, 8, 9, 31):
        data = either.ground.file(either.case.data, either.consensus, 2 ** (8 * size) - 1)
        assert cannot(either.verdict(data), "evidence.clock")


def test_a_status_that_only_a_newer_contract_has_is_cannot_check(paper: Paper) -> None:
    slot_ = slot(4, paper.pair[0].encode().ljust(32, b"\0"), paper.case.leaf)
    paper.ground.put(REGISTRY, slot_, packed((8, 3), (8, 0), (32, 320_000), (64, 7)))
    verdict = paper.verdict()
    assert told(verdict) == (Kind.CANNOT_CHECK, None, "evidence.value")
    assert verdict.steps[Step.STATUS - 1].state is StepState.NOT_DONE
