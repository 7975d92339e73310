"""Where an engine's program is found: named by a person, built by set-up into the checkout, or on the path."""

from __future__ import annotations

import shutil
from pathlib import Path

from node.engines.errors import BinaryMissingError


def program(name: str, named: str | None) -> Path:
    """Return the program `name`: the path `named` where given, else the one of the checkout, else the one on PATH.

    Raises:
        BinaryMissingError: there is none.
    """
    built = Path(__file__).resolve().parents[2] / ".tools" / "bin" / name
    on_path = shutil.which(name)
    looked = [Path(named)] if named else [built, *([Path(on_path)] if on_path else [])]
    for candidate in looked:
        if candidate.is_file():
            return candidate.absolute()
    raise BinaryMissingError(name, tuple(str(candidate) for candidate in looked))
