from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ledger_world import ANHUI, DAY, JIANGSU, SHANGHAI, ZHEJIANG, account, uscc

from gateway.domain.hashing import keccak256
from gateway.ledger.errors import HeadMismatch
from gateway.ledger.events import FollowedContract
from gateway.ledger.heads import HeadChain
from gateway.ledger.reader import institution_word
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.ledger.values import BlockRef
from node.client.heads import first_head, pair

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conftest import Desk
    from ledger_world import World

    from gateway.ledger.calls import Call

OUTCOME = keccak256(b"JS-CLERK-3")
DOSSIER = b"\x0d" * 32


def opened(world: World) -> None:
    """Jiangsu has an outcome evaluated; Shanghai nominates the first expert."""
    institution = world.accredit(uscc(JIANGSU))
    until = world.now + 30 * DAY
    subject = (
        institution_word(institution), OUTCOME, 2, 600, 720, 5, [SHANGHAI, ZHEJIANG], until, until + 60 * DAY, DOSSIER,
    )  # fmt: skip
    world.twice(JIANGSU, "EvaluationRegistry", "open", subject)
    evaluation = keccak256(institution_word(institution) + OUTCOME + (1).to_bytes(32, "big"))
    expert = account("expert").address
    world.twice(SHANGHAI, "EvaluationRegistry", "nominate", evaluation, expert, b"\x4e" * 32)


@pytest.mark.network
def test_every_event_of_an_evaluation_is_kept_whole_in_the_order_of_the_chain(
    world: World, desk_of: Callable[..., Desk]
) -> None:
    opened(world)
    desk = desk_of(ANHUI)
    desk.indexer.advance()
    events = RecognitionEvents(desk.database)
    first, second = events.read()
    assert (first.name, second.name) == ("EvaluationOpened", "ExpertNominated")
    assert (first.subject, first.sequence, second.subject) == (JIANGSU, 1, SHANGHAI)
    assert first.fields["subject"]["targets"] == [SHANGHAI, ZHEJIANG]
    assert first.fields["subject"]["dossier"] == "0x" + DOSSIER.hex()
    assert first.actor == world.law(JIANGSU).address.lower()
    assert first.block < second.block
    assert second.fields == {
        "province": SHANGHAI,
        "evaluation": "0x" + first.about.hex(),
        "expert": account("expert").address.lower(),
        "key": "0x" + "4e" * 32,
        "taken": 1,
    }
    assert events.read("ExpertNominated", about=first.about) == [second]
    assert events.read("ExpertNominated", subject=JIANGSU) == []
    assert events.read(about=bytes(32)) == []
    desk.indexer.rebuild()
    assert events.read() == [first, second]


class Stored:
    """A node that answers for the heads that the contracts store."""

    def __init__(self, heads: dict[tuple[str, int], tuple[bytes, int]]) -> None:
        self.heads = heads
        self.asked: list[tuple[str, int]] = []

    def read(self, calls: Sequence[Call], _block: BlockRef) -> list[Any]:
        self.asked = [(call.contract, call.args[0]) for call in calls]
        addresses = {"EvaluationRegistry": "0x" + "11" * 20, "TransferLedger": "0x" + "22" * 20}
        return [self.heads.get(asked, (first_head(1, addresses[asked[0]], asked[1]), 0)) for asked in self.asked]


def test_a_pair_of_provinces_all_of_whose_events_were_left_out_is_noticed() -> None:
    contracts = [
        FollowedContract("EvaluationRegistry", "0x" + "11" * 20, None),
        FollowedContract("TransferLedger", "0x" + "22" * 20, None),
    ]
    block = BlockRef(1, bytes(32), 1)
    node = Stored({})
    HeadChain(1, contracts).check(node, (SHANGHAI, JIANGSU), block)
    assert [asked for asked in node.asked if asked[0] == "EvaluationRegistry"] == [
        ("EvaluationRegistry", subject) for subject in (0, SHANGHAI, JIANGSU)
    ]
    assert ("TransferLedger", pair(JIANGSU, SHANGHAI)) in node.asked
    hidden = ("TransferLedger", pair(SHANGHAI, JIANGSU))
    with pytest.raises(HeadMismatch) as caught:
        HeadChain(1, contracts).check(Stored({hidden: (b"\x01" * 32, 3)}), (SHANGHAI, JIANGSU), block)
    assert caught.value.details["subject"] == pair(SHANGHAI, JIANGSU)
    assert caught.value.details["stored"] == 3
