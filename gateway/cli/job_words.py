"""The words for what ``huren job`` lists: kinds of transactions, how far a roster, a batch, a transaction has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.cli import console
from gateway.domain.errors import Said

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Final[Mapping[str, Said]] = {
    "anchor": Said("存证批次", "anchor a batch"),
    "attest": Said("见证批次", "attest batches"),
    "status": Said("变更状态", "change statuses"),
    "supersede": Said("取代旧证书", "supersede a certificate"),
    "transfer.request": Said("申请转换", "request a transfer"),
    "transfer.decision": Said("决定转换", "decide on a transfer"),
    "transfer.cancel": Said("撤回申请", "take a request back"),
    "transfer.appeal": Said("申诉", "appeal"),
    "transfer.expire": Said("退回逾期申请", "send an overdue request back"),
}
"""By the kind of an entry of the outbox."""
STATES: Final[Mapping[str, Said]] = {
    "reading": Said("校验中", "being read"),
    "refused": Said("有误，未签发", "refused"),
    "issued": Said("已签发", "issued"),
    "sealed": Said("待批准", "waits for approval"),
    "approved": Said("已批准", "approved"),
    "queued": Said("待发送", "queued"),
    "sent": Said("已发送", "sent"),
    "mined": Said("待最终确认", "in a block, not final yet"),
    "anchored": Said("已存证", "anchored"),
    "final": Said("已最终确认", "final"),
    "failed": Said("失败", "failed"),
}
"""By the state of a roster, a batch or a transaction; a word means the same of each."""


def shown(name: str, value: object) -> str | None:
    """The words for the member ``name`` of a job; None: it says no code, or one of another release."""
    words = {"kind": KINDS, "state": STATES}.get(name, {}).get(str(value))
    return None if words is None else console.say(words.zh, words.en)
