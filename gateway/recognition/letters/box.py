"""A gateway's letters: written once for each occasion, fetched by the digest that the chain gives, opened, forgotten.

    [digest] = box.post([Post("application:7", leaf, (source, target), content)], at=block_time)
    content = box.open(digest, "320000-330000-7", (target, source))
    box.fetch(digests)                # what is lacking, from peers; says which did not come

A letter lies in the blob folder like a manifest, so peers get it by GET /v1/blobs/{cid}: whoever lacks the keys gets
ciphertext. Its bytes are random, so what makes a retry send the same letter is the occasion, kept beside its digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from sqlalchemy import delete, insert, select, update

from gateway.documents.errors import BlobError
from gateway.domain.errors import cause_of
from gateway.domain.manifest import cid_of
from gateway.ledger.values import KeyKind
from gateway.recognition.letters.letter import letter_digest, read_letter, write_letter
from gateway.recognition.transfers.errors import LetterForOthers, LetterNotThere, NobodyToSealTo
from gateway.store.models import SentLetter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from nacl.public import PrivateKey
    from sqlalchemy import Table

    from gateway.keys.agreement import AgreementKeys
    from gateway.ledger.values import InstitutionKey
    from gateway.store.engine import Database

_CHUNK: Final = 500  # bound parameters of one SQL statement
SENT: Final = cast("Table", SentLetter.__table__)


class PublishedKeys(Protocol):
    """What the chain says of institutions' keys."""

    def keys_of(self, institution: str) -> list[InstitutionKey]:
        """Every key an institution ever had."""


class OwnBlobs(Protocol):
    """This gateway's own blobs."""

    def put_many(self, contents: Iterable[bytes]) -> list[str]:
        """Stores many durably."""

    def has(self, cid: str) -> bool:
        """Whether it is held."""

    def remove(self, cid: str) -> bool:
        """Takes it away."""


class Fetches(Protocol):
    """Own blobs, and peers' for what is lacking."""

    def get(self, cid: str) -> bytes:
        """The bytes."""

    def get_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        """The bytes of each, or what went wrong."""


@dataclass(frozen=True, slots=True)
class Post:
    """A letter to be written."""

    occasion: str
    """What it is written for: the same occasion is the same letter."""
    leaf: bytes
    institutions: tuple[str, ...]
    """Who can read it."""
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Opener:
    keys: AgreementKeys
    institution: str

    def holds(self) -> Collection[bytes]:
        return [key.public_key for key in self.keys.of(self.institution)]

    def private(self, public_key: bytes) -> PrivateKey:
        return self.keys.private(self.institution, public_key)


class LetterBox:
    """The letters of one gateway."""

    def __init__(
        self,
        database: Database,
        own: OwnBlobs,
        library: Fetches,
        published: PublishedKeys,
        keys: Callable[[], AgreementKeys],
        *,
        clock: Callable[[], float],
    ) -> None:
        """Seal to what ``published`` says, open with ``keys`` (asked for when the first letter is opened)."""
        self._database = database
        self._own = own
        self._library = library
        self._published = published
        self._keys = keys
        self._clock = clock

    def post(self, posts: Sequence[Post], *, at: int) -> list[bytes]:
        """Write letters, durably, and return their digests; what was written for an occasion before is that letter.

        Args:
            posts: what is to be written.
            at: the chain's time (seconds), at which keys have to be in force.

        Raises:
            NobodyToSealTo: an institution has published no key.
            LetterTooLarge: a content that fits no block.
        """
        known = self._known([post.occasion for post in posts])
        lacking = {post.occasion: post for post in posts if post.occasion not in known}
        if lacking:
            sealed_to: dict[str, list[bytes]] = {}
            made = {post.occasion: self._sealed(post, at, sealed_to) for post in lacking.values()}
            self._own.put_many(made.values())
            known |= self._keep([(lacking[name], letter_digest(letter)) for name, letter in made.items()])
        return [known[post.occasion] for post in posts]

    def open(self, digest: bytes, about: str, institutions: Sequence[str]) -> dict[str, Any]:
        """The content of a letter, fetched where it is lacking.

        Args:
            digest: its sha256, from the chain.
            about: the transfer, as messages name it.
            institutions: as whom it is opened, in this order: those whose keys this centre may hold.

        Raises:
            LetterNotThere: nobody gave it; nothing follows.
            LetterMalformed, LetterForOthers: as they say.
        """
        try:
            sealed = self._library.get(cid_of(digest))
        except BlobError as error:
            raise LetterNotThere(about, why=cause_of(error)) from error
        keys = self._keys()
        for institution in institutions:
            opener = _Opener(keys, institution)
            if opener.holds():
                return read_letter(sealed, opener, about, institution)
        raise LetterForOthers(about, institution=institutions[0])

    def fetch(self, digests: Iterable[bytes]) -> dict[bytes, BlobError]:
        """Fetch what is lacking, eight at a time; return what did not come, and why."""
        wanted = {cid_of(digest): digest for digest in digests}
        return {wanted[cid]: found for cid, found in self._library.get_many(wanted) if isinstance(found, BlobError)}

    def lacking(self, digests: Iterable[bytes]) -> list[bytes]:
        """Those that are not held here."""
        return [digest for digest in digests if not self._own.has(cid_of(digest))]

    def forget(self, leaves: Sequence[bytes], digests: Iterable[bytes]) -> int:
        """Take away the letters that were written about these credentials, and ``digests``; return how many."""
        with self._database.read() as connection:
            of_these = [select(SENT.c.digest).where(SENT.c.leaf == leaf) for leaf in leaves]
            written = [digest for query in of_these for digest in connection.execute(query).scalars()]
        gone = sum(self._own.remove(cid_of(digest)) for digest in {*written, *digests})
        with self._database.write() as connection:
            for leaf in leaves:
                connection.execute(delete(SENT).where(SENT.c.leaf == leaf))
        return gone

    def _known(self, occasions: Sequence[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        with self._database.read() as connection:
            for start in range(0, len(occasions), _CHUNK):
                named = SENT.c.occasion.in_(occasions[start : start + _CHUNK])
                rows = connection.execute(select(SENT.c.occasion, SENT.c.digest).where(named))
                found |= {name: digest for name, digest in rows if self._own.has(cid_of(digest))}
        return found

    def _keep(self, made: Sequence[tuple[Post, bytes]]) -> dict[str, bytes]:
        """Note what was written; where somebody else was first, theirs is the letter."""
        kept: dict[str, bytes] = {}
        now = int(self._clock())
        with self._database.write() as connection:
            for post, digest in made:
                mine = SENT.c.occasion == post.occasion
                first = connection.execute(select(SENT.c.digest).where(mine)).scalar()
                if first is None:
                    values = {"digest": digest, "occasion": post.occasion, "leaf": post.leaf, "written_at": now}
                    connection.execute(insert(SENT).values(**values))
                elif not self._own.has(cid_of(first)):  # its file was lost: it cannot be sent any more
                    connection.execute(update(SENT).where(mine).values(digest=digest, written_at=now))
                    first = None
                kept[post.occasion] = digest if first is None else first
        for post, digest in made:
            if kept[post.occasion] != digest:
                self._own.remove(cid_of(digest))
        return kept

    def _sealed(self, post: Post, at: int, sealed_to: dict[str, list[bytes]]) -> bytes:
        keys: set[bytes] = set()
        for institution in post.institutions:
            if institution not in sealed_to:
                sealed_to[institution] = self._in_force(institution, at)
            keys.update(sealed_to[institution])
        return write_letter(post.content, keys)

    def _in_force(self, institution: str, at: int) -> list[bytes]:
        found = [
            key.public_key
            for key in self._published.keys_of(institution)
            if key.kind is KeyKind.AGREEMENT and key.tenure.in_force_at(at)
        ]
        if not found:
            raise NobodyToSealTo(institution)
        return found
