"""What a command says of a backup that it made, checked or restored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from node.client import terminal

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from node.client.archive.values import Contents

_NAMES: Final = {
    "network": "网络 / network",
    "province": "省份 / province",
    "chainId": "链编号 / chain id",
    "database": "数据库 / database",
    "block": "索引至区块 / followed up to block",
    "accounts": "账户 / accounts",
    "credentials": "证书 / credentials",
    "engine": "引擎 / engine",
    "chain": "链数据 / chain data",
}


def show_contents(contents: Contents, path: Path, *, as_json: bool, into: Path | None = None) -> None:
    """Print what a backup holds, and where it was restored to."""
    payload: dict[str, Any] = {
        "file": str(path),
        "kind": contents.kind,
        "created": contents.created,
        "digest": contents.digest,
        "files": len(contents.files),
        "bytes": contents.size,
        "facts": dict(contents.facts),
    }
    if into is not None:
        payload["into"] = str(into)

    def text(out: Console) -> None:
        done = ("已恢复", "restored") if into is not None else ("备份完好", "the backup is whole")
        table = Table(title=terminal.say(*done), title_justify="left", show_header=False, box=None, pad_edge=False)
        for _ in ("what", "value"):
            table.add_column(overflow="fold")
        rows: list[tuple[str, object]] = [
            ("文件 / file", path),
            ("时间 / made", datetime.fromtimestamp(contents.created, UTC).isoformat().replace("+00:00", "Z")),
            ("摘要 / digest", contents.digest),
            ("内容 / holds", f"{len(contents.files)} 个文件 / files, {contents.size:,} 字节 / bytes"),
        ]
        rows += [(name, contents.facts[key]) for key, name in _NAMES.items() if contents.facts.get(key) is not None]
        if into is not None:
            rows.append(("目录 / folder", into))
        for what, value in rows:
            table.add_row(what, str(value))
        out.print(table)

    terminal.emit(payload, as_json=as_json, text=text)
