"""Every error is a problem (RFC 9457) in two languages, and none of them says anything about a certificate."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import structlog
from housing import bearer

from gateway.api.problems import problem
from gateway.domain.hashing import sha256
from gateway.domain.manifest import cid_of
from gateway.store.errors import DatabaseBusy
from gateway.store.models import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    House = Any

HASH = "0x" + "ab" * 32
BODY_BYTES = 4_096
ABSENT = cid_of(sha256(b"nobody has this"))
NUMBER = "11010519491231002X"


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"urn:huren:problem:{code}"
    assert body["instance"] == f"urn:huren:request:{answer.headers['x-request-id']}"
    assert body["title"]
    assert body["zh"]
    assert body["en"] == body["detail"]
    assert "verdict" not in body
    return body


@pytest.mark.parametrize(
    "text", ["0x12", "ab" * 32, "0x" + "zz" * 32, "0x" + "ab" * 33, "latest", "%00", "0x" + "a" * 5000]
)
def test_what_is_no_hash_is_a_bad_request(house: House, text: str) -> None:
    is_problem(house.client.get(f"/v1/credentials/{text}"), 400, "verify.hash_form")
    assert house.verifier.asked == []


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/verify", "/v1/credentials", "/docs", "/v1/credentials/a/b"])
def test_an_address_that_is_not_served_is_not_found(house: House, path: str) -> None:
    assert path in is_problem(house.client.get(path), 404, "api.no_route")["en"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", f"/v1/credentials/{HASH}", "GET"),
        ("GET", "/v1/verify", "POST"),
        ("DELETE", f"/v1/blobs/{ABSENT}", "GET"),
    ],
)
def test_another_method_is_refused_and_the_right_one_named(house: House, method: str, path: str, allowed: str) -> None:
    answer = house.client.request(method, path)
    is_problem(answer, 405, "api.no_route")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("query", ["?source=elsewhere", "?source=", "?source=LIVE", "?source=live&source=evil"])
def test_a_source_that_there_is_not_is_a_bad_request(house: House, query: str) -> None:
    for answer in (house.client.get(f"/v1/credentials/{HASH}{query}"), house.client.post(f"/v1/verify{query}")):
        assert "source" in is_problem(answer, 400, "api.parameter")["en"]


def test_a_body_above_the_limit_is_refused_before_it_is_read(house: House) -> None:
    body = is_problem(house.client.post("/v1/verify", content=b"x" * (BODY_BYTES + 1)), 413, "api.body_too_large")
    assert str(BODY_BYTES) in body["en"]
    assert house.verifier.asked == []
    assert house.client.post("/v1/verify", content=b"x" * BODY_BYTES).status_code == 200


def test_a_body_that_does_not_state_its_length_is_cut_off_at_the_limit(house: House) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1_000
            yield b"x" * 1_000

    is_problem(house.client.post("/v1/verify", content=endless()), 413, "api.body_too_large")
    assert house.verifier.asked == []


@pytest.mark.parametrize("length", ["-1", "+5", "1e3", "5_0", " ", "99999999999999999999999999"])
def test_a_length_that_is_no_number_is_refused(house: House, length: str) -> None:
    answer = house.client.post("/v1/verify", content=b"{}", headers={"Content-Length": length})
    is_problem(answer, 413, "api.body_too_large")


def test_a_blob_that_is_not_here_is_not_found(house: House) -> None:
    is_problem(house.client.get(f"/v1/blobs/{ABSENT}"), 404, "blob.not_found")


@pytest.mark.parametrize(
    "cid",
    [
        "x",
        "b",
        "..",
        "%2e%2e",
        "..%5c..%5cetc",
        "Qm" + "a" * 44,
        ABSENT.upper(),
        ABSENT[:-1],
        ABSENT + "a",
        "f0155",
        "b" * 9000,
        "%ff",
        "é",
    ],
)
def test_what_is_no_cid_never_becomes_a_path(house: House, cid: str) -> None:
    answer = house.client.get(f"/v1/blobs/{cid}")
    is_problem(answer, *((400, "manifest.cid") if "manifest" in answer.text else (404, "api.no_route")))


@pytest.mark.parametrize(
    "path", ["/v1/blobs/../../etc/passwd", "/v1/blobs/..%2f..%2fetc%2fpasswd", "/v1/blobs//etc/passwd"]
)
def test_a_path_leads_nowhere(house: House, path: str) -> None:
    is_problem(house.client.get(path), 404, "api.no_route")


def test_a_damaged_blob_is_not_handed_out(house: House, tmp_path: Path) -> None:
    cid = house.blobs.put(b"\x01" * 64)
    (tmp_path / "blobs" / cid[-2:] / cid).write_bytes(b"\x02" * 64)
    is_problem(house.client.get(f"/v1/blobs/{cid}"), 500, "blob.corrupted")


def test_a_status_list_of_somebody_else_is_not_found(house: House) -> None:
    is_problem(house.client.get("/v1/status/123300004700007891/0"), 404, "issuance.no_status_list")
    is_problem(house.client.get("/v1/status/123200004660001235/9"), 404, "issuance.no_status_list")


@pytest.mark.parametrize("number", ["-1", "x", "1000001", "0x1", "1.5"])
def test_a_status_list_is_named_by_a_number(house: House, number: str) -> None:
    is_problem(house.client.get(f"/v1/status/123200004660001235/{number}"), 400, "api.parameter")


@pytest.mark.parametrize("code", ["123200004660001234", "x", "12320000466000123I"])
def test_a_status_list_is_of_an_institution(house: House, code: str) -> None:
    answer = house.client.get(f"/v1/status/{code}/0")
    assert is_problem(answer, 400, answer.json()["code"])["code"].startswith("identifier.uscc")


def test_what_nobody_foresaw_is_a_problem_with_an_id_that_the_log_has_too(
    house: House,
) -> None:
    house.verifier.error = ZeroDivisionError("the inside of the house")
    with structlog.testing.capture_logs() as lines:
        answer = house.client.post("/v1/verify", content=b"{}", headers={"X-Request-Id": "seen-7"})
    body = is_problem(answer, 500, "api.unexpected")
    assert "seen-7" in body["en"]
    assert "of the house" not in answer.text
    assert [(line["event"], line["path"]) for line in lines] == [("api.unexpected", "/v1/verify")]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_database_that_cannot_be_used_is_503_says_when_to_come_again_and_nothing_of_any_certificate() -> None:
    answer = problem(DatabaseBusy("huren.db", why="SQLITE_BUSY"))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "retry-after" not in problem(DatabaseBusy("huren.db", why=""), HTTPStatus.CONFLICT).headers
    assert orjson.loads(answer.body)["type"] == "urn:huren:problem:store.busy"


@pytest.mark.parametrize(
    "body", [{"decision": "accept", "student": NUMBER * 4}, {"decision": "accept", "studentNumber": NUMBER}]
)
def test_what_stood_in_a_body_is_not_given_back(house: House, body: dict[str, str]) -> None:
    """A number that is too long, or under a misspelt name, is a person's all the same."""
    headers = bearer(house.token(Role.OFFICER))
    answer = house.client.post("/v1/transfers/310000-330000-1/decision", json=body, headers=headers)
    assert is_problem(answer, 400, "api.parameter")["field"] in body
    assert NUMBER not in answer.text


def test_a_body_that_no_reader_takes_is_no_json_and_not_a_lost_address(house: House) -> None:
    headers = {**bearer(house.token(Role.OFFICER)), "content-type": "application/json"}
    path = "/v1/transfers/310000-330000-1/decision"
    for body in (b"[" * 3_000, b"\xff\xfe{\x00"):
        is_problem(house.client.post(path, content=body, headers=headers), 400, "api.parameter")


def test_a_body_that_is_no_json_object_is_named_as_the_body_and_how_it_is_sent(house: House) -> None:
    """As from `curl -d` without a header: a form, which says nothing of what was in it."""
    path, accept = "/v1/transfers/310000-330000-1/decision", b'{"decision": "accept", "student": "20260001"}'
    for kind, body in (("application/x-www-form-urlencoded", accept), ("application/json", b"[1]")):
        headers = {**bearer(house.token(Role.OFFICER)), "content-type": kind}
        problem = is_problem(house.client.post(path, content=body, headers=headers), 400, "api.parameter")
        assert problem["field"] == "body"
        assert "Content-Type: application/json" in problem["en"]
        assert "Content-Type: application/json" in problem["zh"]
    headers = {**bearer(house.token(Role.OFFICER)), "content-type": "application/json"}
    assert is_problem(house.client.post(path, content=b'{"a', headers=headers), 400, "api.parameter")["field"] == "body"
