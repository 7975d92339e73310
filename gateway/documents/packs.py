r"""Packs: many encrypted documents to a blob, each under a key of its own.

    pack      "huren.pack.v1" NUL NUL NUL (16 bytes), then documents, to at most 1 MiB
    document  nonce (12 bytes) ‖ AES-256-GCM ciphertext ‖ tag (16 bytes)

The document key is HMAC-SHA256(learner's key, "huren.document" ‖ leaf), the associated data the leaf: whoever destroys
the learner's key destroys every document of that learner, in every copy of the pack, and a document moved to another
place does not open. Where a document lies (offset, length) is kept with the credential's row.

    >>> key, leaf = b"\x01" * 32, b"\x02" * 32
    >>> [pack] = pack_documents([(key, leaf, b"a credential")])
    >>> [place] = pack.places
    >>> open_document(pack.content, place, key, leaf)
    b'a credential'
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hmac import digest as hmac_digest
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.documents.blobs import BLOB_BYTES
from gateway.documents.errors import DocumentTooLarge, DocumentUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAGIC: Final = b"huren.pack.v1\0\0\0"
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
OVERHEAD: Final = _NONCE_BYTES + _TAG_BYTES
"""Bytes that sealing adds to a document."""
DOCUMENT_BYTES: Final = BLOB_BYTES - len(MAGIC) - OVERHEAD
"""The most that one document may have."""
_LABEL: Final = b"huren.document"


class DocumentPlace(NamedTuple):
    """Where a document lies in its pack, in bytes."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SealedPack:
    """A pack ready to be stored, and where its documents lie, in the order in which they came."""

    content: bytes
    places: tuple[DocumentPlace, ...]


def document_key(learner_key: bytes, leaf: bytes) -> bytes:
    """The key of one document, 32 bytes; `learner_key` and `leaf` have 32 bytes each."""
    return hmac_digest(learner_key, _LABEL + leaf, "sha256")


def seal_document(learner_key: bytes, leaf: bytes, document: bytes) -> bytes:
    """One sealed document, ready for `assemble`; worker processes may do this part."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(document_key(learner_key, leaf)).encrypt(nonce, document, leaf)


def assemble(sealed: Iterable[bytes]) -> Iterator[SealedPack]:
    """Lays sealed documents into packs, in order; a new pack begins when the next one would not fit.

    Raises:
        DocumentTooLarge: one does not fit an empty pack.
    """
    parts: list[bytes] = [MAGIC]
    places: list[DocumentPlace] = []
    offset = len(MAGIC)
    for document in sealed:
        length = len(document)
        if length > BLOB_BYTES - len(MAGIC):
            raise DocumentTooLarge(length - OVERHEAD, limit=DOCUMENT_BYTES)
        if offset + length > BLOB_BYTES:
            yield SealedPack(b"".join(parts), tuple(places))
            parts, places, offset = [MAGIC], [], len(MAGIC)
        parts.append(document)
        places.append(DocumentPlace(offset, length))
        offset += length
    if places:
        yield SealedPack(b"".join(parts), tuple(places))


def pack_documents(documents: Iterable[tuple[bytes, bytes, bytes]]) -> Iterator[SealedPack]:
    """Seals and assembles (learner's key, leaf, document) triples, in order.

    Raises:
        DocumentTooLarge: a document above `DOCUMENT_BYTES`.
    """
    return assemble(seal_document(*document) for document in documents)


def open_document(pack: bytes, place: DocumentPlace, learner_key: bytes, leaf: bytes) -> bytes:
    """The document at `place` of a pack's bytes.

    Raises:
        DocumentUnreadable: not a pack, a place outside it, another key or leaf, or altered bytes.
    """
    sealed = pack[place.offset : place.offset + place.length]
    if not pack.startswith(MAGIC) or place.offset < len(MAGIC) or len(sealed) != place.length:
        raise DocumentUnreadable(f"{place.offset}+{place.length} of {len(pack)} bytes")
    try:
        return AESGCM(document_key(learner_key, leaf)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], leaf)
    except (InvalidTag, ValueError) as error:
        raise DocumentUnreadable(f"{place.offset}+{place.length}") from error
