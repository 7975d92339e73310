"""Whether a person sits at this program's terminal: only then is anything asked."""

from __future__ import annotations

import sys


def attended() -> bool:
    """Say whether standard input is a terminal; where it was closed (``<&-``) there is none at all."""
    return sys.stdin is not None and sys.stdin.isatty()
