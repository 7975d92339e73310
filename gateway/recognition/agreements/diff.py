"""What changes from one agreement to the one that is to take its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.domain.civil_time import DAY, last_day
from gateway.recognition.agreements.sentences import Sentence, Speaker, province_names, span_text

if TYPE_CHECKING:
    from gateway.domain.rule import Rule
    from gateway.domain.terms import Terms

_IDENTITY: Final = (
    "source_province", "source_institution", "outcome", "category", "target_province", "target_institution",
    "programme", "course", "kind",
)  # fmt: skip
"""What a rule is about; the rest is what it says about that."""


class Change(NamedTuple):
    """One difference: "+" is new, "-" is gone, "~" was something else."""

    sign: str
    what: Sentence
    before: Sentence | None = None
    after: Sentence | None = None


def changes(old: Terms, new: Terms, speaker: Speaker) -> list[Change]:
    """The differences, the terms' own first, then rule by rule. Rules are alike where they are about the same thing."""
    found = [
        Change("~", what, before, after)
        for what, before, after in zip(_NAMES, _own(old), _own(new), strict=True)
        if before != after
    ]
    before, after = list(old.rules), list(new.rules)
    for rule in old.rules:
        if rule in after:
            before.remove(rule)
            after.remove(rule)
    for rule in after:
        twin = next((one for one in before if _about(one) == _about(rule)), None)
        if twin is None:
            found.append(Change("+", speaker.rule(rule)))
        else:
            before.remove(twin)
            found.append(Change("~", Sentence("规则", "rule"), speaker.rule(twin), speaker.rule(rule)))
    return found + [Change("-", speaker.rule(rule)) for rule in before]


def _about(rule: Rule) -> tuple[object, ...]:
    return tuple(getattr(rule, name) for name in _IDENTITY)


_NAMES: Final = (
    Sentence("缔约方", "parties"),
    Sentence("有效期", "validity"),
    Sentence("批准截止日期", "last day for approvals"),
    Sentence("公示期", "public notice"),
    Sentence("退出通知期", "withdrawal notice"),
    Sentence("协议文本", "legal text"),
)


def _own(terms: Terms) -> tuple[Sentence, ...]:
    parties = [province_names(code) for code in terms.parties]
    by, digest = str(last_day(terms.approve_by)), terms.text.hex()
    return (
        Sentence("、".join(name.zh for name in parties), ", ".join(name.en for name in parties)),
        span_text(terms.valid_from, terms.valid_until),
        Sentence(by, by),
        _days(terms.public_notice),
        _days(terms.withdrawal_notice),
        Sentence(digest, digest),
    )


def _days(seconds: int) -> Sentence:
    return Sentence(f"{seconds // DAY} 天", f"{seconds // DAY} days")
