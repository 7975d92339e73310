"""The parts of a gateway that audit: `Gateway.audit`. They need no key. Each is made at its first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from gateway.audit.record_check import RecordCheck
from gateway.audit.trace import Tracer
from gateway.audit.trace_record import TraceRecord
from gateway.bootstrap.audit_naming import AuditNaming
from gateway.ledger.transfer_rows import TransferRows

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway


class AuditParts:
    """Completeness, lists, reports, findings, samples."""

    def __init__(self, gateway: Gateway) -> None:
        """Take what they stand on."""
        self._gateway = gateway

    @cached_property
    def naming(self) -> AuditNaming:
        """Names and sentences."""
        return AuditNaming(self._gateway.database)

    @cached_property
    def trace_record(self) -> TraceRecord:
        """What the index holds of a credential."""
        gateway = self._gateway
        return TraceRecord(gateway.database, gateway.index, gateway.holdings, TransferRows(gateway.database))

    @cached_property
    def tracer(self) -> Tracer:
        """Everything that ever happened to a credential."""
        gateway = self._gateway
        check = RecordCheck(gateway.database, gateway.deployment.chain_id)
        return Tracer(self.trace_record, gateway.index, gateway.verifier, check, self.naming)
