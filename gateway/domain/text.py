"""Texts that a credential can carry: the names and numbers that people gave."""

from __future__ import annotations

import re
from typing import Final

from gateway.domain.errors import DomainError

MAX_TEXT: Final = 200
"""Characters of a name or a certificate number (``schema.Text``)."""
_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class TextError(DomainError):
    """The family of texts that no credential carries; they may be names of persons."""

    code = "text"
    sensitive = True


class TextEmpty(TextError):
    """Nothing but white space."""

    code = "text.empty"
    zh = "内容为空"
    en = "nothing is written"
    hint_zh = "请填写"
    hint_en = "fill it in"


class TextTooLong(TextError):
    """More characters than a credential carries."""

    code = "text.long"
    zh = "“{value}”过长，上限 {limit} 字"
    en = "{value!r} is longer than {limit} characters"
    hint_zh = "请缩短"
    hint_en = "shorten it"


class TextForbidden(TextError):
    """A control character or a lone surrogate, which no reader shows alike."""

    code = "text.control"
    zh = "{value!r} 含有控制字符"
    en = "{value!r} holds a control character"
    hint_zh = "请删除换行、制表符等不可见字符"
    hint_en = "remove line breaks, tabs and other invisible characters"


def read_text(text: str) -> str:
    """A text as a credential carries it: outer white space removed, 1 to 200 characters, none of control.

    Raises:
        TextEmpty, TextTooLong, TextForbidden: as they say.
    """
    clean = text.strip()
    if not clean:
        raise TextEmpty(text)
    if len(clean) > MAX_TEXT:
        raise TextTooLong(clean, limit=MAX_TEXT)
    if _FORBIDDEN.search(clean):
        raise TextForbidden(clean)
    return clean
