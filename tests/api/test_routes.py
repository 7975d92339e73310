"""What each route answers when all is well, and what it says of its answers to caches and clients."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.verdict import Kind, Reason, Source, Verdict, report_steps
from gateway.verification.views import Look

if TYPE_CHECKING:
    House = Any

HASH = "0x" + "ab" * 32
CANNOT = Verdict(Kind.CANNOT_CHECK, report_steps({}), Source.NONE, Reason("verify.index_stale", "索引", "index"))
REVOKED = Verdict(Kind.REVOKED, report_steps({}), Source.LIVE, Reason("verify.revoked", "撤销", "revoked"))


def test_a_hash_is_answered_from_the_index(house: House) -> None:
    answer = house.client.get(f"/v1/credentials/{HASH}")
    assert answer.status_code == 200
    assert answer.json()["verdict"] == "registered"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert house.verifier.asked == [(b"\xab" * 32, Look.INDEX)]


def test_a_hash_the_index_cannot_answer_is_asked_again_with_the_node(house: House) -> None:
    house.verifier.verdict, house.verifier.live = CANNOT, REVOKED
    assert house.client.get(f"/v1/credentials/{HASH}").json()["verdict"] == "revoked"
    assert [look for _, look in house.verifier.asked] == [Look.INDEX, Look.AUTO]


@pytest.mark.parametrize(("source", "looks"), [("live", [Look.LIVE]), ("index", [Look.INDEX]), ("auto", [Look.INDEX])])
def test_who_asks_may_choose_the_source(house: House, source: str, looks: list[Look]) -> None:
    assert house.client.get(f"/v1/credentials/{HASH}?source={source}").status_code == 200
    assert [look for _, look in house.verifier.asked] == looks


def test_a_verdict_against_a_certificate_is_an_answer_too(house: House) -> None:
    house.verifier.verdict = REVOKED
    assert house.client.get(f"/v1/credentials/{HASH}").status_code == 200
    assert house.client.post("/v1/verify", content=b"{}").status_code == 200


@pytest.mark.parametrize("source", ["", "?source=index", "?source=live"])
def test_cannot_check_is_503_with_the_verdict_in_it(house: House, source: str) -> None:
    house.verifier.verdict = CANNOT
    for answer in (
        house.client.get(f"/v1/credentials/{HASH}{source}"),
        house.client.post(f"/v1/verify{source}", content=b"{}"),
    ):
        assert answer.status_code == 503
        assert answer.json()["verdict"] == "cannot-check"
        assert int(answer.headers["retry-after"]) > 0


def test_a_file_is_verified_as_it_came(house: House) -> None:
    answer = house.client.post("/v1/verify?source=live", content=b"anything at all")
    assert answer.json()["verdict"] == "registered"
    assert house.verifier.asked == [(b"anything at all", Look.LIVE)]


def test_a_blob_is_given_by_its_digest_and_may_be_kept_for_ever(house: House) -> None:
    cid = house.blobs.put(b"\x01" * 64)
    answer = house.client.get(f"/v1/blobs/{cid}")
    assert answer.content == b"\x01" * 64
    assert answer.headers["etag"] == f'"{cid}"'
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "application/vnd.ipld.raw"


def test_a_status_list_names_the_block_it_was_derived_from(house: House) -> None:
    answer = house.client.get("/v1/status/123200004660001235/0")
    assert answer.json()["id"].endswith("/0")
    assert answer.headers["huren-block"] == "7"
    assert answer.headers["content-type"] == "application/vc+ld+json"


def test_the_process_lives_and_says_whether_it_can_answer(house: House) -> None:
    assert house.client.get("/healthz").json() == {"status": "ok"}
    assert house.client.get("/readyz").status_code == 200
    house.ready["ready"] = False
    answer = house.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    assert int(answer.headers["retry-after"]) > 0


def test_every_answer_carries_headers_that_keep_it_harmless_and_an_id(house: House) -> None:
    for path in (f"/v1/credentials/{HASH}", "/healthz", "/nowhere", "/v1/credentials/0x12"):
        headers = house.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["referrer-policy"] == "no-referrer"
        assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])


def test_the_callers_own_id_is_kept_if_it_is_harmless(house: House) -> None:
    get = house.client.get
    assert get("/healthz", headers={"X-Request-Id": "order-7.a_B"}).headers["x-request-id"] == "order-7.a_B"
    for given in ("a b", "x" * 65, "", "é", "\x7f", '{"a":1}'):
        headers = {"X-Request-Id": given.encode("latin-1")}
        assert re.fullmatch("[0-9a-f]{16}", get("/healthz", headers=headers).headers["x-request-id"])


def test_nothing_answers_by_sending_the_caller_elsewhere(house: House) -> None:
    for path in (f"/v1/credentials/{HASH}/", "/healthz/", "//evil.example/"):
        answer = house.client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
        assert answer.status_code == 404
        assert "location" not in answer.headers


def test_the_description_of_the_interface_names_every_route_and_its_parameters(house: House) -> None:
    described = house.client.get("/openapi.json").json()["paths"]
    assert {path for path in described if not path.startswith("/v1/")} == {"/healthz", "/readyz"}
    names = {parameter["name"] for parameter in described["/v1/credentials/{hash}"]["get"]["parameters"]}
    assert names == {"hash", "source"}
