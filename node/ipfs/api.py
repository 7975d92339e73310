"""The few questions that an operator asks of a daemon's API. Kubo answers POST only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import httpx
import orjson

from node.ipfs.errors import KuboNotReadyError

if TYPE_CHECKING:
    from types import TracebackType


class KuboApi:
    """The API at `url`, asked with a bearer token. Close it, or use it as a context."""

    def __init__(self, url: str, token: str, *, timeout: float = 10.0) -> None:
        """Take the address; `timeout` seconds bound connecting and every read."""
        self.url = url
        self._client = httpx.Client(
            base_url=f"{url}/api/v0/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            trust_env=False,  # the daemon is on this machine: no proxy of the environment stands between
        )

    def identity(self) -> tuple[str, str]:
        """Return its peer id and its version."""
        said = self._ask("id")
        return str(said["ID"]), str(said["AgentVersion"])

    def connect(self, address: str) -> bool:
        """Connect it to a peer by full multiaddress (with /p2p/…); whether that succeeded."""
        try:
            self._ask("swarm/connect", arg=address, timeout="3s")
        except KuboNotReadyError:
            return False
        return True

    def peers(self) -> tuple[str, ...]:
        """Return the peer ids that it is connected to, sorted."""
        return tuple(sorted({str(peer["Peer"]) for peer in self._ask("swarm/peers").get("Peers") or ()}))

    def repository(self) -> tuple[int, int]:
        """Return its number of blocks and its size on the disk in bytes."""
        said = self._ask("repo/stat")
        return int(said["NumObjects"]), int(said["RepoSize"])

    def pins(self) -> int:
        """Return how many pins it holds."""
        return len(self._ask("pin/ls", type="recursive", quiet="true").get("Keys") or ())

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _ask(self, command: str, **words: str) -> dict[str, Any]:
        try:
            response = self._client.post(command, params=words)
        except httpx.HTTPError as error:
            raise KuboNotReadyError(self.url, f"{type(error).__name__} {error}".strip()) from error
        if response.status_code != httpx.codes.OK:
            raise KuboNotReadyError(self.url, f"{command}: HTTP {response.status_code} {response.text[:200].strip()}")
        said: dict[str, Any] = orjson.loads(response.content)
        return said
