"""Superseding a certificate by a corrected one: from pairs as a clerk names them to proofs, or to what is wrong.

    plan = superseder.plan([(1, "S589232934905244000001", "S589232934905244000099")])
    plan.findings, [one.row for one in plan.pairs]
    superseder.queue(plan)                  # the outbox entries, all or none
    superseder.queue_due()                  # those that a roster's column named, once they are anchored

A certificate is named by its hash or by its number. Both documents are opened, since their salts are in them; a deleted
learner's cannot be. Nothing is sent here.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog
from sqlalchemy import select

from gateway.domain.credential import Credential
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import institution_word
from gateway.domain.leaf import Facts, open_facts, opened_leaf
from gateway.domain.manifest import cid_of, parse_manifest
from gateway.issuance import replacements
from gateway.issuance.stored import open_stored
from gateway.ledger.outbox import enqueue
from gateway.ledger.reader import CREDENTIALS
from gateway.ledger.status_plan import StatusFinding
from gateway.ledger.superseding import CLAIM_MASK, ProvenClaim, supersede_intent
from gateway.ledger.values import BlockRef, Status
from gateway.store.models import Credential as CredentialTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gateway.domain.tree import MerkleTree
    from gateway.issuance.ports import BlobStore
    from gateway.issuance.records import CredentialRow, Records
    from gateway.issuance.replacements import Due
    from gateway.issuance.row_keys import RowKeys
    from gateway.ledger.holdings import HeldLeaf, Holdings
    from gateway.ledger.index_reader import IndexReader
    from gateway.ledger.values import Anchor
    from gateway.store.engine import Database
    from node.client.directory import Contracts

_HASH: Final = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")
_KEPT: Final = 16
"""Packs and trees kept in memory: some 80 MB at most."""
TOGETHER: Final = 500
"""Replacements that are queued in one transaction."""
_HOPELESS: Final = frozenset({"revoked", "deleted"})
"""Findings that no time mends: such a replacement is said once, and taken off the list."""

log = structlog.get_logger(__name__)


class LearnerKeys(Protocol):
    """Learners' own keys."""

    def keys_of(self, learner_ids: Sequence[int]) -> dict[int, bytes]:
        """The keys (32 bytes) of those accounts that are not deleted."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An earlier certificate and its successor, both proven."""

    row: int
    institution: str
    old: ProvenClaim
    new: ProvenClaim


@dataclass(frozen=True, slots=True)
class SupersessionPlan:
    """What is to be done, what is wrong, and the rows that ask for nothing new (said twice, or so already)."""

    pairs: tuple[Pair, ...]
    findings: tuple[StatusFinding, ...]
    unchanged: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """One certificate of a pair, found among those that this centre issued."""

    institution: str
    row: CredentialRow
    places: list[HeldLeaf]
    anchors: list[Anchor]


class _Wrong(Exception):
    """Why a pair cannot be: a code of _WORDS and what was given."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code = code
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseder:
    """Plans and queues supersessions of one centre's certificates."""

    database: Database
    records: Records
    learners: LearnerKeys
    row_keys: RowKeys
    blobs: BlobStore
    holdings: Holdings
    index: IndexReader
    contracts: Contracts
    """Where the registry is to which it goes."""
    sender: bytes
    """20 bytes: the account that sends."""
    _packs: dict[bytes, bytes] = field(default_factory=dict)
    _trees: dict[bytes, MerkleTree] = field(default_factory=dict)

    def plan(self, pairs: Iterable[tuple[int, str, str]]) -> SupersessionPlan:
        """Return what to do so that in each (row, earlier, successor) the earlier certificate is superseded."""
        checked = self.index.checked()
        good: list[Pair] = []
        findings: list[StatusFinding] = []
        unchanged: list[int] = []
        asked: dict[bytes, bytes] = {}
        block = BlockRef(0, b"", 0) if checked is None else checked[0]  # an empty index holds nothing
        for row, old_text, new_text in pairs:
            try:
                pair = self._pair(row, old_text.strip(), new_text.strip(), block, asked)
            except _Wrong as wrong:
                zh, en = _WORDS[wrong.code]
                findings.append(StatusFinding(row, wrong.value[:80], wrong.code, zh, en))
            else:
                if pair is None:
                    unchanged.append(row)
                else:
                    good.append(pair)
        return SupersessionPlan(tuple(good), tuple(findings), tuple(unchanged))

    def queue(self, plan: SupersessionPlan, settled: Iterable[Due] = ()) -> list[tuple[int, int]]:
        """Queue a plan, all or none, and return (row, outbox entry) of each; `settled` leave the list with it."""
        target = bytes.fromhex(self.contracts.address(CREDENTIALS)[2:]) if plan.pairs else b""
        intents = [supersede_intent(target, pair.institution, pair.old, pair.new) for pair in plan.pairs]
        with self.database.write() as connection:
            ids = enqueue(connection, self.sender, intents, now=int(time.time())) if intents else []
            replacements.done(connection, settled)
        return list(zip((pair.row for pair in plan.pairs), ids, strict=True))

    def queue_due(self) -> list[int]:
        """Queue what issued certificates wait for, as far as they are anchored; the outbox entries.

        What cannot be done stays on the list and is said in the log; what never can is taken off it.
        """
        entries: list[int] = []
        found = replacements.due(self.database, TOGETHER)
        while found:
            entries += self._queue_these(found)
            found = replacements.due(self.database, TOGETHER, after=found[-1])
        return entries

    def _queue_these(self, found: Sequence[Due]) -> list[int]:
        plan = self.plan((at, hex0x(one.old), hex0x(one.new)) for at, one in enumerate(found))
        for finding in plan.findings:
            log.warning("reissue.cannot_supersede", new=hex0x(found[finding.row].new), why=finding.code)
        settled = [*(pair.row for pair in plan.pairs), *plan.unchanged]
        settled += [finding.row for finding in plan.findings if finding.code in _HOPELESS]
        return [entry for _, entry in self.queue(plan, [found[at] for at in settled])] if settled else []

    def waiting(self) -> int:
        """Return how many issued certificates wait for the earlier one to be superseded."""
        return replacements.waiting(self.database)

    # -- one pair

    def _pair(self, row: int, old_text: str, new_text: str, block: BlockRef, asked: dict[bytes, bytes]) -> Pair | None:
        """Return the pair; None where it is so already.

        Raises:
            _Wrong: it cannot be.
        """
        old, new = self._side(old_text, block), self._side(new_text, block)
        before, after = old.row, new.row
        if before.leaf == after.leaf:
            raise _Wrong("same", new_text)
        if asked.setdefault(before.leaf, after.leaf) != after.leaf:
            raise _Wrong("two_successors", old_text)
        if old.institution != new.institution or before.claim != after.claim:
            raise _Wrong("another", new_text)
        pairs = [(old.institution, before.leaf), (new.institution, after.leaf)]
        state, state_of_new = self.index.leaf_states(pairs, block)
        if state.status is Status.REVOKED:
            if state.successor == after.leaf:
                return None
            raise _Wrong("revoked", old_text)
        good = next((n for n, anchor in enumerate(new.anchors) if anchor.status is Status.VALID), None)
        if state_of_new.status is not Status.VALID or good is None:
            raise _Wrong("bad_successor", new_text)
        return Pair(row, old.institution, self._proven(old, 0, old_text), self._proven(new, good, new_text))

    def _side(self, text: str, block: BlockRef) -> _Side:
        match = _HASH.fullmatch(text)
        row = self._by_hash(bytes.fromhex(match[1]), text) if match else self._by_number(text)
        batch = self.records.batch(row.batch_id)
        institution = "" if batch is None else batch.institution
        places = [place for place in self.holdings.find(row.leaf) if place.institution == institution]
        anchors = self.index.anchors([(place.institution, place.root) for place in places], block)
        known = [(place, anchor) for place, anchor in zip(places, anchors, strict=True) if anchor is not None]
        if not known:
            raise _Wrong("not_found", text)
        return _Side(institution, row, [place for place, _ in known], [anchor for _, anchor in known])

    def _by_hash(self, leaf: bytes, text: str) -> CredentialRow:
        places = self.holdings.find(leaf)
        if not places:
            raise _Wrong("not_found", text)
        rows = (self.records.at(place.institution, place.root, place.position) for place in places)
        row = next((row for row in rows if row is not None), None)
        if row is None:
            raise _Wrong("not_ours", text)
        return row

    def _by_number(self, text: str) -> CredentialRow:
        keys = [self.row_keys.of_number(institution, text) for institution in self.records.institutions()]
        rows = [row for row in map(self.records.by_row_key, keys) if row is not None]
        if not rows:
            raise _Wrong("unknown", text)
        if len(rows) > 1:
            raise _Wrong("ambiguous", text)
        return rows[0]

    def _proven(self, side: _Side, at: int, text: str) -> ProvenClaim:
        """Open the claim of a certificate and prove it under the batch at `at` of its places."""
        row, place, anchor = side.row, side.places[at], side.anchors[at]
        key = self.learners.keys_of([row.learner_id]).get(row.learner_id)
        if key is None:
            raise _Wrong("deleted", text)
        try:
            pack = _kept(self._packs, row.pack, lambda: self.blobs.get(cid_of(row.pack)))
            manifest = cid_of(anchor.manifest)
            tree = _kept(self._trees, anchor.root, lambda: parse_manifest(self.blobs.get(manifest)).tree)
            stored = open_stored(row, pack, key)
        except HurenError as error:
            raise _Wrong("unreadable", text) from error
        facts = Facts.of(Credential.parse(bytes(stored.credential)).facts(), row.claim)
        commitment = self._commitment(row)
        opening = open_facts(
            commitment, institution_word(side.institution), facts, bytes.fromhex(stored.salt), CLAIM_MASK
        )
        if opened_leaf(opening) != row.leaf:
            raise _Wrong("unreadable", text)
        return ProvenClaim(row.leaf, anchor.root, opening, tuple(tree.proof_at(place.position)))

    def _commitment(self, row: CredentialRow) -> bytes:
        at = (CredentialTable.batch_id == row.batch_id) & (CredentialTable.position == row.position)
        with self.database.read() as connection:
            return bytes(connection.execute(select(CredentialTable.commitment).where(at)).scalar_one())


def _kept(cache: dict[bytes, Any], key: bytes, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - a pack or a tree
    if key not in cache:
        if len(cache) >= _KEPT:
            cache.pop(next(iter(cache)))
        cache[key] = make()
    return cache[key]


_WORDS: Final = {
    "not_found": (
        "在已核验的清单中没有此证书；若刚刚颁发，请待其上链",
        "is in none of the manifests checked here; if it was issued just now, wait until it is anchored",
    ),
    "not_ours": (
        "不是本中心颁发的证书，请联系颁发的省份",
        "was not issued by this centre: ask the province that issued it",
    ),
    "unknown": (
        "不是凭证哈希，也不是本中心颁发的证书编号",
        "is no credential hash, and no certificate number that this centre issued",
    ),
    "ambiguous": (
        "有多个机构使用此证书编号，请改用凭证哈希（huren find）",
        "is a certificate number of several institutions: give the credential hash (huren find)",
    ),
    "same": ("与被取代的证书是同一份", "is the very certificate that it should replace"),
    "two_successors": ("本表中被两份不同的证书取代", "is given two different successors in this list"),
    "another": (
        "与原证书不是同一机构、同一人的同一成果，不能取代它",
        "is not of the same institution, person and outcome as the earlier certificate and cannot replace it",
    ),
    "revoked": ("已被吊销，不可再被取代", "is revoked already, which is final"),
    "bad_successor": (
        "新证书（或其批次）已被暂停或吊销，不能用来取代",
        "or its batch is suspended or revoked: it cannot replace another",
    ),
    "deleted": (
        "持有人账户已注销，证书内容已不可读；可改用 huren revoke",
        "belongs to a deleted account, its content cannot be read any more; use huren revoke instead",
    ),
    "unreadable": (
        "存档文件缺失或损坏，无法出示证明；请恢复备份",
        "has a document that is lacking or damaged here, so nothing can be proven: restore the backup",
    ),
}
