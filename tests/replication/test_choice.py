"""Every province computes by itself who keeps a pack, and all compute the same."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.hashing import sha256
from gateway.replication.choice import keepers

MEMBERS = (310000, 320000, 330000, 340000, 500000)
DIGESTS = st.binary(min_size=32, max_size=32)


@given(digest=DIGESTS, owner=st.sampled_from(MEMBERS), factor=st.integers(1, 7), order=st.permutations(MEMBERS))
def test_the_owner_and_as_many_others_as_are_wanted_whatever_the_order_of_members(
    digest: bytes, owner: int, factor: int, order: list[int]
) -> None:
    found = keepers(digest, owner, MEMBERS, factor)
    assert found == keepers(digest, owner, order, factor)
    assert found[0] == owner
    assert len(set(found)) == len(found) == min(factor, len(MEMBERS))
    assert set(found) <= set(MEMBERS)
    assert found[: factor - 1] == keepers(digest, owner, MEMBERS, max(1, factor - 1))[: factor - 1]


@given(digest=DIGESTS, leaving=st.sampled_from(MEMBERS[1:]), factor=st.integers(2, 4))
def test_when_a_member_leaves_only_what_it_kept_changes_hands(digest: bytes, leaving: int, factor: int) -> None:
    before = keepers(digest, MEMBERS[0], MEMBERS, factor)
    after = keepers(digest, MEMBERS[0], [one for one in MEMBERS if one != leaving], factor)
    assert set(before) - {leaving} <= set(after)
    if leaving not in before:
        assert after == before


def test_an_owner_that_is_gone_is_still_counted() -> None:
    assert len(keepers(bytes(32), 370000, MEMBERS, 3)) == 3


def test_the_known_answer() -> None:
    # SHA-256("huren.keeper.v1" ‖ digest ‖ province, 4 bytes big-endian), the highest first
    drawn = {p: sha256(b"huren.keeper.v1" + bytes(32) + p.to_bytes(4, "big")) for p in MEMBERS[1:]}
    assert keepers(bytes(32), 310000, MEMBERS, 2) == (310000, max(drawn, key=lambda p: drawn[p]))


def test_packs_are_spread_evenly() -> None:
    counts = Counter(keepers(sha256(bytes([n % 256, n >> 8])), 310000, MEMBERS, 2)[1] for n in range(4_000))
    assert all(850 < counts[province] < 1_150 for province in MEMBERS[1:])
