"""Which contracts and which members there are and ever were, as the events of Directory and Consortium tell.

What the contracts answer to a call, a node can invent. Their events it cannot, once heads agree: so both are taken from
events alone, and a subject that nothing was served of is found out by its head.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gateway.audit.completeness.logs import as_json
from gateway.audit.completeness.stream import ReadContract
from gateway.audit.completeness.values import Finding, Wrong
from gateway.domain.errors import Said
from node.client.abi import decode_call, decode_log, event_topic, interface
from node.client.artifact import CONTRACTS, load
from node.client.codec import AbiError
from node.client.directory import NAME as DIRECTORY
from node.client.directory import Entry, Listing
from node.client.heads import pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.audit.completeness.logs import Log
    from node.client.deployment import Deployment

CONSORTIUM: Final = "Consortium"
OF_PAIRS: Final = "TransferLedger"
_PROVINCES: Final = range(100_000, 1_000_000)
_UNREADABLE: Final = Said("该事件无法读取", "the event cannot be read")


def unreadable(contract: str, log: Log) -> Finding:
    """Return the finding of an event that is folded, and cannot be read: what it says might be hidden by that."""
    return Finding(
        what=Wrong.ALTERED,
        contract=contract,
        address=log.address,
        block=log.place[0],
        transaction=log.transactionHash,
        evidence="answer",
        why=_UNREADABLE,
    )


def listing_of(logs: Iterable[Log], deployment: Deployment, now: int, unread: list[Finding]) -> Listing:
    """Return what the Directories list, out of their events; `unread` is told of those that cannot be read.

    Raises:
        DirectoryDiffersError: a contract of the deployment file was never listed.
    """
    directories: dict[str, list[Entry]] = {}
    for log in logs:
        try:
            event = decode_log(load(DIRECTORY), as_json(log))
        except (AbiError, ValueError):
            unread.append(unreadable(DIRECTORY, log))
            continue
        entries = directories.setdefault(event.address, [])
        name = event.args["name"].rstrip(b"\0").decode("ascii", "replace")
        target = event.args["target"]
        if event.name == "EntryCancelled":
            entries[:] = [entry for entry in entries if (entry.name, entry.address) != (name, target)]
        else:
            args = event.args
            entries.append(Entry(name, target, args["version"], args["from"], args["codeHash"]))
    return Listing.of(directories, deployment, now)


def contracts_of(listing: Listing) -> list[ReadContract]:
    """Return every contract that the listing ever had, oldest first by name; each continues the one before it."""
    found = []
    for name in CONTRACTS:
        before: str | None = None
        for address in listing.ever(name):
            found.append(ReadContract(name, address, before))
            before = address
    return found


def unknown_names(listing: Listing) -> list[str]:
    """Return the names that this release has no contract for."""
    return sorted(set(listing.entries) - set(CONTRACTS))


class Members:
    """The provinces that ever were members, as the events of the Consortium tell."""

    def __init__(self, deployment: Deployment) -> None:
        """Begin with those of the deployment file."""
        self.provinces = set(deployment.provinces)
        self._tenures: dict[int, int] = {}
        self._founders = 0
        self._opened: dict[bytes, tuple[str, bytes]] = {}
        self._admitted = 0
        self.unreadable: list[Finding] = []
        """Events that might tell of a member, and cannot be read."""
        names = ("Constituted", "MemberAdmitted", "MotionOpened", "MotionExecuted")
        self._topics = {event_topic(load(CONSORTIUM), name) for name in names}
        known = interface(load(CONSORTIUM))
        self._admit = next(code for code, whole in known.selectors.items() if whole.startswith("admit("))

    def take(self, logs: Iterable[Log], consortiums: set[str]) -> None:
        """Learn from the logs of the Consortiums among these."""
        for log in logs:
            if log.address in consortiums and log.topics and log.topics[0] in self._topics:
                self._learn(log, consortiums)

    def subjects(self, contract: ReadContract, seen: Sequence[int]) -> list[int]:
        """Return every subject that can have a head in a contract, and those that events were served of."""
        provinces = sorted(self.provinces)
        of_pairs = [pair(one, other) for one in provinces for other in provinces] if contract.name == OF_PAIRS else []
        return sorted({0, *provinces, *of_pairs, *(subject for subject in seen if subject < 1 << 64)})

    def hidden(self, consortium: str) -> list[Finding]:
        """Return the memberships that must have begun and that no event tells of."""
        lacking = [number for number in range(1, self._founders + self._admitted + 1) if number not in self._tenures]
        return [
            Finding(what=Wrong.MEMBER, contract=CONSORTIUM, address=consortium, event="MemberAdmitted", why=str(number))
            for number in lacking
        ]

    def _learn(self, log: Log, consortiums: set[str]) -> None:
        try:
            event = decode_log(load(CONSORTIUM), as_json(log))
        except (AbiError, ValueError):
            self.unreadable.append(unreadable(CONSORTIUM, log))
            return
        args = event.args
        if event.name == "Constituted":
            self._founders = args["members"]
        elif event.name == "MemberAdmitted":
            self._tenures[args["tenure"]] = args["province"]
            self._add(args["province"])
        elif event.name == "MotionOpened":
            self._opened[args["motion"]] = args["target"], args["data"]
        else:
            target, data = self._opened.pop(args["motion"], ("", b""))
            if target in consortiums:
                self._execute(data)

    def _execute(self, data: bytes) -> None:
        # A motion that was executed was carried out. Solidity takes arguments that a strict decoder does not: whom such
        # a one admitted is not known from it, but that there is one more membership is.
        if not data.startswith(self._admit):
            return
        self._admitted += 1
        with suppress(AbiError):
            self._add(decode_call(load(CONSORTIUM), data)[1]["joining"].province)

    def _add(self, province: int) -> None:
        if province in _PROVINCES:
            self.provinces.add(province)
