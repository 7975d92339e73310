"""What a serving gateway does after each round of the index: supersede what issued certificates replace."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

import structlog

from gateway.domain.errors import HurenError
from gateway.issuance import replacements
from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.issuance.supersession import Superseder
    from gateway.store.engine import Database

REST_SECONDS: Final = 60.0
"""How long it rests where something could not be done: a key that is not there, a document that is lacking."""

log = structlog.get_logger(__name__)


class Reissues:
    """Queues supersessions that have come due. The keys are opened only where one has."""

    def __init__(self, database: Database, superseder: Callable[[], Superseder]) -> None:
        """Look in ``database``; ``superseder`` is made at the first one that is due."""
        self._database = database
        self._superseder = superseder
        self._rests_until = -math.inf

    def __call__(self) -> int:
        """Queue what is due and return how many transactions that is; what goes wrong is said in the log."""
        if time.monotonic() < self._rests_until or not replacements.due(self._database, 1):
            return 0
        try:
            queued = len(self._superseder().queue_due())
        except (HurenError, NodeError) as error:
            log.warning("reissue.not_queued", why=str(error))
            queued = 0
        if not queued:
            self._rests_until = time.monotonic() + REST_SECONDS
        return queued
