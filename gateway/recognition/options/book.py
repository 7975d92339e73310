"""What an outcome would give, where, under which rule: every rule of every agreement, held against one outcome.

    book = OptionBook(calls, RecognitionEvents(database), ChainReader(calls), CodeBook(database))
    book.for_certificate(certificate).now[0].credits
    book.for_outcome(Asked("123100004250004560", "SOU-ACC-101", category=1, level=5, credits=400))

Rules that may fit (its province, its institution or any, its category) are quoted by the contract itself, in one batch
of reads at one block; why the others do not, and what else stands in a rule's way, the domain's own examination says,
which is the contract's (decision 0181). An outcome without a credential is an example: the domain alone quotes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.claims import OutcomeCode
from gateway.domain.errors import AGAINST, USAGE, HurenError, Said
from gateway.domain.identifiers import Uscc
from gateway.domain.quote import Circumstances, Refusal, Scope, refusals
from gateway.domain.rule import ANY, CATEGORY, CREDITS, FACTS, GRADE, LEVEL, MONTH, OUTCOME
from gateway.ledger.calls import Call
from gateway.ledger.reader import institution_text
from gateway.recognition.agreements.chain import AGREEMENTS, EVALUATIONS, AgreementBook
from gateway.recognition.agreements.sentences import Speaker
from gateway.recognition.agreements.values import AgreementState
from gateway.recognition.options.obstacles import obstacles_of
from gateway.recognition.options.rank import explained, nearest, ranked
from gateway.recognition.options.values import Miss, Option, Options, RuleRef, Subject
from gateway.recognition.transfers.errors import NotOnChain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.domain.panel import Finding
    from gateway.domain.receipt import Certificate
    from gateway.domain.rule import Rule
    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.code_book import CodeBook
    from gateway.ledger.reader import ChainReader
    from gateway.ledger.recognition_events import RecognitionEvents
    from gateway.ledger.values import BlockRef
    from gateway.recognition.agreements.values import Proposal

_ALL_FACTS: Final = (1 << FACTS) - 1


class OutcomeUnknown(HurenError):
    """Nothing is known of an outcome that was asked about by its code alone."""

    code = "options.outcome"
    exit_code = USAGE
    zh = "成果 {value} 没有通过的评估，缺少：{lacking}"
    en = "no evaluation of the outcome {value} passed, so these are needed: {lacking}"
    hint_zh = "请给出证书，或补上 --category、--level、--credits（有成绩、取得年月时再加 --grade、--awarded）"
    hint_en = "give a certificate, or add --category, --level, --credits (and --grade, --awarded where there are any)"


class NotAccredited(HurenError):
    """An institution that no province accredits."""

    code = "options.institution"
    exit_code = AGAINST
    zh = "机构 {value} 目前不由任何省份认证"
    en = "no province accredits the institution {value} at present"
    hint_zh = "请核对机构代码（huren institution show）"
    hint_en = "check the code (huren institution show)"


@dataclass(frozen=True, slots=True)
class Asked:
    """An outcome by its code: what is not given is taken from the panel's finding on it, where there is one.

    Attributes:
        institution: 18 characters; code: the outcome's; category: 1 to 3; level: 1 to 10; credits: hundredths.
        grade: the ledger's step, 255 for ungraded; month: of the award, since 1970-01. None: not known.
    """

    institution: str
    code: str
    category: int | None = None
    level: int | None = None
    credits: int | None = None
    grade: int | None = None
    month: int | None = None


class OptionBook:
    """Answers for one gateway, from the index that the caller keeps up to date. Thread-safe."""

    def __init__(
        self,
        calls: ChainCalls,
        events: RecognitionEvents,
        reader: ChainReader,
        codes: CodeBook,
    ) -> None:
        """Read the chain through `calls` and `reader`, proposals from the index; `codes` say what digests mean."""
        self._calls = calls
        self._events = events
        self._reader = reader
        self._codes = codes
        self._speaker = Speaker(codes)

    def for_certificate(self, certificate: Certificate) -> Options:
        """What a credential would give, quoted by the chain.

        Raises:
            FactMismatch: the certificate's facts are not those of its document.
            NotOnChain: its batch is not anchored.
            ChainUnavailable: no answer.
        """
        block = self._calls.final_block()
        self._codes.learn([certificate.credential.document.credential_subject.achievement.human_code])
        leaf, anchoring = certificate.leaf().leaf, certificate.receipt.anchoring
        institution = institution_text(anchoring.institution)
        [anchor] = self._reader.anchors([(institution, anchoring.root)], block)
        if anchor is None:
            raise NotOnChain("0x" + anchoring.root.hex())
        words = certificate.receipt.facts.words
        facts = {index: int.from_bytes(words[index], "big") for index in range(FACTS)}
        subject = Subject(institution, facts, leaf=leaf)
        [accreditation] = self._reader.accreditations([(institution, anchor.accreditation)], block)
        scope = Scope(0, 0, 0) if accreditation is None else _scope(accreditation)
        question = _Question(self, block, subject, scope, anchor.accreditation)
        obstacles = obstacles_of(self._calls, self._reader, certificate, leaf, anchor, block)
        return question.answer(by_chain=True, obstacles=obstacles)

    def for_outcome(self, asked: Asked) -> Options:
        """What an outcome would give that is known by its code alone: an example, quoted here.

        Raises:
            UsccMalformed, …, OutcomeCodeMalformed: no such code.
            OutcomeUnknown: category, level or credits are not known.
            NotAccredited: no province accredits the institution.
            ChainUnavailable: no answer.
        """
        block = self._calls.final_block()
        institution, code = Uscc(asked.institution), OutcomeCode.read(asked.code)
        self._codes.learn([code.text])
        found = self._newest_finding(institution.word, code.word, block)
        subject = _example(asked, code, found)
        accreditation = self._reader.accreditation_at(institution.text, block.time, block)
        if accreditation is None or not accreditation.province:
            raise NotAccredited(institution.text)
        question = _Question(self, block, subject, _scope(accreditation), accreditation.version)
        return question.answer(by_chain=False, obstacles=())

    def _newest_finding(self, institution: bytes, outcome: bytes, block: BlockRef) -> tuple[bytes, Any] | None:
        """(evaluation, finding) of the newest evaluation of an outcome that passed."""
        opened = [
            event.about or b""
            for event in self._events.read("EvaluationOpened")
            if event.fields["subject"]["institution"] == "0x" + institution.hex()
            and event.fields["subject"]["outcome"] == "0x" + outcome.hex()
        ]
        answers = self._calls.answers([Call(EVALUATIONS, "findingOf", (one,)) for one in opened], block)
        passed = [pair for pair in zip(opened, answers, strict=True) if pair[1].passed]
        return passed[-1] if passed else None


class _Question:
    """One outcome at one block."""

    def __init__(self, parts: OptionBook, block: BlockRef, subject: Subject, scope: Scope, version: int) -> None:
        self._calls, self._reader, self._speaker = parts._calls, parts._reader, parts._speaker  # noqa: SLF001 - its own
        self._codes = parts._codes  # noqa: SLF001 - the same
        self._book = AgreementBook(parts._calls, parts._events)  # noqa: SLF001 - the same
        self._book.block = block
        self._block = block
        self._subject = subject
        self._scope = scope
        self._version = version

    def answer(self, *, by_chain: bool, obstacles: Sequence[Any]) -> Options:
        examined = {ref: self._refusals(ref) for ref in self._rules}
        quoted = self._by_chain(examined) if by_chain else {}
        now: list[Option] = []
        later: list[Option] = []
        misses: list[Miss] = []
        for ref, reasons in examined.items():
            amount, refusal = quoted.get(ref) or self._by_ourselves(ref, reasons)
            if refusal is Refusal.NONE:
                (later if ref.begins > self._block.time else now).append(Option(ref, amount))
                continue
            first = (*self._not_yet(ref), refusal)
            told = (*first, *(one for one in reasons if one not in first))
            at = self._circumstances(ref, self._block.time)
            said = tuple(explained(ref, reason, self._subject.facts, at) for reason in told)
            misses.append(Miss(ref, told, said))
        outcome = self._codes.get(self._subject.facts[OUTCOME].to_bytes(32, "big"))
        subject = replace(self._subject, code=outcome)
        return Options(self._block, subject, ranked(now), ranked(later), nearest(misses), obstacles)

    @cached_property
    def _province(self) -> int:
        """That accredits the institution now; 0 for none."""
        found = self._reader.accreditation_at(self._subject.institution, self._block.time, self._block)
        return 0 if found is None else found.province

    @cached_property
    def _rules(self) -> list[RuleRef]:
        proposals = self._book.proposals()
        asked = [
            Call(AGREEMENTS, function, (one.agreement, self._block.time))
            for one in proposals
            for function in ("stateAt", "standAt")
        ]
        answers = self._calls.answers(asked, self._block)
        return [
            ref
            for place, one in enumerate(proposals)
            for ref in self._of_agreement(one, AgreementState(answers[2 * place]), answers[2 * place + 1])
        ]

    def _of_agreement(self, proposal: Proposal, state: AgreementState, stand: Any) -> list[RuleRef]:  # noqa: ANN401
        """The rules with their own time in force: within the agreement's, as far as that is known."""
        begins = int(stand.from_) if state in {AgreementState.NOTICE, AgreementState.ACTIVE} else 0
        return [
            RuleRef(
                agreement=proposal.agreement,
                number=number,
                rule=rule,
                state=state,
                begins=max(begins, rule.valid_from) if begins else 0,
                ends=min(int(stand.ends), rule.valid_until) if stand.ends else rule.valid_until,
                said=self._speaker.rule(rule),
                programme=self._codes.get(rule.programme),
                course=self._codes.get(rule.course),
            )
            for number, rule in enumerate(proposal.terms.rules)
        ]

    @cached_property
    def _findings(self) -> Mapping[bytes, Finding]:
        return self._book.findings(sorted({ref.rule.evaluation for ref in self._rules} - {ANY}))

    def _time_of(self, ref: RuleRef) -> int:
        """When to ask: now, or where it is known when a rule comes into force, then."""
        return max(ref.begins, self._block.time)

    def _circumstances(self, ref: RuleRef, time: int) -> Circumstances:
        return Circumstances(
            active=0 < ref.begins <= time < ref.ends
            or (ref.state is AgreementState.ACTIVE and time == self._block.time),
            institution=self._subject.institution.encode("ascii").ljust(32, b"\0"),
            province=self._province,
            scope=self._scope,
            finding=self._findings.get(ref.rule.evaluation),
            time=time,
        )

    def _not_yet(self, ref: RuleRef) -> tuple[Refusal, ...]:
        """What the ledger says now of a rule that was asked for the moment at which it comes into force."""
        if ref.begins <= self._block.time:
            return ()
        return (Refusal.AGREEMENT_NOT_ACTIVE if ref.state is AgreementState.NOTICE else Refusal.RULE_NOT_IN_FORCE,)

    def _refusals(self, ref: RuleRef) -> tuple[Refusal, ...]:
        return refusals(ref.rule, self._subject.facts, self._circumstances(ref, self._time_of(ref)))

    def _by_ourselves(self, ref: RuleRef, reasons: tuple[Refusal, ...]) -> tuple[int, Refusal]:
        if reasons:
            return 0, reasons[0]
        return ref.rule.converted(self._subject.facts[CREDITS]), Refusal.NONE

    def _by_chain(self, refs: Mapping[RuleRef, tuple[Refusal, ...]]) -> Mapping[RuleRef, tuple[int, Refusal]]:
        """The contract's own quotes of the rules that may fit, in one batch."""
        candidates = [ref for ref in refs if self._may_fit(ref.rule)]
        values = [self._subject.facts[index] for index in range(FACTS)]
        institution = self._subject.institution.encode("ascii").ljust(32, b"\0")
        asked = [
            Call(
                AGREEMENTS,
                "quote",
                (ref.agreement, ref.number, institution, self._version, _ALL_FACTS, values, self._time_of(ref)),
            )
            for ref in candidates
        ]
        answers = self._calls.answers(asked, self._block)
        return {ref: (int(amount), Refusal(why)) for ref, (amount, why) in zip(candidates, answers, strict=True)}

    def _may_fit(self, rule: Rule) -> bool:
        ours = rule.source_institution in {ANY, self._subject.institution.encode("ascii").ljust(32, b"\0")}
        return ours and rule.source_province == self._province and rule.category == self._subject.facts[CATEGORY]


def _scope(accreditation: Any) -> Scope:  # noqa: ANN401 - an Accreditation
    return Scope(accreditation.categories, accreditation.highest_level, accreditation.most_credits)


def _example(asked: Asked, code: OutcomeCode, found: tuple[bytes, Any] | None) -> Subject:
    finding = None if found is None else found[1]
    category = asked.category if asked.category is not None or finding is None else int(finding.category)
    level = asked.level if asked.level is not None or finding is None else int(finding.level)
    worth = asked.credits if asked.credits is not None or finding is None else int(finding.credits)
    lacking = {"category": category, "level": level, "credits": worth}
    if category is None or level is None or worth is None:
        names = ", ".join(name for name, value in lacking.items() if value is None)
        raise OutcomeUnknown(f"{asked.institution}/{code.text}", lacking=Said(names, names))
    facts = {OUTCOME: int.from_bytes(code.word, "big"), CATEGORY: category, LEVEL: level, CREDITS: worth}
    if asked.grade is not None:
        facts[GRADE] = asked.grade
    if asked.month is not None:
        facts[MONTH] = asked.month
    return Subject(asked.institution, facts, evaluation=None if found is None else found[0])
