"""Packs are listed to members' operators and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from eth_account import Account
from housing import CHAIN_ID, MEMBER, House
from sqlalchemy import insert

from gateway.domain.manifest import cid_of
from gateway.replication.asking import HEADER, SECONDS, ask
from gateway.replication.packs import PAGE
from gateway.store.models import Pack

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount


def signed(
    house: House, account: LocalAccount = MEMBER, province: int = 330000, *, chain: int = CHAIN_ID, late: int = 0
) -> dict[str, str]:
    return {HEADER: ask(account, chain_id=chain, province=province, at=int(house.clock.now) - late)}


@pytest.fixture
def digests(house: House) -> list[bytes]:
    digests = [number.to_bytes(32, "big") for number in range(1, PAGE + 6)]
    rows = [{"id": at, "digest": digest, "size": at + 100, "created_at": 1} for at, digest in enumerate(digests, 1)]
    with house.database.write() as connection:
        connection.execute(insert(Pack), rows)
    return digests


def test_a_members_operator_is_told_all_packs_page_by_page(house: House, digests: list[bytes]) -> None:
    first = house.client.get("/v1/packs", headers=signed(house))
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    page = first.json()
    assert (page["province"], page["more"], len(page["packs"])) == (320000, True, PAGE)
    assert page["packs"][0] == {"number": 1, "cid": cid_of(digests[0]), "size": 101}
    rest = house.client.get("/v1/packs", params={"after": page["packs"][-1]["number"]}, headers=signed(house)).json()
    assert [pack["cid"] for pack in rest["packs"]] == [cid_of(digest) for digest in digests[PAGE:]]
    assert not rest["more"]


def test_nobody_else_is_told_any(house: House, digests: list[bytes]) -> None:
    stranger = Account.from_key(b"\x08" * 32)
    wrong = [
        {},
        {HEADER: ""},
        {HEADER: f"330000;{int(house.clock.now)};0x" + "00" * 65},
        signed(house, stranger),
        signed(house, province=320000),
        signed(house, chain=CHAIN_ID + 1),
        signed(house, late=SECONDS + 1),
        signed(house, late=-SECONDS - 1),
    ]
    for headers in wrong:
        answer = house.client.get("/v1/packs", headers=headers)
        assert answer.status_code == 403, headers
        assert answer.json()["code"] == "replication.not_a_member"
        assert cid_of(digests[0]) not in answer.text
    assert house.client.get("/v1/packs", headers=signed(house, late=SECONDS - 1)).status_code == 200


def test_a_number_that_cannot_be_is_refused_before_anything_is_asked(house: House) -> None:
    assert house.client.get("/v1/packs", params={"after": -1}, headers=signed(house)).status_code == 400
