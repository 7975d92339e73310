"""Where blobs come from that are lacking here: several sources, asked in turn.

    source = InTurn((IpfsSwarm(api), HttpPeers(addresses)))
    source.fetch(cid)

What the first does not give, the next is asked for: over IPFS from any province that holds a blob, and over HTTP from
the gateways that the settings name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gateway.documents.errors import BlobError, BlobUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class BlobSource(Protocol):
    """Gives blobs by CID, every byte checked against it. Threads may share it."""

    def fetch(self, cid: str) -> bytes:
        """The bytes. Raises BlobUnavailable."""

    def fetch_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        """Each CID with its bytes or what went wrong, in the order given."""

    def close(self) -> None:
        """Closes what it holds open."""


class InTurn:
    """Several sources as one: whatever one lacks, the next is asked for."""

    def __init__(self, sources: Sequence[BlobSource]) -> None:
        """Take the sources, in the order in which they are asked; at least one."""
        self._sources = tuple(sources)

    def fetch(self, cid: str) -> bytes:
        """The bytes of `cid` from the first source that gives them.

        Raises:
            BlobUnavailable: none does; the message says what each answered.
        """
        why = []
        for source in self._sources:
            try:
                return source.fetch(cid)
            except BlobError as error:
                why.append(_why(error))
        raise BlobUnavailable(cid, why="; ".join(why))

    def fetch_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        """Each CID with its bytes or what went wrong, in the order given; what one source gave is asked of no other.

        Everything that a source gives is in memory until all have been asked: ask for a few at a time.
        """
        wanted = list(cids)
        found: dict[str, bytes | BlobError] = {}
        for source in self._sources:
            lacking = [cid for cid in dict.fromkeys(wanted) if not isinstance(found.get(cid), bytes)]
            for cid, content in source.fetch_many(lacking):
                before = found.get(cid)
                both = isinstance(content, BlobError) and isinstance(before, BlobError)
                found[cid] = BlobUnavailable(cid, why=f"{_why(before)}; {_why(content)}") if both else content
        yield from ((cid, found[cid]) for cid in wanted)

    def close(self) -> None:
        """Closes every source."""
        for source in self._sources:
            source.close()


def _why(error: object) -> str:
    return str(error.details.get("why", error)) if isinstance(error, BlobError) else ""
