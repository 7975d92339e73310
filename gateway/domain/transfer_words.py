"""What the ledger says of a transfer in numbers, in words: its stage, why it came back, what became of an appeal.

Source: contracts/interfaces/ITransferEvents.sol. How a transfer stands *now* needs the chain; these are of the events.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class _Worded(IntEnum):
    """A number of the contract with its word in each language."""

    zh: str
    en: str

    def __new__(cls, number: int, zh: str, en: str) -> Self:
        """Make a member of a number and its two words."""
        member = int.__new__(cls, number)
        member._value_ = number
        member.zh, member.en = zh, en
        return member


class Stage(_Worded):
    """What was recorded (ITransferEvents.Stage)."""

    NONE = 0, "无", "none"
    REQUESTED = 1, "待决定", "requested"
    ACCEPTED = 2, "已接受", "accepted"
    RETURNED = 3, "已退回", "returned"
    REVERSED = 4, "已撤回", "reversed"


class Return(_Worded):
    """Why a request came back (ITransferEvents.Return)."""

    NONE = 0, "无", "none"
    NOT_EQUIVALENT = 1, "内容不对等", "not equivalent"
    DOCUMENTS_MISSING = 2, "材料不全", "documents missing"
    NOT_ENROLLED = 3, "非本校该专业学生", "not enrolled in the programme"
    DUPLICATE = 4, "重复申请", "duplicate"
    OTHERWISE = 5, "其他", "otherwise"
    CANCELLED = 6, "来源方撤回", "cancelled by the source"
    EXPIRED = 7, "逾期", "expired"

    @property
    def rejects(self) -> bool:
        """Whether it is a decision of the target institution; the last two are not."""
        return Return.NONE < self < Return.CANCELLED


class Appeal(_Worded):
    """Of a rejection that was appealed (ITransferEvents.Appeal)."""

    NONE = 0, "无", "none"
    FILED = 1, "待答复", "filed"
    UPHELD = 2, "申诉成立", "upheld"
    DISMISSED = 3, "申诉驳回", "dismissed"
