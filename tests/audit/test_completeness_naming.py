"""What is named of a list of events that was tampered with at random, by nothing but numbers and heads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_chain import CHAIN_ID, SyntheticChain
from tampering import InventEvent

from gateway.audit.completeness.diagnosis import Case, Diagnosis
from gateway.audit.completeness.naming import NAMED, At, runs
from gateway.audit.completeness.reading import _DECODER
from gateway.audit.completeness.stream import SEGMENTS, ReadContract, Streams
from gateway.audit.completeness.values import Finding, Wrong
from gateway.audit.completeness.words import finding_words, subject_words
from gateway.domain.hashing import word
from gateway.ledger.errors import ChainUnavailable
from node.client.deployment import Province
from node.client.heads import pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.completeness.stream import Log

SOURCE, TARGET = 320_000, 330_000
PAIR = pair(SOURCE, TARGET)
LEDGER = "TransferLedger"


class Silent:
    """A node that answers nothing more: what is named must follow from what was served."""

    def requests(self, _: Sequence[Any]) -> list[Any]:
        raise ChainUnavailable("silent")


@dataclass(frozen=True)
class Known:
    """The transfers of one pair as they happened, in JSON, and what their heads end with."""

    chain: SyntheticChain
    logs: list[dict[str, Any]]
    end: At


@cache
def known() -> Known:
    chain = SyntheticChain.made(400)
    logs: list[dict[str, Any]] = orjson.loads(b"[" + chain.logs[:-1] + b"]")
    own = [log for log in logs if log["topics"][1:3] == [f"0x{code:064x}" for code in (SOURCE, TARGET)]]
    head, sequence = chain._heads[LEDGER, PAIR]
    assert len(own) == sequence > 15
    return Known(chain, own, At(sequence, head))


def folded(logs: list[dict[str, Any]]) -> Streams:
    chain = known().chain
    streams = Streams([ReadContract(name, address, None) for name, address in chain.addresses.items()], CHAIN_ID)
    decoded: list[Log] = _DECODER.decode(orjson.dumps({"result": logs})).result or []
    times = {header["number"]: word(int(header["timestamp"], 16)) for header in chain._headers}
    streams.fold(decoded, times)
    return streams


def named(logs: list[dict[str, Any]]) -> list[Finding]:
    streams, end = folded(logs), known().end
    address = known().chain.addresses[LEDGER]
    stream = streams.of(address, PAIR)
    if not stream.before and (stream.now.sequence, stream.now.head) == (end.sequence, end.head):
        return []
    case = Case(streams, streams.contracts[address], PAIR, At(0, streams.first(address, PAIR)), end, stream)
    return Diagnosis(Silent(), [], 1, known().chain.last).name(case)  # type: ignore[arg-type]


def numbers(findings: list[Finding], what: Wrong) -> list[int]:
    """The numbers of the events that findings of one kind speak of."""
    return sorted(
        number
        for one in findings
        if one.what is what and one.sequence is not None
        for number in range(one.sequence, (one.until or one.sequence) + 1)
    )


POSITIONS = st.sets(st.integers(0, 15), max_size=8)


def test_what_happened_is_whole() -> None:
    assert named(known().logs) == []


@given(POSITIONS)
def test_exactly_what_was_left_out_is_named(positions: set[int]) -> None:
    findings = named([log for at, log in enumerate(known().logs) if at not in positions])
    assert numbers(findings, Wrong.MISSING) == sorted(at + 1 for at in positions)
    assert {one.what for one in findings} <= {Wrong.MISSING}


def test_everything_left_out_is_named_from_the_first_to_the_last() -> None:
    [finding] = named([])
    assert (finding.what, finding.sequence, finding.until) == (Wrong.MISSING, 1, known().end.sequence)
    assert (finding.contract, finding.subject, finding.count) == (LEDGER, PAIR, known().end.sequence)


@given(POSITIONS)
def test_exactly_what_was_served_twice_is_named(positions: set[int]) -> None:
    logs = []
    for at, log in enumerate(known().logs):
        logs += [log, {**log, "logIndex": hex(int(log["logIndex"], 16) + 1)}] if at in positions else [log]
    findings = named(logs)
    assert numbers(findings, Wrong.DUPLICATED) == sorted(at + 1 for at in positions)
    assert {one.what for one in findings} <= {Wrong.DUPLICATED}


@given(st.integers(0, 15))
def test_an_event_that_was_invented_with_a_head_that_fits_is_named(at: int) -> None:
    lie = InventEvent(at + 1)
    lie._all = known().logs
    logs = lie.bend(list(known().logs), lambda _, params: known().chain._headers[int(str(params[0]), 16)])
    [finding] = named(logs)
    assert (finding.what, finding.sequence) == (Wrong.INVENTED, at + 2)


@settings(max_examples=60)
@given(st.integers(0, 15), st.integers(0, 31), st.integers(0, 7))
def test_a_bit_turned_anywhere_in_the_fields_of_an_event_is_seen_at_it(at: int, byte: int, bit: int) -> None:
    """Without the genuine event, heads tell that it or one before it was altered, or that it came out of nowhere."""
    log = known().logs[at]
    data = bytearray.fromhex(log["data"][2:])
    data[byte] ^= 1 << bit
    logs = list(known().logs)
    logs[at] = {**log, "data": "0x" + data.hex()}
    findings = named(logs)
    assert numbers(findings, Wrong.ALTERED) == [at + 1]
    assert {one.what for one in findings} == {Wrong.ALTERED}


@given(st.permutations(range(16)))
def test_the_order_of_an_answer_is_nothing_that_an_event_can_be_blamed_for(order: list[int]) -> None:
    """Their places are as they were: that the answer as such is out of order is told where it is read."""
    assert named([*(known().logs[at] for at in order), *known().logs[16:]]) == []


def test_what_lacks_is_told_as_runs_beyond_the_first_few() -> None:
    lacking = [Finding(what=Wrong.MISSING, sequence=number, event="E") for number in range(1, 1_001)]
    told = runs(lacking)
    assert len(told) == NAMED
    assert (told[-1].sequence, told[-1].until, told[-1].event) == (NAMED, 1_000, None)
    assert sum(one.count for one in told) == 1_000


def test_a_node_that_breaks_every_event_costs_no_more_memory_than_the_bound() -> None:
    log = known().logs[0]
    streams = folded([{**log, "logIndex": hex(number)} for number in range(SEGMENTS + 500)])
    stream = streams.of(known().chain.addresses[LEDGER], PAIR)
    assert stream.count == SEGMENTS + 500
    assert len(stream.before) == SEGMENTS


def test_subjects_and_findings_are_told_in_both_languages() -> None:
    names = {SOURCE: Province(name_zh="江苏", name_en="Jiangsu"), TARGET: Province(name_zh="浙江", name_en="Zhejiang")}
    assert subject_words(PAIR, names).zh == "江苏→浙江"
    assert subject_words(0, names).en == "the consortium"
    assert subject_words(110_000, names).en == "110000"
    lost = Finding(what=Wrong.MISSING, contract=LEDGER, subject=PAIR, sequence=3, until=5, between=(7, 9))
    said = finding_words(lost, names)
    assert said.en == "missing: TransferLedger, Jiangsu → Zhejiang, events 3 to 5 (3), between blocks 7 and 9"
    assert said.zh == "缺失：TransferLedger，江苏→浙江，第 3 至 5 号（3 个），在区块 7 与 9 之间"
    for what in Wrong:
        words = finding_words(Finding(what=what, why="why", evidence="http://node"), names)
        assert words.zh
        assert "http://node" in words.en
