"""What lies sealed in a pack for each credential: written by minting, opened by whoever reads a learner's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from gateway.documents.packs import DocumentPlace, open_document

if TYPE_CHECKING:
    from gateway.issuance.records import CredentialRow


class StoredDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What lies sealed in a pack: the signed credential, its salt, and the opening of its number commitment."""

    credential: msgspec.Raw
    opening: str
    salt: str
    """Both 32 bytes in hexadecimal."""


def stored_document(credential: bytes, salt: bytes, opening: bytes) -> bytes:
    """A stored document as JSON."""
    return b'{"credential":%b,"opening":"%b","salt":"%b"}' % (
        credential,
        opening.hex().encode("ascii"),
        salt.hex().encode("ascii"),
    )


read_stored: Final = msgspec.json.Decoder(StoredDocument).decode
"""The stored document of its JSON; raises msgspec.MsgspecError for anything else."""


def open_stored(row: CredentialRow, pack: bytes, learner_key: bytes) -> StoredDocument:
    """The stored document of a credential.

    Args:
        row: where it lies, and its leaf.
        pack: the bytes of the pack that ``row`` names.
        learner_key: 32 bytes.

    Raises:
        DocumentUnreadable: not that pack, another key or leaf, or altered bytes.
    """
    return read_stored(open_document(pack, DocumentPlace(row.pack_offset, row.pack_length), learner_key, row.leaf))
