"""Verification with no network: a certificate file with evidence, a trust file and the time in, a verdict out.

    trust = Trust.parse(Path("trust.json").read_bytes())
    check_fingerprint(trust, "04711 39020 …")                   # as another province read it out
    verdict = verify(data, trust, now=time.time())
    verdict.kind, verdict.failed_at, verdict.block_time        # the time that it is true for

The eight steps are those of verification with the network (gateway.verification.steps); what they ask of the ledger is
proven from the file: headers sealed by the newest validators that the trust file knows, and under the first of them the
words of the contracts. Pure: no file is opened, nothing is asked, no clock is read. docs/verification.md, "offline".
"""

from __future__ import annotations

from gateway.verification.offline.errors import (
    FingerprintDiffers,
    NotBinding,
    TrustRefused,
    Unproven,
)
from gateway.verification.offline.ledger import StateLedger
from gateway.verification.offline.trust import Listed, Trust, check_fingerprint, summary
from gateway.verification.offline.verify import MOST_DAYS, verify

__all__ = [
    "MOST_DAYS",
    "FingerprintDiffers",
    "Listed",
    "NotBinding",
    "StateLedger",
    "Trust",
    "TrustRefused",
    "Unproven",
    "check_fingerprint",
    "summary",
    "verify",
]
