"""Random rules and outcomes for the comparison of the two quotes: most match, some miss by one thing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ledger_world import DAY, JIANGSU, SHANGHAI, ZHEJIANG, World, account, uscc

from gateway.domain.civil_time import month_of
from gateway.domain.claims import outcome_word
from gateway.domain.credits import UNGRADED
from gateway.domain.identifiers import institution_word
from gateway.domain.panel import Finding, Opinion, conclude, evaluation_id
from gateway.domain.quote import Circumstances, Scope
from gateway.domain.rule import ANY, CATEGORY, CREDITS, FACTS, GRADE, LEVEL, MONTH, NO_CAP, OUTCOME, Rule
from gateway.domain.terms import Terms

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

SOURCES = (uscc(JIANGSU, 1), uscc(JIANGSU, 2), uscc(SHANGHAI, 1))
NEVER = uscc(ZHEJIANG, 9)
SCOPES = ((0b1110, 10, 99_999), (0b0110, 6, 5_000))
OUTCOMES = tuple(f"JS-{number}" for number in range(4))
PARTIES = (SHANGHAI, JIANGSU, ZHEJIANG)


@dataclass
class Field:
    """What is on the chain, as the test knows it without asking the contract under test."""

    world: World
    chance: random.Random
    findings: dict[bytes, Finding] = field(default_factory=dict)
    evaluated: list[tuple[str, str, bytes]] = field(default_factory=list)
    since: dict[str, int] = field(default_factory=dict)
    active_from: dict[bytes, int] = field(default_factory=dict)
    terms: list[Terms] = field(default_factory=list)

    def accredit(self) -> None:
        """Three institutions with two versions of their scope each."""
        for institution in SOURCES:
            self.world.accredit(institution, SCOPES[0])
            self.since[institution] = self.world.now
            word = institution_word(institution)
            self.world.twice(int(institution[2:8]), "InstitutionRegistry", "narrow", word, SCOPES[1])

    def evaluate(self, institution: str, code: str, category: int, opinions: list[Opinion]) -> None:
        """A panel of five that finds in favour."""
        word, outcome = institution_word(institution), outcome_word(code)
        now, month = self.world.now, month_of(self.world.now)
        awarded = (month - 36, month + 1)
        subject = (word, outcome, category, *awarded, 5, [ZHEJIANG], now + 30 * DAY, now + 90 * DAY, b"\x07" * 32)
        law = self.world.law(JIANGSU)
        self.world.twice(JIANGSU, "EvaluationRegistry", "open", subject)
        evaluation = evaluation_id(word, outcome, 1)
        experts = [(ZHEJIANG, 1), (ZHEJIANG, 2), (JIANGSU, 1), (JIANGSU, 2), (SHANGHAI, 1)]
        for province, number in experts:
            who = account("expert", code, province, number)
            self.world.twice(province, "EvaluationRegistry", "nominate", evaluation, who.address, b"\x09" * 32)
        for (province, number), opinion in zip(experts, opinions, strict=True):
            who = account("expert", code, province, number)
            given = (evaluation, True, opinion.level, opinion.credits, b"\x08" * 32)
            self.world.transact(who, "EvaluationRegistry", "opine", *given)
        self.world.transact(law, "EvaluationRegistry", "close", evaluation)
        concluded = conclude(5, opinions)
        assert concluded is not None
        self.findings[evaluation] = Finding(category, concluded.level, concluded.credits, *awarded)
        self.evaluated.append((institution, code, evaluation))

    def agree(self, nonce: int, *, approve: bool = True) -> Terms:
        """Sixty-four rules on which all three parties agree, or which only one approves."""
        now = self.world.now
        begin, end = now - 10 * DAY, now + 2_000 * DAY
        terms = Terms(
            chain_id=self.world.deployment.chain_id,
            registry=bytes.fromhex(self.world.deployment.address("AgreementRegistry")[2:]),
            nonce=nonce,
            parties=PARTIES,
            rules=tuple(self.rule(begin, end) for _ in range(64)),
            valid_from=begin,
            valid_until=end,
            approve_by=now + 90 * DAY,
            public_notice=7 * DAY,
            withdrawal_notice=30 * DAY,
            text=b"\x05" * 32,
        )
        self.world.transact(self.world.law(JIANGSU), "AgreementRegistry", "propose", terms.values)
        for province in PARTIES if approve else PARTIES[:1]:
            self.world.twice(province, "AgreementRegistry", "approve", terms.agreement_id, 1)
        if approve:
            self.active_from[terms.agreement_id] = self.world.now + terms.public_notice
        self.terms.append(terms)
        return terms

    def rule(self, begin: int, end: int) -> Rule:
        """A rule that the registry accepts."""
        chance = self.chance
        lowest = chance.randint(1, 5)
        top, bottom = chance.choice([(1, 1), (1, 2), (3, 4), (1, 1_000), (2, 3), (7, 1_000_000), (3, 2)])
        most = chance.choice([99_999, 800, 150])
        rule = Rule(
            source_institution=ANY, outcome=ANY, evaluation=ANY,
            source_province=chance.choice((JIANGSU, SHANGHAI)),
            category=chance.choice((1, 2)), lowest_level=lowest, highest_level=chance.randint(lowest, 8),
            minimum_grade=chance.choice((0, 0, 12)), accepts_ungraded=False,
            greatest_age=chance.choice((0, 0, 24)),
            target_institution=ANY, programme=ANY, course=ANY, target_province=ZHEJIANG,
            kind=2, numerator=top, denominator=bottom, most_credits=most, cap=NO_CAP,
            valid_from=begin + chance.randint(0, 100) * DAY, valid_until=end - chance.randint(0, 100) * DAY,
        )  # fmt: skip
        if rule.minimum_grade:
            rule = replace(rule, accepts_ungraded=chance.random() < 0.5)
        kind = chance.random()
        if kind < 0.45:
            institution, code, evaluation = chance.choice(self.evaluated)
            found = self.findings[evaluation]
            return replace(
                rule, source_institution=institution_word(institution), outcome=outcome_word(code),
                evaluation=evaluation, source_province=int(institution[2:8]), category=found.category,
                lowest_level=chance.randint(1, found.level), highest_level=found.level,
                most_credits=max(min(most, found.credits * top // bottom), 1),
                numerator=1 if found.credits * top < bottom else top,
                denominator=1 if found.credits * top < bottom else bottom,
            )  # fmt: skip
        if kind < 0.8:
            institution = chance.choice([code for code in SOURCES if int(code[2:8]) == rule.source_province])
            named = outcome_word("BA-1") if rule.category == 1 and chance.random() < 0.5 else ANY
            return replace(rule, source_institution=institution_word(institution), outcome=named)
        return rule

    def cases(self, count: int) -> Iterator[tuple[Terms, int, str, int, dict[int, int], int]]:
        """(terms, rule, institution, version, facts, time), of which about six in ten match their rule."""
        for _ in range(count):
            [terms] = self.chance.choices(self.terms, [8] * (len(self.terms) - 1) + [1])
            number = self.chance.randrange(len(terms.rules))
            yield self.case(terms, number)

    def case(self, terms: Terms, number: int) -> tuple[Terms, int, str, int, dict[int, int], int]:
        """One outcome for one rule: a good one, then perhaps wrong in one or two things."""
        chance, rule = self.chance, terms.rules[number]
        named = [code for code in SOURCES if institution_word(code) == rule.source_institution]
        institution = chance.choice(named or [code for code in SOURCES if int(code[2:8]) == rule.source_province])
        active = self.active_from.get(terms.agreement_id, self.world.now + 7 * DAY)
        finding = self.findings.get(rule.evaluation)
        time = chance.randint(max(active, rule.valid_from), min(active + 400 * DAY, rule.valid_until - 1))
        month = month_of(time) if finding is None else min(month_of(time), finding.awarded_until - 1)
        facts = {
            OUTCOME: int.from_bytes(rule.outcome, "big") or chance.getrandbits(256),
            CATEGORY: rule.category,
            LEVEL: chance.randint(rule.lowest_level, rule.highest_level),
            CREDITS: chance.randint(1, 5_000 if finding is None else finding.credits),
            GRADE: chance.randint(max(rule.minimum_grade, 1), 20) if chance.random() < 0.8 else UNGRADED,
            MONTH: month - chance.randint(0, 12),
        }
        case = _Case(institution, chance.choice((1, 2)), facts, time, number)
        if chance.random() < 0.5:
            for _ in range(chance.choice((1, 1, 2))):
                self.spoil(case, rule, active)
        return terms, case.rule, case.institution, case.version, case.facts, case.time

    def spoil(self, case: _Case, rule: Rule, active: int) -> None:
        """Make one thing wrong, or bring it to its very bound."""
        if self.chance.random() < 0.4:
            self._misplace(case, rule, active)
        else:
            self._falsify(case, rule)

    def _misplace(self, case: _Case, rule: Rule, active: int) -> None:
        """Another rule, time, institution or version."""
        chance = self.chance
        match chance.randrange(5):
            case 0:
                case.rule = chance.choice((64, 1_000, 2**32 - 1))
            case 1:
                case.time = chance.choice((active - 1, active, 0, active - 3 * DAY))
            case 2:
                case.time = chance.choice((rule.valid_until, rule.valid_until - 1, rule.valid_from - 1))
            case 3:
                case.institution = chance.choice((*SOURCES, NEVER, NEVER))
            case _:
                case.version = chance.choice((1, 2, 3, 77))

    def _falsify(self, case: _Case, rule: Rule) -> None:
        """Another fact, or one that is closed."""
        chance, facts = self.chance, case.facts
        match chance.randrange(9):
            case 0:
                facts.pop(chance.randrange(FACTS), None)
            case 1:
                facts[OUTCOME] = chance.getrandbits(256)
            case 2:
                facts[CATEGORY] = chance.randint(0, 4)
            case 3:
                facts[LEVEL] = chance.randint(0, 12)
            case 4:
                facts[GRADE] = chance.choice((UNGRADED, rule.minimum_grade, max(rule.minimum_grade, 1) - 1, 3))
            case 5 | 6:
                facts[MONTH] = max(month_of(case.time) - chance.choice((24, 25, 38, 60, 60, -15, -15)), 0)
            case 7:
                facts[CREDITS] = chance.choice((1, 2, 99_999, 5_001, 1_201, chance.getrandbits(60)))
            case _:
                facts[CREDITS], facts[LEVEL] = chance.randint(1, 99_999), chance.randint(1, 10)

    def circumstances(self, terms: Terms, number: int, institution: str, version: int, time: int) -> Circumstances:
        """What decides besides rule and facts."""
        active_from = self.active_from.get(terms.agreement_id)
        since = self.since.get(institution)
        rule = terms.rules[number] if number < len(terms.rules) else None
        scopes = SCOPES if since is not None else ()
        return Circumstances(
            active=active_from is not None and active_from <= time < terms.valid_until,
            institution=institution_word(institution),
            province=int(institution[2:8]) if since is not None and time >= since else 0,
            scope=Scope(*scopes[version - 1]) if 1 <= version <= len(scopes) else Scope(0, 0, 0),
            finding=None if rule is None else self.findings.get(rule.evaluation),
            time=time,
        )


@dataclass
class _Case:
    institution: str
    version: int
    facts: dict[int, int]
    time: int
    rule: int
