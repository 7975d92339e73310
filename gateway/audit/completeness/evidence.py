"""Asking again, in other ways, for events that do not fit: the block's receipts, and other members' nodes.

Nothing that comes from here is believed: it is tried whether it completes the list that leads to the proven head.
Receipts say something by themselves, too: if they do not give the root in the block's header, the node altered them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from gateway.audit.completeness.logs import Log
from gateway.audit.completeness.reading import LogReader
from gateway.audit.completeness.sightings import Sighting, sighting
from gateway.audit.completeness.values import Finding, Wrong
from gateway.domain.block_receipts import ReceiptMalformed, receipts_root
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x, word
from gateway.domain.header import Header
from gateway.ledger.calls import WITHOUT_BODIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.audit.completeness.stream import Streams
    from gateway.audit.completeness.witnesses import Witness
    from gateway.ledger.calls import ChainCalls

HEADERS: Final = 4_000
"""Headers looked through for one subject's lost events; the widest gap that receipts are tried on."""
BLOCKS: Final = 200
"""Blocks of one subject whose receipts are fetched."""

Spans = list[tuple[int, int]]
"""Ranges of blocks, both ends included."""


class Receipts:
    """The receipts of the node that is audited, block by block, each asked once."""

    def __init__(self, calls: ChainCalls) -> None:
        """Ask `calls`."""
        self._calls = calls
        self._kept: dict[int, list[tuple[Log, bytes]]] = {}
        self.findings: list[Finding] = []
        """Blocks whose receipts or headers the node altered."""

    def sightings(self, streams: Streams, address: str, spans: Spans) -> list[Sighting]:
        """Return the events of a contract in the receipts of these blocks, as far as their headers admit some.

        Raises:
            ChainUnavailable: no answer.
        """
        numbers = sorted({number for first, last in spans for number in range(first, min(last, first + HEADERS) + 1)})
        wanted = numbers[:HEADERS]
        found = [log for number in self._admitting(wanted, address) for log in self._kept[number]]
        seen = [sighting(streams, log, time, evidence="receipts") for log, time in found if log.address == address]
        return [one for one in seen if one is not None]

    def _admitting(self, numbers: Sequence[int], address: str) -> list[int]:
        """Return the blocks whose headers admit a log of `address`."""
        account = bytes.fromhex(address[2:])
        requests = [("eth_getBlockByNumber", (hex(number), *WITHOUT_BODIES)) for number in numbers]
        headers = {}
        for number, answer in zip(numbers, self._calls.requests(requests), strict=True):
            header = self._header(number, answer)
            if header is not None and header.may_log(account):
                headers[number] = header
        self._fetch(dict(list(headers.items())[: max(BLOCKS - len(self._kept), 0)]))
        return [number for number in numbers if number in self._kept]

    def _header(self, number: int, answer: Any) -> Header | None:  # noqa: ANN401 - any JSON
        if not isinstance(answer, dict) or number in self._kept:
            return None
        try:
            header = Header.of_json(answer)
            honest = header.is_as_said and header.number == number
        except HurenError:
            return None
        if honest:
            return header
        self.findings.append(Finding(what=Wrong.HEADER, block=number, evidence="header", why=str(answer.get("hash"))))
        self._kept[number] = []
        return None

    def _fetch(self, headers: Mapping[int, Header]) -> None:
        answers = self._calls.requests([("eth_getBlockReceipts", (hex(number),)) for number in headers])
        for (number, header), answer in zip(headers.items(), answers, strict=True):
            self._kept[number] = []
            if isinstance(answer, list):  # or the node does not offer them: nothing follows
                self._take(number, header, answer)

    def _take(self, number: int, header: Header, receipts: list[Any]) -> None:
        try:
            root = receipts_root(receipts)
            logs = [msgspec.convert(log, Log, strict=False) for receipt in receipts for log in receipt["logs"]]
            logs = [log for log in logs if log.place[0] == number]
            time = word(header.time)
        except (ReceiptMalformed, msgspec.ValidationError, KeyError, TypeError, ValueError, OverflowError):
            root, logs, time = b"", [], b""
        if root != header.receipts_root:
            why = f"{hex0x(root)} != {hex0x(header.receipts_root)}"
            self.findings.append(Finding(what=Wrong.RECEIPTS, block=number, evidence="header", why=why))
        self._kept[number] = [(log, time) for log in logs]


def told_by(witness: Witness, streams: Streams, address: str, subject: int, spans: Spans) -> list[Sighting]:
    """Return the events of a subject in these blocks as another member's node tells them; none where it is silent."""
    reader, seen = LogReader(witness.calls), []
    try:
        for first, last in spans:
            for part in reader.read([address], first, last, _topics(subject)):
                seen += [sighting(streams, log, part.times[log.blockNumber], evidence=witness.url) for log in part.logs]
    except HurenError:
        return []
    return [one for one in seen if one is not None]


def _topics(subject: int) -> list[str | None]:
    """What the events of a subject are found by: the province or the two provinces that they name first."""
    if not subject:
        return []  # those of the consortium as a whole name none
    codes = [subject] if subject < 1 << 32 else [subject >> 32, subject & 0xFFFFFFFF]
    return [None, *(hex0x(word(code)) for code in codes)]
