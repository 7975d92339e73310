"""W3C Bitstring Status List 1.0: many credentials' status in one compressed string of bits.

Sources: sections 2.2 (the credential), 4.1–4.4 (algorithms: GZIP, base64url without padding, multibase ``u``, index 0
is the leftmost bit, at least 131,072 bits).
"""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import CANNOT, DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable

MIN_BITS: Final = 131_072
"""Herd privacy: the least a list may hold."""
MAX_BITS: Final = 8 * 1024 * 1024
"""The most that is read: a list of 1 MiB uncompressed."""
_GZIP: Final = 16 + zlib.MAX_WBITS


class StatusListError(DomainError):
    """A list that is malformed, too short or too long, or a place outside of it."""

    code = "statuslist"
    exit_code = CANNOT
    zh = "状态列表有误：{value}"
    en = "status list: {value}"


def encode_status_list(set_bits: Iterable[int], length: int = MIN_BITS) -> str:
    """``encodedList`` of a list of ``length`` bits in which the given places are set; the same bytes every time.

    Raises:
        StatusListError: a length below 131,072 or no multiple of 8, or a place outside the list.
    """
    if length < MIN_BITS or length > MAX_BITS or length % 8:
        raise StatusListError(f"{length} bits; at least {MIN_BITS}, at most {MAX_BITS}, a multiple of 8")
    bits = bytearray(length // 8)
    for index in set_bits:
        if not 0 <= index < length:
            raise StatusListError(f"place {index} of {length}")
        bits[index >> 3] |= 0x80 >> (index & 7)
    packed = gzip.compress(bits, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def decode_status_list(encoded: str) -> bytes:
    """The bits of an ``encodedList``, 8 to a byte.

    Raises:
        StatusListError: not multibase base64url, no GZIP, shorter than 131,072 bits, or above 1 MiB uncompressed.
    """
    if not encoded.startswith("u"):
        raise StatusListError("not multibase base64url")
    text = encoded[1:]
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        stream = zlib.decompressobj(_GZIP)
        bits = stream.decompress(packed, MAX_BITS // 8 + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise StatusListError(str(error)) from None
    if len(bits) > MAX_BITS // 8:
        raise StatusListError(f"more than {MAX_BITS} bits")
    if not stream.eof or stream.unused_data:
        raise StatusListError("GZIP data that is cut off or continued")
    if len(bits) * 8 < MIN_BITS:
        raise StatusListError(f"{len(bits) * 8} bits; at least {MIN_BITS}")
    return bits


def status_bit(bits: bytes, index: int) -> bool:
    """Whether the place ``index`` of a decoded list is set.

    Raises:
        StatusListError: a place outside the list.
    """
    if not 0 <= index < len(bits) * 8:
        raise StatusListError(f"place {index} of {len(bits) * 8}")
    return bool(bits[index >> 3] & 0x80 >> (index & 7))
