"""The parts of a gateway that audit: `Gateway.audit`. They need no key. Each is made at its first use."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gateway.audit.completeness.check import CompletenessCheck
from gateway.audit.completeness.witnesses import Witness, shown
from gateway.audit.findings.book import FindingBook
from gateway.audit.findings.numbers import of_numbers
from gateway.audit.reports.files import ReportFiles
from gateway.audit.reports.report import ReportBook
from gateway.audit.samples.announcements import Announcements
from gateway.audit.samples.book import SampleBook
from gateway.audit.traces.record import TraceRecord
from gateway.audit.traces.record_check import RecordCheck
from gateway.audit.traces.trace import Tracer
from gateway.bootstrap.audit_known import AuditKnown
from gateway.bootstrap.audit_naming import AuditNaming
from gateway.bootstrap.audit_numbers import own_numbers
from gateway.bootstrap.audit_openings import CentreOpenings
from gateway.ledger.calls import ChainCalls
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.ledger.transfer_rows import TransferRows
from gateway.recognition.agreements.chain import AgreementBook
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.audit.completeness.check import Bounds
    from gateway.audit.findings.values import Finding
    from gateway.bootstrap import Gateway

_ANSWER_SECONDS: Final = 120.0
"""How long a node has to answer an auditor, who asks for much at once."""


class AuditParts:
    """Completeness, lists, reports, findings, samples."""

    def __init__(self, gateway: Gateway) -> None:
        """Take what they stand on."""
        self._gateway = gateway

    @cached_property
    def naming(self) -> AuditNaming:
        """Names and sentences."""
        return AuditNaming(self._gateway.database, self._gateway.codes)

    @contextmanager
    def completeness(self, rpc: str | None, witnesses: Sequence[str], bounds: Bounds) -> Iterator[CompletenessCheck]:
        """Checks the node at ``rpc``, by default this gateway's own, which of any other is a witness."""
        own = self._gateway.settings.rpc_url
        heard = dict.fromkeys([*witnesses, *([] if rpc in {None, own} else [own])])
        with ExitStack() as opened:
            nodes = [opened.enter_context(JsonRpc(url, timeout=_ANSWER_SECONDS)) for url in (rpc or own, *heard)]
            audited, *others = [ChainCalls(node, self._gateway.deployment) for node in nodes]
            heard_as = [Witness(shown(calls.rpc.url), calls) for calls in others]
            yield CompletenessCheck(audited, witnesses=heard_as, bounds=bounds, clock=time.time)

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

    @cached_property
    def findings(self) -> FindingBook:
        """What asks for a second look."""
        return FindingBook(self._gateway.database, self._gateway.deployment.chain_id)

    def number_findings(self, now: int) -> list[Finding]:
        """What only a centre can find, among the numbers of its own certificates. Raises as `own_numbers`."""
        return list(of_numbers(own_numbers(self._gateway), now))

    @cached_property
    def reports(self) -> ReportFiles:
        """The figures that the office asks for, and their files."""
        return ReportFiles(ReportBook(self._gateway.database, self._gateway.calls))

    @cached_property
    def known(self) -> AuditKnown:
        """What filters of lists may name."""
        gateway = self._gateway
        return AuditKnown(gateway.index, AgreementBook(gateway.calls, RecognitionEvents(gateway.database)))

    @cached_property
    def samples(self) -> SampleBook:
        """The office's samples; a centre draws by it too."""
        gateway = self._gateway
        deployment = gateway.deployment
        return SampleBook(gateway.database, gateway.calls, deployment.chain_id, deployment.genesis_hash)

    @cached_property
    def openings(self) -> CentreOpenings:
        """What a centre opens to the office."""
        return CentreOpenings(self._gateway)

    @cached_property
    def announcements(self) -> Announcements:
        """What the office announced to this centre."""
        return Announcements(self._gateway.settings.data_dir / "announcements")
