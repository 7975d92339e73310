"""The parts of a gateway that work on mutual recognition: `Gateway.recognition`. Each is made at its first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway


class RecognitionParts:
    """Applications, decisions, letters, options, statements, what waits for a second account."""

    def __init__(self, gateway: Gateway) -> None:
        """Take what they stand on."""
        self._gateway = gateway
