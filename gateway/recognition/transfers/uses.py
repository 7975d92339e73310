"""What the book of claims says of an outcome: free, or by which transfer it is in use, used, or out of circulation.

use = use_of(calls, certificate, block)      # None: it is free
use.code, use.said                           # "used", Said("已在转换 310000-330000-5 中使用（2026-…）", …)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.civil_time import moment_text
from gateway.domain.errors import Said
from gateway.ledger.calls import Call
from gateway.recognition.transfers.chain import CLAIMS
from gateway.recognition.transfers.errors import TransferProblem

if TYPE_CHECKING:
    from gateway.domain.receipt import Certificate
    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.values import BlockRef

_INSTITUTIONS: Final = "InstitutionRegistry"
_USES: Final = (
    None,
    ("requested", "该成果已在转换申请中：{ref}（{since}）", "it is applied for already: {ref} ({since})"),
    ("used", "该成果已在转换中使用：{ref}（{since}）", "it was used already: {ref} ({since})"),
    ("spent", "该成果已使用，不能恢复：{ref}（{since}）", "it was used for good: {ref} ({since})"),
    ("retired", "该成果已停用，不再转换（{since}）", "it was retired: it counts nowhere any more ({since})"),
)
"""By IClaimBook.Use."""


class OutcomeUsed(TransferProblem):
    """An outcome that another transfer uses, or that nobody may use any more: the chain would refuse the request."""

    code = "transfer.used"
    field = "certificate"
    zh = "证书 {value} 不能再申请：{use}"
    en = "the certificate {value} cannot be applied with again: {use}"
    hint_zh = "一项成果只使用一次；所指转换若被退回或撤回，可再申请（huren transfer show）"
    hint_en = "an outcome counts once; where that transfer comes back, it may be asked for again (huren transfer show)"


@dataclass(frozen=True, slots=True)
class Use:
    """A use that was made of an outcome: its kind as a word, and a sentence that names the transfer and the time."""

    code: str
    said: Said


def use_of(calls: ChainCalls, certificate: Certificate, block: BlockRef) -> Use | None:
    """How the outcome of a certificate is in use at `block`; None: it is free.

    An outcome that became another institution's alias counts under that one's name, and under the one that it was
    issued by, as the contract asks both (IClaimBook.lock).

    Raises:
        ChainUnavailable: no answer.
    """
    institution, facts = certificate.receipt.anchoring.institution, certificate.receipt.facts
    asked = [
        Call(_INSTITUTIONS, "canonicalOf", (institution, facts.outcome)),
        Call(CLAIMS, "claimOf", (institution, facts.claim)),
    ]
    [[canonical, _], *claims] = calls.answers(asked, block)
    if bytes(canonical) != institution:
        claims = [*calls.answers([Call(CLAIMS, "claimOf", (bytes(canonical), facts.claim))], block), *claims]
    for claim in claims:
        use = _USES[claim.use]
        if use is not None:
            code, zh, en = use
            told = {"ref": f"{claim.source}-{claim.target}-{claim.number}", "since": moment_text(claim.since)}
            return Use(code, Said(zh.format(**told), en.format(**told)))
    return None
