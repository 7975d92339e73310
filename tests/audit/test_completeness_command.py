"""``huren audit completeness`` at the regional office, over transfers between two provinces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from deeds import Deeds, ready
from ground import Ground
from ledger_world import SHANGHAI, ZHEJIANG, World
from lying import liar
from observing import Office
from tampering import AboutLogs, AlterEvent, BreakProof, DropEvent, HideProvince, OldHead

from gateway.domain.hashing import sha256
from gateway.ledger.index_heads import heads_at
from node.client.abi import decode_log, event_topic
from node.client.artifact import load
from node.client.heads import pair

if TYPE_CHECKING:
    from pathlib import Path

    from tampering import Ask, Json

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]

PAIR = pair(SHANGHAI, ZHEJIANG)
REQUESTED, ACCEPTED = (event_topic(load("TransferLedger"), f"Transfer{what}") for what in ("Requested", "Accepted"))


@pytest.fixture(scope="module")
def made(law: World, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(law, tmp_path_factory.mktemp("ground"))


@pytest.fixture
def office(made: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """The office, before a chain on which two transfers were decided (once for the module)."""
    first = not made.agreement
    ready(made, lambda: capsys.readouterr().out)
    deeds = Deeds(made, made.shanghai.folder / "data" / "blobs")
    if first:
        one, two = deeds.anchor(sha256(b"person 1"), sha256(b"person 2"))
        deeds.accept(deeds.request(one))
        deeds.reject(deeds.request(two))
    return Office(made.law, tmp_path / "office", lambda: capsys.readouterr().out, deeds.blobs)


def check(office: Office, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    return office.huren("audit", "completeness", *words, code=code)


def test_the_gateways_own_node_is_consistent_and_its_heads_are_those_of_the_index(office: Office) -> None:
    answer = check(office)
    assert (answer["verdict"], answer["findings"], answer["problem"]) == ("consistent with this RPC only", [], None)
    contracts = {head["contract"] for head in answer["heads"]}
    assert contracts >= {"AgreementRegistry", "ClaimBook", "CredentialRegistry", "Directory", "TransferLedger"}
    [transfers] = [head for head in answer["heads"] if head["subject"] == PAIR]
    assert (transfers["sequence"], transfers["en"]) == (4, f"{SHANGHAI} → {ZHEJIANG}")
    office.follow()
    gateway = office.gateway()
    try:
        with gateway.database.read() as connection:
            kept = heads_at(connection, gateway.deployment, answer["block"]["number"])
            before = heads_at(connection, gateway.deployment, answer["block"]["number"] - 1)
    finally:
        gateway.close()
    names = ("contract", "address", "subject", "sequence", "head")
    proven = [{name: head[name] for name in names} for head in answer["heads"]]
    assert sorted((head.to_json() for head in kept), key=str) == sorted(proven, key=str)
    last = {(head.contract, head.subject): head for head in kept}["TransferLedger", PAIR]
    earlier = {(head.contract, head.subject): head for head in before}["TransferLedger", PAIR]
    assert earlier.sequence == last.sequence - 1
    assert earlier.head == _carried(office, last.sequence - 1)


def _carried(office: Office, sequence: int) -> bytes:
    """The head that an event of the pair carries."""
    address = office.law.deployment.address("TransferLedger")
    logs = office.law.chain.call("eth_getLogs", {"address": address, "fromBlock": "0x0"})
    events = [decode_log(load("TransferLedger"), log) for log in logs]
    [head] = [event.head for event in events if (event.subject, event.sequence) == (PAIR, sequence)]
    return head


def test_of_another_node_the_gateways_own_is_a_witness(office: Office) -> None:
    with liar(office.law.chain.url) as url:
        answer = check(office, "--rpc", url)
    assert answer["verdict"] == "complete"
    [witness] = answer["witnesses"]
    assert (witness["url"], witness["agrees"], witness["ahead"]) == (office.law.chain.url, True, 0)


def test_a_transfer_left_out_is_named_and_the_exit_code_is_one(office: Office) -> None:
    number = _number(office, ACCEPTED)
    with liar(office.law.chain.url, DropEvent(number)) as url:
        answer = check(office, "--rpc", url, code=1)
        told = office.tell("audit", "completeness", "--rpc", url, code=1)
    [finding] = answer["findings"]
    assert answer["verdict"] == "incomplete"
    assert (finding["what"], finding["contract"], finding["subject"]) == ("missing", "TransferLedger", PAIR)
    assert (finding["event"], finding["kind"]) == ("TransferAccepted", 801)
    log = office.law.chain.call("eth_getLogs", {"fromBlock": "0x0"})[number - 1]
    assert (finding["block"], finding["transaction"]) == (int(log["blockNumber"], 16), log["transactionHash"])
    assert f"TransferLedger，{SHANGHAI}→{ZHEJIANG}，第 {finding['sequence']} 号" in told
    assert f"missing: TransferLedger, {SHANGHAI} → {ZHEJIANG}, event {finding['sequence']}" in told


def test_an_altered_agreement_is_named_though_its_terms_have_no_fixed_size(office: Office) -> None:
    proposed = event_topic(load("AgreementRegistry"), "AgreementProposed")

    class OtherTerms(AboutLogs):
        def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:  # noqa: ARG002 - the lie's shape
            return [{**log, "data": log["data"][:-2] + "01"} if log["topics"][0] == proposed else log for log in logs]

    with liar(office.law.chain.url, OtherTerms()) as url:
        [finding] = check(office, "--rpc", url, code=1)["findings"]
    assert (finding["what"], finding["contract"], finding["event"]) == (
        "altered",
        "AgreementRegistry",
        "AgreementProposed",
    )


def test_a_pair_of_provinces_that_nothing_is_served_of_is_found_out(office: Office) -> None:
    with liar(office.law.chain.url, HideProvince(SHANGHAI)) as url:
        answer = check(office, "--rpc", url, code=1)
    lacking = {(one["contract"], one["subject"]) for one in answer["findings"]}
    assert {("TransferLedger", PAIR), ("Consortium", SHANGHAI), ("AgreementRegistry", SHANGHAI)} <= lacking


def test_a_proof_that_does_not_hold_is_one_and_an_old_head_is_two(office: Office) -> None:
    with liar(office.law.chain.url, BreakProof()) as url:
        assert check(office, "--rpc", url, code=1)["verdict"] == "altered"
    with liar(office.law.chain.url, OldHead(6)) as url:
        answer = check(office, "--rpc", url, code=2)
    assert (answer["verdict"], answer["findings"]) == ("cannot check", [])
    assert answer["problem"]["code"] == "completeness.behind"


def test_an_altered_transfer_shows_what_was_served_and_what_is(office: Office) -> None:
    with liar(office.law.chain.url, AlterEvent(_number(office, REQUESTED))) as url:
        answer = check(office, "--rpc", url, code=1)
    [finding] = answer["findings"]
    assert (finding["what"], finding["event"]) == ("altered", "TransferRequested")
    assert [one["field"] for one in finding["fields"]] == ["details"]
    assert finding["zh"].startswith("被改动：TransferLedger")


def test_a_node_that_is_away_and_bounds_that_make_no_sense(office: Office) -> None:
    answer = check(office, "--rpc", "http://127.0.0.1:9", code=2)
    assert (answer["verdict"], answer["problem"]["code"]) == ("cannot check", "ledger.unavailable")
    check(office, "--max-age", "-1", code=64)


def _number(office: Office, topic: str) -> int:
    logs = office.law.chain.call("eth_getLogs", {"fromBlock": "0x0"})
    return next(number for number, log in enumerate(logs, 1) if log["topics"][0] == topic)
