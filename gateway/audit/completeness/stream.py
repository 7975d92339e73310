"""Folding events into heads at the price of their digests: raw JSON of eth_getLogs in, a head for each subject out.

    streams = Streams(contracts, chain_id)
    streams.fold(decode_logs(answer), times)         # times: block number as the node wrote it → seconds
    streams.of(address, subject).head

No event is decoded. What a head commits to lies in a log as whole words: topics and data in declared order, so a log's
digest is that of its own bytes, cut before the last three words. Where an event does not fit, the logs around it are
kept, for a closer look (`naming`), and the folding goes on from the head that it says itself. Source: docs/events.md;
Solidity, "Contract ABI Specification", "Events".
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.hashing import WORD, keccak256, word
from gateway.domain.heads import first_head
from node.client.artifact import load
from node.client.codec import AbiError, Codec
from node.client.hashing import keccak256 as topic_digest
from node.client.kinds import KINDS, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.audit.completeness.logs import Log
    from node.client.artifact import Artifact

RECENT: Final = 64
"""Logs that fitted, kept of each subject: an altered one may show only at the next."""
SEGMENTS: Final = 2_000
"""Breaks kept of each subject. Whoever serves more of them leaves nothing to be named one by one."""
_TAIL: Final = 3 * WORD
"""Actor, sequence, head."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the bytes of one kind of event are read.

    Attributes:
        kind: one ABI word; name: the event's.
        indexed: how many topics come after the first.
        head_size: bytes of the data before what is of dynamic size.
        offsets: where, in topics and data put together, words tell how far away something of dynamic size is.
        static: whether there is nothing of dynamic size.
        pair: whether the first two fields name the subject; province: whether the first one does.
    """

    kind: bytes
    name: str
    indexed: int
    head_size: int
    offsets: tuple[int, ...]
    static: bool
    pair: bool
    province: bool

    def raw(self, log: Log) -> bytes | None:
        """Return topics and data put together, None where they cannot be of this event."""
        if len(log.topics) != self.indexed + 1:
            return None
        raw = bytes.fromhex("".join([topic[2:] for topic in log.topics[1:]]) + log.data[2:])
        least = self.head_size + self.indexed * WORD
        return None if len(raw) < least or (self.static and len(raw) != least) else raw

    def subject(self, raw: bytes) -> int:
        """Return whose head such an event extends."""
        if self.province:
            return int.from_bytes(raw[:WORD], "big")
        if self.pair:
            return int.from_bytes(raw[:WORD], "big") << 32 | int.from_bytes(raw[WORD : 2 * WORD], "big")
        return 0

    def cut(self, raw: bytes) -> tuple[bytes, bytes]:
        """Return (``abi.encode`` of the fields, the last three words) of topics and data put together."""
        if self.static:
            return raw[:-_TAIL], raw[-_TAIL:]
        ends = self.indexed * WORD + self.head_size
        fields = bytearray(raw[: ends - _TAIL] + raw[ends:])
        for at in self.offsets:  # the topics come before what it was counted from, and the last three words are gone
            fields[at : at + WORD] = word(
                (int.from_bytes(fields[at : at + WORD], "big") + self.indexed * WORD - _TAIL) % (1 << 256)
            )
        return bytes(fields), raw[ends - _TAIL : ends]


def plans_of(artifact: Artifact) -> dict[str, Plan]:
    """Return the plan of each event of a contract by its first topic, 0x-hex."""
    plans = {}
    for entry in artifact.abi:
        if entry["type"] != "event" or entry["name"] not in KINDS[artifact.name]:
            continue  # of a library's, which no contract of ours emits
        codec = Codec(entry["inputs"])
        topic = topic_digest(f"{entry['name']}({','.join(codec.types)})".encode())
        plans["0x" + topic.hex()] = _plan(artifact.name, entry, codec)
    return plans


def _plan(contract: str, entry: Mapping[str, Any], codec: Codec) -> Plan:
    indexed = [bool(each["indexed"]) for each in entry["inputs"]]
    count = sum(indexed)
    if indexed != [True] * count + [False] * (len(indexed) - count):
        raise AbiError(f"{contract}.{entry['name']}", "an indexed field after one that is not")
    offsets, at = [], count * WORD
    for shape in codec.shapes[count:]:
        if not shape.static:
            offsets.append(at)
        at += WORD * (shape.words if shape.static else 1)
    names = codec.names[:2]
    return Plan(
        kind=word(kind_of(contract, entry["name"])),
        name=entry["name"],
        indexed=count,
        head_size=at - count * WORD,
        offsets=tuple(offsets),
        static=codec.static,
        pair=names == ("source", "target"),
        province=names[:1] == ("province",),
    )


@dataclass(slots=True)
class Segment:
    """Events of a subject each of which continues the one before it.

    Attributes:
        first: (time of its block, log) of the event that it begins with and that continues nothing before it; None of
            the first segment, which begins at the subject's beginning.
        start_head, start_sequence: the head after that event, as it says itself; or the subject's beginning.
        head, sequence: after the last event.
        recent: (head before it, time of its block, log) of the last events after the first.
    """

    first: tuple[bytes, Log] | None
    start_head: bytes
    start_sequence: int
    head: bytes
    sequence: int
    recent: deque[tuple[bytes, bytes, Log]] = field(default_factory=lambda: deque(maxlen=RECENT))

    @classmethod
    def at(cls, head: bytes, sequence: int, first: tuple[bytes, Log] | None = None) -> Segment:
        """Begin one."""
        return cls(first, head, sequence, head, sequence)


@dataclass(slots=True)
class Stream:
    """The events of one subject of one contract, as far as they were read: one segment, where nothing is wrong.

    Attributes:
        now: the segment that grows; before: those that came before it.
        strays: (time, log) of events that are not where they say; count: how many events were read in all.
    """

    now: Segment
    before: list[Segment] = field(default_factory=list)
    strays: list[tuple[bytes, Log]] = field(default_factory=list)
    count: int = 0

    def break_off(self, time: bytes, log: Log, tail: bytes) -> None:
        """Go on from an event that does not continue what came before, from the head that it says itself."""
        if len(self.before) < SEGMENTS:
            self.before.append(self.now)
        number = int.from_bytes(tail[WORD : 2 * WORD], "big")
        self.now = Segment.at(tail[2 * WORD :], number, (time, log))

    @property
    def segments(self) -> list[Segment]:
        """All of them, in the order of the chain."""
        return [*self.before, self.now]


@dataclass(frozen=True, slots=True)
class ReadContract:
    """A contract whose events are read: its name, its address (0x-hex, lower case), what it continues (or None)."""

    name: str
    address: str
    predecessor: str | None


@dataclass(slots=True)
class _Reading:
    plans: dict[str, Plan]
    streams: dict[int, Stream] = field(default_factory=dict)


class Streams:
    """All subjects of all contracts that are read."""

    def __init__(self, contracts: Sequence[ReadContract], chain_id: int) -> None:
        """Begin before the first event of all of them."""
        self.contracts = {contract.address: contract for contract in contracts}
        self._chain_id = chain_id
        self._readings = {contract.address: _Reading(plans_of(load(contract.name))) for contract in contracts}
        self.strangers: list[Log] = []
        """Logs that are no event of the contract they are said to be of, or of none that was asked for."""
        self.count = 0

    def fold(self, logs: Iterable[Log], times: Mapping[str, bytes]) -> None:
        """Take in logs in the order of the chain; `times` has the time of each one's block as an ABI word."""
        readings, digest = self._readings, keccak256
        for log in logs:
            self.count += 1
            reading = readings.get(log.address)
            plan = reading.plans.get(log.topics[0]) if reading is not None and log.topics else None
            raw = None if plan is None else plan.raw(log)
            if reading is None or plan is None or raw is None:
                self.strangers.append(log)
                continue
            fields, tail = (raw[:-_TAIL], raw[-_TAIL:]) if plan.static else plan.cut(raw)
            subject = plan.subject(raw)
            stream = reading.streams.get(subject) or self.of(log.address, subject)
            stream.count += 1
            time = times[log.blockNumber]
            number = tail[WORD : 2 * WORD]
            now = stream.now
            head = digest(b"".join((now.head, number, plan.kind, time, tail[:WORD], digest(fields))))
            if head == tail[2 * WORD :] and int.from_bytes(number, "big") == now.sequence + 1:
                now.recent.append((now.head, time, log))
                now.head = head
                now.sequence += 1
            else:
                stream.break_off(time, log, tail)

    def set_aside(self, logs: Iterable[Log]) -> None:
        """Keep logs that no block's time can be told of: they cannot fit, and may stand for what lacks."""
        for log in logs:
            plan = self.plan(log)
            raw = None if plan is None else plan.raw(log)
            if plan is None or raw is None:
                self.strangers.append(log)
                continue
            stream = self.of(log.address, plan.subject(raw))
            stream.count += 1
            stream.strays.append((bytes(WORD), log))

    def of(self, address: str, subject: int) -> Stream:
        """Return the stream of a subject; it begins where its contract's predecessor ended."""
        streams = self._readings[address].streams
        found = streams.get(subject)
        if found is None:
            streams[subject] = found = Stream(Segment.at(*self._before(address, subject)))
        return found

    def seen(self, address: str) -> list[int]:
        """Return the subjects of which a contract had an event."""
        return sorted(subject for subject, stream in self._readings[address].streams.items() if stream.count)

    def plan(self, log: Log) -> Plan | None:
        """Return how the bytes of a log are read, None where it is no event of ours."""
        reading = self._readings.get(log.address)
        return None if reading is None or not log.topics else reading.plans.get(log.topics[0])

    def first(self, address: str, subject: int) -> bytes:
        """Return the head before the first event of all, of the oldest contract that `address` continues."""
        predecessor = self.contracts[address].predecessor
        if predecessor is not None:
            return self.first(predecessor, subject)
        return first_head(self._chain_id, bytes.fromhex(address[2:]), subject)

    def _before(self, address: str, subject: int) -> tuple[bytes, int]:
        predecessor = self.contracts[address].predecessor
        if predecessor is None:
            return self.first(address, subject), 0
        ended = self.of(predecessor, subject).now
        return ended.head, ended.sequence
