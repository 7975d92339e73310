"""Whether a node's events lack nothing, proven; and what a liar left out, altered, moved or invented, by name."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ledger_world import JIANGSU, SHANGHAI, World
from lying import ANCHORED, CHONGQING, CREDENTIALS, STATUS_SET, History, brief, liar
from tampering import (
    AboutLogs,
    AlterEvent,
    AlterHeader,
    BreakProof,
    DropEvent,
    DuplicateEvent,
    HideProvince,
    Honest,
    InventEvent,
    OldHead,
    ReorderEvent,
)

from gateway.audit.completeness.check import Bounds
from gateway.audit.completeness.values import Result, Verdict, Wrong
from node.client.abi import decode_log, decode_result, encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from tampering import Ask, Json

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]

ANHUI = 340_000
SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture(scope="module")
def history(law: World) -> History:
    made = History(law)
    made.happen()
    return made


def only(result: Result) -> Any:  # noqa: ANN401 - a finding
    [finding] = result.findings
    return finding


def logged(history: History, number: int) -> tuple[int, str]:
    log = history.logs()[number - 1]
    return int(log["blockNumber"], 16), log["transactionHash"]


# -- nothing is wrong --------------------------------------------------------------------------------------------------


def test_an_honest_node_with_a_second_opinion_is_complete_and_every_head_is_proven(history: History) -> None:
    with liar(history.law.chain.url) as other:
        result = history.check("", other)
    assert (result.verdict, result.findings, result.problem) == (Verdict.COMPLETE, (), None)
    assert result.events == len(history.logs())
    heads = {(head.contract, head.address, head.subject): (head.sequence, head.head) for head in result.heads}
    artifact = load("Consortium")
    for address in {log["address"] for log in history.logs()}:
        for subject in (0, SHANGHAI, JIANGSU, CHONGQING):
            stored = _head_of(history, artifact, address, subject)
            own = [value for (_, at, of), value in heads.items() if ("0x" + at.hex(), of) == (address, subject)]
            assert own in ([], [stored])
    assert sum(contract == CREDENTIALS for contract, _, _ in heads) == 2  # of the registry and of its successor
    assert result.block is not None
    latest = history.law.chain.call("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC
    assert "0x" + result.block.hash.hex() == latest["hash"]


def _head_of(history: History, artifact: Any, address: str, subject: int) -> tuple[int, bytes]:  # noqa: ANN401
    call = {"to": address, "data": "0x" + encode_call(artifact, "headOf", subject).hex()}
    head, sequence = decode_result(artifact, "headOf", history.law.chain.call("eth_call", call, "latest"))
    return sequence, bytes(head)


def test_without_a_second_opinion_it_is_consistent_with_this_rpc_only(history: History) -> None:
    result = history.check()
    assert (result.verdict, result.findings) == (Verdict.CONSISTENT, ())
    assert result.verdict.value == "consistent with this RPC only"


# -- an event left out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1, 2], ids=["first", "between", "last but one"])
def test_a_removed_event_is_named_with_block_and_transaction(history: History, which: int) -> None:
    number = history.number_of(ANCHORED, which)
    result = history.told(DropEvent(number))
    assert result.verdict is Verdict.INCOMPLETE
    finding = only(result)
    assert brief(finding) == ("missing", CREDENTIALS, JIANGSU, which + 1, "Anchored")
    assert (finding.block, finding.transaction) == logged(history, number)
    assert finding.kind == 400


def test_the_newest_event_left_out_is_named(history: History) -> None:
    number = len(history.logs())
    finding = only(history.told(DropEvent(number)))
    assert brief(finding) == ("missing", CREDENTIALS, JIANGSU, 7, "Anchored")
    assert (finding.block, finding.transaction) == logged(history, number)


def test_an_event_left_out_of_the_registry_that_was_succeeded_is_named_at_its_own_address(history: History) -> None:
    finding = only(history.told(DropEvent(history.number_of(STATUS_SET))))
    assert brief(finding) == ("missing", CREDENTIALS, JIANGSU, 4, "LeafStatusSet")
    assert finding.address == history.law.deployment.address(CREDENTIALS)


def test_several_events_left_out_are_each_named(history: History) -> None:
    numbers = [history.number_of(ANCHORED, which) for which in (0, 1, 4)]
    result = history.told(*map(DropEvent, numbers))
    assert [finding.sequence for finding in result.findings] == [1, 2, 6]
    assert {finding.what for finding in result.findings} == {Wrong.MISSING}


def test_an_event_of_the_directory_left_out_is_named_though_a_successor_is_then_unknown(history: History) -> None:
    number = next(n for n, log in enumerate(history.logs(), 1) if history.successor[2:] in "".join(log["topics"]))
    result = history.told(DropEvent(number))
    assert ("missing", "Directory", 0, 9, "EntryListed") in map(brief, result.findings)


def test_a_liar_who_hides_it_in_receipts_too_gives_away_the_block(history: History) -> None:
    number = history.number_of(ANCHORED, 1)
    block, transaction = logged(history, number)
    lacking, receipts = history.told(DropEvent(number, receipts=True)).findings
    assert brief(lacking) == ("missing", CREDENTIALS, JIANGSU, 2, None)
    assert lacking.between is not None
    assert lacking.between[0] <= block <= lacking.between[1]
    assert (receipts.what, receipts.block) == (Wrong.RECEIPTS, block)
    named, _ = history.told(DropEvent(number, receipts=True), witness=True).findings
    assert (named.block, named.transaction, named.event) == (block, transaction, "Anchored")
    assert named.evidence == history.law.chain.url


class NoReceipts(Honest):
    """A node that does not offer eth_getBlockReceipts."""

    def ask(self, request: Json, upstream: Ask) -> Json:  # noqa: ARG002 - the lie's shape
        return {**request, "method": "no_such"} if request["method"] == "eth_getBlockReceipts" else request


def test_a_node_without_receipts_is_named_by_numbers_and_with_a_witness_by_block(history: History) -> None:
    number = history.number_of(ANCHORED, 1)
    block, transaction = logged(history, number)
    alone = only(history.told(NoReceipts(), DropEvent(number)))
    assert (brief(alone), alone.block) == (("missing", CREDENTIALS, JIANGSU, 2, None), None)
    assert alone.between == (block - 1, block + 1)
    told = only(history.told(NoReceipts(), DropEvent(number), witness=True))
    assert (told.block, told.transaction, told.evidence) == (block, transaction, history.law.chain.url)


def test_without_receipts_a_hidden_province_is_named_event_by_event_by_a_witness(history: History) -> None:
    result = history.told(NoReceipts(), HideProvince(JIANGSU), witness=True)
    assert {one.what for one in result.findings} == {Wrong.MISSING}
    assert {one.evidence for one in result.findings} == {history.law.chain.url}
    hidden = sum(log["topics"][1:2] == [f"0x{JIANGSU:064x}"] for log in history.logs())
    assert len(result.findings) == hidden


def test_the_liar_runs_as_a_program_too(history: History) -> None:
    program = [sys.executable, str(SCRIPTS / "tampering_proxy.py"), history.law.chain.url]
    with subprocess.Popen([*program, "--drop", "-1", "--alter", "-2"], stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            result = history.check(running.stdout.readline().strip())
        finally:
            running.terminate()
    assert running.returncode == 0
    assert [brief(one)[:1] + brief(one)[3:4] for one in result.findings] == [("altered", 6), ("missing", 7)]


# -- a subject hidden as a whole ---------------------------------------------------------------------------------------


def test_a_province_that_nothing_is_served_of_is_found_out_contract_by_contract(history: History) -> None:
    result = history.told(HideProvince(JIANGSU))
    assert result.verdict is Verdict.INCOMPLETE
    lacking = {(one.contract, one.event) for one in result.findings if one.subject == JIANGSU}
    assert lacking >= {
        ("Consortium", "MemberAdmitted"), ("InstitutionRegistry", "InstitutionAccredited"), (CREDENTIALS, "Anchored"),
    }  # fmt: skip
    hidden = sum(log["topics"][1:2] == [f"0x{JIANGSU:064x}"] for log in history.logs())
    assert sum(one.count for one in result.findings) == hidden


def test_a_province_that_joined_by_motion_cannot_be_hidden(history: History) -> None:
    """It stands in no deployment file: the motion that admitted it tells."""
    assert CHONGQING not in history.law.deployment.provinces
    result = history.told(HideProvince(CHONGQING, receipts=True))
    lacking = [one for one in result.findings if one.what is Wrong.MISSING]
    assert {(one.contract, one.subject, one.sequence, one.until) for one in lacking} == {
        ("Consortium", CHONGQING, 1, 3)
    }


def test_a_founder_that_no_file_names_is_missed_by_the_number_of_its_membership(history: History) -> None:
    deployment = history.law.deployment
    without = {code: names for code, names in deployment.provinces.items() if code != ANHUI}
    known = dict(deployment.provinces)
    deployment.provinces.clear()
    deployment.provinces.update(without)
    try:
        finding = only(history.told(HideProvince(ANHUI)))
    finally:
        deployment.provinces.clear()
        deployment.provinces.update(known)
    assert (finding.what, finding.contract, finding.why) == (Wrong.MEMBER, "Consortium", "4")


def test_a_directory_that_is_made_to_list_another_contract_is_altered_not_unreadable(history: History) -> None:
    registry = history.law.deployment.address(CREDENTIALS)[2:]

    class OtherTarget(AboutLogs):
        def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:  # noqa: ARG002 - the lie's shape
            return [
                {**log, "topics": [*log["topics"][:2], "0x" + "00" * 12 + "77" * 20]}
                if registry in "".join(log["topics"][2:3])
                else log
                for log in logs
            ]

    result = history.told(OtherTarget())
    assert result.verdict is Verdict.ALTERED
    [listed] = [one for one in result.findings if one.contract == "Directory"]
    assert (listed.what, listed.event) == (Wrong.ALTERED, "EntryListed")
    assert [name for name, _, _ in listed.fields] == ["target"]


# -- altered, moved, served twice, invented ----------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 2, 5], ids=["first", "before a status", "newest"])
def test_an_altered_event_is_named_with_the_field(history: History, which: int) -> None:
    number = history.number_of(ANCHORED, which)
    result = history.told(AlterEvent(number))
    assert result.verdict is Verdict.ALTERED
    finding = only(result)
    assert brief(finding)[0] == "altered"
    assert (finding.event, (finding.block, finding.transaction)) == ("Anchored", logged(history, number))
    [(field, served, genuine)] = finding.fields
    assert (field, served != genuine) == ("manifest", True)
    real = decode_log(load(CREDENTIALS), history.logs()[number - 1])
    assert genuine == "0x" + real.args["manifest"].hex()


def test_events_that_changed_places_are_named_with_their_own(history: History) -> None:
    number = history.number_of(ANCHORED, 0)
    result = history.told(ReorderEvent(number))
    assert result.verdict is Verdict.ALTERED
    assert [brief(one) for one in result.findings] == [
        ("reordered", CREDENTIALS, JIANGSU, 1, "Anchored"),
        ("reordered", CREDENTIALS, JIANGSU, 2, "Anchored"),
    ]
    assert (result.findings[0].block, result.findings[0].transaction) == logged(history, number)


def test_an_answer_in_another_order_than_its_places_is_named(history: History) -> None:
    class Backwards(AboutLogs):
        def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:  # noqa: ARG002 - the lie's shape
            return [*logs[:-2], logs[-1], logs[-2]] if len(logs) > 20 else logs

    finding = only(history.told(Backwards()))
    assert brief(finding) == ("reordered", CREDENTIALS, JIANGSU, 6, "Anchored")
    assert finding.evidence == "answer"


def test_an_event_served_twice_is_named(history: History) -> None:
    finding = only(history.told(DuplicateEvent(history.number_of(ANCHORED, 1))))
    assert brief(finding) == ("duplicated", CREDENTIALS, JIANGSU, 2, "Anchored")


@pytest.mark.parametrize(("which", "sequence"), [(0, 2), (5, 8)], ids=["between", "at the end"])
def test_an_invented_event_is_named_though_its_head_fits(history: History, which: int, sequence: int) -> None:
    finding = only(history.told(InventEvent(history.number_of(ANCHORED, which))))
    assert brief(finding) == ("invented", CREDENTIALS, JIANGSU, sequence, "Anchored")


def test_an_event_said_to_be_in_another_block_is_named_with_both(history: History) -> None:
    number = history.number_of(STATUS_SET)
    place = history.logs()[number - 1]["blockNumber"]

    class Elsewhere(AboutLogs):
        def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:  # noqa: ARG002 - the lie's shape
            before = hex(int(place, 16) - 1)
            return [{**log, "blockNumber": before} if log["topics"][0] == STATUS_SET else log for log in logs]

    finding = only(history.told(Elsewhere()))
    assert brief(finding) == ("reordered", CREDENTIALS, JIANGSU, 4, "LeafStatusSet")
    assert ("block", str(int(place, 16) - 1), str(int(place, 16))) in finding.fields


def test_a_log_that_is_no_event_of_the_contract_is_named(history: History) -> None:
    class Stranger(AboutLogs):
        def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:  # noqa: ARG002 - the lie's shape
            return [*logs, {**logs[-1], "topics": ["0x" + "11" * 32], "logIndex": "0x63"}] if len(logs) > 20 else logs

    finding = only(history.told(Stranger()))
    assert (finding.what, finding.contract, finding.event) == (Wrong.INVENTED, CREDENTIALS, None)


# -- header and proofs -------------------------------------------------------------------------------------------------


def test_a_proof_that_was_altered_does_not_hold_and_is_never_cannot_check(history: History) -> None:
    result = history.told(BreakProof())
    assert result.verdict is Verdict.ALTERED
    assert {one.what for one in result.findings} == {Wrong.PROOF}
    assert {one.contract for one in result.findings} >= {"Consortium", "Directory", CREDENTIALS}


def test_a_proof_of_an_old_state_does_not_hold(history: History) -> None:
    class Before(Honest):
        def ask(self, request: Json, upstream: Ask) -> Json:  # noqa: ARG002 - the lie's shape
            if request["method"] != "eth_getProof":
                return request
            address, slots, block = request["params"]
            return {**request, "params": [address, slots, hex(int(block, 16) - 1)]}

    result = history.told(Before(), DropEvent(len(history.logs())))
    assert result.verdict is Verdict.ALTERED
    assert {one.what for one in result.findings} == {Wrong.PROOF}


def test_a_value_that_is_not_the_one_proven_is_noticed(history: History) -> None:
    class Said(Honest):
        def tell(self, request: Json, result: Any, upstream: Ask) -> Any:  # noqa: ANN401, ARG002 - the lie's shape
            if request["method"] == "eth_getProof":
                for one in result["storageProof"]:
                    one["value"] = hex(int(one["value"], 16) + 1)
            return result

    assert {one.what for one in history.told(Said()).findings} == {Wrong.PROOF}


def test_an_altered_header_is_named(history: History) -> None:
    result = history.told(AlterHeader())
    assert (result.verdict, only(result).what) == (Verdict.ALTERED, Wrong.HEADER)


def test_an_old_head_is_cannot_check_once_another_node_is_ahead(history: History) -> None:
    alone = history.told(OldHead(5))
    assert (alone.verdict, alone.findings) == (Verdict.CONSISTENT, ())
    result = history.told(OldHead(5), witness=True)
    assert (result.verdict, result.findings) == (Verdict.CANNOT_CHECK, ())
    assert result.problem is not None
    assert (result.problem.code, result.problem.value) == ("completeness.behind", 5)


def test_a_head_older_than_the_bound_is_cannot_check(history: History) -> None:
    at = history.law.now
    result = history.check(now=at + 61.0, bounds=Bounds(max_age=60))
    assert result.verdict is Verdict.CANNOT_CHECK
    assert result.problem is not None
    assert (result.problem.code, result.problem.value) == ("completeness.old_header", 61)
    assert history.check(now=at + 60.0, bounds=Bounds(max_age=60)).verdict is Verdict.CONSISTENT


def test_what_is_wrong_goes_before_what_is_old(history: History) -> None:
    with liar(history.law.chain.url, DropEvent(history.number_of(ANCHORED, 1))) as url:
        result = history.check(url, now=time.time() + 10**9)
    assert result.verdict is Verdict.INCOMPLETE
    assert result.problem is not None


def test_another_node_with_another_block_is_a_contradiction(history: History) -> None:
    class OtherChain(Honest):
        def tell(self, request: Json, result: Any, upstream: Ask) -> Any:  # noqa: ANN401, ARG002 - the lie's shape
            if request["method"] == "eth_getBlockByNumber" and result and result["number"] != "0x0":
                return {**result, "extraData": "0x01"}
            return result

    with liar(history.law.chain.url, OtherChain()) as other:
        result = history.check("", other)
    assert (result.verdict, only(result).what) == (Verdict.ALTERED, Wrong.CONTRADICTED)


# -- nothing follows ---------------------------------------------------------------------------------------------------


def test_a_node_that_does_not_answer_is_cannot_check(history: History) -> None:
    result = history.check("http://127.0.0.1:9")
    assert (result.verdict, result.findings) == (Verdict.CANNOT_CHECK, ())
    assert result.problem is not None
    assert result.problem.code == "ledger.unavailable"


def test_a_witness_that_was_named_and_is_silent_is_cannot_check(history: History) -> None:
    result = history.check("", "http://127.0.0.1:9")
    assert (result.verdict, result.findings) == (Verdict.CANNOT_CHECK, ())
    assert result.problem is not None
    assert result.problem.code == "completeness.no_witness"


def test_a_node_is_not_its_own_witness(history: History) -> None:
    result = history.check("", history.law.chain.url + "/")
    assert result.problem is not None
    assert (result.verdict, result.problem.code) == (Verdict.CANNOT_CHECK, "completeness.own_witness")


def test_a_node_that_refuses_proofs_is_cannot_check(history: History) -> None:
    class NoProofs(Honest):
        def ask(self, request: Json, upstream: Ask) -> Json:  # noqa: ARG002 - the lie's shape
            return {**request, "method": "no_such"} if request["method"] == "eth_getProof" else request

    assert history.told(NoProofs()).verdict is Verdict.CANNOT_CHECK


@pytest.mark.parametrize(
    ("method", "bend"),
    [
        ("eth_getLogs", lambda logs: [{**log, "blockNumber": "twelve"} for log in logs]),
        ("eth_getLogs", lambda logs: [{**log, "logIndex": None} for log in logs]),
        ("eth_getLogs", lambda _: "none"),
        ("eth_getProof", lambda _: None),
        ("eth_getProof", lambda proof: {**proof, "storageProof": []}),
        ("eth_getProof", lambda proof: {**proof, "accountProof": [7]}),
        ("eth_getBlockByNumber", lambda header: {**header, "timestamp": "0x" + "ff" * 40}),
        ("eth_getBlockByNumber", lambda header: {**header, "timestamp": "soon"}),
        ("eth_getBlockByNumber", lambda _: 7),
        ("eth_chainId", lambda _: "0x7"),
    ],
)
def test_answers_that_make_no_sense_are_cannot_check_or_altered_and_never_pass(
    history: History,
    method: str,
    bend: Any,  # noqa: ANN401 - what is made of a result
) -> None:
    class Nonsense(Honest):
        def tell(self, request: Json, result: Any, upstream: Ask) -> Any:  # noqa: ANN401, ARG002 - the lie's shape
            return bend(result) if request["method"] == method else result

    result = history.told(Nonsense())
    assert result.verdict in {Verdict.CANNOT_CHECK, Verdict.ALTERED}
    assert (result.problem is not None) != bool(result.findings)
