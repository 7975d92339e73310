"""The encoding of a roster in CSV, told from its bytes.

A byte order mark decides; else the whole file is UTF-8 or it is not, and what is not is read as
GB18030, which holds GBK and GB 2312. GB18030 accepts nearly any bytes, so the reader takes neither
on trust: an encoding counts only where the header can be read in it.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK: Final = 1 << 20


def candidates(path: Path) -> tuple[str, ...]:
    """Encodings (Python's names) that the file may be in, the likeliest first; reads all of it.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(4)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return (name,)
    return ("utf-8", "gb18030") if first_bad_byte(path, "utf-8") is None else ("gb18030", "utf-8")


def decode_head(head: bytes, encoding: str) -> str:
    """The text of a file's first bytes, which may end within a character; damage becomes U+FFFD."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head, final=False)


def first_bad_byte(path: Path, encoding: str) -> int | None:
    """The offset of the first byte that is not text in ``encoding``; None where all is."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return done - held + error.start
            if not block:
                return None
            done += len(block)


def line_of(path: Path, offset: int) -> int:
    """The number of the line (from 1) that holds a byte."""
    with path.open("rb") as file:
        lines = 1
        while offset > 0 and (block := file.read(min(_BLOCK, offset))):
            lines += block.count(b"\n")
            offset -= len(block)
    return lines
