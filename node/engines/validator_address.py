"""An address that is voted on, checked before a client hears of it: Besu takes malformed ones and the zero address."""

from __future__ import annotations

import re

from node.engines.errors import MalformedValidatorError

_ADDRESS = re.compile(r"0x[0-9a-f]{40}", re.ASCII)


def validator_address(text: str) -> str:
    """Return `text` as a lower-case address.

    Raises:
        MalformedValidatorError: it is none, or all zero.
    """
    address = text.lower()
    if not _ADDRESS.fullmatch(address) or int(address, 16) == 0:
        raise MalformedValidatorError(text)
    return address
