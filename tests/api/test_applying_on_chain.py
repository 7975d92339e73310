"""The routes of recognition that act, over two provinces' gateways and a chain: from a wish to an officer's yes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from ground import CODE, PROGRAMME, SOURCE, TARGET
from housing import bearer
from ledger_world import account
from two_gateways import World, desk

from gateway.bootstrap import Gateway
from gateway.store.models import KeyedRequest, Role

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


def test_a_learner_applies_the_operator_confirms_and_an_officer_decides(world: World) -> None:
    leaf = world.leaf(2)
    mine, other = str(world.learner(leaf)), str(world.learner(world.leaf(3)))
    body = world.body(2)
    del body["consent"]  # the request itself is the consent
    refused = world.shanghai.ask("POST", "/v1/applications", Role.LEARNER, body, account=other)
    assert (refused.status_code, refused.json()["code"]) == (403, "access.scope")
    made = world.shanghai.ask("POST", "/v1/applications", Role.LEARNER, body, account=mine)
    assert (made.status_code, made.json()["state"], made.json()["consent"]["how"]) == (201, "waiting", "online")
    path = made.headers["location"]
    evidence = world.shanghai.gateway.recognition.applications.evidence(made.json()["application"])
    assert leaf.encode() in evidence
    again = world.shanghai.ask("POST", "/v1/applications", Role.LEARNER, body, account=mine)
    assert again.json()["application"] == made.json()["application"], "under way: the same"
    assert world.shanghai.ask("GET", path, Role.LEARNER, account=other).status_code == 403
    assert world.shanghai.ask("POST", f"{path}/confirm", Role.LEARNER, account=mine).status_code == 403
    assert world.shanghai.ask("POST", f"{path}/confirm", Role.OPERATOR).status_code == 202
    world.shanghai.send()
    world.ground.carry()
    world.zhejiang.follow()
    told = world.shanghai.ask("GET", path, Role.LEARNER, account=mine).json()
    assert told["state"] == "requested"
    ref = told["transfer"]
    assert (told["programmeCode"], told["courseCode"]) == (PROGRAMME, None)
    assert (told["institutionName"], told["targetInstitutionName"]) == ("上海开放大学", None)  # another centre's
    listed = world.shanghai.ask("GET", "/v1/applications", Role.LEARNER, account=mine).json()["applications"]
    assert [one["programmeCode"] for one in listed] == [PROGRAMME]
    assert made.json()["programmeCode"] == PROGRAMME

    waiting = world.zhejiang.ask("GET", "/v1/inbox", Role.OFFICER, institution=TARGET).json()["waiting"]
    [mine_waits] = [one for one in waiting if one["transfer"] == ref]
    assert mine_waits["programmeCode"] == PROGRAMME
    assert mine_waits["institutionName"] is None  # Zhejiang has no such institution on its register
    opened = world.zhejiang.ask("GET", f"/v1/inbox/{ref}", Role.OFFICER, institution=TARGET).json()
    assert (opened["verdict"], opened["problem"], opened["consent"]["how"]) == ("valid", None, "online")
    assert (opened["outcomeCode"], opened["programmeCode"]) == (CODE, PROGRAMME)
    decision = {"decision": "accept", "student": "20260001"}
    path = f"/v1/transfers/{ref}/decision"
    theirs = world.zhejiang.ask("POST", path, Role.OFFICER, decision, institution=SOURCE)
    assert (theirs.status_code, theirs.json()["code"]) == (403, "access.scope")
    another = world.zhejiang.ask("POST", path, Role.OFFICER, decision, institution=TARGET, label="officer-2")
    assert (another.status_code, another.json()["block"]) == (202, None), "not with a colleague's key"
    done = world.zhejiang.ask("POST", path, Role.OFFICER, decision, institution=TARGET, label="officer-1")
    assert (done.status_code, done.json()["awarded"], done.json()["waitsFor"]) == (200, "3.00", None), done.text
    assert done.json()["block"] > 0
    world.zhejiang.follow()
    row = world.zhejiang.ask("GET", f"/v1/transfers/{ref}", Role.OFFICER, institution=TARGET).json()
    assert (row["stage"], row["awarded"]) == ("accepted", "3.00")
    finished = world.zhejiang.ask("POST", path, Role.OFFICER, decision | {"student": "2"}, institution=TARGET)
    assert (finished.status_code, finished.json()["code"]) == (409, "transfer.finished")


def test_where_the_officers_key_is_not_here_the_answer_is_the_call_for_their_own_device(world: World) -> None:
    ref = world.requested(4)
    settings = world.zhejiang.gateway.settings
    keys = settings.keys.model_copy(update={"officers_passphrase_file": None})
    without = desk(Gateway(settings.model_copy(update={"keys": keys})))
    body = {"decision": "accept", "student": "20260002", "credits": "2.5"}
    answer = without.ask("POST", f"/v1/transfers/{ref}/decision", Role.OFFICER, body, institution=TARGET)
    told = answer.json()
    assert (answer.status_code, told["block"], told["awarded"]) == (202, None, "2.50")
    assert "own device" in told["waitsFor"]["en"]
    without.gateway.close()
    call = told["call"]
    assert call["value"] == 0
    officer = account(TARGET, "officer")
    law = world.ground.law
    nonce = int(law.chain.call("eth_getTransactionCount", officer.address, "latest"), 16)
    signed = officer.sign_transaction(
        {
            "to": bytes.fromhex(call["to"][2:]), "data": call["data"], "value": 0, "nonce": nonce, "gas": 3_000_000,
            "gasPrice": 0, "chainId": call["chainId"],
        }
    )  # fmt: skip
    digest = law.chain.call("eth_sendRawTransaction", "0x" + signed.raw_transaction.hex())
    assert law.chain.receipt(digest)["status"] == "0x1"
    world.zhejiang.follow()
    row = world.zhejiang.ask("GET", f"/v1/transfers/{ref}", Role.AUDITOR).json()
    assert (row["stage"], row["awarded"]) == ("accepted", "2.50")


def test_a_rejection_is_appealed_against_by_the_source(world: World) -> None:
    ref = world.requested(5)
    path = f"/v1/transfers/{ref}/decision"
    body = {"decision": "reject", "reason": "not-equivalent", "explanation": "the course has no laboratory"}
    done = world.zhejiang.ask("POST", path, Role.OFFICER, body, institution=TARGET, label="officer-1")
    assert (done.status_code, done.json()["reason"]) == (200, "not-equivalent"), done.text
    world.ground.carry()
    for one in (world.shanghai, world.zhejiang):
        one.follow()
    grounds = {"grounds": "it has one"}
    appealed = world.shanghai.ask("POST", f"/v1/transfers/{ref}/appeal", Role.OPERATOR, grounds)
    assert appealed.status_code == 202, appealed.text
    world.shanghai.send()
    row = world.shanghai.ask("GET", f"/v1/transfers/{ref}", Role.OPERATOR).json()
    assert (row["stage"], row["reason"], row["appeal"]) == ("returned", "not-equivalent", "filed")
    assert row["statement"] == appealed.json()["statement"]
    other = world.shanghai.ask("POST", f"/v1/transfers/{ref}/appeal", Role.OPERATOR, {"grounds": "another"})
    assert (other.status_code, other.json()["code"]) == (409, "transfer.appealed")


def test_a_request_is_taken_back_by_its_source_and_one_that_only_waits_by_its_learner(world: World) -> None:
    ref = world.requested(6)
    assert world.shanghai.ask("POST", f"/v1/transfers/{ref}/cancel", Role.OPERATOR).status_code == 202
    world.shanghai.send()
    assert world.shanghai.ask("GET", f"/v1/transfers/{ref}", Role.OPERATOR).json()["reason"] == "cancelled"
    mine = str(world.learner(world.leaf(7)))
    made = world.shanghai.ask("POST", "/v1/applications", Role.LEARNER, world.body(7), account=mine)
    path = made.headers["location"]
    assert world.shanghai.ask("POST", f"{path}/withdraw", Role.LEARNER, account=mine).json()["state"] == "withdrawn"
    late = world.shanghai.ask("POST", f"{path}/confirm", Role.OPERATOR)
    assert (late.status_code, late.json()["code"]) == (409, "transfer.application_state")


def test_a_process_that_sends_nothing_says_whom_it_waits_for(world: World) -> None:
    watching = desk(world.shanghai.gateway, acts=False)
    made = watching.ask("POST", "/v1/applications", Role.OPERATOR, world.body(8))
    path = made.headers["location"]
    told = watching.ask("POST", f"{path}/confirm", Role.OPERATOR)
    assert (told.status_code, told.json()["state"]) == (202, "waiting")
    assert "operator" in told.json()["waitsFor"]["en"]
    settings = world.shanghai.gateway.settings
    keyless = desk(
        Gateway(settings.model_copy(update={"keys": settings.keys.model_copy(update={"passphrase_file": None})}))
    )
    refused = keyless.ask("POST", "/v1/applications", Role.OPERATOR, world.body(9))
    assert (refused.status_code, refused.json()["code"]) == (503, "api.key_not_held")
    keyless.gateway.close()


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"rule": 7}, 400, "transfer.rule", "rule"),
        ({"rule": 0}, 400, "api.parameter", "rule"),
        ({"agreement": "0x" + "ab" * 32}, 404, "agreement.unknown", None),
        ({"hash": "0x" + "ab" * 32}, 404, "transfer.not_ours", "hash"),
        ({"targetInstitution": "123300004700007892"}, 400, "identifier.uscc.check", "targetInstitution"),
        ({"deadline": "2001-01-01"}, 400, "transfer.consent_expired", "deadline"),
        ({"deadline": "soon"}, 400, "api.parameter", "deadline"),
        ({"consent": None}, 400, "api.parameter", "consent"),
        ({"consent": {"how": "telepathy"}}, 400, "api.parameter", "consent.how"),
        ({"consent": {"how": "paper", "evidence": "%"}}, 400, "api.parameter", "consent.evidence"),
        ({"consent": {"how": "paper", "at": "2099-01-01"}}, 400, "transfer.consent_time", "givenAt"),
        ({"price": 3}, 400, "api.parameter", "price"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_with_its_field(
    world: World, change: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    answer = world.shanghai.ask("POST", "/v1/applications", Role.OPERATOR, world.body(10) | change)
    told = answer.json()
    assert (answer.status_code, told["code"], told.get("field")) == (status, code, field), told
    assert all(told[name] for name in ("zh", "en", "hintZh", "hintEn"))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"decision": "maybe"}, "decision"),
        ({"decision": "accept"}, "student"),
        ({"decision": "accept", "student": "1", "enrolment": "0x" + "ab" * 32}, "student"),
        ({"decision": "accept", "student": "1", "reason": "duplicate"}, "reason"),
        ({"decision": "accept", "student": "1", "credits": "a lot"}, "credits"),
        ({"decision": "reject"}, "reason"),
        ({"decision": "reject", "reason": "expired"}, "reason"),
        ({"decision": "accept", "student": "1", "officer": "officer-1"}, "officer"),
        ({"decision": "reject", "reason": "duplicate", "student": "1"}, "student"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_with_its_field(
    world: World, body: dict[str, Any], field: str
) -> None:
    [ref, *_] = [
        one["transfer"] for one in world.zhejiang.ask("GET", "/v1/transfers", Role.AUDITOR).json()["transfers"]
    ] or [world.requested(11)]
    answer = world.zhejiang.ask("POST", f"/v1/transfers/{ref}/decision", Role.OFFICER, body, institution=TARGET)
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


# --- sending again


def test_a_request_with_a_key_is_answered_once_and_again(world: World) -> None:
    text = world.shanghai.services.tokens.create(Role.OPERATOR, days=1).text
    key = str(uuid.uuid4())

    def post(body: dict[str, Any], key: str = key) -> Any:  # noqa: ANN401
        headers = {**bearer(text), "Idempotency-Key": key}
        return world.shanghai.client.post("/v1/applications", json=body, headers=headers)

    first = post(world.body(12))
    number = first.json()["application"]
    world.shanghai.ask("POST", f"/v1/applications/{number}/withdraw", Role.OPERATOR)
    again = post(world.body(12))
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    fresh = post(world.body(12), str(uuid.uuid4()))
    assert fresh.json()["application"] != number, "a new key is a new request"
    other = post(world.body(13))
    assert (other.status_code, other.json()["code"]) == (422, "api.key_reused")
    assert post(world.body(13), "short").json()["field"] == "Idempotency-Key"
    wrong = str(uuid.uuid4())
    assert post(world.body(13) | {"rule": 7}, wrong).status_code == 400
    assert post(world.body(13), wrong).status_code == 201, "what was not done may be asked for again"
    with world.shanghai.gateway.database.write() as connection:
        connection.execute(KeyedRequest.__table__.update().where(KeyedRequest.key == wrong).values(status=None))
    busy = post(world.body(13), wrong)
    assert (busy.status_code, busy.json()["code"]) == (409, "api.key_busy")
    with world.shanghai.gateway.database.write() as connection:
        connection.execute(KeyedRequest.__table__.update().where(KeyedRequest.key == wrong).values(created_at=1))
    assert post(world.body(13), wrong).status_code == 201, "a day later the key is forgotten"
