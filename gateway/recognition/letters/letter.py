"""Letters: what goes off the chain, between two institutions, about one transfer.

    sealed = write_letter(content, [source_key, target_key])
    letter_digest(sealed)                          # the 32 bytes that the chain's event carries
    content = read_letter(sealed, keys, about)     # of a reader who has one of the keys

A letter is JSON under a random content key, sealed to X25519 keys of both institutions (`gateway.recognition.sealed`;
each reader is the public key, in hexadecimal), and padded, so that its size tells little. Its SHA-256 is the digest
that the event on the chain carries: whoever reads the chain knows its CID, and every byte that a peer gives is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from gateway.documents.blobs import BLOB_BYTES
from gateway.domain.hashing import sha256
from gateway.domain.strict_json import JsonLimits, JsonRefused, parse_json_strict
from gateway.recognition import sealed as sealing
from gateway.recognition.sealed import NotAReader, SealBroken
from gateway.recognition.transfers.errors import LetterForOthers, LetterMalformed, LetterTooLarge

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from nacl.public import PrivateKey

MAGIC: Final = b"huren.letter.v1\n"
MOST_BYTES: Final = BLOB_BYTES - 16_384
"""Of the content: what is sealed and padded fits one block of the blob store, however many keys it is sealed to."""
MOST_READERS: Final = 32
_PAD: Final = 2_048
_LIMITS: Final = JsonLimits(max_bytes=BLOB_BYTES, allow_control=True)


class Opener(Protocol):
    """Holds the private keys of one institution."""

    def holds(self) -> Collection[bytes]:
        """The public keys (32 bytes) whose private keys are here."""

    def private(self, public_key: bytes) -> PrivateKey:
        """The private key of one of them."""


def write_letter(content: Mapping[str, Any], keys: Collection[bytes]) -> bytes:
    """A letter, sealed to ``keys`` (32 bytes each). No two letters are alike, also of the same content.

    Raises:
        LetterTooLarge: more than MOST_BYTES.
        KeyUnusable: one of the keys is none.
    """
    text = orjson.dumps(content)
    if len(text) > MOST_BYTES:
        raise LetterTooLarge(len(text), most=MOST_BYTES)
    padded = text.ljust(-(-len(text) // _PAD) * _PAD)
    readers = {key.hex(): key for key in sorted(keys)[:MOST_READERS]}
    return sealing.seal(MAGIC, {}, readers, padded)


def letter_digest(sealed: bytes) -> bytes:
    """What the chain holds of a letter."""
    return sha256(sealed)


def read_letter(sealed: bytes, opener: Opener, about: str, institution: str) -> dict[str, Any]:
    """The content of a letter.

    Args:
        sealed: what `write_letter` made, its digest checked against the chain's by the caller.
        opener: of the institution that reads.
        about: the transfer, as messages name it.
        institution: the one that reads, as messages name it.

    Raises:
        LetterMalformed: no letter, or altered.
        LetterForOthers: sealed to keys that are not here.
    """
    try:
        box = sealing.parted(MAGIC, sealed)
        mine = next((key for key in opener.holds() if key.hex() in box.readers), None)
        if mine is None:
            raise LetterForOthers(about, institution=institution)
        content = parse_json_strict(sealing.unseal(box, mine.hex(), opener.private(mine)).rstrip(b" "), _LIMITS)
    except NotAReader as error:
        raise LetterForOthers(about, institution=institution) from error
    except (SealBroken, JsonRefused) as error:
        raise LetterMalformed(about, why=error) from error
    if not isinstance(content, dict):
        raise LetterMalformed(about, why="{}")
    return content
