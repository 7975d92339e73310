"""Evidence of finality: what a certificate file carries so that it can be verified with no network.

    paper, evidence = split(data)           # the file without it; None where there is none
    joined(paper, evidence)                 # the file with it

It is a third member of the file, `finality`: headers as they are encoded, the first of which is the final one, and the
nodes of the state's trie that lead from its root to the contracts' words. Nothing in it is a claim: which words are
looked up, and who may seal, the verifier knows (gateway.verification.offline).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from gateway.domain.hashing import hex0x
from gateway.domain.header import Header
from gateway.domain.strict_json import JsonLimits
from gateway.domain.wire import MalformedDocument, encode, read_strict

VERSION: Final = 1
MOST_BYTES: Final = 524_288
"""Of a file with evidence. One of four validators and a million batches takes 60 kB."""
MOST_HEADERS: Final = 128
"""One of QBFT; of Clique the final one and those that follow it: more than half of the validators, and so many more."""
_MARK: Final = b'"finality"'

Bytes = Annotated[str, Meta(min_length=4, max_length=65_536)]


class _Closed(Struct, frozen=True, forbid_unknown_fields=True, rename="camel", gc=False):
    """Members in the order of RFC 8785, as in ``schema``."""


class _FinalityDocument(_Closed, frozen=True):
    headers: Annotated[tuple[Bytes, ...], Meta(min_length=1, max_length=MOST_HEADERS)]
    nodes: Annotated[tuple[Bytes, ...], Meta(max_length=4_096)]
    version: Literal[1]


class _File(_Closed, frozen=True, kw_only=True):
    credential: Raw | UnsetType = UNSET
    finality: _FinalityDocument | UnsetType = UNSET
    partial: Raw | UnsetType = UNSET
    receipt: Raw


class Evidence(Struct, frozen=True, gc=False):
    """Headers and nodes.

    Attributes:
        headers: the final one, then those that follow it (Clique), in the order of their numbers.
        nodes: of the state's trie and of the contracts' storage, encoded, ascending, each once.
    """

    headers: tuple[Header, ...]
    nodes: tuple[bytes, ...]

    @classmethod
    def _of(cls, document: _FinalityDocument) -> Evidence:
        headers = tuple(Header.of_rlp(_bytes(one, "$.finality.headers")) for one in document.headers)
        nodes = tuple(_bytes(one, "$.finality.nodes") for one in document.nodes)
        if list(nodes) != sorted(set(nodes)):
            raise MalformedDocument("nodes that are not ascending, or one twice - at `$.finality.nodes`")
        return cls(headers, nodes)

    def _document(self) -> _FinalityDocument:
        return _FinalityDocument(
            tuple(hex0x(header.encoded()) for header in self.headers), tuple(map(hex0x, self.nodes)), VERSION
        )


def split(data: bytes) -> tuple[bytes, Evidence | None]:
    """Return a certificate file (whole or in part) without its evidence, and the evidence; None where it has none.

    Raises:
        JsonRefused, MalformedDocument, HeaderMalformed: of a file that holds evidence: not shaped as it should be.
    """
    if _MARK not in data:
        return data, None
    paper, evidence = read_strict(data, _DECODER, _parts_of, _written, _LIMITS)
    return (data, None) if evidence is None else (paper, evidence)


def joined(paper: bytes, evidence: Evidence) -> bytes:
    """Return a certificate file (whole or in part, canonical, without evidence) with evidence: canonical JSON."""
    file = _DECODER.decode(paper)
    return encode(msgspec.structs.replace(file, finality=evidence._document()))  # noqa: SLF001 - its own module's


def _parts_of(file: _File) -> tuple[bytes, Evidence | None]:
    if (file.credential is UNSET) == (file.partial is UNSET):
        raise MalformedDocument("either a credential or a part of one - at `$`")
    evidence = None if file.finality is UNSET else Evidence._of(file.finality)  # noqa: SLF001 - its own module's
    return encode(msgspec.structs.replace(file, finality=UNSET)), evidence


def _written(parts: tuple[bytes, Evidence | None]) -> bytes:
    paper, evidence = parts
    return paper if evidence is None else joined(paper, evidence)


def _bytes(text: str, place: str) -> bytes:
    try:
        data = bytes.fromhex(text[2:])
    except ValueError:
        data = b""
    if not data or hex0x(data) != text:
        raise MalformedDocument(f"bytes in lower-case hexadecimal with 0x - at `{place}`")
    return data


_DECODER: Final = msgspec.json.Decoder(_File)
_LIMITS: Final = JsonLimits(max_bytes=MOST_BYTES)
