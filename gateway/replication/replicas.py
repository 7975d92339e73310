"""Other provinces' packs that are this province's to keep: learnt from their gateways, fetched, checked, kept.

    replicas = Replicas(lists, addresses, members, anchored, store, source, province=320000, factor=3)
    replicas.round()                     # what is new since the last one, and what did not come then
    replicas.assigned()                  # everything that is ours to keep, asked for anew

A gateway's list is a hint, never a truth: what it names must be a pack of that digest, and a province has no more of
them than it has anchored credentials, so that nobody can fill another's disk with what costs them nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import structlog

from gateway.documents.packs import MAGIC
from gateway.domain.errors import HurenError
from gateway.domain.manifest import MalformedCid, cid_digest
from gateway.replication.choice import keepers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.documents.blobs import KeptBlobs
    from gateway.documents.sources import BlobSource
    from gateway.replication.packs import Members, PackPage

TOGETHER: Final = 16
"""Packs fetched at a time: 16 MiB in memory."""

log = structlog.get_logger(__name__)


class Lists(Protocol):
    """Other gateways' lists of packs."""

    def page(self, address: str, after: int) -> PackPage:
        """The packs after a number."""


class Anchored(Protocol):
    """What the index knows of each province's anchors."""

    def leaves_of(self, province: int) -> int:
        """How many credentials a province has anchored."""


class Assigned(NamedTuple):
    """A pack that this province keeps for another."""

    province: int
    cid: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that is ours to keep, as far as the others told it; ``silent`` are gateways that did not, and why."""

    packs: tuple[Assigned, ...]
    silent: dict[str, HurenError]


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did: packs kept that are new here, packs that nobody gave, gateways that did not answer."""

    kept: int
    lacking: int
    silent: dict[str, HurenError]


@dataclass(slots=True)
class _Reader:
    """How far one gateway's list was read."""

    after: int = 0
    seen: int = 0


@dataclass(slots=True)
class Replicas:
    """One gateway's replicas. Used by one thread at a time."""

    lists: Lists
    addresses: Sequence[str]
    members: Members
    anchored: Anchored
    store: KeptBlobs
    source: BlobSource
    province: int
    factor: int
    _readers: dict[str, _Reader] = field(default_factory=dict)
    _lacking: dict[str, Assigned] = field(default_factory=dict)
    _held: set[str] | None = None
    _shared_by: tuple[int, ...] = ()

    def round(self) -> Round:
        """Take in what the others have listed since, and try again for what did not come.

        Raises:
            ChainUnavailable: it cannot be said who the members are.
            StoreUnreachable, StoreRefused: our own store does not take them.
        """
        if self.factor <= 1:
            return Round(0, 0, {})
        if self._held is None:
            self._held = set(self.store.cids())
        members = self.members.provinces()
        if members != self._shared_by:
            # Who joined keeps from now on what others kept, and who left keeps nothing: the lists are read anew.
            self._readers.clear()
            self._shared_by = members
        silent = {}
        for address in self.addresses:
            try:
                for assigned in self._read(address, self._readers.setdefault(address, _Reader())):
                    if assigned.cid not in self._held:
                        self._lacking[assigned.cid] = assigned
            except HurenError as error:
                silent[address] = error
        kept = self._fetch(self._held)
        if kept or self._lacking:
            log.info("replicas.round", kept=kept, lacking=len(self._lacking))
        return Round(kept, len(self._lacking), silent)

    def _fetch(self, held: set[str]) -> int:
        """Fetch what is lacking until nobody gives any of those asked for together: this thread has more to do."""
        kept = 0
        lacking = list(self._lacking)
        for start in range(0, len(lacking), TOGETHER):
            found = dict(self.source.fetch_many(lacking[start : start + TOGETHER]))
            came = {cid: content for cid, content in found.items() if isinstance(content, bytes)}
            packs = {cid: content for cid, content in came.items() if content.startswith(MAGIC)}
            for cid in came.keys() - packs.keys():
                log.warning("replicas.no_pack", cid=cid, province=self._lacking[cid].province)
            if packs:
                self.store.keep_many(packs)
            held.update(packs)
            kept += len(packs)
            for cid in found:
                assigned = self._lacking.pop(cid)
                if cid not in came:  # to the end: the next round begins with others
                    self._lacking[cid] = assigned
            if not came:
                break
        return kept

    def assigned(self) -> Assignment:
        """All that is this province's to keep, from the beginning of every list.

        Raises:
            ChainUnavailable: it cannot be said who the members are.
        """
        packs: dict[str, Assigned] = {}
        silent = {}
        for address in self.addresses if self.factor > 1 else ():
            try:
                packs |= {assigned.cid: assigned for assigned in self._read(address, _Reader())}
            except HurenError as error:
                silent[address] = error
        return Assignment(tuple(packs.values()), silent)

    def _read(self, address: str, reader: _Reader) -> Iterator[Assigned]:
        members = self.members.provinces()
        more = True
        while more:
            page = self.lists.page(address, reader.after)
            if page.province not in members or page.province == self.province:
                return  # an observer's gateway, or one of our own
            most = self.anchored.leaves_of(page.province)
            more = page.more
            for pack in page.packs:
                if reader.seen >= most:
                    return  # what is not anchored yet is read again the next time
                reader.after, reader.seen = pack.number, reader.seen + 1
                try:
                    digest = cid_digest(pack.cid)
                except MalformedCid:
                    continue
                if self.province in keepers(digest, page.province, members, self.factor):
                    yield Assigned(page.province, pack.cid)
