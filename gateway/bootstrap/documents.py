"""What keeps documents: this gateway's own store, and the sources of what it lacks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from gateway.documents.peers import HttpPeers, Library
from gateway.documents.place import BlobPlace, open_api, open_store
from gateway.documents.sources import BlobSource, InTurn

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway
    from gateway.documents.blobs import KeptBlobs
    from gateway.documents.ipfs_api import BlockApi


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
        return Library(self.store, self.source)

    def close(self) -> None:
        """Close what was opened."""
        for name in ("peers", "api"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
