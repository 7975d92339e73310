"""What is wrong with the papers of a ceremony: each thing named by file and field, with what to do, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.client.errors import Exit, NodeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: in which file, at which field, what, and what to do; in Chinese and English."""

    path: Path
    field: str
    zh: str
    en: str

    def to_json(self) -> dict[str, str]:
        """Return the form that surfaces show."""
        return {"file": str(self.path), "field": self.field, "zh": self.zh, "en": self.en}


class CeremonyError(NodeError):
    """Papers of the ceremony cannot be used; `findings` are all that is wrong with them."""

    exit_code = Exit.AGAINST

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            "；".join(f"{one.path} 的 {one.field}：{one.zh}" for one in findings),
            "; ".join(f"{one.path}, {one.field}: {one.en}" for one in findings),
        )
        self.findings = tuple(findings)


class UnreadableError(CeremonyError):
    """The paper at `path` is not there or cannot be read: nothing is said against it."""

    exit_code = Exit.CANNOT

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            [Finding(path, "file", f"无法读取（{why}），请检查路径", f"cannot be read ({why}): check its path")]
        )
        self.path = path
