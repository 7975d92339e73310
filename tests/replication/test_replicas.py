"""What other gateways list is a hint: kept is what is ours to keep, is a pack, and has its digest."""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import threading
import time
from typing import TYPE_CHECKING, cast

import httpx
import pytest
from eth_account import Account

from gateway.documents.blobs import FolderStore
from gateway.documents.errors import BlobUnavailable, StoreRefused
from gateway.documents.packs import MAGIC
from gateway.domain.manifest import cid_digest, cid_of
from gateway.replication.asking import HEADER, read
from gateway.replication.choice import keepers
from gateway.replication.errors import PackListUnavailable
from gateway.replication.keeper import Keeper, Work
from gateway.replication.lists import PackLists
from gateway.replication.packs import ListedPack, PackPage
from gateway.replication.replicas import TOGETHER, Replicas, Round

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from gateway.documents.errors import BlobError

MEMBERS = (310000, 320000, 330000, 340000)
OWNER, OURS = 310000, 320000
PACKS = [MAGIC + bytes([number]) * 50 for number in range(40)]
CIDS = [cid_of(hashlib.sha256(pack).digest()) for pack in PACKS]


class Consortium:
    def __init__(self, members: tuple[int, ...] = MEMBERS) -> None:
        self.members = members

    def provinces(self) -> tuple[int, ...]:
        return self.members

    def operates(self, account: str, province: int) -> bool:
        raise AssertionError((account, province))


class Neighbour:
    """Another province: its list of packs, its bytes, how much it has anchored, and how often it was asked."""

    def __init__(self, packs: Iterable[bytes], province: int = OWNER) -> None:
        self.province = province
        self.packs = list(packs)
        self.listed = [
            ListedPack(number, cid_of(hashlib.sha256(pack).digest()), len(pack))
            for number, pack in enumerate(self.packs, 1)
        ]
        self.gives = {cid: pack for (_, cid, _), pack in zip(self.listed, self.packs, strict=True)}
        self.leaves = 1_000_000
        self.away = False
        self.fetched: list[str] = []

    def page(self, address: str, after: int) -> PackPage:
        if self.away:
            raise PackListUnavailable(address, why="away")
        rest = [pack for pack in self.listed if pack.number > after]
        return PackPage(self.province, tuple(rest[:7]), len(rest) > 7)

    def leaves_of(self, province: int) -> int:
        assert province == self.province
        return self.leaves

    def fetch(self, cid: str) -> bytes:
        raise AssertionError(cid)

    def fetch_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        for cid in cids:
            self.fetched.append(cid)
            yield cid, self.gives.get(cid) or BlobUnavailable(cid, why="away")

    def close(self) -> None:
        return


def replicas_of(neighbour: Neighbour, folder: Path, factor: int = 2, members: tuple[int, ...] = MEMBERS) -> Replicas:
    return Replicas(
        neighbour, ("http://n",), Consortium(members), neighbour, FolderStore(folder), neighbour, OURS, factor
    )


def ours(factor: int = 2) -> list[str]:
    return [cid for cid in CIDS if OURS in keepers(cid_digest(cid), OWNER, MEMBERS, factor)]


def test_what_is_ours_to_keep_is_fetched_once_and_nothing_else(tmp_path: Path) -> None:
    neighbour = Neighbour(PACKS)
    replicas = replicas_of(neighbour, tmp_path)
    assert 0 < len(ours()) < len(CIDS)
    assert replicas.round().kept == len(ours())
    assert sorted(replicas.store.cids()) == sorted(ours())
    assert replicas.round() == replicas.round()
    assert sorted(neighbour.fetched) == sorted(ours())
    assert {pack.cid for pack in replicas.assigned().packs} == set(ours())
    # A new process finds what it keeps, and asks for none of it again.
    assert replicas_of(neighbour, tmp_path).round().kept == 0
    assert len(neighbour.fetched) == len(ours())


def test_with_a_factor_of_one_nobody_is_asked(tmp_path: Path) -> None:
    neighbour = Neighbour(PACKS)
    neighbour.away = True
    replicas = replicas_of(neighbour, tmp_path, factor=1)
    assert replicas.round().silent == {}
    assert replicas.assigned().packs == ()


def test_what_did_not_come_is_tried_again_and_so_is_a_gateway_that_was_away(tmp_path: Path) -> None:
    neighbour = Neighbour(PACKS)
    lost = neighbour.gives.pop(ours()[0])
    replicas = replicas_of(neighbour, tmp_path)
    first = replicas.round()
    assert (first.kept, first.lacking) == (len(ours()) - 1, 1)
    neighbour.gives[ours()[0]] = lost
    neighbour.away = True
    second = replicas.round()
    assert (second.kept, second.lacking) == (1, 0)
    assert [error.code for error in second.silent.values()] == ["replication.list_unavailable"]
    assert set(replicas.assigned().silent) == {"http://n"}


def test_a_round_ends_where_nobody_gives_anything_and_the_next_begins_with_others(tmp_path: Path) -> None:
    packs = [MAGIC + number.to_bytes(2, "big") * 50 for number in range(200)]
    neighbour = Neighbour(packs)
    given = neighbour.gives
    neighbour.gives = {}
    replicas = replicas_of(neighbour, tmp_path, factor=4)
    assert replicas.round().lacking == 200
    assert len(neighbour.fetched) == TOGETHER, "it asked for everything, one after the other, of nobody"
    assert replicas.round().lacking == 200
    assert len(set(neighbour.fetched)) == 2 * TOGETHER, "it asked for the same again"
    neighbour.gives = given
    assert replicas.round() == Round(200, 0, {})
    assert set(replicas.store.cids()) == set(given)


def test_what_our_store_did_not_take_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replicas = replicas_of(Neighbour(PACKS), tmp_path)

    def full(_: object) -> None:
        raise StoreRefused("http://daemon", why="no space left on device")

    monkeypatch.setattr(replicas.store, "keep_many", full)
    with pytest.raises(StoreRefused):
        replicas.round()
    monkeypatch.undo()
    assert replicas.round().kept == len(ours())


def test_a_gateway_that_sends_its_list_a_byte_at_a_time_is_silent() -> None:
    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(10_000):
                connection.sendall(b"x")
                time.sleep(0.01)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        account = Account.create()
        lists = PackLists(lambda: account, chain_id=1, province=OURS, clock=lambda: 0.0, patience=0.3)
        with contextlib.closing(lists), pytest.raises(PackListUnavailable):
            lists.page(f"http://127.0.0.1:{listening.getsockname()[1]}", 0)
        thread.join(60)
        assert not thread.is_alive(), "the connection is still open"


def test_a_province_has_no_more_packs_than_it_has_anchored_credentials(tmp_path: Path) -> None:
    neighbour = Neighbour(PACKS)
    neighbour.leaves = 10
    replicas = replicas_of(neighbour, tmp_path)
    replicas.round()
    assert set(replicas.store.cids()) == set(ours()) & set(CIDS[:10])
    neighbour.leaves = len(PACKS)
    replicas.round()
    assert set(replicas.store.cids()) == set(ours())


def test_when_a_member_leaves_the_others_take_up_what_it_kept(tmp_path: Path) -> None:
    neighbour = Neighbour(PACKS)
    replicas = replicas_of(neighbour, tmp_path)
    replicas.round()
    fewer = MEMBERS[:2]
    assert set(ours()) < set(CIDS)
    replicas.members = Consortium(fewer)
    assert replicas.round().kept == len(CIDS) - len(ours())
    assert set(replicas.store.cids()) == set(CIDS)
    assert len(neighbour.fetched) == len(CIDS), "nothing is fetched twice"


def test_what_is_no_pack_is_not_kept_and_not_asked_for_again(tmp_path: Path) -> None:
    neighbour = Neighbour([b"something else " + bytes([number]) for number in range(40)])
    replicas = replicas_of(neighbour, tmp_path)
    assert replicas.round().kept == 0
    asked = len(neighbour.fetched)
    assert asked > 0
    replicas.round()
    assert len(neighbour.fetched) == asked
    assert list(replicas.store.cids()) == []


def test_who_is_no_member_and_what_is_no_cid_are_passed_over(tmp_path: Path) -> None:
    assert replicas_of(Neighbour(PACKS, 370000), tmp_path).round().kept == 0
    assert replicas_of(Neighbour(PACKS, OURS), tmp_path).round().kept == 0
    neighbour = Neighbour(PACKS)
    neighbour.listed.insert(0, ListedPack(0, "../../etc/passwd", 1))
    neighbour.listed = [ListedPack(number, cid, size) for number, (_, cid, size) in enumerate(neighbour.listed, 1)]
    assert replicas_of(neighbour, tmp_path).round().kept == len(ours())


def lists_answering(answer: Callable[[httpx.Request], httpx.Response]) -> PackLists:
    return PackLists(
        lambda: Account.from_key(b"\x07" * 32),
        chain_id=5,
        province=OURS,
        clock=lambda: 1_000.0,
        transport=httpx.MockTransport(answer),
    )


def test_a_list_is_asked_for_with_a_signature_and_read_in_order() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        rows = [{"number": 8, "cid": CIDS[0], "size": 5}, {"number": 9, "cid": CIDS[1], "size": 5}]
        return httpx.Response(200, json={"province": OWNER, "packs": rows, "more": True})

    lists = lists_answering(answer)
    page = lists.page("http://n/", 7)
    assert page == PackPage(OWNER, (ListedPack(8, CIDS[0], 5), ListedPack(9, CIDS[1], 5)), more=True)
    assert str(asked[0].url) == "http://n/v1/packs?after=7"
    assert read(asked[0].headers[HEADER], chain_id=5, now=1_010).province == OURS
    lists.close()


ROW = {"number": 8, "cid": CIDS[0], "size": 5}


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"{",
        b"x" * ((1 << 20) + 1),
        json.dumps({"province": OWNER, "packs": [ROW, ROW], "more": False}).encode(),
        json.dumps({"province": OWNER, "packs": [ROW | {"number": 7}], "more": False}).encode(),
        json.dumps({"province": OWNER, "packs": [], "more": True}).encode(),
        json.dumps({"province": OWNER, "packs": [ROW | {"cid": 5}], "more": False}).encode(),
    ],
    ids=["no page", "no JSON", "too long", "twice", "before", "more of nothing", "no text"],
)
def test_what_is_no_list_in_order_is_refused(content: bytes) -> None:
    lists = lists_answering(lambda _: httpx.Response(200, content=content))
    with pytest.raises(PackListUnavailable) as caught:
        lists.page("http://n", 7)
    assert caught.value.value == "http://n"
    lists.close()


def test_a_gateway_that_refuses_or_is_away_is_named() -> None:
    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    for answer in (lambda _: httpx.Response(403), lambda _: httpx.Response(302, headers={"Location": "/x"}), away):
        lists = lists_answering(cast("Callable[[httpx.Request], httpx.Response]", answer))
        with pytest.raises(PackListUnavailable):
            lists.page("http://n", 0)
        lists.close()


def test_the_keeper_goes_on_whatever_fails() -> None:
    stop, done, tries = threading.Event(), threading.Event(), []

    def broken() -> None:
        tries.append("broken")
        raise RuntimeError("a defect")

    def away() -> None:
        tries.append("away")
        raise PackListUnavailable("http://n", why="away")

    def works() -> None:
        tries.append("works")
        if tries.count("works") == 2:
            done.set()

    keeper = Keeper([Work("broken", broken, 0.0), Work("away", away, 0.0), Work("works", works, 0.0)])
    thread = threading.Thread(target=keeper.run, args=(stop,))
    thread.start()
    assert done.wait(60)
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert tries.count("broken") == 1
    assert tries[:3] == ["broken", "away", "works"]
