"""What keeps documents: this gateway's own store, and the sources of what it lacks."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from gateway.documents.blobs import FolderStore
from gateway.documents.peers import HttpPeers, Library
from gateway.documents.place import BlobPlace, open_api, open_store
from gateway.documents.sources import BlobSource, InTurn
from gateway.replication.anchored import AnchoredLeaves
from gateway.replication.errors import TooFewCopies
from gateway.replication.keeper import Keeper, Work
from gateway.replication.lists import PackLists
from gateway.replication.members import ChainMembers
from gateway.replication.packs import PackBook
from gateway.replication.replicas import Replicas
from gateway.replication.survey import Survey

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway
    from gateway.documents.blobs import KeptBlobs
    from gateway.documents.ipfs_api import BlockApi

SETTLE_SECONDS: Final = 5.0


@runtime_checkable
class Settles(Protocol):
    """A store in which blobs wait for a daemon."""

    def settle(self) -> int:
        """Move what waits into the daemon; how many."""

    def waiting(self) -> int:
        """How many wait."""


class DocumentParts:
    """Each part is made at its first use."""

    def __init__(self, gateway: Gateway) -> None:
        """Take the gateway whose documents they are."""
        self._gateway = gateway

    @property
    def place(self) -> BlobPlace:
        """Where the own blobs lie, as plain values."""
        settings = self._gateway.settings
        if settings.ipfs is None:
            return BlobPlace(str(settings.blobs))
        return BlobPlace(str(settings.blobs), settings.ipfs.api_url, str(settings.ipfs.token_file))

    @cached_property
    def api(self) -> BlockApi | None:
        """The IPFS daemon's API; None where there is no daemon."""
        return open_api(self.place) if self.place.api_url else None

    @cached_property
    def store(self) -> KeptBlobs:
        """This gateway's own blobs."""
        return open_store(self.place, self.api)

    @cached_property
    def peers(self) -> HttpPeers:
        """Other provinces' gateways."""
        return HttpPeers(self._gateway.settings.peers)

    @cached_property
    def source(self) -> BlobSource:
        """Other provinces: over IPFS where there is a daemon, and over HTTP."""
        if self.api is None:
            return self.peers
        from gateway.documents.ipfs import IpfsSwarm  # noqa: PLC0415 - see gateway.documents.place.open_api

        return InTurn((IpfsSwarm(self.api), self.peers))

    @cached_property
    def library(self) -> Library:
        """Own blobs, and other provinces' for what is lacking."""
        near = None if self.api is None else FolderStore(self._gateway.settings.blobs)
        return Library(self.store, self.source, near)

    @cached_property
    def members(self) -> ChainMembers:
        """Who is a member."""
        return ChainMembers(self._gateway.calls)

    @cached_property
    def book(self) -> PackBook:
        """This province's packs."""
        gateway = self._gateway
        return PackBook(
            gateway.database,
            self.members,
            province=gateway.settings.province,
            chain_id=gateway.deployment.chain_id,
            clock=time.time,
        )

    @cached_property
    def lists(self) -> PackLists:
        """Other gateways' lists of packs."""
        gateway = self._gateway
        return PackLists(
            lambda: gateway.operator,
            chain_id=gateway.deployment.chain_id,
            province=gateway.settings.province,
            clock=time.time,
        )

    @cached_property
    def replicas(self) -> Replicas:
        """Other provinces' packs that are ours to keep."""
        settings = self._gateway.settings
        return Replicas(
            self.lists,
            settings.peers,
            self.members,
            AnchoredLeaves(self._gateway.database),
            self.store,
            self.source,
            settings.province,
            self.factor,
        )

    @property
    def factor(self) -> int:
        """By how many provinces a pack is kept, its owner among them.

        Raises:
            TooFewCopies: the settings say fewer than the network has agreed on.
        """
        agreed = self._gateway.deployment.replication or 1
        own = self._gateway.settings.replication
        if own is not None and own < agreed:
            raise TooFewCopies(own, agreed=agreed)
        return own or agreed

    @property
    def replicates(self) -> bool:
        """Whether this gateway keeps other provinces' packs."""
        return not self._gateway.settings.observer and self.factor > 1

    def survey(self) -> Survey:
        """What is lacking or damaged here."""
        replicas = self.replicas if self.replicates else None
        return Survey(self._gateway.database, self.store, self.book, replicas)

    def settle(self) -> int:
        """Move what waits in the folder into the daemon; how many. Nothing where there is no daemon."""
        return self.store.settle() if isinstance(self.store, Settles) else 0

    def waiting(self) -> int:
        """How many wait in the folder for the daemon."""
        return self.store.waiting() if isinstance(self.store, Settles) else 0

    def keeper(self, *, acting: bool) -> Keeper | None:
        """What keeps documents where they belong while the gateway serves; None where there is nothing to do.

        Asking others for their packs takes the operator's key: only a gateway that acts (``acting``) does.
        """
        works = []
        if self.api is not None:
            works.append(Work("settle", self.settle, SETTLE_SECONDS))
        if acting and self.replicates:
            works.append(Work("replicas", self.replicas.round, self._gateway.settings.replication_seconds))
        return Keeper(works) if works else None

    def close(self) -> None:
        """Close what was opened."""
        for name in ("lists", "peers", "api"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
