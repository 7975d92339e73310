"""What the ledger says of a transfer in numbers, in words: its stage, why it came back, what became of an appeal.

Source: contracts/interfaces/ITransferEvents.sol. How a transfer stands *now* needs the chain; these are of the events.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class _Worded(IntEnum):
    """A number of the contract with its word in each language."""

    @property
    def word(self) -> str:
        """What a person types and JSON, lists and files show for it: small letters and hyphens (decision 0247)."""
        return self.name.lower().replace("_", "-")

    @property
    def zh(self) -> str:
        """In Chinese."""
        return _WORDS[type(self)][self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _WORDS[type(self)][self][1]


class Stage(_Worded):
    """What was recorded (ITransferEvents.Stage)."""

    NONE = 0
    REQUESTED = 1
    ACCEPTED = 2
    RETURNED = 3
    REVERSED = 4


STAGES: Final = {stage.word: stage for stage in Stage if stage is not Stage.NONE}
"""By what a person types for them."""


class Return(_Worded):
    """Why a request came back (ITransferEvents.Return)."""

    NONE = 0
    NOT_EQUIVALENT = 1
    DOCUMENTS_MISSING = 2
    NOT_ENROLLED = 3
    DUPLICATE = 4
    OTHERWISE = 5
    CANCELLED = 6
    EXPIRED = 7

    @property
    def rejects(self) -> bool:
        """Whether it is a decision of the target institution; the last two are not."""
        return Return.NONE < self < Return.CANCELLED


REASONS: Final = {reason.word: reason for reason in Return if reason is not Return.NONE}
"""By what a person types for them."""


class Appeal(_Worded):
    """Of a rejection that was appealed (ITransferEvents.Appeal)."""

    NONE = 0
    FILED = 1
    UPHELD = 2
    DISMISSED = 3


_WORDS: Final[dict[type, tuple[tuple[str, str], ...]]] = {
    Stage: (
        ("无", "none"),
        ("待决定", "requested"),
        ("已接受", "accepted"),
        ("已退回", "returned"),
        ("已撤回", "reversed"),
    ),
    Return: (
        ("无", "none"),
        ("内容不对等", "not equivalent"),
        ("材料不全", "documents missing"),
        ("非本校该专业学生", "not enrolled in the programme"),
        ("重复申请", "duplicate"),
        ("其他", "otherwise"),
        ("来源方撤回", "cancelled by the source"),
        ("逾期", "expired"),
    ),
    Appeal: (
        ("无", "none"),
        ("待答复", "filed"),
        ("申诉成立", "upheld"),
        ("申诉驳回", "dismissed"),
    ),
}
"""By the class and the number: numbers of different enumerations are equal."""
