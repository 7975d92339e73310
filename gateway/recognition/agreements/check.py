"""Whether an agreement file can be proposed: every finding at once, every rule in a sentence, and what it gives.

report = check(path, chain)            # chain None: offline
report.findings, report.rules, report.unchecked     # what could not be checked
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from gateway.domain.errors import Said
from gateway.domain.hashing import hex0x
from gateway.domain.rule import ANY
from gateway.domain.rule_law import Flaw
from gateway.domain.terms_law import Found, flaws
from gateway.recognition.agreements.examples import Example, examples
from gateway.recognition.agreements.reader import read_draft
from gateway.recognition.agreements.sentences import Sentence, Speaker, province_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gateway.domain.panel import Finding as PanelFinding
    from gateway.domain.terms import Terms
    from gateway.recognition.agreements.draft import Draft, Finding


class NotAMember(Flaw):
    """A party that is no member of the consortium."""

    code = "agreement.party.member"
    field = "parties"
    zh = "{name}（{value}）不是联盟成员"
    en = "{name} ({value}) is no member of the consortium"
    hint_zh = "请核对代码；新成员须先由动议接纳"
    hint_en = "check the code; a new member is admitted by motion first"


class SupersededUnknown(Flaw):
    """Terms that take the place of an agreement that does not exist, or is over."""

    code = "agreement.supersedes"
    field = "supersedes"
    zh = "要取代的协议 {value} 不存在，或已终结"
    en = "the agreement {value} that is to be superseded does not exist, or is over"
    hint_zh = "请核对标识（huren agreement list）；已终结的协议无须取代"
    hint_en = "check the id (huren agreement list); what is over needs no successor"


class PartyLeftOut(Flaw):
    """Terms that supersede an agreement without one of its parties."""

    code = "agreement.supersedes.party"
    field = "parties"
    zh = "被取代协议的缔约方 {name}（{value}）不在新协议中"
    en = "{name} ({value}), a party to the superseded agreement, is left out"
    hint_zh = "新协议须包含原协议的全部缔约方"
    hint_en = "a successor's parties include all of the superseded one's"


class OtherProvinceAccredits(Flaw):
    """An institution that another province accredits, or none."""

    code = "agreement.rule.accredited"
    zh = "机构 {value} 目前不由{province}认证"
    en = "the institution {value} is not accredited by {province} at present"
    hint_zh = "请核对机构代码与省份（huren institution show）"
    hint_en = "check code and province (huren institution show)"


class SourceNotAccredited(OtherProvinceAccredits):
    """The source institution."""

    field = "source_institution"


class TargetNotAccredited(OtherProvinceAccredits):
    """The target institution."""

    field = "target_institution"


class AlreadyProposed(Flaw):
    """Terms that were proposed before: they come back under another number only."""

    code = "agreement.known"
    field = "nonce"
    zh = "完全相同的条款已提出过（{value}）"
    en = "these very terms were proposed before ({value})"
    hint_zh = "若要再次提出，请改动“序号”"
    hint_en = "to propose them again, change the nonce"


class Chain(Protocol):
    """What is asked of the chain; all answers hold for one block."""

    @property
    def chain_id(self) -> int:
        """The chain's number."""

    @property
    def registry(self) -> bytes:
        """The AgreementRegistry in force, 20 bytes."""

    @property
    def now(self) -> int:
        """The block's time, seconds."""

    def members(self) -> Sequence[int]:
        """The consortium's members."""

    def findings(self, evaluations: Sequence[bytes]) -> Mapping[bytes, PanelFinding]:
        """What panels found, by evaluation; those that do not exist are left out."""

    def live_parties(self, agreement: bytes) -> Sequence[int]:
        """The parties of an agreement that is not over; empty otherwise."""

    def is_known(self, agreement: bytes) -> bool:
        """Whether these terms were proposed before."""

    def provinces_of(self, institutions: Sequence[bytes]) -> Mapping[bytes, int]:
        """Which province accredits each institution now; 0: none."""


@dataclass(frozen=True, slots=True)
class RuleReport:
    """A rule in words, and what it gives."""

    said: Sentence
    examples: list[Example]


@dataclass(slots=True)
class Report:
    """What a check found."""

    findings: list[Finding]
    draft: Draft | None = None
    terms: Terms | None = None
    said: list[Sentence] = field(default_factory=list)
    rules: list[RuleReport] = field(default_factory=list)
    unchecked: list[Sentence] = field(default_factory=list)


OFFLINE: Final = (
    Sentence("缔约方是否为联盟成员", "whether the parties are members of the consortium"),
    Sentence("机构是否由所写的省份认证", "whether the provinces named accredit the institutions"),
    Sentence("日期是否已过（以链上时间为准）", "whether a date is over, by the chain's clock"),
)
_PANELS: Final = Sentence(
    "专家评审的结论；示例假设结论恰好容得下该规则",
    "what panels found; the examples assume one that just suffices",
)
_SUPERSEDED: Final = Sentence("被取代的协议是否存在", "whether the agreement to be superseded exists")


def check(path: Path, chain: Chain | None = None) -> Report:
    """Check a file, with the chain's knowledge where ``chain`` is given.

    Raises:
        OSError: the file cannot be read.
        LedgerError: the chain does not answer.
    """
    draft, findings = read_draft(path)
    if draft is None:
        return Report(findings)
    terms = draft.terms() if chain is None else draft.terms(chain.chain_id, chain.registry)
    known = None if chain is None else chain.findings(evaluations(terms))
    found = flaws(terms, known, None if chain is None else chain.now)
    if chain is not None:
        found += _asked(terms, chain)
    findings = sorted(map(draft.locate, found), key=lambda one: one.line)
    report = Report(findings, draft, terms, unchecked=[] if chain is not None else _unchecked(terms))
    if not findings:
        speaker = Speaker(draft.labels)
        report.said = speaker.terms(terms)
        report.rules = explained(terms, speaker, known or {})
    return report


def evaluations(terms: Terms) -> list[bytes]:
    """The evaluations that terms rest on."""
    return sorted({rule.evaluation for rule in terms.rules} - {ANY})


def _unchecked(terms: Terms) -> list[Sentence]:
    more = [_PANELS] if evaluations(terms) else []
    if terms.supersedes != ANY:
        more.append(_SUPERSEDED)
    return [*OFFLINE, *more]


def explained(terms: Terms, speaker: Speaker, known: Mapping[bytes, PanelFinding]) -> list[RuleReport]:
    """Every rule in a sentence, with what it gives; ``known`` is what panels found, by evaluation."""
    return [RuleReport(speaker.rule(rule), examples(rule, known.get(rule.evaluation))) for rule in terms.rules]


def _asked(terms: Terms, chain: Chain) -> Iterator[Found]:
    """Flaws that the chain alone can tell."""
    members = set(chain.members())
    for party in terms.parties:
        if party not in members:
            yield Found(None, NotAMember(party, name=Said(*province_names(party))))
    if chain.is_known(terms.agreement_id):
        yield Found(None, AlreadyProposed(hex0x(terms.agreement_id)))
    if terms.supersedes != ANY:
        superseded = chain.live_parties(terms.supersedes)
        if not superseded:
            yield Found(None, SupersededUnknown(hex0x(terms.supersedes)))
        for party in set(superseded) - set(terms.parties):
            yield Found(None, PartyLeftOut(party, name=Said(*province_names(party))))
    yield from _accreditations(terms, chain)


def _accreditations(terms: Terms, chain: Chain) -> Iterator[Found]:
    sides = [
        (number, *side)
        for number, rule in enumerate(terms.rules)
        for side in (
            (rule.source_institution, rule.source_province, SourceNotAccredited),
            (rule.target_institution, rule.target_province, TargetNotAccredited),
        )
        if side[0] != ANY
    ]
    provinces = chain.provinces_of(sorted({institution for _, institution, _, _ in sides}))
    for number, institution, province, flaw in sides:
        if provinces[institution] != province:
            code = institution.rstrip(b"\0").decode("ascii")
            yield Found(number, flaw(code, province=Said(*province_names(province))))
