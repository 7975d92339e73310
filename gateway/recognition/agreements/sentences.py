"""Rules and terms in sentences, in Chinese and English, for whoever has to agree to them.

    Speaker(labels).rule(rule)             # Sentence(zh="江苏省…", en="Outcome JS-ASC-4 …")

On the chain an outcome, a programme and a course are digests; ``labels`` says what they are where that is known.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.domain import provinces
from gateway.domain.civil_time import DAY, day_of, last_day
from gateway.domain.credits import credits_json
from gateway.domain.crosswalk import Category
from gateway.domain.hashing import hex0x
from gateway.domain.rule import ANY, NO_CAP

if TYPE_CHECKING:
    from gateway.domain.rule import Rule
    from gateway.domain.terms import Terms
    from gateway.ledger.code_book import Labels

_DIGEST_SHOWN: Final = 10
_FINEST: Final = 10_000
"""A ratio is written as a decimal where four places say it exactly."""


class Sentence(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str


def province_names(code: int) -> Sentence:
    """A province's name, its code where GB/T 2260 has no name for it."""
    return Sentence(*provinces.province_names(code))


def credit_text(hundredths: int) -> str:
    """Hundredths as a decimal without needless zeros."""
    return credits_json(hundredths)


def ratio_text(numerator: int, denominator: int) -> str:
    """What one credit becomes: a decimal where that is exact, a fraction otherwise."""
    value = Fraction(numerator, denominator)
    if _FINEST % value.denominator:
        return f"{value.numerator}/{value.denominator}"
    return f"{value.numerator * (_FINEST // value.denominator) / _FINEST:.4f}".rstrip("0").rstrip(".")


def span_text(begin: int, end: int) -> Sentence:
    """A half-open interval by its first and last day in UTC+8."""
    first, last = day_of(begin), last_day(end)
    return Sentence(f"{first} 至 {last}（含）", f"from {first} to {last} inclusive")


class Speaker:
    """Says what rules and terms mean."""

    def __init__(self, labels: Labels | None = None) -> None:
        self._labels: Labels = {} if labels is None else labels

    def label(self, digest: bytes) -> str:
        """What a digest stands for, or its beginning."""
        return self._labels.get(digest) or f"{hex0x(digest)[:_DIGEST_SHOWN]}…"

    def rule(self, rule: Rule) -> Sentence:
        """One rule, whole, in a sentence."""
        category, kind = Category(rule.category), Category(rule.kind)
        source, target = province_names(rule.source_province), province_names(rule.target_province)
        issuer, receiver = _institution(rule.source_institution), _institution(rule.target_institution)
        what, conditions, place = self._outcome(rule), self._conditions(rule), self._place(rule)
        amount, span = _amount(rule), span_text(rule.valid_from, rule.valid_until)
        zh = (
            f"{source.zh}{issuer.zh}颁发的{what.zh}（{category.zh}类{conditions.zh}），可在{target.zh}{receiver.zh}"
            f"{place.zh}转换为{kind.zh}类学分：{amount.zh}；{span.zh}有效。"
        )
        en = (
            f"{what.en} ({category.en}{conditions.en}) of {issuer.en} in {source.en} counts as {kind.en} credit at "
            f"{receiver.en} in {target.en}{place.en}: {amount.en}; valid {span.en}."
        )
        return Sentence(zh, en)

    def terms(self, terms: Terms) -> list[Sentence]:
        """What besides the rules is agreed on."""
        names = [province_names(code) for code in terms.parties]
        span = span_text(terms.valid_from, terms.valid_until)
        notice, leaving = terms.public_notice // DAY, terms.withdrawal_notice // DAY
        by = last_day(terms.approve_by)
        said = [
            Sentence(
                f"缔约方：{'、'.join(name.zh for name in names)}", f"Parties: {', '.join(name.en for name in names)}."
            ),
            Sentence(f"{span.zh}有效。", f"Valid {span.en}."),
            Sentence(
                f"各方须在 {by}（含）之前批准；全部批准并公示 {notice} 天后生效。",
                f"All parties approve by {by} inclusive; it comes into force after {notice} days of public notice.",
            ),
            Sentence(
                f"任何一方可提前 {leaving} 天通知退出，届时协议对各方终止。",
                f"Any party may withdraw at {leaving} days' notice, and then it ends for all.",
            ),
            Sentence(f"协议文本的 SHA-256：{terms.text.hex()}", f"SHA-256 of the legal text: {terms.text.hex()}"),
        ]
        if terms.supersedes != ANY:
            old = hex0x(terms.supersedes)
            said.append(Sentence(f"生效时取代协议 {old}。", f"It takes the place of agreement {old}."))
        return said

    def _outcome(self, rule: Rule) -> Sentence:
        if rule.outcome == ANY:
            return Sentence("任一学习成果", "Any outcome")
        return Sentence(f"成果 {self.label(rule.outcome)}", f"Outcome {self.label(rule.outcome)}")

    def _conditions(self, rule: Rule) -> Sentence:
        low, high = rule.lowest_level, rule.highest_level
        levels = str(low) if low == high else f"{low}–{high}"
        zh, en = f"，{levels} 级", f", level {levels}"
        if rule.minimum_grade:
            zh += f"，成绩不低于 {rule.minimum_grade * 5} 分"
            zh += "或仅为“合格”" if rule.accepts_ungraded else "，仅有“合格”者不可"
            en += f", grade {rule.minimum_grade * 5} or more"
            en += ", or ungraded" if rule.accepts_ungraded else ", not ungraded"
        if rule.greatest_age:
            zh += f"，取得不超过 {rule.greatest_age} 个月"
            en += f", awarded at most {rule.greatest_age} months before"
        if rule.evaluation != ANY:
            name = self.label(rule.evaluation)
            zh += f"，以专家评审 {name} 的结论为限"
            en += f", within the panel's finding {name}"
        return Sentence(zh, en)

    def _place(self, rule: Rule) -> Sentence:
        if rule.programme == ANY:
            return Sentence("的任一专业", ", in any programme")
        programme = self.label(rule.programme)
        if rule.course == ANY:
            return Sentence(f"的专业 {programme} ", f", in the programme {programme}")
        course = self.label(rule.course)
        return Sentence(
            f"的专业 {programme} 中作为课程 {course} ", f", in the programme {programme} as course {course}"
        )


def _institution(word: bytes) -> Sentence:
    if word == ANY:
        return Sentence("任一机构", "any institution")
    code = word.rstrip(b"\0").decode("ascii", "replace")
    return Sentence(f"机构 {code} ", code)


def _amount(rule: Rule) -> Sentence:
    one, most = ratio_text(rule.numerator, rule.denominator), credit_text(rule.most_credits)
    zh = f"每 1 学分折合 {one} 学分（向下取至 0.01），每次至多 {most} 学分"
    en = f"each credit becomes {one} (rounded down to a hundredth), at most {most} a transfer"
    if rule.cap == NO_CAP:
        return Sentence(f"{zh}，累计不设上限", f"{en}, without a cap on their sum")
    cap = credit_text(rule.cap)
    return Sentence(
        f"{zh}，同一学生在同一专业累计至多 {cap} 学分", f"{en}, at most {cap} in all for a student in a programme"
    )
