"""A pack's documents open in their place, under their learner's key, and nowhere else."""

from __future__ import annotations

import itertools
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.documents.blobs import BLOB_BYTES
from gateway.documents.errors import DocumentTooLarge, DocumentUnreadable
from gateway.documents.packs import (
    DOCUMENT_BYTES,
    MAGIC,
    OVERHEAD,
    DocumentPlace,
    assemble,
    document_key,
    open_document,
    pack_documents,
    seal_document,
)

KEY, LEAF = b"\x01" * 32, b"\x02" * 32
SIZES = st.lists(st.one_of(st.integers(0, 3000), st.integers(200_000, DOCUMENT_BYTES)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(sizes=SIZES)
def test_documents_lie_back_to_back_in_order_and_every_pack_is_a_blob(sizes: list[int]) -> None:
    documents = [(os.urandom(32), os.urandom(32), os.urandom(1) * size) for size in sizes]
    packs = list(pack_documents(documents))
    opened = []
    for pack in packs:
        assert pack.content.startswith(MAGIC)
        assert len(pack.content) <= BLOB_BYTES
        end = len(MAGIC)
        for place in pack.places:
            assert place.offset == end
            end += place.length
            key, leaf, document = documents[len(opened)]
            opened.append(open_document(pack.content, place, key, leaf))
            assert place.length == len(document) + OVERHEAD
        assert end == len(pack.content)
    assert opened == [document for _, _, document in documents]
    for one, following in itertools.pairwise(packs):
        assert len(one.content) + following.places[0].length > BLOB_BYTES  # it did not fit


def test_no_documents_make_no_pack() -> None:
    assert list(pack_documents([])) == []


def test_the_largest_document_fills_a_pack_and_one_byte_more_is_refused() -> None:
    [pack] = pack_documents([(KEY, LEAF, bytes(DOCUMENT_BYTES))])
    assert len(pack.content) == BLOB_BYTES
    with pytest.raises(DocumentTooLarge) as caught:
        list(pack_documents([(KEY, LEAF, bytes(DOCUMENT_BYTES + 1))]))
    assert caught.value.value == DOCUMENT_BYTES + 1


def test_sealing_may_be_done_elsewhere_than_laying_out() -> None:
    sealed = [seal_document(KEY, LEAF, b"one"), seal_document(KEY, b"\x03" * 32, b"two")]
    [pack] = assemble(sealed)
    assert open_document(pack.content, pack.places[1], KEY, b"\x03" * 32) == b"two"


def test_each_document_has_a_key_of_its_own() -> None:
    keys = {document_key(KEY, LEAF), document_key(KEY, b"\x03" * 32), document_key(b"\x04" * 32, LEAF)}
    assert len(keys) == 3
    # HMAC-SHA256(learner's key, "huren.document" ‖ leaf): a change would lose every stored document.
    assert document_key(KEY, LEAF).hex() == "dfdc6ce08f2748b7255e88115f15ccad1c13d7fed1f5dda7000205e4350b199d"


def test_the_same_document_sealed_twice_looks_different_and_shows_nothing() -> None:
    one, other = seal_document(KEY, LEAF, b"a credential"), seal_document(KEY, LEAF, b"a credential")
    assert one != other
    assert b"credential" not in one


@given(offset=st.integers(0, 400), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed(offset: int, bit: int) -> None:
    [pack] = pack_documents([(KEY, LEAF, bytes(350))])
    offset = min(offset, len(pack.content) - 1)
    altered = bytearray(pack.content)
    altered[offset] ^= 1 << bit
    with pytest.raises(DocumentUnreadable):
        open_document(bytes(altered), pack.places[0], KEY, LEAF)


@pytest.mark.parametrize(
    ("key", "leaf", "shift"),
    [(b"\x09" * 32, LEAF, 0), (KEY, b"\x09" * 32, 0), (KEY, LEAF, 1), (KEY, LEAF, 10_000)],
    ids=["another learner's key", "another leaf", "another place", "outside"],
)
def test_a_document_opens_nowhere_else(key: bytes, leaf: bytes, shift: int) -> None:
    [pack] = pack_documents([(KEY, LEAF, b"one"), (KEY, LEAF, b"two")])
    place = DocumentPlace(pack.places[0].offset + shift, pack.places[0].length)
    with pytest.raises(DocumentUnreadable):
        open_document(pack.content, place, key, leaf)


@pytest.mark.parametrize("place", [DocumentPlace(0, 40), DocumentPlace(16, 0), DocumentPlace(16, -1)])
def test_a_place_that_is_no_documents_is_refused(place: DocumentPlace) -> None:
    [pack] = pack_documents([(KEY, LEAF, b"one")])
    with pytest.raises(DocumentUnreadable):
        open_document(pack.content, place, KEY, LEAF)
    with pytest.raises(DocumentUnreadable):
        open_document(b"no pack" + pack.content[7:], pack.places[0], KEY, LEAF)
