"""Asking other provinces' gateways for the list of their packs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec

from gateway.documents.patience import PatientTransport
from gateway.replication.asking import HEADER, ask
from gateway.replication.errors import PackListUnavailable
from gateway.replication.packs import PAGE, ListedPack, PackPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eth_account.signers.local import LocalAccount

_MOST_BYTES: Final = 1 << 20
"""Of an answer: a page has at most 1,000 packs of some 90 bytes."""


class _Row(msgspec.Struct):
    number: int
    cid: str
    size: int


class _Page(msgspec.Struct):
    province: int
    packs: list[_Row]
    more: bool


class PackLists:
    """The lists of other gateways. Close it."""

    def __init__(
        self,
        account: Callable[[], LocalAccount],
        *,
        chain_id: int,
        province: int,
        clock: Callable[[], float],
        patience: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Sign with ``account``, which is asked for when the first list is; ``patience`` seconds end any answer."""
        self._account = account
        self._words: dict[str, Any] = {"chain_id": chain_id, "province": province}
        self._clock = clock
        self._client = httpx.Client(
            timeout=min(10.0, patience),
            transport=transport or PatientTransport(patience),
            follow_redirects=False,
            trust_env=False,
        )

    def page(self, address: str, after: int) -> PackPage:
        """The packs of the gateway at ``address`` after that number.

        Raises:
            PackListUnavailable: no answer, or none that is a list in order.
        """
        header = ask(self._account(), at=int(self._clock()), **self._words)
        url = f"{address.rstrip('/')}/v1/packs"
        try:
            with self._client.stream("GET", url, params={"after": after}, headers={HEADER: header}) as response:
                if response.status_code != httpx.codes.OK:
                    raise PackListUnavailable(address, why=f"HTTP {response.status_code}")
                body = b"".join(_bounded(response, address))
            page = msgspec.json.decode(body, type=_Page)
        except httpx.HTTPError as error:
            raise PackListUnavailable(address, why=type(error).__name__) from error
        except msgspec.MsgspecError as error:
            raise PackListUnavailable(address, why="JSON") from error
        numbers = [after, *(row.number for row in page.packs)]
        if len(page.packs) > PAGE or numbers != sorted(set(numbers)) or (page.more and not page.packs):
            raise PackListUnavailable(address, why="not a list in order")
        return PackPage(
            page.province, tuple(ListedPack(row.number, row.cid, row.size) for row in page.packs), page.more
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _bounded(response: httpx.Response, address: str) -> Iterator[bytes]:
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > _MOST_BYTES:
            raise PackListUnavailable(address, why=f"more than {_MOST_BYTES} bytes")
        yield part
