"""An agreement as people write it: a YAML file with Chinese or English keys, read into a draft with all its findings.

    draft, findings = read_draft(path)

Every finding names its line, the key, a code, the value and what to do; all are reported at once. What can be said
without the chain is said here and in `gateway.domain.terms_law`; `agreement_check` asks the chain for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway.domain.civil_time import begin_of, end_of
from gateway.domain.claims import OutcomeCode
from gateway.domain.errors import USAGE, HurenError, Said
from gateway.domain.hashing import sha256
from gateway.domain.identifiers import Uscc, normalise
from gateway.domain.rule import ANY
from gateway.recognition.agreements import units, words
from gateway.recognition.agreements.draft import Draft, Finding
from gateway.recognition.agreements.yaml_tree import Mapping, Node, Scalar, Sequence, YamlRefused, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as MappingOf
    from pathlib import Path


MOST_TEXT_BYTES: Final = 1 << 26
_NO_TEXT: Final = Said("不是文件，或大于 64 MiB", "no file, or larger than 64 MiB")


class TextUnreadable(HurenError):
    """The legal text cannot be read."""

    code = "agreement.text"
    exit_code = USAGE
    zh = "无法读取协议文本 {value}（{why}）"
    en = "the legal text {value} cannot be read ({why})"
    hint_zh = "路径相对于协议文件所在的文件夹"
    hint_en = "the path is relative to the folder of the agreement file"


def read_draft(path: Path) -> tuple[Draft | None, list[Finding]]:
    """The draft of a file, None where findings stand in its way; and the findings.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        tree = parse(path.read_bytes())
    except YamlRefused as error:
        return None, [Finding(error.line, "", error)]
    reader = _Reader(path.parent)
    draft = reader.agreement(tree)
    findings = sorted(reader.findings, key=lambda finding: finding.line)
    return (None if findings else draft), findings


class _Reader:
    """Reads a tree into a draft and keeps what it could not read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._draft = Draft()
        self.findings: list[Finding] = []

    def agreement(self, tree: Node) -> Draft:
        readers: dict[str, Callable[[str], Any]] = {
            "title": str,
            "from": lambda text: begin_of(units.date(text)),
            "until": lambda text: end_of(units.date(text)),
            "approve_by": lambda text: end_of(units.date(text)),
            "public_notice": units.days,
            "withdrawal_notice": units.days,
            "text": self._text,
            "supersedes": lambda text: ANY if units.plain(text) in units.NONE_WORDS else units.identity(text),
            "nonce": units.number,
        }
        optional = {"title", "supersedes", "nonce"}
        nested = {"parties": self._parties, "rules": self._rules}
        self._draft.values = self._mapping(tree, "", words.TOP, readers, optional, nested)
        self._draft.title = self._draft.values.get("title", "")
        return self._draft

    def _parties(self, node: Node, place: str) -> list[int]:
        if not isinstance(node, Sequence):
            self._shape(node, place, "列表", "a list")
            return []
        found = []
        for number, item in enumerate(node.items, 1):
            code = self._value(item, f"{place}[{number}]", units.province)
            if code in found:
                self._add(item.line, f"{place}[{number}]", words.KeyTwice(str(code), first=node.line))
            elif code is not None:
                found.append(code)
        return found

    def _rules(self, node: Node, place: str) -> list[dict[str, Any]]:
        if not isinstance(node, Sequence):
            self._shape(node, place, "列表", "a list")
            return []
        self._draft.rules = [self._rule(item, f"{place}[{number}]") for number, item in enumerate(node.items, 1)]
        return self._draft.rules

    def _rule(self, node: Node, place: str) -> dict[str, Any]:
        readers: dict[str, Callable[[str], Any]] = {
            "name": str,
            "evaluation": self._evaluation,
            "ratio": units.ratio,
            "most_credits": units.amount,
            "cap": units.cap,
            "from": lambda text: begin_of(units.date(text)),
            "until": lambda text: end_of(units.date(text)),
        }
        nested = {"source": self._source, "target": self._target}
        optional = {"name", "evaluation", "cap", "from", "until"}
        return self._mapping(node, place, words.RULE, readers, optional, nested)

    def _source(self, node: Node, place: str) -> dict[str, Any]:
        readers: dict[str, Callable[[str], Any]] = {
            "province": units.province,
            "institution": self._institution,
            "outcome": self._code,
            "category": units.category,
            "levels": units.levels,
            "minimum_grade": units.grade,
            "accepts_ungraded": units.yes,
            "greatest_age": units.months,
        }
        return self._mapping(node, place, words.SOURCE, readers, set(readers) - {"province", "category"}, {})

    def _target(self, node: Node, place: str) -> dict[str, Any]:
        readers: dict[str, Callable[[str], Any]] = {
            "province": units.province,
            "institution": self._institution,
            "programme": self._code,
            "course": self._code,
            "kind": units.category,
        }
        return self._mapping(node, place, words.TARGET, readers, {"institution", "programme", "course"}, {})

    def _mapping(
        self,
        node: Node,
        place: str,
        known: MappingOf[str, str],
        readers: MappingOf[str, Callable[[str], Any]],
        optional: set[str],
        nested: MappingOf[str, Callable[[Node, str], Any]],
    ) -> dict[str, Any]:
        """Read one mapping: every key known and there once, every value by its reader, what must be there is there."""
        if not isinstance(node, Mapping):
            self._shape(node, place or "*", "由“键: 值”组成的内容", "keys and values")
            return {}
        self._draft.lines[place] = node.line
        values: dict[str, Any] = {}
        seen: dict[str, int] = {}
        for entry in node.entries.values():
            name = words.field_of(entry.key, known)
            if name is None:
                self._add(entry.line, _join(place, entry.key), words.unknown(entry.key, known))
                continue
            here = _join(place, name)
            if name in seen:
                self._add(entry.line, here, words.KeyTwice(entry.key, first=seen[name]))
                continue
            seen[name] = self._draft.lines[here] = entry.line
            if name in nested:
                values[name] = nested[name](entry.value, here)
            elif (value := self._value(entry.value, here, readers[name])) is not None:
                values[name] = value
        for name in known:
            if name not in seen and name not in optional:
                self._add(node.line, _join(place, name), words.KeyMissing(name, name=Said(known[name], name)))
        return values

    def _value(self, node: Node, place: str, reader: Callable[[str], Any]) -> Any:  # noqa: ANN401 - the reader decides
        if not isinstance(node, Scalar):
            self._shape(node, place, "一个值", "one value")
            return None
        try:
            return reader(node.text)
        except HurenError as error:
            self._add(node.line, place, error)
            return None

    def _institution(self, text: str) -> bytes:
        return ANY if units.plain(text) in units.NONE_WORDS else Uscc(normalise(text).text).word

    def _code(self, text: str) -> bytes:
        if units.plain(text) in units.NONE_WORDS:
            return ANY
        code = OutcomeCode.read(text)
        self._draft.labels[code.word] = code.text
        return code.word

    def _evaluation(self, text: str) -> bytes | int:
        if units.plain(text) in units.NONE_WORDS:
            return ANY
        return units.identity(text) if units.plain(text).startswith("0x") else units.number(text)

    def _text(self, text: str) -> bytes:
        """The digest of the legal text: sha256 of the file's bytes."""
        self._draft.text_name = text
        path = self._folder / text
        try:
            if not path.is_file() or path.stat().st_size > MOST_TEXT_BYTES:
                raise TextUnreadable(text, why=_NO_TEXT)
            return sha256(path.read_bytes())
        except (OSError, ValueError) as error:
            raise TextUnreadable(text, why=getattr(error, "strerror", None) or str(error)) from None

    def _shape(self, node: Node, place: str, zh: str, en: str) -> None:
        self._add(node.line, place, words.WrongShape(place, wanted_zh=zh, wanted=en))

    def _add(self, line: int, place: str, error: HurenError) -> None:
        self.findings.append(Finding(line, place, error))


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
