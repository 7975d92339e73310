"""Documents on real nodes: manifests in every province, packs in as many as the members agreed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from copies import copies_agreed_on, documents_kept, packs_of, pins
from soundness import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from meanwhile import Work
    from real_stage import RealStage

ENGINES = ("geth", "besu")
pytestmark = [pytest.mark.consortium, pytest.mark.timeout(900)]
ZHEJIANG = 330000
SEVERAL = 4_000
"""Rows that fill some packs."""


def test_every_manifest_is_pinned_by_all_and_every_pack_by_as_many_as_agreed_on(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    centre = consortium.centres[ZHEJIANG]
    known = len(packs_of(centre))
    work.begin(work.issuing(ZHEJIANG, SEVERAL))
    work.finish()
    documents_kept(consortium, SECONDS)
    packs = packs_of(centre)[known:]
    assert len(packs) > 3
    pinned = pins(consortium)
    copies = [sum(cid in held for held in pinned.values()) for cid in packs]
    assert set(copies) == {copies_agreed_on(consortium)}
    told = {province: one.run("documents", "status", "--json").json for province, one in consortium.centres.items()}
    for province, one in told.items():
        assert one["store"] == "ipfs"
        assert one["silent"] == []
        others = [cid for owner, made in consortium.centres.items() if owner != province for cid in packs_of(made)]
        kept = len(pinned[province].intersection(others))
        assert one["replicas"]["expected"] == one["replicas"]["whole"] == kept > 0
    sound()
