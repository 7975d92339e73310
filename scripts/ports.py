"""Ports of 127.0.0.1 that nobody listens on, and that nobody will be given before they are used.

They lie below the range from which the kernel takes the ports of outgoing connections (Linux begins it at 32768): one
that is free when it is asked for would otherwise now and then be somebody's connection when a server comes to bind it.
"""

from __future__ import annotations

import random
import socket

_FIRST, _END = 20_000, 32_000
_chosen = random.Random()  # noqa: S311 - no secret; seeded by the machine, so that two sessions differ
_given: set[int] = set()


def free_port() -> int:
    """One port."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """``count`` ports that follow one another, none of which this process was given before."""
    while True:
        first = _chosen.randrange(_FIRST, _END - count)
        ports = range(first, first + count)
        if _given.isdisjoint(ports) and all(map(_is_free, ports)):
            _given.update(ports)
            return list(ports)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
