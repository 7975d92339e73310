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

from dataclasses import dataclass
from typing import Any, ClassVar, Final

AGAINST: Final = 1
"""Exit code: the answer is no. A verdict against what was asked about, a refusal by law, or nothing of that name."""
CANNOT: Final = 2
"""Exit code: it could not be done or checked now; nothing follows about what was asked."""
USAGE: Final = 64
"""Exit code: a value of the call is malformed, or the values do not go together (sysexits.h, EX_USAGE)."""

_SHOWN = 80
"""Characters of the offending value that a message shows; the whole stays in ``value``."""
_UNSHOWN = "\ufffd"
"""Stands for a character that is not shown."""


_SAID = 400
"""Characters of a detail or a cause that a message shows: lists of what is allowed, sentences that quote values."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said in both languages, as a value or detail of an error: each message shows its own language's."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


def cause_of(found: object, about: str = "") -> Said:
    """What went wrong underneath, as the value or detail of an error that names it in the language of the message.

    Args:
        found: an error that carries both sentences (``zh`` and ``en``, of whichever layer), or anything else: its text.
        about: what was asked, in no language (the name of a function); it is put in front.
    """
    zh, en = getattr(found, "zh", None), getattr(found, "en", None)
    if isinstance(found, HurenError):
        zh, en = found.message("zh"), found.message("en")
    if not isinstance(zh, str) or not isinstance(en, str):
        zh = en = str(found)
    return Said(f"{about}：{zh}", f"{about}: {en}") if about else Said(zh, en)


def _printable(text: str) -> str:
    """Nothing that moves a terminal's cursor or turns text round."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\n" else _UNSHOWN for letter in text)


def _shown(value: object, language: str, *, masked: bool, most: int = _SAID) -> object:
    """A value fit for a sentence in ``language``: printable, not too long; personal data hidden where ``masked``."""
    if isinstance(value, HurenError):
        return value.sentence(language, masked=masked)
    if isinstance(value, Said):
        return _printable(value.zh if language == "zh" else value.en)[:_SAID]
    if isinstance(value, str):
        value = _printable(value)
    if isinstance(value, str | bytes) and len(value) > most:
        ellipsis: Any = "…" if isinstance(value, str) else b"..."
        # Both ends: of a path, what tells it from others is the last part.
        return value[: most // 2] + ellipsis + value[-most // 2 :]
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
    exit_code: ClassVar[int] = CANNOT
    """With what a command ends that this error stops: each class says it, one place reads it (decision 0245)."""

    def __init__(self, value: object = None, **details: object) -> None:
        super().__init__(value)
        self.value = value
        self.details = details

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between worker processes, keyword details included."""
        return (_rebuild, (type(self), self.value, self.details))

    def _fill(self, template: str, language: str, *, masked: bool) -> str:
        shown = {name: _shown(detail, language, masked=masked) for name, detail in self.details.items()}
        value = "***" if masked and self.sensitive else _shown(self.value, language, masked=masked, most=_SHOWN)
        return template.format(**{**shown, "value": value})

    def sentence(self, language: str, *, masked: bool = False) -> str:
        """What is wrong, causes included, in ``"zh"`` or ``"en"``; personal data hidden where ``masked``."""
        return self._fill(self.zh if language == "zh" else self.en, language, masked=masked)

    def message(self, language: str = "en") -> str:
        """What is wrong, naming the value, in ``"zh"`` or ``"en"``."""
        return self.sentence(language)

    def hint(self, language: str = "en") -> str:
        """What to do about it (empty where there is nothing to do), in ``"zh"`` or ``"en"``."""
        return self._fill(self.hint_zh if language == "zh" else self.hint_en, language, masked=False)

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
        text = self.sentence("en", masked=True)
        hint = self._fill(self.hint_en, "en", masked=True)
        return f"{text}; {hint}" if hint else text


def _rebuild(kind: type[HurenError], value: object, details: dict[str, object]) -> HurenError:
    return kind(value, **details)


class DomainError(HurenError):
    """The family of everything that is wrong with a value of the domain."""

    code = "domain"
    exit_code = USAGE
