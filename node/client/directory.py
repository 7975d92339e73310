"""The Directory: at which address each contract of the law is in force, now and before.

directory = Directory(rpc, deployment)
directory.address("CredentialRegistry")                     # in force now: what is sent goes there
directory.address_at("CredentialRegistry", block_time)      # in force then: what is read at that block is asked there
directory.read()[0].ever("CredentialRegistry")              # every address that it ever had: events are read from all

The deployment file is the root of trust and names the first Directory; from there it is walked as the contracts walk
(contracts/base/Governed.sol), so a contract that was succeeded by motion is found with no new file (decision 0120).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from node.client.abi import decode_result, encode_call
from node.client.artifact import load
from node.client.codec import AbiError
from node.client.errors import NodeError
from node.client.rpc import JsonRpc, RpcError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from node.client.deployment import Deployment

NAME: Final = "Directory"
REREAD_SECONDS: Final = 10.0
"""How old a listing that was read may be. Entries take effect by the clock, so a reader of an old listing changes over
in time; what it can miss is that a motion scheduled one (a time lock is days) or took one back."""


class DirectoryUnreadableError(NodeError):
    """What lies at `address` does not answer like a Directory: `why`."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"{address} 不是可用的合约目录（{why}）。请核对部署文件与节点是否属于同一网络",
            f"{address} is no Directory that can be read ({why}). Check that the deployment file is this network's",
        )
        self.address = address
        self.why = why


class NotListedError(NodeError):
    """The Directory knows no contract `name` in force at `time` (seconds)."""

    def __init__(self, name: str, time_: int) -> None:
        super().__init__(
            f"合约目录中没有（在 {time_} 时）生效的 {name}。请核对部署文件，或由联盟以动议登记该合约",
            f"the Directory lists no {name} in force (at {time_}). Check the deployment file, or list it by motion",
        )
        self.name = name
        self.time = time_


class DirectoryDiffersError(NodeError):
    """The deployment file names `address` for `name`, which the Directory never listed."""

    def __init__(self, name: str, address: str) -> None:
        super().__init__(
            f"部署文件所记的 {name}（{address}）从未列入合约目录。请向网络运营方索取正确的部署文件",
            f"the {name} of the deployment file ({address}) was never in the Directory. Ask the network's operator",
        )
        self.name = name
        self.address = address


@dataclass(frozen=True, slots=True)
class Entry:
    """One contract under a name (IDirectory.Entry).

    Attributes:
        name: the contract's; address: 0x-hex, lower case; version: counted from 1 within its name.
        since: seconds; in force from then until the next entry's.
        code_hash: of the code that lay there when it was listed; empty where it was not read (an index keeps none).
    """

    name: str
    address: str
    version: int
    since: int
    code_hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Listing:
    """Every entry of every name, oldest first, as of one block; scheduled ones included."""

    entries: Mapping[str, tuple[Entry, ...]]

    @classmethod
    def of(cls, directories: Mapping[str, Sequence[Entry]], deployment: Deployment, now: int) -> Self:
        """Put together what each Directory (by address) lists, walking from the deployment file's.

        An entry counts only if it takes effect while its own Directory is in force: once that is succeeded, the
        contracts ask the next one.

        Raises:
            DirectoryDiffersError: a contract of the deployment file was never listed.
        """
        found: dict[str, list[Entry]] = {}
        known: set[str] = set()
        here: str | None = deployment.address(NAME)
        walked: set[str] = set()
        since = 0
        while here is not None and here not in walked:
            walked.add(here)
            own = sorted(directories.get(here, ()), key=lambda entry: (entry.since, entry.version))
            after = [entry for entry in own if entry.name == NAME and since <= entry.since <= now]
            following = after[-1] if after and after[-1].address != here else None
            for entry in own:
                void = following is not None and entry.since >= following.since and entry != following
                if entry.address not in known and not void:
                    known.add(entry.address)
                    found.setdefault(entry.name, []).append(entry)
            here, since = (None, since) if following is None else (following.address, following.since)
        for name, contract in deployment.contracts.items():
            listed = found.setdefault(name, [Entry(name, contract.address, contract.version, 0)])
            if all(entry.address != contract.address for entry in listed):
                raise DirectoryDiffersError(name, contract.address)
        return cls(MappingProxyType({name: tuple(listed) for name, listed in found.items()}))

    def in_force(self, name: str, at: int) -> Entry:
        """Return what is in force under `name` at a time (seconds).

        Raises:
            NotListedError: nothing is.
        """
        for entry in reversed(self.entries.get(name, ())):
            if entry.since <= at:
                return entry
        raise NotListedError(name, at)

    def scheduled(self, name: str, at: int) -> Entry | None:
        """Return what will follow under `name` after a time (seconds); None where nothing is scheduled."""
        return next((entry for entry in self.entries.get(name, ()) if entry.since > at), None)

    def ever(self, name: str) -> tuple[str, ...]:
        """Return the addresses that `name` ever had or is to have, oldest first."""
        return tuple(entry.address for entry in self.entries.get(name, ()))

    def name_of(self, address: str) -> str | None:
        """Return under which name an address stands, None where it stands nowhere."""
        return next(
            (name for name, entries in self.entries.items() if any(entry.address == address for entry in entries)), None
        )

    def follows(self, successor: str, predecessor: str) -> bool:
        """Tell whether `successor` is listed after `predecessor` under the same name."""
        name = self.name_of(predecessor)
        order = self.ever(name) if name is not None else ()
        return successor in order and order.index(successor) > order.index(predecessor)

    def good_until(self, at: int) -> int | None:
        """Return from when on the next Directory has to be asked, which was not read: it is scheduled. None: never."""
        following = self.scheduled(NAME, at)
        return None if following is None else following.since


class Contracts(Protocol):
    """Where the contracts of one chain are: a deployment file as it stands, or the Directory, which knows better."""

    @property
    def chain_id(self) -> int:
        """The chain's number, in every signature."""

    def address(self, name: str) -> str:
        """The address of contract `name` in force, lower-case hex."""

    def version(self, name: str) -> int:
        """How manieth contract of that name it is, from 1: so many minus one continue others' records."""


class Directory:
    """Resolves names at the chain's Directory. May be shared between threads."""

    def __init__(
        self, rpc: JsonRpc, deployment: Deployment, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Ask `rpc`, starting from the Directory that `deployment` names; nothing is asked before the first call."""
        self._rpc = rpc
        self._deployment = deployment
        self._monotonic = monotonic
        self._kept: tuple[Listing, float, int | None] | None = None

    @property
    def chain_id(self) -> int:
        """The chain's number."""
        return self._deployment.chain_id

    def address(self, name: str) -> str:
        """Return the address in force under `name` at the newest block. Always asked anew.

        Raises (as everything here): NotListedError, DirectoryUnreadableError, DirectoryDiffersError, RpcUnreachable.
        """
        return self.now(name).address

    def version(self, name: str) -> int:
        """Return the version of what is in force under `name`. Always asked anew."""
        return self.now(name).version

    def now(self, name: str) -> Entry:
        """Return the entry in force under `name` at the newest block. Always asked anew."""
        listing, at = self.read()
        return listing.in_force(name, at)

    def address_at(self, name: str, at: int) -> str:
        """Return the address in force under `name` at a block's time, by a listing at most REREAD_SECONDS old."""
        kept = self._kept
        if kept is None or self._monotonic() - kept[1] > REREAD_SECONDS or (kept[2] is not None and at >= kept[2]):
            return self.read()[0].in_force(name, at).address
        return kept[0].in_force(name, at).address

    def read(self) -> tuple[Listing, int]:
        """Return the listing as of the newest block, and that block's time (seconds)."""
        began = self._monotonic()
        [header] = self._rpc.batch([("eth_getBlockByNumber", ("latest", False))])
        try:
            block, at = str(header["hash"]), int(header["timestamp"], 16)
        except (KeyError, TypeError, ValueError) as error:
            raise DirectoryUnreadableError(self._deployment.address(NAME), f"latest block: {header}") from error
        listing = read_listing(self._rpc, self._deployment, block, at)
        self._kept = listing, began, listing.good_until(at)
        return listing, at


def read_listing(rpc: JsonRpc, deployment: Deployment, block: str, at: int) -> Listing:
    """Return the listing as of a block (its hash, 0x-hex, and its time in seconds).

    Raises:
        DirectoryUnreadableError, DirectoryDiffersError: see there.
        RpcUnreachable: no answer.
    """
    directories: dict[str, list[Entry]] = {}
    following: str | None = deployment.address(NAME)
    while following is not None and following not in directories:
        directories[following] = _entries(rpc, following, block)
        walked = Listing.of(directories, deployment, at)
        following = walked.in_force(NAME, at).address
    return Listing.of(directories, deployment, at)


def _entries(rpc: JsonRpc, directory: str, block: str) -> list[Entry]:
    [names] = _ask(rpc, directory, [("names", ())], block)
    histories = _ask(rpc, directory, [("history", (name,)) for name in names], block)
    return [
        Entry(
            name.rstrip(b"\0").decode("ascii", "replace"),
            entry.target.lower(),
            entry.version,
            entry.from_,
            bytes(entry.codeHash),
        )
        for name, history in zip(names, histories, strict=True)
        for entry in history
    ]


def _ask(rpc: JsonRpc, directory: str, calls: Sequence[tuple[str, tuple[object, ...]]], block: str) -> list[Any]:
    artifact = load(NAME)
    requests = [
        (
            "eth_call",
            ({"to": directory, "data": "0x" + encode_call(artifact, function, *args).hex()}, {"blockHash": block}),
        )
        for function, args in calls
    ]
    answers = []
    for (function, _), answer in zip(calls, rpc.batch(requests), strict=True):
        if isinstance(answer, RpcError):
            raise DirectoryUnreadableError(directory, f"{function}: {answer.message}")
        try:
            answers.append(decode_result(artifact, function, answer))
        except AbiError as error:
            raise DirectoryUnreadableError(directory, f"{function}: {error.why}") from error
    return answers
