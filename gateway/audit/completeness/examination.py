"""Steps 2 to 6 under one header: contracts, events, members, proofs, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audit.completeness.diagnosis import Case, Diagnosis
from gateway.audit.completeness.errors import ContractUnknown
from gateway.audit.completeness.listing import CONSORTIUM, Members, contracts_of, listing_of, unknown_names
from gateway.audit.completeness.naming import At
from gateway.audit.completeness.proofs import ProvenState
from gateway.audit.completeness.reading import LogReader
from gateway.audit.completeness.sightings import sighting
from gateway.audit.completeness.stream import ReadContract, Streams
from gateway.audit.completeness.values import Finding, HeadAt, Wrong
from gateway.domain.errors import Said, cause_of
from gateway.domain.hashing import WORD, hex0x
from gateway.domain.trie import ProofInvalid
from node.client.directory import NAME as DIRECTORY
from node.client.directory import DirectoryDiffersError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.audit.completeness.logs import Log
    from gateway.audit.completeness.reading import Part
    from gateway.audit.completeness.witnesses import Witness
    from gateway.domain.errors import HurenError
    from gateway.domain.header import Header
    from gateway.ledger.calls import ChainCalls
    from node.client.directory import Listing


class Examination:
    """One reading of everything that a node serves up to one block."""

    def __init__(self, calls: ChainCalls, header: Header, witnesses: Sequence[Witness]) -> None:
        """Read from `calls` under `header`; `witnesses`, which have the same block, help to name what is wrong."""
        self._calls = calls
        self._header = header
        self._deployment = calls.deployment
        self._members = Members(calls.deployment)
        self._state = ProvenState(calls, header)
        self._diagnosis = Diagnosis(calls, witnesses, calls.deployment.block, header.number)
        self._ended: dict[tuple[str, int], At] = {}
        self._differs: DirectoryDiffersError | None = None
        self._unreadable: list[Finding] = []
        self.events = 0
        self.heads: list[HeadAt] = []
        self.problem: HurenError | None = None
        """Why no complete list could be called complete."""

    def run(self) -> list[Finding]:
        """Return what is wrong.

        Raises:
            ChainUnavailable: no answer, or none that can be read.
            DirectoryDiffersError: the Directory's events, which are genuine, list others than the deployment file.
        """
        # 2 the contracts
        directories, found_there, listing = self._directories()
        contracts = contracts_of(listing)
        if unknown := unknown_names(listing):
            self.problem = ContractUnknown(", ".join(unknown))
        # 3 their events
        others = [one for one in contracts if one.name != DIRECTORY]
        consortiums = {one.address for one in others if one.name == CONSORTIUM}
        streams, found = self._read(others, lambda part: self._members.take(part.logs, consortiums))
        # 4 the members, 5 the heads proven, 6 the comparison
        findings = [*found_there, *found]
        findings += self._compared(directories, listing) + self._compared(streams, listing)
        findings += self._diagnosis.findings()
        # Where something is wrong with a contract's events anyhow, that is told by name.
        told = {one.contract for one in findings}
        findings += [one for one in (*self._unreadable, *self._members.unreadable) if one.contract not in told]
        if self._differs is not None and not findings:
            raise self._differs
        if not any(one.contract == CONSORTIUM for one in findings):
            findings += self._members.hidden(min(consortiums, default=""))
        return findings

    def _directories(self) -> tuple[Streams, list[Finding], Listing]:
        """Read the Directories, each found in the events of the one before it."""
        listed = [ReadContract(DIRECTORY, self._deployment.address(DIRECTORY), None)]
        while True:
            logs: list[Log] = []
            counted = self.events
            streams, findings = self._read(listed, _into(logs))
            listing = self._listing(logs)
            following = [one for one in contracts_of(listing) if one.name == DIRECTORY]
            if len(following) <= len(listed):
                return streams, findings, listing
            listed, self.events = following, counted

    def _listing(self, logs: Sequence[Log]) -> Listing:
        """Return what the events list; where that contradicts the deployment file, what the file says for now.

        Either the events are tampered with, and then that is told, or the file is another network's.
        """
        self._unreadable = []
        try:
            return listing_of(logs, self._deployment, self._header.time, self._unreadable)
        except DirectoryDiffersError as error:
            self._differs = error
            return listing_of([], self._deployment, self._header.time, [])

    def _read(self, contracts: Sequence[ReadContract], take: Callable[[Part], object]) -> tuple[Streams, list[Finding]]:
        """Read and fold every event of some contracts; the findings are about the answers as such."""
        streams, findings = Streams(contracts, self._deployment.chain_id), []
        reader = LogReader(self._calls)
        for part in reader.read([one.address for one in contracts], self._deployment.block, self._header.number):
            streams.fold(part.logs, part.times)
            streams.set_aside(part.misplaced)
            take(part)
            findings += [_disordered(streams, *two) for two in part.disorder]
        findings += [_stranger(streams, log) for log in streams.strangers]
        self.events += streams.count
        return streams, findings

    def _compared(self, streams: Streams, listing: Listing) -> list[Finding]:
        """Hold every head that the events give against the one proven."""
        codes = {entry.address: entry.code_hash for entries in listing.entries.values() for entry in entries}
        findings: list[Finding] = []
        for contract in streams.contracts.values():
            subjects = self._members.subjects(contract, streams.seen(contract.address))
            try:
                for subject, head, sequence in self._state.heads(contract.address, subjects):
                    findings += self._subject(streams, contract, subject, At(sequence, head))
                for subject in set(streams.seen(contract.address)).difference(subjects):  # no contract can store these
                    findings += self._subject(streams, contract, subject, At(0, b""))
            except ProofInvalid as error:
                wrong = Finding(
                    what=Wrong.PROOF, contract=contract.name, address=contract.address, block=self._header.number,
                    evidence="header", why=cause_of(error),
                )  # fmt: skip
                findings.append(wrong)
                continue
            code, listed = self._state.code_hash(contract.address), codes.get(contract.address, b"")
            if listed and code != listed:
                wrong = Finding(
                    what=Wrong.CODE, contract=contract.name, address=contract.address, block=self._header.number,
                    why=f"{hex0x(code)} != {hex0x(listed)}",
                )  # fmt: skip
                findings.append(wrong)
        return findings

    def _subject(self, streams: Streams, contract: ReadContract, subject: int, stored: At) -> list[Finding]:
        address = contract.address
        begun = At(0, streams.first(address, subject))
        if contract.predecessor is not None:
            begun = self._ended.get((contract.predecessor, subject), begun)
        end = stored if stored.sequence else begun
        self._ended[address, subject] = end
        if stored.sequence:
            self.heads.append(HeadAt(contract.name, bytes.fromhex(address[2:]), subject, stored.sequence, stored.head))
        stream = streams.of(address, subject)
        whole = not stream.before and not stream.strays
        if whole and (stream.now.sequence, stream.now.head) == (end.sequence, end.head):
            return []
        return self._diagnosis.name(Case(streams, contract, subject, begun, end, stream))


def _into(logs: list[Log]) -> Callable[[Part], None]:
    return lambda part: logs.extend(part.logs)


def _disordered(streams: Streams, before: Log, log: Log) -> Finding:
    seen = sighting(streams, log, bytes(WORD))
    return Finding(
        what=Wrong.REORDERED,
        contract=None if seen is None else seen.contract,
        address=log.address,
        subject=None if seen is None else seen.subject,
        sequence=None if seen is None else seen.sequence,
        event=None if seen is None else seen.name,
        kind=None if seen is None else seen.content.kind,
        block=log.place[0],
        transaction=log.transactionHash,
        evidence="answer",
        why=Said(
            f"回答中排在区块 {before.place[0]} 第 {before.place[1]} 条日志之后",
            f"in the answer after log {before.place[1]} of block {before.place[0]}",
        ),
    )


def _stranger(streams: Streams, log: Log) -> Finding:
    contract = streams.contracts.get(log.address)
    return Finding(
        what=Wrong.INVENTED,
        contract=None if contract is None else contract.name,
        address=log.address,
        block=log.place[0],
        transaction=log.transactionHash,
        evidence="answer",
        why=log.topics[0] if log.topics else "",
    )
