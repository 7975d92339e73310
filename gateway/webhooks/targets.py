"""Where messages may go: an address of an allowed network, looked up by us and connected to as it was looked up.

A webhook makes this gateway ask an address that somebody named. Whoever could name any would reach what only this
machine reaches: services of its network, a cloud's metadata (OWASP, Server-Side Request Forgery Prevention). So nothing
is allowed but what `webhook_networks` lists; and an address that hands out credentials, or is no one host's, only where
the setting names it by a network as narrow as its own.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from gateway.domain.errors import Said
from gateway.webhooks.errors import AddressForbidden, AddressMalformed, HostUnknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_GUARDED: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # this host
            "169.254.0.0/16",  # link-local; the metadata services of most clouds
            "100.100.100.200/32",  # the metadata service of Alibaba Cloud
            "192.0.0.192/32",  # of Oracle's cloud
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
            "::/128",
            "fd00:ec2::254/128",  # metadata
            "fe80::/10",  # link-local
            "ff00::/8",  # multicast
        ),
    )
)
_LONGEST: Final = 2_000
_NOT_LISTED: Final = Said("不在 webhook_networks 之内", "it is in none of webhook_networks")
_METADATA: Final = Said("元数据、链路本地或保留地址", "a metadata, link-local or reserved address")
_PLAIN: Final = Said("公网地址只用 https", "a public address takes https")


class Resolver(Protocol):
    """Looks a host up."""

    def __call__(self, host: str, port: int) -> Iterable[str]:
        """Its addresses.

        Raises:
            OSError: it has none.
        """


@dataclass(frozen=True, slots=True)
class Target:
    """Where one message goes: the host that is meant, and the address that was checked."""

    url: str
    scheme: str
    host: str
    port: int
    address: str


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as this machine looks it up."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Targets:
    """Says whether and where a message may go."""

    def __init__(self, networks: Sequence[str], resolver: Resolver = resolve) -> None:
        """Allow ``networks`` (CIDR)."""
        self._networks = tuple(map(ipaddress.ip_network, networks))
        self._resolver = resolver

    def of(self, url: str) -> Target:
        """Where a message to ``url`` goes now. Asked before every one: names change their address.

        Raises:
            AddressMalformed, HostUnknown, AddressForbidden: nowhere, and why.
        """
        scheme, host, port = parts(url)
        try:
            found = list(self._resolver(host, port))
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise HostUnknown(host)
        for address in found:  # each of them: the next connection might take another
            self._check(host, scheme, address)
        return Target(url, scheme, host, port, found[0])

    def _check(self, host: str, scheme: str, text: str) -> None:
        address: Address = ipaddress.ip_address(text.split("%", maxsplit=1)[0])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        allowing = [network for network in self._networks if address in network]
        if not allowing:
            raise AddressForbidden(host, address=str(address), why=_NOT_LISTED)
        guarded = [network for network in _GUARDED if address in network]
        if guarded and not any(_within(one, around) for one in allowing for around in guarded):
            raise AddressForbidden(host, address=str(address), why=_METADATA)
        if scheme == "http" and address.is_global:
            raise AddressForbidden(host, address=str(address), why=_PLAIN)


def parts(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a web address.

    Raises:
        AddressMalformed: it is none, or says more than where.
    """
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
    except ValueError as error:
        raise AddressMalformed(url, why=str(error)) from error
    if split.scheme not in {"http", "https"}:
        raise AddressMalformed(url, why=Said("只可用 http 或 https", "http or https alone"))
    if not host:
        raise AddressMalformed(url, why=Said("缺少主机", "it names no host"))
    if split.username is not None or split.password is not None or split.fragment or "#" in url:
        raise AddressMalformed(url, why=Said("含用户名、口令或 #", "it has a user, a password or #"))
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressMalformed(url, why=Said("过长，或含有空白、非 ASCII 字符", "too long, or not plain ASCII"))
    return split.scheme, host, port or (443 if split.scheme == "https" else 80)


def _within(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]
