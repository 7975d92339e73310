"""Recursive length prefix: how Ethereum writes headers, receipts and the nodes of its tries.

    encode([b"dog", [b"", b"!"]])
    decode(data)                       # bytes, or lists of them, nested as they were written

Strict: every value has exactly one encoding, and only that one is read. Whoever could write the same node in two ways
could give two digests to one thing. Source: Ethereum Yellow Paper, appendix B.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from gateway.domain.errors import CANNOT, DomainError, Said

Item: TypeAlias = "bytes | list[Item]"
"""A string of bytes, or a list of items."""

DEEPEST: Final = 64
"""Levels of lists read at most: a header has 2, a trie's node a few; whoever sends more wants the stack."""

CUT_SHORT: Final = Said("数据不完整", "cut short")
_STRING: Final = 0x80
_LONG_STRING: Final = 0xB7
_LIST: Final = 0xC0
_LONG_LIST: Final = 0xF7
_SHORT: Final = 55
"""Bytes of a payload whose length fits into the prefix."""


class RlpInvalid(DomainError):
    """Bytes that are no RLP, or not the one RLP of what they say."""

    code = "rlp.invalid"
    exit_code = CANNOT
    zh = "RLP 编码无效（{why}）：{value}"
    en = "invalid RLP ({why}): {value}"
    hint_zh = "数据在传输中损坏或被改动；请换一个来源"
    hint_en = "the data was damaged or altered on its way; ask another source"


def encode(item: Item) -> bytes:
    """Return the encoding of `item`."""
    if isinstance(item, list):
        payload = b"".join(map(encode, item))
        return _prefix(len(payload), _LIST, _LONG_LIST) + payload
    if len(item) == 1 and item[0] < _STRING:
        return bytes(item)
    return _prefix(len(item), _STRING, _LONG_STRING) + item


def decode(data: bytes) -> Item:
    """Return what `data` encodes, all of it.

    Raises:
        RlpInvalid: cut short, bytes left over, a length or a byte written longer than needed, or too deeply nested.
    """
    item, end = _read(data, 0, len(data), DEEPEST)
    if end != len(data):
        raise _invalid(data, Said(f"末尾多出 {len(data) - end} 字节", f"{len(data) - end} bytes after the end"))
    return item


def integer(value: int) -> bytes:
    """Return a non-negative integer as the string of bytes that stands for it: big endian, no leading zeros."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def to_integer(item: Item) -> int:
    """Return the integer that a string of bytes stands for.

    Raises:
        RlpInvalid: it is a list, or has leading zeros.
    """
    if isinstance(item, list):
        raise _invalid(b"", Said("应为数值，却是列表", "a list where a number is expected"))
    if item[:1] == b"\0":
        raise _invalid(item, Said("数值有前导零", "a number with leading zeros"))
    return int.from_bytes(item, "big")


def _prefix(length: int, short: int, long: int) -> bytes:
    if length <= _SHORT:
        return bytes((short + length,))
    size = integer(length)
    return bytes((long + len(size),)) + size


def _read(data: bytes, at: int, limit: int, depth: int) -> tuple[Item, int]:
    """Return the item that starts at `at` and where it ends; nothing from `limit` on belongs to it."""
    if at >= limit:
        raise _invalid(data, CUT_SHORT)
    first = data[at]
    if first < _STRING:
        return data[at : at + 1], at + 1
    if first < _LIST:
        begin, end = _span(data, at, limit, _STRING, _LONG_STRING)
        if end - begin == 1 and data[begin] < _STRING:
            raise _invalid(data, Said("单字节被写成字符串", "a byte written as a string"))
        return data[begin:end], end
    if not depth:
        raise _invalid(data, Said("嵌套过深", "too deeply nested"))
    begin, end = _span(data, at, limit, _LIST, _LONG_LIST)
    items: list[Item] = []
    while begin < end:
        item, begin = _read(data, begin, end, depth - 1)
        items.append(item)
    return items, end


def _span(data: bytes, at: int, limit: int, short: int, long: int) -> tuple[int, int]:
    """Return where the payload of the item at `at` begins and ends."""
    first, begin = data[at], at + 1
    if first <= long:
        length = first - short
    else:
        size = data[begin : begin + first - long]
        begin += first - long
        length = int.from_bytes(size, "big")
        if begin > limit:
            raise _invalid(data, CUT_SHORT)
        if size[0] == 0 or length <= _SHORT:
            raise _invalid(data, Said("长度写法冗长", "a length written longer than needed"))
    if begin + length > limit:
        raise _invalid(data, CUT_SHORT)
    return begin, begin + length


def _invalid(data: bytes, why: Said) -> RlpInvalid:
    return RlpInvalid("0x" + data.hex(), why=why)
