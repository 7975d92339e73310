"""Which contracts and which members there are and ever were, as the events of Directory and Consortium tell.

What the contracts answer to a call, a node can invent. Their events it cannot, once heads agree: so both are taken from
events alone, and a subject that nothing was served of is found out by its head.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.audit.completeness.stream import ReadContract, as_json
from gateway.audit.completeness.values import Finding, Wrong
from node.client.abi import decode_call, decode_log, event_topic
from node.client.artifact import CONTRACTS, load
from node.client.codec import AbiError
from node.client.directory import NAME as DIRECTORY
from node.client.directory import Entry, Listing
from node.client.heads import pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.audit.completeness.stream import Log
    from node.client.deployment import Deployment

CONSORTIUM: Final = "Consortium"
OF_PAIRS: Final = "TransferLedger"
_PROVINCES: Final = range(100_000, 1_000_000)


def listing_of(logs: Iterable[Log], deployment: Deployment, now: int) -> Listing:
    """Return what the Directories list, out of their events.

    Raises:
        DirectoryDiffersError: a contract of the deployment file was never listed.
    """
    directories: dict[str, list[Entry]] = {}
    for log in logs:
        try:
            event = decode_log(load(DIRECTORY), as_json(log))
        except (AbiError, ValueError):
            continue  # a stranger, which is told elsewhere
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
        names = ("Constituted", "MemberAdmitted", "MotionOpened", "MotionExecuted")
        self._topics = {event_topic(load(CONSORTIUM), name) for name in names}

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
        try:
            function, arguments = decode_call(load(CONSORTIUM), data)
        except AbiError:
            return  # the contract refused it, too
        if function == "admit":
            self._admitted += 1
            self._add(arguments["joining"].province)

    def _add(self, province: int) -> None:
        if province in _PROVINCES:
            self.provinces.add(province)
