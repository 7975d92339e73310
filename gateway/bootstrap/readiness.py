"""Whether a gateway can answer, and if not, why: what /readyz says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gateway.domain.errors import HurenError

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway


def readiness_of(gateway: Gateway) -> dict[str, Any]:
    """How chain and index stand, and whether one of them can answer."""
    settings = gateway.settings
    report: dict[str, Any] = {"province": settings.province or None, "role": settings.role}
    try:
        block = gateway.reader.final_block()
        report["chain"] = {"reachable": True, "block": block.number, "time": block.time}
    except HurenError as error:
        report["chain"] = {"reachable": False, "problem": error.to_json()}
    checked = gateway.index.checked()
    if checked is None:
        report["index"] = {"block": None, "fresh": False}
    else:
        age = abs(int(time.time()) - checked[1])  # ahead of us: the clock was set back
        fresh = age <= settings.staleness_seconds
        report["index"] = {"block": checked[0].number, "confirmedSecondsAgo": age, "fresh": fresh}
        report["index"]["manifestsLacking"] = gateway.holdings.lacking()
    report["ready"] = report["chain"]["reachable"] or report["index"]["fresh"]
    return report
