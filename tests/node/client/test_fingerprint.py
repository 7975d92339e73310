"""A fingerprint that two people read to each other."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from node.client.fingerprint import GROUPS, spoken


def test_a_fingerprint_is_twelve_groups_of_five_digits() -> None:
    assert spoken(b"") == "02953 52123 22581 32278 97999 00648 19803 49933 79397 00111 56650 86549"


@given(content=st.binary(max_size=64))
def test_it_is_the_last_sixty_digits_of_the_sha_256(content: bytes) -> None:
    groups = spoken(content).split()
    assert [len(group) for group in groups] == [5] * GROUPS
    assert str(int(hashlib.sha256(content).hexdigest(), 16)).zfill(60)[-60:] == "".join(groups)
