"""Planning a change of status: from hashes as a person gives them to leaves of batches, or to what is wrong with each.

Nothing is sent here. Every finding names its row and its reason; whoever calls decides whether the rest goes on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from gateway.ledger.values import LeafState, Status
from gateway.store.models import Batch, Credential

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Table

    from gateway.ledger.holdings import HeldLeaf, Holdings
    from gateway.ledger.index_reader import IndexReader
    from gateway.store.engine import Database

BATCHES = cast("Table", Batch.__table__)
CREDENTIALS = cast("Table", Credential.__table__)
_HASH = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class StatusFinding:
    """Why a row's status cannot be changed: the row as its caller numbers it, and what stood there, shortened."""

    row: int
    value: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class LeafChange:
    """A leaf whose status will change: its rows' content, its place in its batch, its status until now."""

    row: int
    leaf: bytes
    position: int
    commitment: bytes
    facts: bytes
    before: LeafState


@dataclass(frozen=True, slots=True)
class BatchChanges:
    """The leaves of one batch that change, in the order of the manifest."""

    institution: str
    root: bytes
    manifest: bytes
    leaves: tuple[LeafChange, ...]


@dataclass(frozen=True, slots=True)
class StatusPlan:
    """What is to be done, what is wrong, and how many rows ask for nothing new (said twice, or so already)."""

    batches: tuple[BatchChanges, ...]
    findings: tuple[StatusFinding, ...]
    unchanged: int

    @property
    def changing(self) -> int:
        """How many leaves will change."""
        return sum(len(batch.leaves) for batch in self.batches)


class StatusPlanner:
    """Plans changes for the credentials that this centre issued."""

    def __init__(
        self,
        database: Database,
        index: IndexReader,
        holdings: Holdings,
        province: int,
        custodians: Callable[[Sequence[int]], Mapping[int, int]],
    ) -> None:
        """Plan for `province` from its own records and the index.

        `custodians` tells by gone member which province keeps its statuses; it is asked only where that matters.
        """
        self._custodians = custodians
        self._database = database
        self._index = index
        self._holdings = holdings
        self._province = province

    def plan(self, hashes: Iterable[tuple[int, str]], status: Status) -> StatusPlan:
        """Return what to do so that the credentials with these (row, hash) pairs have `status`."""
        rows, findings, repeated = _parsed(hashes)
        held = dict(zip(rows, self._holdings.find_many(list(rows)), strict=True))
        states = self._states(held)
        lifters = self._lifters(states.values(), status)
        found: dict[tuple[str, bytes], list[tuple[int, bytes, int]]] = defaultdict(list)
        unchanged = repeated
        for leaf, row in rows.items():
            if not held[leaf]:
                findings.append(_finding(row, leaf, "not_found"))
                continue
            state = states[leaf]
            if state.status is status:
                unchanged += 1
            elif (code := _objection(state, status, lifters)) is not None:
                findings.append(_finding(row, leaf, code))
            else:
                for place in held[leaf]:  # a leaf anchored again stands in several batches: one with our record serves
                    found[place.institution, place.root].append((row, leaf, place.position))
        batches, unknown = self._with_records(found, states)
        findings += unknown
        return StatusPlan(batches, tuple(sorted(findings, key=lambda finding: finding.row)), unchanged)

    def _states(self, held: dict[bytes, list[HeldLeaf]]) -> dict[bytes, LeafState]:
        checked = self._index.checked()
        if checked is None:
            return {}
        pairs = [(places[0].institution, leaf) for leaf, places in held.items() if places]
        states: dict[bytes, LeafState] = {}
        for start in range(0, len(pairs), _CHUNK):
            part = pairs[start : start + _CHUNK]
            answers = self._index.leaf_states(part, checked[0])
            states.update((leaf, state) for (_, leaf), state in zip(part, answers, strict=True))
        return states

    def _lifters(self, states: Iterable[LeafState], status: Status) -> frozenset[int]:
        """Return the provinces whose suspensions are ours to lift: our own, and gone members' that we keep."""
        others = {state.set_by for state in states if state.status is Status.SUSPENDED} - {self._province}
        if status is not Status.VALID or not others:
            return frozenset({self._province})
        kept = self._custodians(sorted(others))
        return frozenset({self._province, *(gone for gone, keeper in kept.items() if keeper == self._province)})

    def _with_records(
        self, found: dict[tuple[str, bytes], list[tuple[int, bytes, int]]], states: dict[bytes, LeafState]
    ) -> tuple[tuple[BatchChanges, ...], list[StatusFinding]]:
        planned: set[bytes] = set()
        wanted: dict[bytes, int] = {}
        batches = []
        for (institution, root), leaves in found.items():
            wanted.update((leaf, row) for row, leaf, _ in leaves)
            manifest, records = self._records(institution, root, [position for _, _, position in leaves])
            changes = []
            for row, leaf, position in sorted(leaves, key=lambda one: one[2]):
                record = records.get(position)
                if record is not None and record.leaf == leaf and leaf not in planned:
                    planned.add(leaf)
                    changes.append(
                        LeafChange(row, leaf, position, record.commitment, record.facts, states.get(leaf, LeafState()))
                    )
            if changes:
                batches.append(BatchChanges(institution, root, manifest, tuple(changes)))
        missing = [_finding(row, leaf, "not_ours") for leaf, row in wanted.items() if leaf not in planned]
        return tuple(batches), missing

    def _records(self, institution: str, root: bytes, positions: Sequence[int]) -> tuple[bytes, dict[int, Any]]:
        """Return the manifest's digest and this centre's records at `positions`; nothing of batches of others."""
        batch = select(BATCHES.c.id, BATCHES.c.manifest).where(
            BATCHES.c.institution == institution, BATCHES.c.root == root
        )
        with self._database.read() as connection:
            ours = connection.execute(batch).one_or_none()
            if ours is None:
                return b"", {}
            records: dict[int, Any] = {}
            for start in range(0, len(positions), _CHUNK):
                query = select(
                    CREDENTIALS.c.position, CREDENTIALS.c.leaf, CREDENTIALS.c.commitment, CREDENTIALS.c.facts
                ).where(
                    CREDENTIALS.c.batch_id == ours.id,
                    CREDENTIALS.c.position.in_(positions[start : start + _CHUNK]),
                )
                records.update((row.position, row) for row in connection.execute(query))
        return ours.manifest, records


_WORDS = {
    "malformed": ("不是凭证哈希（64 位十六进制）", "is not a credential hash (64 hexadecimal digits)"),
    "not_found": (
        "在已核验的清单中没有此凭证；若刚刚颁发，请待其上链",
        "is in none of the manifests checked here; if it was issued just now, wait until it is anchored",
    ),
    "not_ours": (
        "不是本中心颁发的凭证，请联系颁发的省份",
        "was not issued by this centre: ask the province that issued it",
    ),
    "revoked": ("已被吊销，不可更改", "is revoked, which is final"),
    "suspended_by_another": (
        "由其他省份暂停，只能由其（退出后由其托管省份）恢复",
        "was suspended by another province; it alone can lift it, or its custodian once it has left",
    ),
}


def _objection(state: LeafState, status: Status, lifters: frozenset[int]) -> str | None:
    if state.status is Status.REVOKED:
        return "revoked"
    if status is Status.VALID and state.set_by not in lifters:
        return "suspended_by_another"
    return None


def _finding(row: int, value: bytes | str, code: str) -> StatusFinding:
    zh, en = _WORDS[code]
    shown = "0x" + value.hex() if isinstance(value, bytes) else value[:80]
    return StatusFinding(row, shown, code, zh, en)


def _parsed(hashes: Iterable[tuple[int, str]]) -> tuple[dict[bytes, int], list[StatusFinding], int]:
    """Return leaf → row, findings about what is no hash, and how many rows say again what an earlier one said."""
    rows: dict[bytes, int] = {}
    findings = []
    repeated = 0
    for row, text in hashes:
        match = _HASH.fullmatch(text.strip())
        if match is None:
            findings.append(_finding(row, text.strip(), "malformed"))
            continue
        leaf = bytes.fromhex(match.group(1))
        repeated += leaf in rows
        rows.setdefault(leaf, row)
    return rows, findings, repeated
