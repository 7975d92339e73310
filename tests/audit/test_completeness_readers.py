"""Lies that count on two readers: the one that folds takes an event in, the one that learns from it passes it over.

A node that wrote the events by which a member, or a contract's successor, becomes known so that they fold and cannot be
decoded could leave out everything that the member did, or all of the successor's events: heads would be asked of
subjects and contracts that are known, only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lying import CHONGQING, CREDENTIALS, DIRECTORY, History
from tampering import AboutLogs, HideContract, HideProvince, WriteOtherwise

from gateway.audit.completeness import listing
from gateway.audit.completeness.values import Verdict, Wrong
from gateway.audit.completeness.words import VERDICTS
from node.client.abi import decode_log
from node.client.codec import AbiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger_world import World
    from tampering import Ask, Json

    from gateway.audit.completeness.values import Result
    from node.client.abi import DecodedEvent
    from node.client.artifact import Artifact

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]


def _words_moved(log: Json) -> Json:
    """The same bytes, one of them at the end of the topic before."""
    topics = log["topics"]
    if len(topics) < 3:
        return {"data": "0x" + log["data"][4:], "topics": [*topics[:-1], topics[-1] + log["data"][2:4]]}
    return {"topics": [topics[0], topics[1] + topics[2][2:4], "0x" + topics[2][4:], *topics[3:]]}


FORMS: dict[str, Callable[[Json], Json]] = {
    "blank in the data": lambda log: {"data": log["data"][:2] + " " + log["data"][2:]},
    "transactionIndex": lambda _: {"transactionIndex": "zz"},
    "transactionHash": lambda _: {"transactionHash": "0xzz"},
    "logIndex": lambda log: {"logIndex": "0x0" + log["logIndex"][2:]},
    "words moved": _words_moved,
    "removed": lambda _: {"removed": True},
}


@pytest.fixture(scope="module")
def history(law: World) -> History:
    made = History(law)
    made.happen()
    return made


def unusable(result: Result) -> None:
    assert (result.verdict, result.findings) == (Verdict.CANNOT_CHECK, ())
    assert result.problem is not None
    assert result.problem.code == "ledger.unavailable"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_member_is_not_hidden_by_writing_the_consortiums_events_in_another_form(
    history: History, form: Callable[[Json], Json]
) -> None:
    address = history.law.deployment.address("Consortium")
    unusable(history.told(WriteOtherwise(address, form), HideProvince(CHONGQING), witness=True))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_successor_is_not_hidden_by_writing_its_listing_in_another_form(
    history: History, form: Callable[[Json], Json]
) -> None:
    address = history.law.deployment.address(DIRECTORY)
    written = WriteOtherwise(address, form, naming=history.successor)
    unusable(history.told(written, HideContract(history.successor), witness=True))


def _upper(log: Json) -> Json:
    return {"address": "0x" + log["address"][2:].upper()}


def test_addresses_in_upper_case_hide_neither_a_member_nor_a_successor(history: History) -> None:
    consortium, directory = (history.law.deployment.address(name) for name in ("Consortium", DIRECTORY))
    hidden = history.told(WriteOtherwise(consortium, _upper), HideProvince(CHONGQING), witness=True)
    assert hidden.verdict is Verdict.INCOMPLETE
    assert {(one.contract, one.subject) for one in hidden.findings} == {("Consortium", CHONGQING)}
    hidden = history.told(WriteOtherwise(directory, _upper), HideContract(history.successor), witness=True)
    assert hidden.verdict is Verdict.INCOMPLETE
    assert {(one.contract, one.address) for one in hidden.findings} == {(CREDENTIALS, history.successor.lower())}
    honest = history.told(WriteOtherwise(consortium, _upper), WriteOtherwise(directory, _upper), witness=True)
    assert (honest.verdict, honest.events) == (Verdict.COMPLETE, len(history.logs()))


@pytest.mark.parametrize(("contract", "name"), [("Consortium", "MemberAdmitted"), (DIRECTORY, "EntryListed")])
def test_an_event_that_folds_and_cannot_be_decoded_is_named(
    history: History, monkeypatch: pytest.MonkeyPatch, contract: str, name: str
) -> None:
    """No form is known that does this: should there be one, it is told."""
    victims = iter([True])

    def stumbling(artifact: Artifact, log: dict[str, Any]) -> DecodedEvent:
        event = decode_log(artifact, log)
        late = event.args.get("province") == CHONGQING or event.args.get("target") == history.successor.lower()
        if (event.contract, event.name) == (contract, name) and late and next(victims, False):
            raise AbiError(name, "no sense")
        return event

    monkeypatch.setattr(listing, "decode_log", stumbling)
    result = history.check()
    assert result.verdict is Verdict.ALTERED
    assert {(one.what, one.contract) for one in result.findings} == {(Wrong.ALTERED, contract)}


class OtherPlaces(AboutLogs):
    """Says other transactions and other places in the block."""

    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:  # noqa: ARG002 - the lie's shape
        other = {"transactionHash": "0x" + "11" * 32}
        return [{**log, **other, "logIndex": hex(int(log["logIndex"], 16) + 7)} for log in logs]


def test_transactions_and_places_in_the_block_are_as_the_node_says_and_the_verdict_says_so(history: History) -> None:
    """Heads commit to content, actor, order and time: docs/audit.md says what that leaves open."""
    result = history.told(OtherPlaces(), witness=True)
    assert (result.verdict, result.findings) == (Verdict.COMPLETE, ())
    for verdict in (Verdict.COMPLETE, Verdict.CONSISTENT):
        assert "as the node says" in VERDICTS[verdict].en
        assert "以该节点所报为准" in VERDICTS[verdict].zh


def test_the_node_under_another_name_is_not_its_own_witness(history: History) -> None:
    alias = history.law.chain.url.replace("127.0.0.1", "localhost")
    assert alias != history.law.chain.url
    result = history.check("", alias)
    assert result.problem is not None
    assert (result.verdict, result.problem.code) == (Verdict.CANNOT_CHECK, "completeness.own_witness")
