"""What rows of a network's files have in common, and the words that keys and places are written in."""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from node.client.hashing import keccak256
from node.libp2p import public_key_of

_PUBLIC_KEY = re.compile(r"^0x[0-9a-f]{128}$")
_EXCHANGE_KEY = re.compile(r"^0x[0-9a-f]{64}$")
_FIELD = 2**256 - 2**32 - 977
"""The prime of secp256k1's field (SEC 2, section 2.4.1)."""
_CURVE = 7
"""y² = x³ + 7."""


class Row(BaseModel):
    """A table of a file that people write: an unknown key fails, and values are never bent to fit."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def on_curve(public_key: bytes) -> bool:
    """Tell whether the 64 bytes x ‖ y are a point of secp256k1 (SEC 1, section 3.2.2.1; the cofactor is 1)."""
    x, y = int.from_bytes(public_key[:32], "big"), int.from_bytes(public_key[32:], "big")
    return x < _FIELD and y < _FIELD and (y * y - x * x * x - _CURVE) % _FIELD == 0


def address_of_public_key(public_key: str) -> str:
    """Return the account of a public key in 0x-hex (x ‖ y): the last 20 bytes of its Keccak-256, lower-case hex."""
    return "0x" + keccak256(bytes.fromhex(public_key[2:]))[12:].hex()


def _public_key(value: object) -> object:
    if not isinstance(value, str) or not _PUBLIC_KEY.match(value):
        raise ValueError("a node's public key is 0x and 128 lower-case hexadecimal digits")
    if not on_curve(bytes.fromhex(value[2:])):
        raise ValueError("this is no point of the curve secp256k1")
    return value


def _exchange_key(value: object) -> object:
    if not isinstance(value, str) or not _EXCHANGE_KEY.match(value):
        raise ValueError("an exchange key is 0x and 64 lower-case hexadecimal digits")
    return value


def _peer_id(value: object) -> object:
    if not isinstance(value, str) or public_key_of(value) is None:
        raise ValueError("a peer id is the name of an Ed25519 key, 12D3KooW and 44 more letters and digits")
    return value


def _address(value: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address as the machine writes it: Besu refuses names, and two spellings would be two places."""
    try:
        address = ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ValueError("a host is an IP address, such as 10.0.31.5; names are refused") from error
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:  # a second spelling of an address that another may have, or of 127.0.0.1
            raise ValueError(f"write it as {address.ipv4_mapped}")
        if address.scope_id is not None:
            raise ValueError("an address with a zone (%) says nothing outside of its own machine")
    if str(address) != value:
        raise ValueError(f"write it as {address}")
    return address


def _host(value: object) -> object:
    address = _address(value)
    if address.is_unspecified or address.is_multicast:
        raise ValueError("others must be able to reach this address: it is unspecified or multicast")
    if address.is_link_local or (address.version == 4 and address.is_reserved):  # noqa: PLR2004 - the protocol's
        raise ValueError("others must be able to reach this address: it is link-local, broadcast or reserved")
    return value


def _name(value: object) -> object:
    """A name stands in tables that people act upon: it is one line, and what is read is what is there.

    A line end in it would write a row of others' firewall tables; a sign that is not seen, or that turns the direction
    of writing, would make two names look alike (Unicode TR 36, section 2; normal form C is TR 15's).
    """
    if not isinstance(value, str):
        return value  # for the type's own complaint
    if not value.isprintable() or value != " ".join(value.split()):
        raise ValueError("a name is one line of visible characters, without blanks around it or two in a row")
    if not unicodedata.is_normalized("NFC", value):
        raise ValueError(f"write it in Unicode's normal form C, as {unicodedata.normalize('NFC', value)!a}")
    return value


def _bind(value: object) -> object:
    if _address(value).is_multicast:
        raise ValueError("no program listens on a multicast address")
    return value


def toml_text(value: str) -> str:
    """Return `value` as a TOML basic string (TOML 1.0.0, String): the escapes of JSON, and DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


PublicKeyText = Annotated[str, BeforeValidator(_public_key)]
"""secp256k1, uncompressed without its first byte: 0x and 128 hexadecimal digits."""
ExchangeKeyText = Annotated[str, BeforeValidator(_exchange_key)]
"""X25519 (RFC 7748): 0x and 64 hexadecimal digits."""
PeerIdText = Annotated[str, BeforeValidator(_peer_id)]
"""The name of an Ed25519 key in libp2p."""
NameText = Annotated[str, BeforeValidator(_name)]
"""A member's name as people read it."""
HostText = Annotated[str, BeforeValidator(_host)]
"""An IPv4 or IPv6 address, never a name."""
BindText = Annotated[str, BeforeValidator(_bind)]
"""An address of one's own machine; 0.0.0.0 or :: for each of them."""
Port = Annotated[int, Field(ge=1, le=65_535)]
