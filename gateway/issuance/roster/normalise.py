"""From what people type to one spelling: dates, decimals, codes, names.

Every function takes the text of one cell. The result is the same for the same meaning, whichever
program wrote the cell, so that a row issued from a CSV is recognised in the XLSX of the same roster.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from typing import Final

from gateway.domain.credits import PASSED
from gateway.domain.crosswalk import Category
from gateway.domain.identifiers import DocumentType, normalise
from gateway.issuance.roster.reasons import (
    CellTooLong,
    DateDoesNotExist,
    DateUnreadable,
    HoursMalformed,
    NameMalformed,
    UnknownDocumentType,
)

LONGEST_TEXT: Final = 100
"""Characters of a name, of a learner or an outcome."""
MOST_HOURS: Final = 9999
"""Hours of one outcome."""

_DAY_ZERO: Final = dt.date(1899, 12, 30)
"""Day 0 of spreadsheet serial numbers (ECMA-376 18.17.4.1, the 1900 system, as right from March 1900 on)."""
_SERIAL: Final = re.compile(r"[0-9]{5}(?:\.0+)?\Z", re.ASCII)
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z", re.ASCII)
_PARTED: Final = re.compile(r"([0-9]{4})([-/.年])([0-9]{1,2})([-/.月])([0-9]{1,2})日?\Z", re.ASCII)
_MIDNIGHT: Final = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0+)?)?\Z", re.ASCII)
_SEPARATORS: Final = {"-": "-", "/": "/", ".": ".", "年": "月"}
_DECIMAL: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?\Z", re.ASCII)
_WIDE: Final = re.compile(r"[０-９Ａ-Ｚａ-ｚ]+")

_PASSED_WORDS: Final = frozenset({"PASS", "PASSED"})
_FRAMEWORK_WORDS: Final = {"REGION": "区域", "REGIONAL": "区域", "JIANGSU": "江苏"}
_CATEGORY_WORDS: Final = {category.en.upper(): category.zh for category in Category} | {
    "COMMUNITY": Category.COMMUNITY.zh,
    "COMMUNITY CULTURE": Category.COMMUNITY.zh,
}
_ENDLESS_WORDS: Final = frozenset({"", "长期", "长期有效", "永久", "永久有效", "PERMANENT", "UNLIMITED"})
_DOCUMENT_WORDS: Final = {
    "": DocumentType.RESIDENT,
    "居民身份证": DocumentType.RESIDENT,
    "身份证": DocumentType.RESIDENT,
    "RESIDENT IDENTITY CARD": DocumentType.RESIDENT,
    "护照": DocumentType.PASSPORT,
    "PASSPORT": DocumentType.PASSPORT,
    "港澳居民来往内地通行证": DocumentType.HONG_KONG_MACAO,
    "台湾居民来往大陆通行证": DocumentType.TAIWAN,
    **{kind.value: kind for kind in DocumentType},
}


def code_text(text: str) -> str:
    """An identifier or a number in ASCII, without outer spaces, in capital letters."""
    if text.isascii():
        return text.strip().upper()
    return normalise(text).text


def plain_text(text: str) -> str:
    """A name for people: composed (NFC), single spaces, none around; Chinese punctuation stays."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        # Full-width letters and digits become ASCII; full-width brackets and commas are Chinese punctuation.
        text = _WIDE.sub(lambda wide: unicodedata.normalize("NFKC", wide[0]), text)
    return " ".join(text.split())


def person_name(text: str) -> str:
    """A learner's name.

    Raises:
        NameMalformed: digits, control characters, or no letter at all.
        CellTooLong: more than :data:`LONGEST_TEXT` characters.
    """
    name = plain_text(text)
    if len(name) > LONGEST_TEXT:
        raise CellTooLong(text, length=len(name), limit=LONGEST_TEXT)
    # Nearly every name is letters alone, which one call in C tells.
    if not name.isalpha() and (
        not name.isprintable() or any(c.isdigit() for c in name) or not any(map(str.isalpha, name))
    ):
        raise NameMalformed(text)
    return name


def has_no_end(text: str) -> bool:
    """Whether a validity's cell is empty, or says in words that there is no end."""
    return code_text(text) in _ENDLESS_WORDS


def award_date(text: str) -> dt.date:
    """The day of an award, or the last day, in any of the ways that name day, month and year beyond doubt.

    Accepted: 2024-01-15, 2024/1/15, 2024.1.15, 2024年1月15日, 20240115, a spreadsheet's serial number
    (1900 system), each also followed by midnight.

    Raises:
        DateUnreadable: any other form; 1/15/2024 and 24-1-15 are among them.
        DateDoesNotExist: the calendar has no such day.
    """
    clean = _MIDNIGHT.sub("", code_text(text))
    if "年" in clean:
        clean = "".join(clean.split())
    if _SERIAL.match(clean):
        return _DAY_ZERO + dt.timedelta(days=int(float(clean)))
    compact = _COMPACT.match(clean)
    if compact:
        year, month, day = compact.groups()
    else:
        parted = _PARTED.match(clean)
        if parted is None or _SEPARATORS.get(parted[2]) != parted[4]:
            raise DateUnreadable(text)
        year, month, day = parted[1], parted[3], parted[5]
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise DateDoesNotExist(text) from None


def _shortest(number: str) -> str:
    """A decimal without zeros that say nothing: 086.50 is 86.5."""
    whole, _, rest = number.partition(".")
    rest = rest.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{rest}" if rest else whole


def grade(text: str) -> str:
    """A result as the credential shows it: 合格, or a decimal in its shortest spelling; "" is 合格's lack.

    What is no result at all comes back unchanged, for the domain to refuse.
    """
    clean = code_text(text)
    if clean in _PASSED_WORDS:
        return PASSED
    return _shortest(clean) if _DECIMAL.match(clean) else clean


def hours(text: str) -> str:
    """Hours in the shortest spelling, "" where the cell is empty.

    Raises:
        HoursMalformed: no number above 0 and up to :data:`MOST_HOURS`, or more than two decimals.
    """
    clean = code_text(text)
    if not clean:
        return ""
    if _DECIMAL.match(clean):
        short = _shortest(clean)
        exact = Decimal(short)
        if 0 < exact <= MOST_HOURS and len(short.partition(".")[2]) <= 2:  # noqa: PLR2004 (two decimals)
            return short
    raise HoursMalformed(text, most=MOST_HOURS)


def category_name(text: str) -> str:
    """A category's Chinese name, for whichever language it was written in."""
    clean = plain_text(text)
    return _CATEGORY_WORDS.get(clean.upper(), clean)


def framework_name(text: str) -> str:
    """A framework's name as the crosswalk keeps it."""
    clean = plain_text(text)
    return _FRAMEWORK_WORDS.get(clean.upper(), clean.upper() if clean.isascii() else clean)


def document_type(text: str) -> DocumentType:
    """The kind of a learner's document; an empty cell is a resident identity card.

    Raises:
        UnknownDocumentType: anything else than the names and letters known.
    """
    kind = _DOCUMENT_WORDS.get(code_text(text))
    if kind is None:
        raise UnknownDocumentType(text, known="、".join(_DOCUMENT_WORDS)[1:])
    return kind
