"""What the trial had lived through before its nodes began: institutions accredited, an agreement in force."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from stage import Centre
from trading import Trade

if TYPE_CHECKING:
    from stage import Stage

ANHUI = 340000


def live_through(past: Stage) -> None:
    """Three institutions are accredited, and Shanghai's recognises what Jiangsu's awards. Anhui only verifies."""
    with ThreadPoolExecutor(2) as pool:
        issuing = [centre for province, centre in past.centres.items() if province != ANHUI]
        list(pool.map(Centre.prepare, issuing))
        list(pool.map(Centre.accredit, issuing))
    past.centres[ANHUI].folder.mkdir()
    past.centres[ANHUI].write_settings()
    Trade(past, past.folder).agree()
