"""The block under which everything is proven, and what other members' nodes say about it."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from gateway.audit.completeness.values import WitnessSaid
from gateway.domain.errors import HurenError, Said
from gateway.domain.header import Header
from gateway.ledger.calls import WITHOUT_BODIES
from gateway.ledger.errors import ChainUnavailable

if TYPE_CHECKING:
    from gateway.ledger.calls import ChainCalls

PATIENCE: Final = 10.0
"""Seconds that a witness has to reach the block: nodes get blocks one after the other."""
_PAUSE: Final = 0.5
_PORTS: Final = {"http": 80, "https": 443}
_MAPPED: Final = "::ffff:"
"""What an IPv4 address begins with where it is written as one of IPv6."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Another member's node: its address as it may be shown, and the way to it."""

    url: str
    calls: ChainCalls


def shown(url: str) -> str:
    """Return a node's address without what may be secret in it: user, password, path and query."""
    parts = urlsplit(url)
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def is_same(url: str, other: str) -> bool:
    """Tell whether two addresses lead to the same host and port, as far as names can be resolved here.

    A node behind two hosts, or behind another port of its own, is not recognised: who runs a witness, people must know.
    """
    return not _endpoints(url).isdisjoint(_endpoints(other))


def _endpoints(url: str) -> set[tuple[str, int]]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    try:
        found = {str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError:  # then it does not answer either, and that is told
        found = set()
    return {(address.removeprefix(_MAPPED), port) for address in (host, *found)}


def header_at(calls: ChainCalls, number: int) -> Header | None:
    """Return the header of block `number`, None where the node does not have it (yet).

    Raises:
        ChainUnavailable, HeaderMalformed: no answer, or none that is a header.
    """
    found = calls.request("eth_getBlockByNumber", hex(number), *WITHOUT_BODIES)
    if found is None:
        return None
    if not isinstance(found, dict):
        raise ChainUnavailable(Said("回答不是区块头", "the answer is no header"))
    return Header.of_json(found)


def final_header(calls: ChainCalls) -> Header:
    """Return the header of the newest final block, as the engine's finality goes.

    Raises:
        ChainUnavailable, HeaderMalformed: no answer, or none that is a header.
    """
    number = calls.final_block().number
    header = header_at(calls, number)
    if header is None:
        raise ChainUnavailable(Said(f"区块 {number} 已不存在", f"block {number} is gone"))
    return header


def opinion(witness: Witness, header: Header) -> WitnessSaid:
    """Return what a witness says about the block of `header`."""
    try:
        ahead = witness.calls.final_block().number - header.number
        until = time.monotonic() + PATIENCE
        while (own := header_at(witness.calls, header.number)) is None and time.monotonic() < until:
            time.sleep(_PAUSE)
        if own is None:
            why = Said(f"尚无区块 {header.number}", f"it does not have block {header.number} yet")
            return WitnessSaid(witness.url, None, ahead, ChainUnavailable(why))
        return WitnessSaid(witness.url, own.is_as_said and own.hash == header.hash, ahead)
    except HurenError as error:
        return WitnessSaid(witness.url, None, problem=error)
