"""The root of every error that Huren raises on purpose.

An error carries a stable code (for machines), the offending value, a message in Chinese and in
English that names it, and a hint that says what to do. A subclass states these as class
attributes; ``{value}`` and the keyword details given at construction are filled in.

    >>> class TooLong(HurenError):
    ...     code = "example.too_long"
    ...     zh, en = "“{value}”过长（上限 {limit}）", "{value!r} is too long (limit {limit})"
    ...     hint_zh, hint_en = "请缩短", "shorten it"
    >>> str(TooLong("abcdef", limit=5))
    "'abcdef' is too long (limit 5); shorten it"
"""

from __future__ import annotations

from typing import Any, ClassVar

_SHOWN = 80
"""Characters of an offending value that a message shows; the whole stays in ``value``."""
_UNSHOWN = "\ufffd"
"""Stands for a character that is not shown."""


def _shown(value: object) -> object:
    """A value fit for a sentence: not too long, and nothing that moves a terminal's cursor or turns text round."""
    if isinstance(value, str) and not value.isprintable():
        value = "".join(letter if letter.isprintable() or letter == "\n" else _UNSHOWN for letter in value)
    if isinstance(value, str | bytes) and len(value) > _SHOWN:
        ellipsis: Any = "…" if isinstance(value, str) else b"..."
        # Both ends: of a path, what tells it from others is the last part.
        return value[: _SHOWN // 2] + ellipsis + value[-_SHOWN // 2 :]
    return value


class HurenError(Exception):
    """An error with a code, the offending value and a bilingual explanation.

    ``value`` is what was wrong, ``details`` what else the message names. Where ``sensitive`` is
    set the value is personal data: ``str()`` (which ends in logs) masks it, while ``message()``
    (shown to the person who supplied it) does not.
    """

    code: ClassVar[str] = "huren"
    zh: ClassVar[str] = "出错：{value}"
    en: ClassVar[str] = "error: {value}"
    hint_zh: ClassVar[str] = ""
    hint_en: ClassVar[str] = ""
    sensitive: ClassVar[bool] = False

    def __init__(self, value: object = None, **details: object) -> None:
        super().__init__(value)
        self.value = value
        self.details = details

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between worker processes, keyword details included."""
        return (_rebuild, (type(self), self.value, self.details))

    def _fill(self, template: str, value: object) -> str:
        shown = {name: _shown(detail) for name, detail in self.details.items()}
        return template.format(**{**shown, "value": _shown(value)})

    def message(self, language: str = "en") -> str:
        """What is wrong, naming the value, in ``"zh"`` or ``"en"``."""
        return self._fill(self.zh if language == "zh" else self.en, self.value)

    def hint(self, language: str = "en") -> str:
        """What to do about it (empty where there is nothing to do), in ``"zh"`` or ``"en"``."""
        return self._fill(self.hint_zh if language == "zh" else self.hint_en, self.value)

    def to_json(self) -> dict[str, str]:
        """The form that surfaces show: code, and message and hint in both languages."""
        return {
            "code": self.code,
            "zh": self.message("zh"),
            "en": self.message("en"),
            "hintZh": self.hint("zh"),
            "hintEn": self.hint("en"),
        }

    def __str__(self) -> str:
        value = "***" if self.sensitive else self.value
        text = self._fill(self.en, value)
        hint = self._fill(self.hint_en, value)
        return f"{text}; {hint}" if hint else text


def _rebuild(kind: type[HurenError], value: object, details: dict[str, object]) -> HurenError:
    return kind(value, **details)


class DomainError(HurenError):
    """The family of everything that is wrong with a value of the domain."""

    code = "domain"
