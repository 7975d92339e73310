"""Trust files made from a node: of one chain, the same at every node, and with a last day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from proving import FOUR, Ground
from sealed_node import FIFTH, REGISTRY, Node, as_json, clique_chain
from sealing import Validator, clique_block, clique_genesis, qbft_block, qbft_genesis, validators

from gateway.domain.seals import Consensus
from gateway.domain.validators import NotLawful
from gateway.ledger.errors import WrongChain
from gateway.verification.collecting import HeaderDiffers, Snapshot, TooShort
from gateway.verification.offline import Trust
from gateway.verification.trusting import differences, last_moment, trust_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.header import Header


def test_every_node_writes_the_same_trust_file_all_month(node: Any, case: Any) -> None:  # noqa: ANN401
    one = trust_of(node, months=3)
    longer: Any = Node(clique_chain(node.ground.state()[0], 30, case.now - 100), node.ground)
    assert trust_of(longer).to_json() == one.to_json()
    assert trust_of(longer, expires=one.expires + 1).to_json() != one.to_json()
    assert differences(one, trust_of(longer, months=4), time=int(case.now)) == ["expires"]
    assert Trust.parse(one.to_json()) == one


def test_a_trust_file_has_the_votes_that_changed_the_set(node: Any, case: Any) -> None:  # noqa: ANN401
    voted: Any = Node(clique_chain(node.ground.state()[0], 12, case.now - 100, votes=3), node.ground)
    first, second = trust_of(voted).eras
    assert (second.first, second.after) == (4, voted.headers[3].hash)
    assert set(second.validators) - set(first.validators) == {FIFTH.address}
    assert [(vote.block, vote.voter) for vote in second.votes] == [(at + 1, FOUR[at].address) for at in range(3)]
    assert differences(trust_of(node), trust_of(voted), time=int(case.now)) == ["eras"]


def test_a_last_day_that_no_export_gives_differs_though_the_file_is_made_again_with_it(node: Any, case: Any) -> None:  # noqa: ANN401
    now = int(case.now)
    for months in (1, 3, 24):
        assert differences(trust_of(node, months=months), trust_of(node, months=months), time=now) == []
    for expires in (now - 1, now + 1, last_moment(now, 25), 253_402_271_999):
        theirs, ours = trust_of(node, expires=expires), trust_of(node, expires=expires)
        assert differences(theirs, ours, time=now) == ["expires"], expires


@pytest.mark.parametrize(
    ("day", "months", "expires"),
    [("2026-11-22", 3, "2027-03-01"), ("2026-12-31", 1, "2027-02-01"), ("2026-01-01", 24, "2028-02-01")],
)
def test_a_trust_file_is_good_until_the_end_of_a_month_of_utc_8(day: str, months: int, expires: str) -> None:
    begin = dt.datetime.fromisoformat(f"{day}T00:00:00+08:00").timestamp()
    end = dt.datetime.fromisoformat(f"{expires}T00:00:00+08:00").timestamp()
    assert last_moment(int(begin), months) == last_moment(int(begin) + 86_399, months) == int(end)


@pytest.mark.parametrize("consensus", [Consensus.CLIQUE, Consensus.QBFT])
def test_contracts_are_proven_under_the_very_block_that_was_followed(case: Any, consensus: Consensus) -> None:  # noqa: ANN401
    """A node that first shows blocks of its own, with contracts of its own, and honest ones afterwards."""
    honest, other = Ground.of(case.live, REGISTRY), Ground.of(case.live, REGISTRY)
    other.list("CredentialRegistry", b"\x66" * 20)
    clique = consensus is Consensus.CLIQUE
    begin = (clique_genesis if clique else qbft_genesis)(FOUR, case.now - 100)
    thieves = [Validator.of(("thief", at)) for at in range(4)]

    def chain(ground: Ground, who: Sequence[Validator]) -> list[Header]:
        headers, root = [begin], ground.state()[0]
        for at in range(9):
            headers.append(
                clique_block(headers[-1], who[at % 4], among=who, state=root)
                if clique
                else qbft_block(headers[-1], who, state=root)
            )
        return headers

    blocks = chain(honest, FOUR)
    node: Any = Node(blocks, honest, confirmations=3 if clique else 0)
    assert trust_of(node).consensus is consensus
    forged, seen = chain(other, thieves), set() if clique else set(range(1, 9))

    def bend(method: str, answer: Any) -> Any:  # noqa: ANN401
        at = int(answer["number"], 16) if method == "eth_getBlockByNumber" else 0
        if not at or at in seen:
            return answer
        seen.add(at)
        return as_json(forged[at])

    node.ground, node.bend = other, bend
    with pytest.raises(HeaderDiffers):
        trust_of(node)


def test_a_trust_file_waits_until_enough_blocks_follow_for_those_who_seal_now(
    case: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ground, seven = Ground.of(case.live, REGISTRY), validators(7)
    headers = [clique_genesis(seven, case.now - 100)]
    for at in range(9):
        headers.append(clique_block(headers[-1], seven[at % 7], among=seven, state=ground.state()[0]))
    node: Any = Node(headers, ground, confirmations=0)
    snapshot = Snapshot.newest(node)
    assert len(snapshot.headers) == 8
    short = Snapshot(node, snapshot.consensus, headers[-4:])
    monkeypatch.setattr(Snapshot, "newest", lambda _calls: short)
    with pytest.raises(TooShort):
        trust_of(node)


def test_a_node_that_invents_a_block_or_has_another_first_one_makes_no_trust_file(node: Any) -> None:  # noqa: ANN401
    stranger = clique_block(node.headers[4], Validator.of("stranger"), among=FOUR, state=node.ground.state()[0])
    honest = list(node.headers)
    node.headers = [*honest[:5], stranger]
    for at in range(5, 9):
        node.headers.append(clique_block(node.headers[-1], FOUR[at % 4], among=FOUR, state=node.ground.state()[0]))
    with pytest.raises(NotLawful):
        trust_of(node)
    node.headers = honest
    node.genesis = "0x" + "11" * 32
    with pytest.raises(WrongChain):
        trust_of(node)
