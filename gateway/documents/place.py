"""Where a gateway keeps its blobs, as plain values: worker processes open the same store by themselves.

place = BlobPlace(folder="data/blobs")                                  # the embedded default
place = BlobPlace("data/blobs", "http://127.0.0.1:5001", "keys/ipfs-token")   # the province's IPFS daemon
store = open_store(place)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gateway.documents.blobs import FolderStore
from gateway.documents.errors import StoreTokenUnreadable

if TYPE_CHECKING:
    from gateway.documents.blobs import KeptBlobs
    from gateway.documents.ipfs_api import BlockApi


class BlobPlace(msgspec.Struct, array_like=True, frozen=True):
    """A folder; or, with the address of its API, an IPFS daemon, the folder being where blobs wait while it is away."""

    folder: str
    api_url: str = ""
    token_file: str = ""
    """Holds the bearer token of the daemon's API; the token itself is no setting and travels nowhere."""


def open_api(place: BlobPlace) -> BlockApi:
    """The daemon's API; whoever opened it closes it.

    Raises:
        StoreTokenUnreadable: the token's file.
    """
    # The library costs a tenth of a second, and a gateway with a folder has no use for it.
    from gateway.documents.ipfs_api import BlockApi  # noqa: PLC0415

    try:
        token = Path(place.token_file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not ASCII"
        raise StoreTokenUnreadable(place.token_file, why=why) from error
    return BlockApi(place.api_url, token)


def open_store(place: BlobPlace, api: BlockApi | None = None) -> KeptBlobs:
    """The store of that place; `api` is the daemon's where somebody has opened it already.

    Raises:
        StoreTokenUnreadable: the token's file.
    """
    folder = FolderStore(Path(place.folder))
    if not place.api_url:
        return folder
    from gateway.documents.ipfs import IpfsStore  # noqa: PLC0415 - see `open_api`
    from gateway.documents.spooled import SpooledStore  # noqa: PLC0415

    return SpooledStore(IpfsStore(api or open_api(place)), folder)
