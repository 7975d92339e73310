"""The parts of a gateway that tell others of what happened: `Gateway.webhooks`. They need no key of the key ring."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from gateway.ledger.recognition_feed import RecognitionFeed
from gateway.webhooks.book import WebhookBook
from gateway.webhooks.queue import Queue
from gateway.webhooks.secrets import SecretBox
from gateway.webhooks.targets import Targets
from gateway.webhooks.worker import WebhookWorker

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway


class WebhookParts:
    """Webhooks and the worker that sends."""

    def __init__(self, gateway: Gateway) -> None:
        """Take what they stand on."""
        self._gateway = gateway

    @cached_property
    def targets(self) -> Targets:
        """Where messages may go."""
        return Targets(self._gateway.settings.webhook_networks)

    @cached_property
    def book(self) -> WebhookBook:
        """The webhooks."""
        box = SecretBox(self._gateway.settings.webhook_key)
        return WebhookBook(self._gateway.database, self._feed, box, self.targets)

    def worker(self) -> WebhookWorker:
        """What sends; a thread runs it."""
        queue = Queue(self._gateway.database, self._feed, clock=time.time)
        return WebhookWorker(self.book, queue, self.targets, locks=self._gateway.settings.data_dir / "locks")

    @cached_property
    def _feed(self) -> RecognitionFeed:
        return RecognitionFeed(self._gateway.database)
