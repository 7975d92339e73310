"""Codes are what programs rely on, so the page that lists them has each of them, and no other."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from gateway.verification import errors
from gateway.verification.offline import errors as offline

PAGE = Path(__file__).parents[2] / "docs" / "verification.md"


def test_the_page_lists_every_code_of_verification_and_no_other() -> None:
    raised = {
        found.code for _, found in inspect.getmembers(errors, inspect.isclass) if found.__module__ == errors.__name__
    }
    listed = PAGE.read_text(encoding="utf-8").partition("理由代码")[2]
    assert set(re.findall(r"`(verify\.[a-z_]+)`", listed)) == raised - {errors.Finding.code}


def test_the_page_lists_every_code_of_verification_with_no_network_and_no_other() -> None:
    families = {offline.Unproven.code, offline.NotBinding.code}
    refused = {offline.TrustRefused.code, offline.FingerprintDiffers.code}  # no verdict, but the trust file's own
    raised = {
        found.code for _, found in inspect.getmembers(offline, inspect.isclass) if found.__module__ == offline.__name__
    }
    listed = PAGE.read_text(encoding="utf-8").partition("理由代码")[2]
    assert set(re.findall(r"`((?:evidence|trust)\.[a-z_]+)`", listed)) == raised - families - refused
