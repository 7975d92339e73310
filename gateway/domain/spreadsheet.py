"""Texts that a spreadsheet program might run as a formula when a table with it is opened (OWASP, CSV injection)."""

from __future__ import annotations

import re
from typing import Final

_FORMULA: Final = re.compile(r"'?\s*[=+\-@\t\r＝＋－＠]")
_SIGNED: Final = re.compile(r"[+-]?[0-9]*\.?[0-9]+\Z", re.ASCII)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run the text: it begins with ``=``, ``@`` or a sign, and is no plain number."""
    return _FORMULA.match(text) is not None and _SIGNED.match(text) is None


def escaped(text: str) -> str:
    """A text that no spreadsheet program runs when it opens it in CSV: an apostrophe in front makes it text."""
    return "'" + text if is_formula(text) else text
