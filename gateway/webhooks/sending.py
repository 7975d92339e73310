"""One attempt to hand a message over: what was answered is read no further than its status."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self

import httpx

from gateway.domain.errors import HurenError

if TYPE_CHECKING:
    from gateway.webhooks.secrets import Secret
    from gateway.webhooks.targets import Target, Targets

PATIENCE: Final = 15.0
"""Seconds for the whole of an attempt, however the receiver stretches it."""
_LOOKERS: Final = 64
"""Names looked up at once. A name server that does not answer keeps a thread for minutes, whatever the patience: with
the event loop's own few, some dead names would keep every other hook waiting."""
_AGENT: Final = "Huren-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one ended. `gone`: the receiver wants no more (410)."""

    taken: bool
    said: str
    gone: bool = False


class Courier:
    """Sends messages; an asynchronous context. One for a worker's life."""

    def __init__(self, targets: Targets, *, patience: float = PATIENCE) -> None:
        """Send where ``targets`` allows."""
        self._targets = targets
        self._patience = patience
        self._lookers = ThreadPoolExecutor(_LOOKERS, thread_name_prefix="webhook-names")
        self._client = httpx.AsyncClient(
            timeout=patience,
            follow_redirects=False,  # a redirect would be an address that nobody checked
            trust_env=False,  # a proxy of the environment would look the host up by itself
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._lookers.shutdown(wait=False, cancel_futures=True)
        await self._client.aclose()

    async def send(self, url: str, secret: Secret, message: str, body: bytes, *, now: int) -> Attempt:
        """Hand over a message; never raises for anything that the other side, or the way to it, can do."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": _AGENT,
            "webhook-id": message,
            "webhook-timestamp": str(now),
            "webhook-signature": secret.sign(message, now, body),
        }
        try:
            async with asyncio.timeout(self._patience):
                looked_up = asyncio.get_running_loop().run_in_executor(self._lookers, self._targets.of, url)
                target = await looked_up
                return await self._post(target, headers, body)
        except HurenError as error:
            return Attempt(taken=False, said=error.code)
        except TimeoutError:
            return Attempt(taken=False, said=f"no answer within {self._patience:g} s")
        except httpx.HTTPError as error:
            return Attempt(taken=False, said=type(error).__name__)

    async def _post(self, target: Target, headers: dict[str, str], body: bytes) -> Attempt:
        url = httpx.URL(target.url)
        # To the address that was checked; the host stands where servers and certificates look for it.
        request = self._client.build_request(
            "POST",
            url.copy_with(host=target.address),
            headers={**headers, "Host": url.netloc.decode("ascii")},
            content=body,
            extensions={"sni_hostname": target.host},
        )
        response = await self._client.send(request, stream=True)
        await response.aclose()  # unread
        status = response.status_code
        taken = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        return Attempt(taken, f"HTTP {status}", gone=status == HTTPStatus.GONE)
