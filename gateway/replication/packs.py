"""The packs of this province, told to members: GET /v1/packs.

    book = PackBook(database, members, province=320000, chain_id=…, clock=time.time)
    page = book.page(header, after=0)
    page.packs[-1].number                # ask for what comes after it

Without it nobody could keep another province's packs: neither chain nor manifest names them. Strangers are told
nothing: who knows a CID gets ciphertext (GET /v1/blobs), and need not be given a list of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from sqlalchemy import select

from gateway.domain.manifest import cid_of
from gateway.replication.asking import read
from gateway.replication.errors import NotAMember
from gateway.store.models import Pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.store.engine import Database

PAGE: Final = 1_000
"""Packs told at a time."""


class Members(Protocol):
    """What the chain says of the consortium, at its newest final block."""

    def provinces(self) -> tuple[int, ...]:
        """The members."""

    def operates(self, account: str, province: int) -> bool:
        """Whether the account is an operator in force of that member."""


class ListedPack(NamedTuple):
    """A pack: its number in its owner's order, its CID, its size in bytes."""

    number: int
    cid: str
    size: int


@dataclass(frozen=True, slots=True)
class PackPage:
    """Packs of a province in order of number, and whether there are more."""

    province: int
    packs: tuple[ListedPack, ...]
    more: bool


class PackBook:
    """This province's own packs."""

    def __init__(
        self, database: Database, members: Members, *, province: int, chain_id: int, clock: Callable[[], float]
    ) -> None:
        """Read them from ``database``; ``members`` says who may be told."""
        self._database = database
        self._members = members
        self.province = province
        self._chain_id = chain_id
        self._clock = clock

    def page(self, header: str | None, after: int, limit: int = PAGE) -> PackPage:
        """The packs after that number, for whoever signed the header.

        Raises:
            NotAMember: no operator of a member.
            ChainUnavailable: it cannot be said who is a member.
        """
        asker = read(header, chain_id=self._chain_id, now=int(self._clock()))
        if not self._members.operates(asker.account, asker.province):
            raise NotAMember(asker.province, why=asker.account)
        packs = self.own(after, limit + 1)
        return PackPage(self.province, tuple(packs[:limit]), len(packs) > limit)

    def own(self, after: int = 0, limit: int | None = None) -> list[ListedPack]:
        """The packs after that number."""
        query = select(Pack.id, Pack.digest, Pack.size).where(Pack.id > after).order_by(Pack.id).limit(limit)
        with self._database.read() as connection:
            return [ListedPack(row.id, cid_of(row.digest), row.size) for row in connection.execute(query)]
