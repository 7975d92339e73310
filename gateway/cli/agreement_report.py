"""How agreements look on a terminal and in JSON: findings, sentences, examples, changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from gateway.cli import console
from gateway.cli.acting import table
from gateway.domain.credits import as_decimal, credits_text
from gateway.domain.quote import Refusal
from gateway.recognition.agreements.json import both

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.domain.quote import Quote
    from gateway.recognition.agreements.check import Report, RuleReport
    from gateway.recognition.agreements.diff import Change
    from gateway.recognition.agreements.draft import Finding
    from gateway.recognition.agreements.sentences import Sentence


def check_payload(report: Report) -> dict[str, Any]:
    """A check as JSON."""
    return {
        "good": not report.findings,
        "title": "" if report.draft is None else report.draft.title,
        "findings": [finding.to_json() for finding in report.findings],
        "terms": [both(said) for said in report.said],
        "rules": [
            {**both(rule.said), "examples": [{**both(one.said), **_quoted(one.quote)} for one in rule.examples]}
            for rule in report.rules
        ],
        "unchecked": [both(said) for said in report.unchecked],
    }


def show_check(report: Report, out: Console) -> None:
    """A check on a terminal: the findings, or everything that was agreed on in sentences with examples."""
    if report.findings:
        for finding in report.findings:
            _show_finding(finding, out)
        count = len(report.findings)
        them = "finding: mend it" if count == 1 else "findings: mend them"
        out.print(console.say(f"{count} 处问题，请更正后再提出", f"{count} {them} before proposing"))
    elif report.draft is not None:
        out.print(report.draft.title, style="bold", markup=False)
        show_said(report.said, report.rules, out)
    if report.unchecked:
        out.print(console.say("未能核对（没有连接链）：", "not checked (no chain was asked):"), markup=False)
        for said in report.unchecked:
            out.print(f"  - {console.say(*said)}", markup=False)


def show_said(terms: Sequence[Sentence], rules: Sequence[RuleReport], out: Console) -> None:
    """Terms and rules in both languages, each rule with what it gives."""
    for said in terms:
        out.print(f"· {said.zh}\n  {said.en}", markup=False)
    for number, rule in enumerate(rules, 1):
        out.print(f"\n[{number}] {rule.said.zh}\n    {rule.said.en}", markup=False)
        rows = table("成果 / outcome", "所得 / gives")
        for one in rule.examples:
            rows.add_row(console.say(*one.said), quote_text(one.quote))
        out.print(rows)


def show_changes(changes: Sequence[Change], out: Console) -> None:
    """What differs from the agreement that is superseded."""
    out.print(console.say("与被取代协议的差别：", "what changes from the superseded agreement:"), style="bold")
    if not changes:
        out.print(console.say("  内容相同", "  nothing"), markup=False)
    for change in changes:
        out.print(f"  {change.sign} {change.what.zh}\n    {change.what.en}", markup=False)
        for sign, side in (("-", change.before), ("+", change.after)):
            if side is not None:
                out.print(f"      {sign} {side.zh}\n        {side.en}", markup=False)


def changes_payload(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {
            "sign": change.sign,
            **both(change.what),
            "before": None if change.before is None else both(change.before),
            "after": None if change.after is None else both(change.after),
        }
        for change in changes
    ]


def plain(text: str) -> Text:
    """A cell that says what was written: brackets are no markup, and nothing moves the terminal's cursor."""
    return Text("".join(letter if letter.isprintable() else "\ufffd" for letter in text))


def lines(*texts: str) -> Text:
    """The same of several, one below the other."""
    return Text("\n").join(map(plain, texts))


def quote_text(quote: Quote) -> str:
    """What a quote gives, in both languages."""
    if quote.refusal is not Refusal.NONE:
        return f"✗ {console.say(quote.refusal.zh, quote.refusal.en)}"
    return console.say(f"{as_decimal(quote.credits)} 学分", f"{as_decimal(quote.credits)} credits")


def _quoted(quote: Quote) -> dict[str, Any]:
    return {
        "credits": credits_text(quote.credits),
        "refusal": quote.refusal.name.lower(),
        "whyZh": quote.refusal.zh,
        "whyEn": quote.refusal.en,
    }


def _show_finding(finding: Finding, out: Console) -> None:
    """Where it is, then what is wrong and what to do, a line each: in columns they would be cut to pieces."""
    said = finding.error.to_json()
    where = console.say(f"第 {finding.line} 行", f"line {finding.line}")
    out.print(plain("  ".join(part for part in (where, finding.place, said["code"]) if part)), style="bold")
    for sentence in ("zh", "en"):
        out.print(plain(f"  {said[sentence]}"), style="red")
    for hint in ("hintZh", "hintEn"):
        if said.get(hint):
            out.print(plain(f"  → {said[hint]}"))
    out.print()
