"""What geth is told after a start, and when: asked of a socket that answers as geth does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.client.keystores import address_of
from node.engines import clique
from node.engines.geth_attendant import PATIENCE, SETTLE, GethAttendant
from node.engines.sealer import bystander_of
from tests.node.engines.real_trial import geth_of
from tests.node.engines.socket_server import client_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from node.engines.geth import Geth
    from node.layout import Layout


@given(
    st.lists(st.sampled_from("abcdef"), unique=True, min_size=1),
    st.sets(st.sampled_from("abcdefgh")),
    st.sampled_from([PATIENCE, PATIENCE - 0.1]),
)
def test_nobody_seals_alone_and_a_majority_after_a_while(signers: list[str], present: set[str], waited: float) -> None:
    own = signers[0]
    begins = clique.may_seal(own, signers, present, waited=waited, patience=PATIENCE)
    there = len({own, *present} & set(signers))
    assert begins == (there == len(signers) or (waited >= PATIENCE and 2 * there > len(signers)))
    assert not clique.may_seal("z", signers, present, waited=waited, patience=PATIENCE), "it is no signer"


@dataclass
class Running:
    """What a geth says of itself, changed by what it is told."""

    geth: Geth
    mining: bool = False
    etherbases: list[str] = field(default_factory=list)
    height: int = 5
    away: int = 0

    def answers(self) -> dict[str, Any]:
        signers = list(self.geth.place.description.founding_validators)
        return {
            "miner_setGasPrice": True,
            "miner_setEtherbase": self.etherbases.append,
            "miner_start": lambda: setattr(self, "mining", True),
            "miner_stop": lambda: setattr(self, "mining", False),
            "clique_getSigners": lambda _: signers,
            "eth_mining": lambda: self.mining,
            "eth_blockNumber": lambda: hex(self.height),
            "admin_peers": lambda: self.peers()[self.away :],
            "admin_removePeer": lambda _: True,
            "admin_addPeer": lambda _: True,
        }

    def seals(self) -> bool:
        return self.mining

    def peers(self) -> list[dict[str, Any]]:
        """The first of them has dialled in: geth tells the port that its call came from."""
        told = [(node.enode, False) for node in self.geth.place.others]
        told[0] = (told[0][0].rpartition(":")[0] + ":54321", True)
        return [
            {"enode": enode, "name": "Geth", "network": {"remoteAddress": "127.0.0.1:2", "inbound": inbound}}
            for enode, inbound in told
        ]


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def _attendant(running: Running, chain: Path, clock: Clock) -> GethAttendant:
    place = running.geth.place
    return GethAttendant(chain, place.own.validator, [other.enode for other in place.others], clock=clock)


@pytest.fixture
def running(geth_trial: Layout) -> Running:
    geth = geth_of(geth_trial)
    geth.render()
    return Running(geth)


@pytest.fixture
def chain(running: Running) -> Iterator[Path]:
    yield running.geth.place.chain
    (running.geth.place.chain / "chain.ipc").unlink(missing_ok=True)


def test_after_a_start_gas_is_free_others_are_heard_and_sealing_begins_once_they_are_there(
    running: Running, chain: Path
) -> None:
    clock, own = Clock(), running.geth.place.own.validator
    attendant = _attendant(running, chain, clock)
    assert attendant.tend(7) is None, "it does not answer yet"
    with client_in(chain, running.answers()) as client:
        (said,) = attendant.tend(7) or ()
        assert "gas is free" in said
        assert ("miner_setGasPrice", ["0x0"]) in client.asked
        assert running.etherbases == [address_of(bystander_of(chain)), own], "nothing could be sealed meanwhile"
        assert own != running.etherbases[0]
        assert not running.seals()
        clock.now += SETTLE - 0.1
        assert attendant.tend(7) == (), "the others may not hear yet"
        clock.now += 0.1
        (said,) = attendant.tend(7) or ()
        assert "3 other validators" in said
        assert running.seals()
        assert attendant.tend(7) == ()
        assert client.methods().count("miner_setGasPrice") == 1
        (said,) = attendant.tend(8) or ()
        assert "gas is free" in said, "a new process has forgotten it"
        assert len(running.etherbases) == 2, "one that seals already, taken over, is not stopped"


def test_a_node_that_is_away_keeps_the_others_waiting_for_a_while_only(running: Running, chain: Path) -> None:
    clock = Clock()
    attendant = _attendant(running, chain, clock)
    running.away = 1
    with client_in(chain, running.answers()):
        attendant.tend(7)
        clock.now += PATIENCE + SETTLE - 0.1
        assert attendant.tend(7) == ()
        clock.now += 0.1
        (said,) = attendant.tend(7) or ()
        assert "2 other validators" in said


def test_two_of_four_do_not_begin(running: Running, chain: Path) -> None:
    clock = Clock()
    attendant = _attendant(running, chain, clock)
    running.away = 2
    with client_in(chain, running.answers()):
        for _ in range(10):
            attendant.tend(7)
            clock.now += 60
        assert not running.seals()
        running.away = 0
        attendant.tend(7)
        clock.now += SETTLE
        (said,) = attendant.tend(7) or ()
        assert "3 other validators" in said


def test_one_that_was_voted_out_ends_to_seal(running: Running, chain: Path) -> None:
    own = running.geth.place.own.validator
    answers = running.answers()
    answers["clique_getSigners"] = [one for one in running.geth.place.description.founding_validators if one != own]
    running.mining = True
    with client_in(chain, answers):
        said = _attendant(running, chain, Clock()).tend(7) or ()
        assert "sealing ended" in said[-1]
        assert not running.seals()


def test_where_no_block_comes_though_enough_are_there_the_peers_are_met_anew_twice(
    running: Running, chain: Path
) -> None:
    clock = Clock()
    attendant = _attendant(running, chain, clock)
    running.mining = True
    with client_in(chain, running.answers()) as client:
        for _ in range(300):
            attendant.tend(7)
            clock.now += 1
        enodes = {node.enode for node in running.geth.place.others}
        assert client.methods().count("admin_removePeer") == client.methods().count("admin_addPeer") == 2 * 3
        asked = {params[0] for method, params in client.asked if method in {"admin_addPeer", "admin_removePeer"}}
        assert asked == enodes, "those at which they can be dialled"
        for _ in range(100):
            running.height += 1
            attendant.tend(7)
            clock.now += 1
        assert client.methods().count("admin_removePeer") == 6, "it goes on"
        running.away = 2
        for _ in range(100):
            attendant.tend(7)
            clock.now += 1
        assert client.methods().count("admin_removePeer") == 6, "too few are there: nothing would come of it"
