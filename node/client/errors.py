"""The root of what can go wrong on the node's side, told in Chinese and English."""

from __future__ import annotations

import enum
from typing import ClassVar


class Exit(enum.IntEnum):
    """Exit codes, the same for every command (documented in docs/user-guide.md)."""

    OK = 0
    """Done; or the verdict is valid or registered."""
    AGAINST = 1
    """A verdict against what was asked about, findings that stopped the work, a refusal by law, or nothing found."""
    CANNOT = 2
    """It could not be done or checked now."""
    USAGE = 64
    """The call's words are off, or a value in it is malformed (sysexits.h, EX_USAGE)."""


class NodeError(Exception):
    """A failure that a person has to understand: one sentence in Chinese, one in English, and what to do about it.

    Subclasses carry the offending values as attributes and compose both sentences themselves.
    """

    exit_code: ClassVar[int] = Exit.CANNOT
    """With what a command ends that this error stops."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en

    def to_json(self) -> dict[str, str]:
        """Return the form that surfaces show: a stable name for machines, and both sentences."""
        return {"code": f"node.{type(self).__name__}", "zh": self.zh, "en": self.en}
