"""Cables between the nodes of a trial that can be cut: what a partition of the network is, on one machine.

Each node reaches every other through a port of its own (local.toml, [[reach]]), behind which a relay passes bytes on.
A cable that is cut hangs up on both ends and answers nobody until it is mended.

    relays = Relays()
    port = relays.lay((310000, 320000), 30303)     # Shanghai reaches Jiangsu's node at 127.0.0.1:port
    relays.part({310000, 320000}, {330000, 340000})
    relays.mend()
    relays.close()
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Coroutine

_CHUNK = 1 << 16
_SECONDS = 10.0
T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Cable:
    """From one node to a port of another one."""

    ends: tuple[int, int]
    target: int
    cut: bool = False
    calls: int = 0
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect somebody through, for as long as both ends and the cable hold."""
        far: asyncio.StreamWriter | None = None
        self.open.add(writer)
        self.calls += 1
        try:
            if self.cut:
                return
            answering, far = await asyncio.open_connection("127.0.0.1", self.target)
            self.open.add(far)
            await asyncio.gather(_pump(reader, far), _pump(answering, writer))
        except OSError:
            pass  # nobody listens there, or one of them has gone: whoever asked is to see just that
        finally:
            for one in (writer, far):
                if one is not None:
                    self.open.discard(one)
                    one.transport.abort()

    def hang_up(self) -> None:
        """End what goes through it."""
        for one in list(self.open):
            one.transport.abort()


class Relays:
    """All cables of a trial, carried by one thread."""

    def __init__(self) -> None:
        """Lay none yet."""
        self._cables: list[_Cable] = []
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relays", daemon=True)
        self._thread.start()

    def lay(self, ends: tuple[int, int], target: int) -> int:
        """Lay a cable from the first of ``ends`` to port ``target`` of the second; return the port at the near end."""
        cable = _Cable(ends, target)
        server = self._run(asyncio.start_server(cable.carry, "127.0.0.1", 0))
        self._cables.append(cable)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def calls(self, near: int, far: int) -> int:
        """How often somebody has tried to reach ``far`` from ``near``."""
        return sum(cable.calls for cable in self._cables if cable.ends == (near, far))

    def part(self, these: Collection[int], those: Collection[int]) -> None:
        """Cut every cable between two groups."""
        for cable in self._cables:
            near, far = cable.ends
            if (near in these and far in those) or (near in those and far in these):
                cable.cut = True
                self._loop.call_soon_threadsafe(cable.hang_up)

    def mend(self) -> None:
        """Mend every cable; the nodes find each other again by themselves."""
        for cable in self._cables:
            cable.cut = False

    def close(self) -> None:
        """Take them all away."""
        for server in self._servers:
            self._loop.call_soon_threadsafe(server.close)
        for cable in self._cables:
            self._loop.call_soon_threadsafe(cable.hang_up)
        self._run(asyncio.sleep(0.05))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS)
        self._loop.close()

    def _run(self, what: Coroutine[None, None, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(_SECONDS)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on until one side ends; then the other is told."""
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()
