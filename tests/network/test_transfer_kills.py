"""Requests, decisions and appeals killed with -9 at either side, and run again: each is on the chain once."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from anchored import events
from counting import SEND, next_block, selector
from killing import KILLED, kill_at, start, trapped
from trading import JIANGSU, LEDGER, SHANGHAI, Trade, hash_of
from wire import ANSWERED, ASKED, HALFWAY, Trap

from gateway.ledger.calls import Call, ChainCalls
from node.client.deployment import Deployment
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from killing import KillLog
    from stage import Centre, Stage
    from wire import Wire

pytestmark = [pytest.mark.network, pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(900)]
ANHUI = 340000
A_SET = 3
GRACE = 3 * 86_400
"""Of the trial network (node/setup.py), in seconds."""


@pytest.fixture(scope="module")
def trade(stage: Stage, wires: dict[int, Wire], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """An agreement in force and certificates; Shanghai serves, Jiangsu's commands send by themselves."""
    assert wires
    made = Trade(stage, tmp_path_factory.mktemp("trade"))
    made.target.serve()
    try:
        made.begin(60)
        yield made
    finally:
        for centre in (made.source, made.target):
            centre.stop()


@pytest.mark.parametrize(
    ("seed", "trap"),
    [
        (41, Trap(ASKED, SEND, also=selector("request", LEDGER))),  # between the commit and the sending
        (42, Trap(ANSWERED, SEND, also=selector("request", LEDGER))),  # between the sending and the receipt
        (43, Trap(ASKED, "eth_call", 3, also=selector("quote", "AgreementRegistry"))),  # while some are entered
    ],
)
def test_requests_that_were_killed_are_on_the_chain_once(
    trade: Trade, wires: dict[int, Wire], kill_log: KillLog, seed: int, trap: Trap
) -> None:
    papers = trade.take(A_SET)
    wanted = {hash_of(paper) for paper in papers}
    kill_at(trade.source, wires[JIANGSU], trap, *trade.asking(papers))
    next_block(trade.stage)
    after_kill = len(wanted & set(trade.leaves_asked()))
    refs = trade.requested(papers)
    assert len(set(refs)) == A_SET
    asked = Counter(leaf for leaf in trade.leaves_asked() if leaf in wanted)
    assert asked == dict.fromkeys(wanted, 1)
    kill_log.tell("huren transfer request", seed, str(trap), f"{after_kill} after the kill, then {A_SET}, each once")


def test_requests_killed_at_any_moment_are_on_the_chain_once(
    trade: Trade, wires: dict[int, Wire], kill_log: KillLog
) -> None:
    papers = trade.take(A_SET)
    wanted = {hash_of(paper) for paper in papers}
    for trap in anywhere(44):
        point = killed_somewhere(trade.source, wires[JIANGSU], trap, *trade.asking(papers))
        after_kill = len(wanted & set(trade.leaves_asked()))
        kill_log.tell("huren transfer request", 44, point, f"{after_kill} requested")
    refs = trade.requested(papers)
    assert len(set(refs)) == A_SET
    assert Counter(leaf for leaf in trade.leaves_asked() if leaf in wanted) == dict.fromkeys(wanted, 1)


@pytest.mark.parametrize(
    ("seed", "trap"),
    [
        (45, Trap(ASKED, SEND, also=selector("accept", LEDGER))),
        (46, Trap(ANSWERED, SEND, also=selector("accept", LEDGER))),
        (47, Trap(ANSWERED, SEND, also=selector("reject", LEDGER))),
    ],
)
def test_bulk_decisions_that_were_killed_go_on_and_each_is_made_once(
    trade: Trade, wires: dict[int, Wire], kill_log: KillLog, seed: int, trap: Trap
) -> None:
    refs = serving(trade).requested(trade.take(A_SET))
    words = trade.rejecting(refs) if seed == 47 else trade.accepting(refs, seed)
    kill_at(trade.target, wires[SHANGHAI], trap, *words)
    next_block(trade.stage)
    after_kill = sum(ref in trade.ended() for ref in refs)
    decided = trade.target.run(*words).json["decisions"]
    assert [one["problem"] for one in decided] == [None] * A_SET
    name = "TransferReturned" if seed == 47 else "TransferAccepted"
    assert {ref: trade.ended()[ref] for ref in refs} == {ref: [name] for ref in refs}
    kill_log.tell("huren transfer decide", seed, str(trap), f"{after_kill} after the kill, then {A_SET}, each once")


def test_decisions_killed_at_any_moment_are_made_once(trade: Trade, wires: dict[int, Wire], kill_log: KillLog) -> None:
    refs = serving(trade).requested(trade.take(A_SET))
    words = trade.accepting(refs, 48)
    for trap in anywhere(48):
        point = killed_somewhere(trade.target, wires[SHANGHAI], trap, *words)
        after_kill = sum(ref in trade.ended() for ref in refs)
        kill_log.tell("huren transfer accept", 48, point, f"{after_kill} decided")
    decided = trade.target.run(*words).json["decisions"]
    assert [one["problem"] for one in decided] == [None] * A_SET
    assert {ref: trade.ended()[ref] for ref in refs} == {ref: ["TransferAccepted"] for ref in refs}


def test_every_claim_is_in_exactly_one_state_and_equal_on_all_gateways(trade: Trade) -> None:
    """After all those kills: what three gateways tell, what the ledger keeps, and what the claim book keeps."""
    each_once(trade)


def each_once(trade: Trade) -> None:
    ours, theirs, third = (trade.listed(trade.stage.centres[code]) for code in (JIANGSU, SHANGHAI, ANHUI))
    assert ours == theirs == third
    assert len(ours) == len(trade.leaves_asked()) == len({one["hash"] for one in ours})
    ended = trade.ended()
    uses = {"requested": 1, "accepted": 2, "returned": 0}  # IClaimBook.Use
    names = {"accepted": ["TransferAccepted"], "returned": ["TransferReturned"]}
    with JsonRpc(trade.stage.rpc_url) as rpc:
        calls = ChainCalls(rpc, Deployment.load(trade.stage.network / "deployment.json"))
        claims = {
            f"{said['source']}-{said['target']}-{said['number']}": (said["details"].canonical, said["details"].claim)
            for said in events(trade.stage, "TransferRequested", LEDGER)
        }
        kept = calls.answers(
            [Call("ClaimBook", "claimOf", claims[one["transfer"]]) for one in ours], calls.final_block()
        )
    for one, claim in zip(ours, kept, strict=True):
        assert claim.use == uses[one["standing"]], one
        assert ended.get(one["transfer"]) == names.get(one["standing"]), one
    assert len(set(claims.values())) == len(ours)


@pytest.mark.parametrize(("seed", "where"), [(49, ASKED), (50, ANSWERED)])
def test_an_appeal_that_was_killed_is_filed_once_with_the_same_grounds(
    trade: Trade, wires: dict[int, Wire], kill_log: KillLog, seed: int, where: str
) -> None:
    [ref] = serving(trade).requested(trade.take(1))
    [decided] = trade.target.run(*trade.rejecting([ref])).json["decisions"]
    assert decided["problem"] is None
    trade.source.stop()  # so that the command itself sends
    words = trade.appealing(ref)
    trap = Trap(where, SEND, also=selector("appeal", LEDGER))
    kill_at(trade.source, wires[JIANGSU], trap, *words)
    next_block(trade.stage)
    after_kill = len(trade.appeals(ref))
    assert trade.source.run(*words).json["transactions"][0]["problem"] is None
    [filed] = trade.appeals(ref)
    shown = trade.source.run("transfer", "show", ref, "--json").json
    assert shown["letters"]["appeal"]["text"] == "学生在册，请复核"
    kill_log.tell("huren transfer appeal", seed, str(trap), f"{after_kill} after the kill, then 1: 0x{filed.hex()[:8]}")


def test_a_gateway_killed_while_it_sends_overdue_requests_back_sends_each_back_once(
    trade: Trade, wires: dict[int, Wire], kill_log: KillLog
) -> None:
    """Its own sweep, which nobody asked for: killed while it looks, before it sends, half-way, before the receipts.

    It is started again each time, and at last beside the other side's gateway, which wants to send the same back.
    """
    for centre in (trade.source, trade.target):
        centre.stop()
    soon = trade.stage.node("status", "--json").json["block_time"] + 900
    until = dt.datetime.fromtimestamp(soon, dt.UTC).isoformat()
    refs = trade.requested(trade.take(A_SET), "--deadline", until)
    trade.listed(trade.target)  # its index knows them, before it sweeps for the first time
    trade.stage.node("advance", "--seconds", str(GRACE + 900))
    expires = selector("expire", LEDGER)
    for trap in (
        Trap(ASKED, "eth_call", also=selector("standingOf", LEDGER)),
        Trap(ASKED, SEND, also=expires),
        Trap(HALFWAY, SEND, also=expires),
        Trap(ANSWERED, SEND, also=expires),
    ):
        kill_at(trade.target, wires[SHANGHAI], trap, "serve")
        next_block(trade.stage)
        ended = trade.ended()
        came = sum(ref in ended for ref in refs)
        kill_log.tell("huren serve (sweep)", 51, str(trap), f"{came} of {A_SET} sent back")
    for centre in (trade.target, trade.source):
        centre.serve()
    deadline = time.monotonic() + 300
    while any(ref not in trade.ended() for ref in refs):
        assert time.monotonic() < deadline, trade.target.log_tail()
        time.sleep(0.5)
    assert {ref: trade.ended()[ref] for ref in refs} == {ref: ["TransferReturned"] for ref in refs}
    for centre in (trade.target, trade.source):
        centre.wait_until_indexed(trade.stage.block())
        told = {one["transfer"]: one for one in trade.listed(centre)}
        assert {told[ref]["standing"] for ref in refs} == {"returned"}
        shown = [centre.run("transfer", "show", ref, "--json").json["reason"] for ref in refs]
        assert shown == ["expired"] * A_SET
    each_once(trade)


def serving(trade: Trade) -> Trade:
    """With Jiangsu's gateway up: it gives its letters to whoever asks."""
    if trade.source.process is None:
        trade.source.serve()
    return trade


def anywhere(seed: int) -> list[Trap]:
    """Three traps, each at a request to the chain that the seed chose: on a slow machine as on a fast one."""
    chance = random.Random(seed)
    return [Trap(chance.choice((ASKED, ANSWERED)), "eth_", chance.randrange(8, 45)) for _ in range(3)]


def killed_somewhere(centre: Centre, wire: Wire, trap: Trap, *words: str) -> str:
    """Run a command until the trap kills it, or it is through; say which."""
    with trapped(wire, trap):
        process = start(centre, *words)
        trap.arm(process.pid)
        code = process.wait(180)
    assert code in {KILLED, 0}
    return str(trap) if code == KILLED else f"through before {trap}"
