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
        """Each CID once, with its bytes or what went wrong, in no order."""

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
        """Each CID once, as soon as a source gives its bytes; what none gave comes last, with what each answered."""
        lacking: dict[str, BlobError | None] = dict.fromkeys(cids)
        for source in self._sources:
            for cid, content in source.fetch_many(list(lacking)):
                if isinstance(content, bytes):
                    del lacking[cid]
                    yield cid, content
                else:
                    before = lacking[cid]
                    both = f"{_why(before)}; {_why(content)}"
                    lacking[cid] = content if before is None else BlobUnavailable(cid, why=both)
        yield from ((cid, error) for cid, error in lacking.items() if error is not None)

    def close(self) -> None:
        """Closes every source."""
        for source in self._sources:
            source.close()


def _why(error: object) -> str:
    return str(error.details.get("why", error)) if isinstance(error, BlobError) else ""
