"""Whether a gateway can answer, and if not, why: what /readyz says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gateway.domain.errors import HurenError
from gateway.verification.errors import ChainStandsStill

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway


def readiness_of(gateway: Gateway) -> dict[str, Any]:
    """How chain and index stand, and whether one of them can answer."""
    settings = gateway.settings
    report: dict[str, Any] = {"province": settings.province or None, "role": settings.role}
    try:
        block = gateway.reader.final_block()
        report["chain"] = {"reachable": True, "block": block.number, "time": block.time, "moving": True}
        gateway.views.require_moving(block)
    except ChainStandsStill as error:
        report["chain"] |= {"moving": False, "problem": error.to_json()}
    except HurenError as error:
        report["chain"] = {"reachable": False, "moving": False, "problem": error.to_json()}
    checked = gateway.index.checked()
    if checked is None:
        report["index"] = {"block": None, "fresh": False}
    else:
        age = abs(int(time.time()) - checked[1])  # ahead of us: the clock was set back
        report["index"] = {"block": checked[0].number, "confirmedSecondsAgo": age, "fresh": fresh(gateway)}
        report["index"]["manifestsLacking"] = gateway.holdings.lacking()
    report["ready"] = report["chain"]["moving"] or report["index"]["fresh"]
    return report


def fresh(gateway: Gateway) -> bool:
    """Whether answers may come from the index."""
    try:
        gateway.views.indexed()
    except HurenError:
        return False
    return True
