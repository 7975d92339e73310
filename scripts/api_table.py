"""Write the table role × route of docs/api.md out of the code: `.venv/bin/python scripts/api_table.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from gateway.api.app import create_app
from gateway.api.services import Services
from gateway.api.table import with_table

DOCUMENT = Path(__file__).parents[1] / "docs" / "api.md"


def main() -> None:
    """Write it."""
    nobody = cast("Any", None)  # which routes there are depends on no service
    app = create_app(Services(*[nobody] * 9), body_bytes=1)
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(with_table(text, app), encoding="utf-8")


if __name__ == "__main__":
    main()
