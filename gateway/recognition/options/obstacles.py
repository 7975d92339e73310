"""What keeps a credential from counting under any rule: its own status, its batch's, or a use already made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.errors import Said
from gateway.ledger.values import Status
from gateway.recognition.options.values import Obstacle
from gateway.recognition.transfers.uses import use_of

if TYPE_CHECKING:
    from gateway.domain.receipt import Certificate
    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.reader import ChainReader
    from gateway.ledger.values import Anchor, BlockRef

_STATUS: Final = {
    Status.SUSPENDED: Said("已暂停", "suspended"),
    Status.REVOKED: Said("已吊销", "revoked"),
}


def obstacles_of(
    calls: ChainCalls, reader: ChainReader, certificate: Certificate, leaf: bytes, anchor: Anchor, block: BlockRef
) -> list[Obstacle]:
    """What stands in the way, at `block`.

    Raises:
        ChainUnavailable: no answer.
    """
    use = use_of(calls, certificate, block)
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
    if use is not None:
        found.append(Obstacle(use.code, use.said))
    return found
