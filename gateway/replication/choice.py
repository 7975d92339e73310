"""Which provinces keep a pack: rendezvous hashing (Thaler and Ravishankar, 1998), the owner always among them.

    >>> keepers(bytes(32), 310000, [310000, 320000, 330000, 340000], 2)
    (310000, 320000)

Every province computes it alone, from the members of the chain and the pack's digest. When a member joins or leaves,
only the packs that it keeps change hands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable

_LABEL = b"huren.keeper.v1"


def keepers(digest: bytes, owner: int, members: Iterable[int], factor: int) -> tuple[int, ...]:
    """The provinces that keep the pack with that digest (32 bytes): `owner` first, then those that draw highest.

    `factor` counts the owner; with fewer members, all keep it. An owner that is no member any more still counts.
    """
    others = sorted(set(members) - {owner}, key=lambda province: _draw(digest, province), reverse=True)
    return (owner, *others[: factor - 1])


def _draw(digest: bytes, province: int) -> bytes:
    return sha256(_LABEL + digest + province.to_bytes(4, "big"))
