"""The Python quote and the contract's are one: 10,000 random outcomes against a real AgreementRegistry, counted."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from quoting import OUTCOMES, SOURCES, Field

from gateway.domain.identifiers import institution_word
from gateway.domain.panel import Opinion
from gateway.domain.quote import Quote, Refusal, quote
from gateway.domain.rule import FACTS
from node.client.abi import decode_result, encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from ledger_world import World

CASES = 12_000
BATCH = 400
FEWEST_EACH = 50


@pytest.fixture(scope="module")
def ground(law: World) -> Field:
    """Evaluated outcomes, an agreement in force, another, and one that was not approved by all."""
    field = Field(law, random.Random(20_261_122))
    field.accredit()
    for number, code in enumerate(OUTCOMES):
        opinions = [Opinion(level, 1_000 + 100 * level + number) for level in (4, 5, 6, 6, 7)]
        field.evaluate(SOURCES[number % 2], code, 1 + number % 2, opinions)
    for nonce in range(3):
        field.agree(nonce)
    field.agree(99, approve=False)
    return field


def test_terms_have_the_name_that_the_contract_gives_them(ground: Field) -> None:
    registry = load("AgreementRegistry")
    for terms in ground.terms:
        call = {
            "to": ground.world.deployment.address("AgreementRegistry"),
            "data": "0x" + encode_call(registry, "agreementId", terms.values).hex(),
        }
        answer = ground.world.chain.call("eth_call", call, "latest")
        assert decode_result(registry, "agreementId", answer) == terms.agreement_id


def test_panels_found_what_the_contract_says(ground: Field) -> None:
    registry = load("EvaluationRegistry")
    for evaluation, finding in ground.findings.items():
        call = {
            "to": ground.world.deployment.address("EvaluationRegistry"),
            "data": "0x" + encode_call(registry, "findingOf", evaluation).hex(),
        }
        found = decode_result(registry, "findingOf", ground.world.chain.call("eth_call", call, "latest"))
        assert (found.passed, found.category, found.level, found.credits) == (
            True, finding.category, finding.level, finding.credits,
        )  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_quote_equals_the_contracts_and_every_refusal_occurs(ground: Field) -> None:
    counted: Counter[Refusal] = Counter()
    cases = list(ground.cases(CASES))
    for start in range(0, CASES, BATCH):
        some = cases[start : start + BATCH]
        for case, answered in zip(some, asked(ground, some), strict=True):
            terms, number, institution, version, facts, time = case
            rule = terms.rules[number] if number < len(terms.rules) else None
            found = quote(rule, facts, ground.circumstances(terms, number, institution, version, time))
            assert found == answered, case
            counted[found.refusal] += 1
    assert counted.total() == CASES >= 10_000
    assert counted[Refusal.NONE] >= 0.4 * CASES
    assert {refusal.name: counted[refusal] for refusal in Refusal if counted[refusal] < FEWEST_EACH} == {}


def asked(ground: Field, cases: list[Any]) -> list[Quote]:
    """What the contract answers, in one request."""
    registry = load("AgreementRegistry")
    to = ground.world.deployment.address("AgreementRegistry")
    requests = []
    for terms, number, institution, version, facts, time in cases:
        mask = sum(1 << index for index in facts)
        values = [facts.get(index, 0) for index in range(FACTS)]
        given = (terms.agreement_id, number, institution_word(institution), version, mask, values, time)
        requests.append(
            ("eth_call", [{"to": to, "data": "0x" + encode_call(registry, "quote", *given).hex()}, "latest"])
        )
    answers = ground.world.chain.rpc.batch(requests)
    decoded = [decode_result(registry, "quote", answer) for answer in answers]
    return [Quote(amount, Refusal(refusal)) for amount, refusal in decoded]
