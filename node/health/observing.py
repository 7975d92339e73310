"""Asking a node how it is: its client, its daemon, its disk, and what its supervisor wrote down."""

from __future__ import annotations

import shutil
import statistics
import time
from collections import Counter, deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from node.client.errors import NodeError
from node.client.rpc import JsonRpc
from node.engines import clique
from node.engines.problems import Problem
from node.health.judging import judge
from node.health.reading import ChainReading, IpfsReading, ProgramReading, Reading, ValidatorReading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from node.engines.place import Place
    from node.engines.protocol import ChainClient, Sealed
    from node.ipfs import Kubo

WINDOW, TURNS = 32, 8
"""The last blocks over which it is counted who missed a turn: so many, and so many for each validator."""
_RECENT = 16
"""Blocks that are asked for at every look."""
_DELAYS = 16
_ENOUGH = 4
_ASK = 5.0
_COUNT_EVERY = 60.0
_WATCHED = 5.0
"""Seconds between two looks up to which the second one tells when a block came."""


class Observer:
    """Looks at one node, again and again. One that lives on (the supervisor's) also sees when blocks arrive."""

    def __init__(
        self, place: Place, client: ChainClient, kubo: Kubo | None, *, now: Callable[[], float] = time.time
    ) -> None:
        """`now` is the wall clock, seconds since 1970."""
        self._place = place
        self._client = client
        self._kubo = kubo
        self._now = now
        self._rpc = JsonRpc(client.rpc_url, timeout=_ASK)
        self._seen = 0
        self._looked = 0.0
        self._delays: deque[float] = deque(maxlen=_DELAYS)
        self._gathered_at: float | None = None
        self._counted: IpfsReading | None = None
        self._count_at = 0.0
        self._held: tuple[Sealed, ...] = ()

    def observe(self, programs: Sequence[ProgramReading] | None = None, *, metrics_problem: str = "") -> Reading:
        """Return how the node is now, judged.

        Args:
            programs: what the supervisor knows of its programs; None reads what it last wrote down.
            metrics_problem: why the supervisor does not answer Prometheus, where it does not.
        """
        place = self._place
        pid = self._client.process.pid()
        try:
            chain = None if pid is None else self._chain()
        except (NodeError, KeyError, TypeError, ValueError):  # it is starting, stopped, or ends just now
            chain = None
        written_age: float | None = 0.0
        if programs is None:
            written = _written(place)
            programs, metrics_problem = written.programs, written.metrics_problem
            written_age = None if written.at is None else round(self._now() - written.at, 1)
            if chain is not None:
                chain = replace(chain, delay=written.delay, gathered=written.gathered)
        elif chain is not None:
            chain = replace(chain, gathered=self._gathered(chain))
        disk = shutil.disk_usage(place.layout.folder)
        found = Reading(
            at=self._now(),
            province=place.local.province,
            engine=self._client.kind,
            block_seconds=place.description.engine.block_seconds,
            supervisor=place.supervisor.pid(),
            programs=tuple(programs),
            chain_pid=pid,
            chain=chain,
            ipfs=self._ipfs(),
            disk_free=disk.free,
            disk_size=disk.total,
            written_age=written_age,
            metrics_problem=metrics_problem,
        )
        return replace(found, alarms=judge(found))

    def _chain(self) -> ChainReading:
        client, now = self._client, self._now()
        head = self._rpc.call("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC
        final = client.final_block()
        block = self._rpc.call("eth_getBlockByNumber", hex(final), False)  # noqa: FBT003 - JSON-RPC
        peers, members = client.peers(), client.validators()
        sealed = self._sealed(max(WINDOW, TURNS * len(members)))
        self._note_arrival(sealed, now)
        own = self._place.own.validator
        rows = {node.validator: row.province for row, node in self._place.description.nodes}
        connected = {peer.validator for peer in peers}
        head_time, final_time = int(head["timestamp"], 16), int(block["timestamp"], 16)
        return ChainReading(
            height=int(head["number"], 16),
            head_hash=head["hash"],
            head_time=head_time,
            head_age=round(now - head_time, 1),
            final=final,
            final_time=final_time,
            final_age=round(now - final_time, 1),
            peers=len(peers),
            provinces=tuple(sorted(rows[one] for one in connected if one in rows)),
            expected=len(self._place.others),
            validators=validator_readings(members, sealed, {own, *connected}, rows),
            needed=quorum(client.kind, len(members)),
            sealing=client.sealing(),
            validator=own in members,
            syncing=client.syncing(),
            delay=statistics.median(self._delays) if len(self._delays) >= _ENOUGH else None,
        )

    def _sealed(self, window: int) -> tuple[Sealed, ...]:
        """Return who made each of the last `window` blocks; those that were seen a moment ago are not asked for again.

        The last ones are, since they may have been given up for others; all are, where these do not follow.
        """
        held = {one.number: one for one in self._held}
        recent = self._client.sealed(min(window, _RECENT) if held else window)
        if held and recent and held.get(recent[0].number, recent[-1]).block_hash != recent[0].block_hash:
            recent = self._client.sealed(window)
        if recent:
            first, last = recent[0].number, recent[-1].number
            kept = [one for one in self._held if last - window < one.number < first]
            self._held = (*kept, *recent)
        else:
            self._held = ()
        return self._held

    def _note_arrival(self, sealed: Sequence[Sealed], now: float) -> None:
        """Keep how late the newest block was first seen, where another made it since the last look."""
        if not sealed:
            return
        newest = sealed[-1]
        watched = now - self._looked <= _WATCHED
        if watched and newest.number > self._seen and newest.sealer != self._place.own.validator:
            self._delays.append(round(now - newest.time, 2))
        self._seen, self._looked = newest.number, now

    def _gathered(self, chain: ChainReading) -> float | None:
        """Return for how long enough validators have been there."""
        if chain.present < chain.needed:
            self._gathered_at = None
            return None
        if self._gathered_at is None:
            self._gathered_at = self._now()
        return round(self._now() - self._gathered_at, 1)

    def _ipfs(self) -> IpfsReading | None:
        if self._kubo is None:
            return None
        try:
            counting = self._counted is None or not self._counted.answering or self._now() >= self._count_at
            found = self._kubo.status(counting=counting)
        except NodeError as error:
            return IpfsReading(
                answering=False, peers=0, expected=0, strangers=0, pins=0, blocks=0, size=0, problem=str(error)
            )
        last = self._counted
        counts = (found.pins, found.blocks, found.size)
        if not counting and last is not None:
            counts = (last.pins, last.blocks, last.size)
        else:
            self._count_at = self._now() + _COUNT_EVERY
        self._counted = IpfsReading(
            answering=found.answering,
            peers=len(found.peers),
            expected=found.expected,
            strangers=len(found.strangers),
            pins=counts[0],
            blocks=counts[1],
            size=counts[2],
            problem=found.problem,
        )
        return self._counted


def validator_readings(
    members: Sequence[str], sealed: Sequence[Sealed], there: set[str], rows: dict[str, int]
) -> tuple[ValidatorReading, ...]:
    """Return each validator with its turns in the blocks `sealed`; `there` are those present, `rows` the provinces."""
    turns = Counter(one.turn for one in sealed)
    missed = Counter(one.turn for one in sealed if one.turn != one.sealer)
    blocks = Counter(one.sealer for one in sealed)
    return tuple(
        ValidatorReading(
            address=member,
            province=rows.get(member),
            present=member in there,
            turns=turns[member],
            missed=missed[member],
            sealed=blocks[member],
        )
        for member in members
    )


def quorum(engine: str, members: int) -> int:
    """Return how many of `members` validators must be there: Clique more than half, QBFT two thirds rounded up."""
    return clique.majority(members) if engine == "geth" else -(-2 * members // 3)


@dataclass(frozen=True, slots=True)
class _Written:
    """What the supervisor last wrote down: when, its programs, `delay` and `gathered` of the chain."""

    at: float | None = None
    programs: tuple[ProgramReading, ...] = ()
    delay: float | None = None
    gathered: float | None = None
    metrics_problem: str = ""


def _written(place: Place) -> _Written:
    """Return what the supervisor last wrote down, or nothing where there is none that runs."""
    if place.supervisor.pid() is None:
        return _Written()
    try:
        content = orjson.loads(place.health.read_bytes())
        chain = content["chain"] or {}
        return _Written(
            at=content["at"],
            programs=tuple(_program(one) for one in content["programs"]),
            delay=chain.get("delay"),
            gathered=chain.get("gathered"),
            metrics_problem=content["metrics_problem"],
        )
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return _Written()


def _program(content: dict[str, Any]) -> ProgramReading:
    problem = content["problem"]
    return ProgramReading(**content | {"problem": None if problem is None else Problem(**problem)})
