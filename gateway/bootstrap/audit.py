"""The parts of a gateway that audit: `Gateway.audit`. They need no key. Each is made at its first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway


class AuditParts:
    """Completeness, lists, reports, findings, samples."""

    def __init__(self, gateway: Gateway) -> None:
        """Take what they stand on."""
        self._gateway = gateway
