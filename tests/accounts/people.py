"""Two learners who do not exist, and the keys of a centre that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.accounts.values import Person

if TYPE_CHECKING:
    from pathlib import Path


ZHANG = Person("ID", "11010519491231002X", "张伟")
LI = Person("ID", "320102199003079875", "李娜")
MASTER, PSEUDONYM = b"\x11" * 32, b"\x22" * 32


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())
