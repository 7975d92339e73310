"""YAML as a tree that knows its lines, and in which nothing was guessed: every scalar is the text that was written.

    tree = parse(data)                     # Mapping
    tree.entries["parties"].value          # Sequence, with .line

Refused by name, with the line: a key that stands twice, anchors and aliases, tags, more than one document, depth, size
and bytes that are no UTF-8. Source: YAML 1.2.2 (https://yaml.org/spec/1.2.2/), as far as PyYAML's parser goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml

from gateway.domain.errors import AGAINST, HurenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingOf

MOST_BYTES: Final = 262_144
MOST_DEPTH: Final = 8
_BYTE_ORDER_MARK: Final = "\ufeff"


class YamlRefused(HurenError):
    """The family of what cannot be read; ``line`` counts from 1."""

    code = "yaml"
    exit_code = AGAINST

    @property
    def line(self) -> int:
        """The line it stands in."""
        return int(str(self.details.get("line", 1)))


class YamlMalformed(YamlRefused):
    """No YAML."""

    code = "yaml.form"
    zh = "第 {line} 行不是正确的 YAML：{value}"
    en = "line {line} is no YAML: {value}"
    hint_zh = "请检查缩进、冒号后的空格与引号"
    hint_en = "check indentation, the space after a colon, and quotes"


class YamlDuplicateKey(YamlRefused):
    """A key that stands twice in one place."""

    code = "yaml.duplicate"
    zh = "“{value}”写了两次（第 {first} 行与第 {line} 行）"
    en = "{value!r} stands twice (lines {first} and {line})"
    hint_zh = "请删去其中一处"
    hint_en = "remove one of them"


class YamlIndirect(YamlRefused):
    """An anchor, an alias or a tag: what is agreed on must stand where it is read."""

    code = "yaml.indirect"
    zh = "第 {line} 行使用了锚点、别名或标签（{value}）"
    en = "line {line} uses an anchor, an alias or a tag ({value})"
    hint_zh = "请把内容直接写出"
    hint_en = "write out what is meant"


class YamlTooLarge(YamlRefused):
    """Too long or too deep for an agreement."""

    code = "yaml.size"
    zh = "文件过大或嵌套过深（{value}）"
    en = "the file is too large or nested too deep ({value})"
    hint_zh = "请分为几份协议"
    hint_en = "make several agreements of it"


class YamlNotText(YamlRefused):
    """Bytes that are no UTF-8."""

    code = "yaml.encoding"
    zh = "文件不是 UTF-8 文本（第 {value} 字节处）"
    en = "the file is no UTF-8 text (at byte {value})"
    hint_zh = "请另存为 UTF-8"
    hint_en = "save it as UTF-8"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as written, quotes and outer white space removed; empty where nothing is written."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A key, the line that it stands in, and its value."""

    key: str
    line: int
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values, in the order in which they were written."""

    entries: MappingOf[str, Entry]
    line: int


Node = Scalar | Sequence | Mapping


def parse(data: bytes) -> Node:
    """The one document in ``data``.

    Raises:
        YamlRefused: it cannot be read; the message says in which line.
    """
    if len(data) > MOST_BYTES:
        raise YamlTooLarge(f"{len(data)} > {MOST_BYTES}")
    try:
        text = data.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise YamlNotText(error.start) from None
    try:
        events = yaml.parse(text, Loader=yaml.SafeLoader)
        return _Reader(iter(events)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise YamlMalformed(error.problem or error.context or "", line=line) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlMalformed(error.reason, line=line) from None


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else event.start_mark.line + 1


class _Reader:
    """Builds the tree from the parser's events, so that nothing is resolved and no alias is followed."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events

    def document(self) -> Node:
        event = next(self._events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return Mapping({}, 1)
        tree = self._node(event, 1)
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise YamlMalformed("---", line=_line(after))
        return tree

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line = _line(event)
        if depth > MOST_DEPTH:
            raise YamlTooLarge(f"> {MOST_DEPTH}", line=line)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None or tag is not None:
            raise YamlIndirect(anchor or tag, line=line)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value.strip(), line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self._items(depth)), line)
        return Mapping(self._entries(depth), line)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = _line(event)
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise YamlMalformed("?", line=line)
            if key.text in entries:
                raise YamlDuplicateKey(key.text, line=line, first=entries[key.text].line)
            entries[key.text] = Entry(key.text, line, self._node(next(self._events), depth + 1))
        return entries
