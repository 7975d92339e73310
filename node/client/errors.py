"""The root of what can go wrong on the node's side, told in Chinese and English."""

from __future__ import annotations


class NodeError(Exception):
    """A failure that a person has to understand: one sentence in Chinese, one in English, and what to do about it.

    Subclasses carry the offending values as attributes and compose both sentences themselves.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en

    def to_json(self) -> dict[str, str]:
        """Return the form that surfaces show: a stable name for machines, and both sentences."""
        return {"code": f"node.{type(self).__name__}", "zh": self.zh, "en": self.en}
