"""Lists of transfers: what each role sees of them, pages, and filters that make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from housing import ELSEWHERE, SOURCE, TARGET, bearer
from transfer_history import JIANGSU, SHANGHAI, ZHEJIANG, History, digest, hexed

from gateway.store.models import Role

if TYPE_CHECKING:
    House = Any

LEAF = digest("leaf", (SHANGHAI, ZHEJIANG, 1))


@pytest.fixture
def filled(house: House) -> House:
    """Shanghai → Zhejiang three times (accepted, rejected and appealed, open), Jiangsu → Zhejiang once."""
    history = History()
    first, second = history.request(), history.request()
    history.accept(first)
    history.reject(second, reason=2)
    history.appeal(second)
    history.request(hours=24 * 40)
    history.request(JIANGSU, ZHEJIANG)
    house.keep(history)
    house.books.owned = {1: [LEAF]}
    return house


def names(answer: Any) -> list[str]:  # noqa: ANN401
    assert answer.status_code == 200, answer.text
    return [one["transfer"] for one in answer.json()["transfers"]]


ALL = ["310000-330000-1", "310000-330000-2", "310000-330000-3", "320000-330000-1"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.APPROVER, Role.AUDITOR])
def test_the_centre_and_its_auditors_see_every_transfer(filled: House, role: Role) -> None:
    assert names(filled.get("/v1/transfers", role)) == ALL


def test_a_transfer_is_told_step_by_step(filled: House) -> None:
    told = filled.get("/v1/transfers/310000-330000-2", Role.OPERATOR).json()
    assert (told["stage"], told["reason"], told["appeal"]) == ("returned", "documents-missing", "filed")
    assert (told["institution"], told["targetInstitution"], told["rule"]) == (SOURCE, TARGET, 2)
    assert (told["quoted"], told["awarded"], told["category"]) == ("3.00", None, "academic")
    assert told["explanation"] == hexed(digest("explanation", (SHANGHAI, ZHEJIANG, 2)))
    assert told["requestedAt"].endswith("+08:00")
    assert filled.get("/v1/transfers/310000-330000-1", Role.OPERATOR).json()["awarded"] == "2.50"


def test_an_officer_sees_their_own_institutions_transfers_on_both_sides(filled: House) -> None:
    for path in (
        "/v1/transfers",
        f"/v1/transfers?targetInstitution={TARGET}",
        f"/v1/transfers?institution={SOURCE}&targetInstitution={TARGET}",
    ):
        assert names(filled.get(path, Role.OFFICER, institution=TARGET)) == ALL
    assert names(filled.get("/v1/transfers", Role.OFFICER, institution=SOURCE)) == []
    assert names(filled.get(f"/v1/transfers?institution={SOURCE}", Role.OFFICER, institution=SOURCE)) == ALL
    assert filled.get("/v1/transfers/310000-330000-1", Role.OFFICER, institution=SOURCE).status_code == 200


def test_an_officer_who_asks_for_anothers_is_refused(filled: House) -> None:
    asked = (
        f"/v1/transfers?institution={SOURCE}",
        f"/v1/transfers?targetInstitution={TARGET}",
        "/v1/transfers/310000-330000-1",
    )
    for path in asked:
        answer = filled.get(path, Role.OFFICER, institution=ELSEWHERE)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.scope"), path
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_a_learner_sees_what_was_asked_with_their_own_credentials_alone(filled: House) -> None:
    assert names(filled.get("/v1/transfers", Role.LEARNER)) == ALL[:1]
    assert names(filled.get("/v1/transfers", Role.LEARNER, account=2)) == []
    assert names(filled.get(f"/v1/transfers?hash={hexed(LEAF)}", Role.LEARNER)) == ALL[:1]
    assert filled.get("/v1/transfers/310000-330000-1", Role.LEARNER).status_code == 200
    for path in (f"/v1/transfers?hash={hexed(LEAF)}", "/v1/transfers/310000-330000-1"):
        assert filled.get(path, Role.LEARNER, account=2).json()["code"] == "access.scope"
    assert filled.get("/v1/transfers/310000-330000-2", Role.LEARNER).status_code == 403


def test_pages_follow_one_another(filled: House) -> None:
    headers, seen, path = bearer(filled.token(Role.OPERATOR)), [], "/v1/transfers?limit=3"
    while path:
        page = filled.client.get(path, headers=headers).json()
        seen.append([one["transfer"] for one in page["transfers"]])
        path = f"/v1/transfers?limit=3&after={page['next']}" if page["next"] else ""
    assert seen == [ALL[:3], ALL[3:]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("source=320000", ALL[3:]),
        ("target=330000&source=310000", ALL[:3]),
        ("stage=accepted", ALL[:1]),
        ("reason=documents-missing", ALL[1:2]),
        ("reason=documents-missing&block=12", []),
        ("stage=requested&block=12", ALL[:2]),
        ("from=2026-02&to=2026-02", ALL[2:]),
        ("to=2026-01", ALL[:2]),
        ("category=vocational", []),
        ("category=academic", ALL),
        ("rule=2&agreement=0x" + digest("agreement").hex()[:8], ALL),
        ("rule=1&agreement=0x" + digest("agreement").hex(), []),
        ("agreement=0x" + digest("agreement").hex(), ALL),
    ],
)
def test_a_filter_gives_what_has_the_value(filled: House, query: str, expected: list[str]) -> None:
    assert names(filled.get(f"/v1/transfers?{query}", Role.OPERATOR)) == expected


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("source=999999", "source", "identifier.province.unknown"),
        ("source=Shanghai", "source", "api.parameter"),
        ("target=330001", "target", "identifier.province.unknown"),
        ("from=2026-13", "from", "transfer.month"),
        ("to=1969-12", "to", "transfer.month"),
        ("from=2026-03&to=2026-02", "from", "filter.months_backwards"),
        ("reason=because", "reason", "filter.reason"),
        ("stage=lost", "stage", "filter.stage"),
        ("category=4", "category", "filter.category"),
        ("institution=123300004700007892", "institution", "identifier.uscc.check"),
        ("targetInstitution=x", "targetInstitution", "identifier.uscc.form"),
        ("hash=0x12", "hash", "api.parameter"),
        ("agreement=latest", "agreement", "agreement.unknown"),
        ("source=310000&target=310000", "target", "filter.same_province"),
        ("rule=1", "rule", "filter.rule_without_agreement"),
        (f"rule=9&agreement={hexed(digest('agreement'))}", "rule", "filter.rule"),
        ("institution=12310000000000009W", "institution", "filter.institution"),
        ("rule=0", "rule", "api.parameter"),
        ("limit=0", "limit", "api.parameter"),
        ("limit=501", "limit", "api.parameter"),
        ("block=-1", "block", "api.parameter"),
        ("after=7", "after", "transfer.ref"),
        ("instituton=123300004700007891", "instituton", "api.parameter"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named_with_what_to_do(house: House, query: str, field: str, code: str) -> None:
    answer = house.get(f"/v1/transfers?{query}", Role.OPERATOR)
    told = answer.json()
    assert (answer.status_code, told["field"], told["code"]) == (400, field, code), told
    assert all(told[name] for name in ("zh", "en", "hintZh", "hintEn"))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["zh"])


def test_a_parameter_that_is_misspelt_is_named_in_plain_words(house: House) -> None:
    told = house.get("/v1/transfers?instituton=123300004700007891", Role.OPERATOR).json()
    assert "there is no such parameter" in told["en"]
    assert "没有这个参数" in told["zh"]


def test_a_transfer_that_there_is_not_and_a_name_that_is_none(house: House) -> None:
    assert house.get("/v1/transfers/310000-330000-9", Role.OPERATOR).json()["code"] == "transfer.unknown"
    assert house.get("/v1/transfers/310000-330000-9", Role.OPERATOR).status_code == 404
    assert house.get("/v1/transfers/7", Role.OPERATOR).status_code == 400
