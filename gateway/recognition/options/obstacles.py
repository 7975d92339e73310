"""What keeps a credential from counting under any rule: its own status, its batch's, or a use already made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.errors import Said
from gateway.ledger.calls import Call
from gateway.ledger.values import Status
from gateway.recognition.options.values import Obstacle
from gateway.recognition.transfers.chain import CLAIMS

if TYPE_CHECKING:
    from gateway.domain.receipt import Certificate
    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.reader import ChainReader
    from gateway.ledger.values import Anchor, BlockRef

_STATUS: Final = {
    Status.SUSPENDED: Said("已暂停", "suspended"),
    Status.REVOKED: Said("已吊销", "revoked"),
}
_USES: Final = (
    None,
    ("requested", "该成果已在转换申请中：{ref}", "it is applied for already: {ref}"),
    ("used", "该成果已在转换中使用：{ref}", "it was used already: {ref}"),
    ("spent", "该成果已使用，不能恢复：{ref}", "it was used for good: {ref}"),
    ("retired", "该成果已停用，不再转换", "it was retired: it counts nowhere any more"),
)
"""By IClaimBook.Use."""


def obstacles_of(
    calls: ChainCalls, reader: ChainReader, certificate: Certificate, leaf: bytes, anchor: Anchor, block: BlockRef
) -> list[Obstacle]:
    """What stands in the way, at `block`.

    Raises:
        ChainUnavailable: no answer.
    """
    institution, facts = certificate.receipt.anchoring.institution, certificate.receipt.facts
    [[canonical, _]] = calls.answers([Call("InstitutionRegistry", "canonicalOf", (institution, facts.outcome))], block)
    [claim] = calls.answers([Call(CLAIMS, "claimOf", (bytes(canonical), facts.claim))], block)
    [state] = reader.leaf_states([(anchor.institution, leaf)], block)
    found = []
    for code, status, zh, en in (
        ("status", state.status, "证书", "the credential is"),
        ("batch", anchor.status, "证书所在批次", "its batch is"),
    ):
        if status in _STATUS:
            words = _STATUS[status]
            found.append(Obstacle(code, Said(f"{zh}{words.zh}", f"{en} {words.en}")))
    if not anchor.attestations:
        waiting = Said("尚无其他省份见证该批次的清单", "no other province has attested the manifest of its batch yet")
        found.append(Obstacle("unattested", waiting))
    use = _USES[claim.use]
    if use is not None:
        ref = f"{claim.source}-{claim.target}-{claim.number}"
        found.append(Obstacle(use[0], Said(use[1].format(ref=ref), use[2].format(ref=ref))))
    return found
