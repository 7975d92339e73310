"""What the trial had lived through before its nodes began: institutions accredited, an agreement in force."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from stage import Centre
from trading import Trade

if TYPE_CHECKING:
    from stage import Stage

ANHUI = 340000


def found(stage: Stage) -> None:
    """Three institutions are accredited; Anhui issues nothing, attests, verifies, and keeps its share of packs."""
    issuing = [centre for province, centre in stage.centres.items() if province != ANHUI]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Centre.prepare, stage.centres.values()))
        list(pool.map(Centre.accredit, issuing))


def live_through(past: Stage) -> None:
    """Shanghai's institution recognises what Jiangsu's awards: agreed, a week of public notice, a programme."""
    Trade(past, past.folder).agree()
