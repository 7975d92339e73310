"""Codes are what programs rely on, so the page that lists them has each of them, and no other."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from gateway.verification import errors

PAGE = Path(__file__).parents[2] / "docs" / "verification.md"


def test_the_page_lists_every_code_of_verification_and_no_other() -> None:
    raised = {
        found.code for _, found in inspect.getmembers(errors, inspect.isclass) if found.__module__ == errors.__name__
    }
    listed = PAGE.read_text(encoding="utf-8").partition("理由代码")[2]
    assert set(re.findall(r"`(verify\.[a-z_]+)`", listed)) == raised - {errors.Finding.code}
