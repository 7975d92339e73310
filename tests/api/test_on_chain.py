"""The routes of recognition that read, over two provinces' gateways and a chain: each tells what stands there."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from ground import CODE, SOURCE, TARGET
from ledger_world import JIANGSU, SHANGHAI, ZHEJIANG, account, uscc
from quoting import Field

from gateway.domain.crosswalk import Category
from gateway.domain.panel import Opinion
from gateway.store.models import Role

if TYPE_CHECKING:
    from two_gateways import World

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


def test_agreements_are_listed_as_they_stand_and_as_they_stood(world: World) -> None:
    told = world.shanghai.ask("GET", "/v1/agreements?state=active", Role.LEARNER, account="1").json()
    [entry] = told["agreements"]
    assert (entry["agreement"], entry["parties"], entry["rules"]) == (world.ground.agreement, [SHANGHAI, ZHEJIANG], 1)
    assert world.shanghai.ask("GET", "/v1/agreements?party=320000", Role.AUDITOR).json()["agreements"] == []
    before = world.shanghai.ask("GET", "/v1/agreements?asOf=2001-01-01", Role.AUDITOR).json()
    assert (before["agreements"], before["asOf"]) == ([], "2001-01-01T00:00:00+08:00")
    one = world.zhejiang.ask("GET", f"/v1/agreements/{world.ground.agreement[:12]}", Role.AUDITOR).json()
    assert (one["state"], one["approved"]) == ("active", [SHANGHAI, ZHEJIANG])
    [rule] = one["rules"]
    assert "上海" in rule["zh"]
    assert (rule["number"], rule["ratio"], rule["mostCredits"], rule["cap"]) == (1, "3/4", "4.00", "6.00")
    assert (rule["source"]["institution"], rule["target"]["institution"]) == (SOURCE, TARGET)
    assert (rule["source"]["minimumGradeStep"], rule["target"]["programme"], rule["evaluation"]) == (12, None, None)
    assert one["history"][0]["event"] == "AgreementProposed"


def test_an_evaluation_is_told_with_its_panel_and_what_it_found(world: World) -> None:
    opinions = [Opinion(4, amount) for amount in (800, 850, 800, 800, 900)]
    school = uscc(JIANGSU, 1)
    world.ground.law.accredit(school)
    Field(world.ground.law, random.Random(1)).evaluate(school, "JS-EV-1", Category.VOCATIONAL, opinions)
    world.zhejiang.follow()
    listed = world.zhejiang.ask("GET", f"/v1/evaluations?phase=passed&institution={school}", Role.AUDITOR).json()
    [entry] = listed["evaluations"]
    assert (entry["phase"], entry["category"], entry["seats"], entry["targets"]) == (
        "passed",
        "vocational",
        5,
        [ZHEJIANG],
    )
    none = world.zhejiang.ask("GET", "/v1/evaluations?phase=failed", Role.AUDITOR).json()
    assert none["evaluations"] == []
    path = f"/v1/evaluations/{entry['evaluation'][:14]}"
    one = world.zhejiang.ask("GET", path, Role.OPERATOR).json()
    assert (one["favourable"], one["needed"], one["level"], one["credits"]) == (5, 4, 4, "8.00")
    given = ["8.00", "8.50", "8.00", "8.00", "9.00"]
    assert [(seat["favourable"], seat["level"], seat["credits"]) for seat in one["panel"]] == [
        (True, 4, amount) for amount in given
    ]


@pytest.mark.parametrize(
    ("path", "status", "code", "field"),
    [
        ("agreements?state=signed", 400, "api.parameter", "state"),
        ("agreements?asOf=yesterday", 400, "api.parameter", "asOf"),
        ("agreements?party=7", 400, "identifier.province.unknown", "party"),
        ("agreements/0x12345678", 404, "agreement.unknown", None),
        ("evaluations?phase=done", 400, "api.parameter", "phase"),
        ("evaluations?province=7", 400, "identifier.province.unknown", "province"),
        ("evaluations?institution=x", 400, "identifier.uscc.form", "institution"),
        ("evaluations/0x1234567890", 404, "evaluation.unknown", None),
        ("recognition/options", 400, "api.parameter", "institution"),
        ("recognition/options?hash=0x12", 400, "api.parameter", "hash"),
        (f"recognition/options?institution={SOURCE}&outcome={CODE}&credits=x", 400, "credits.form", "credits"),
        ("statements/institution/x", 400, "identifier.uscc.form", "institution"),
        (f"statements/institution/{SOURCE}?from=2026-03&to=2026-02", 400, "api.parameter", "from"),
        ("statements/centre/7", 400, "identifier.province.unknown", "province"),
        ("statements/learner/99999", 404, "statement.account", None),
        ("pending?province=7", 400, "identifier.province.unknown", "province"),
        ("applications/99999", 404, "transfer.application", "application"),
        ("applications?state=lost", 400, "api.parameter", "state"),
        ("inbox?institution=x", 400, "identifier.uscc.form", "institution"),
    ],
)
def test_what_makes_no_sense_is_named(world: World, path: str, status: int, code: str, field: str | None) -> None:
    answer = world.shanghai.ask("GET", f"/v1/{path}", Role.OPERATOR)
    told = answer.json()
    assert (answer.status_code, told["code"], told.get("field")) == (status, code, field), told
    assert all(told[name] for name in ("zh", "en", "hintZh", "hintEn"))


def test_a_learner_sees_what_their_credential_would_give_and_no_others(world: World) -> None:
    leaf = world.leaf(0)
    mine, other = world.learner(leaf), world.learner(world.leaf(1))
    path = f"/v1/recognition/options?hash={leaf}"
    told = world.shanghai.ask("GET", path, Role.LEARNER, account=str(mine)).json()
    assert told["outcome"]["example"] is False
    assert told["options"][0]["agreement"] == world.ground.agreement
    assert world.shanghai.ask("GET", path, Role.LEARNER, account=str(other)).json()["code"] == "access.scope"
    example = f"institution={SOURCE}&outcome={CODE}&category=academic&level=6&credits=4&grade=80&awarded=2024-06"
    by_code = world.shanghai.ask("GET", f"/v1/recognition/options?{example}", Role.OFFICER, institution=SOURCE)
    assert by_code.json()["outcome"]["example"] is True
    assert world.zhejiang.ask("GET", path, Role.OPERATOR).json()["code"] == "transfer.not_ours"
    assert world.shanghai.ask("GET", path, Role.OFFICER, institution=SOURCE).status_code == 200
    assert world.shanghai.ask("GET", path, Role.OFFICER, institution=TARGET).json()["code"] == "access.scope"


def test_statements_are_told_to_those_whom_they_concern(world: World) -> None:
    mine = world.learner(world.leaf(0))
    path = f"/v1/statements/learner/{mine}"
    assert world.shanghai.ask("GET", path, Role.LEARNER, account=str(mine)).status_code == 200
    other = str(world.learner(world.leaf(1)))
    assert world.shanghai.ask("GET", path, Role.LEARNER, account=other).json()["code"] == "access.scope"
    house = f"/v1/statements/institution/{SOURCE}"
    assert world.shanghai.ask("GET", house, Role.OFFICER, institution=SOURCE).status_code == 200
    assert world.shanghai.ask("GET", house, Role.OFFICER, institution=TARGET).json()["code"] == "access.scope"
    assert world.shanghai.ask("GET", f"/v1/statements/centre/{SHANGHAI}?from=2020-01", Role.AUDITOR).status_code == 200


def test_what_waits_for_a_second_account_is_told(world: World) -> None:
    told = world.shanghai.ask("GET", "/v1/pending", Role.APPROVER).json()
    assert told["block"]
    assert told["pending"] == []
    law, operator = world.ground.law, account("new").address
    law.transact(law.admin(SHANGHAI), "Consortium", "setOperator", (operator, 1 | 4, 500))
    [act] = world.shanghai.ask("GET", "/v1/pending", Role.APPROVER).json()["pending"]
    assert (act["province"], act["function"], act["proposedBy"]) == (
        SHANGHAI, "setOperator", law.admin(SHANGHAI).address.lower(),
    )  # fmt: skip
    assert [one["account"] for one in act["mayConfirm"]] == [law.law(SHANGHAI).address.lower()]
    assert act["until"] > act["proposedAt"]
    assert world.shanghai.ask("GET", f"/v1/pending?province={ZHEJIANG}", Role.AUDITOR).json()["pending"] == []
    law.transact(law.admin(SHANGHAI), "Consortium", "withdrawAct", act["target"], bytes.fromhex(act["call"][2:]))
