"""``huren transfer list`` and ``show``: what was asked for, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console
from gateway.cli.acting import listed, table
from gateway.cli.agreement_report import plain
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import RefArgument, settled_exit, transaction_json
from gateway.domain.civil_time import moment_text
from gateway.domain.credits import credits_text
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.domain.rule import ANY
from gateway.domain.transfer_words import Appeal
from gateway.ledger.reader import institution_text
from gateway.recognition.letters.contents import Topic
from gateway.recognition.transfers.values import Ref, Return, TransferStanding
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.bootstrap import Gateway
    from gateway.ledger.code_book import Labels
    from gateway.ledger.outbox import Submission
    from gateway.ledger.transfer_rows import TransferRow
    from gateway.recognition.transfers.chain import TransferBook
    from gateway.recognition.transfers.values import Request, TransferState


_TOPICS: Final = {"explanation": Topic.DECISION, "appeal": Topic.APPEAL, "answer": Topic.ANSWER}
_TITLES: Final = {
    "explanation": ("拒绝的说明", "Why it was rejected"),
    "appeal": ("申诉的理由", "Grounds of the appeal"),
    "answer": ("对申诉的答复", "Answer to the appeal"),
}


_LABELS: Final = {
    "quoted": ("报价学分", "quoted"),
    "awarded": ("所得学分", "awarded"),
    "hash": ("凭证", "credential"),
    "institution": ("来源机构", "source institution"),
    "outcome": ("成果", "outcome"),
    "targetInstitution": ("目标机构", "target institution"),
    "programme": ("专业", "programme"),
    "course": ("课程", "course"),
    "agreement": ("协议", "agreement"),
    "rule": ("规则", "rule"),
    "consent": ("密信摘要", "digest of the letter"),
    "requestedAt": ("申请时间", "requested"),
    "deadline": ("决定期限", "decide by"),
    "decidedAt": ("决定时间", "decided"),
    "appeal": ("申诉", "appeal"),
}
_CODED: Final = frozenset({"outcome", "programme", "course"})
_NONE: Final = hex0x(ANY)
_DIGEST_SHOWN: Final = 10


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("list", help="列出转换 / list transfers")(list_transfers)
    group.command("show", help="查看转换的内容与状态 / show a transfer and how it stands")(show)


def book_of(gateway: Gateway) -> TransferBook:
    """The transfers, the index brought up to date first."""
    gateway.indexer(attesting=False).advance()
    return gateway.recognition.book()


def list_transfers(
    everything: Annotated[bool, typer.Option("--all", help="所有省份的 / of all provinces")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最近的几项 / how many of the newest")] = 200,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """List the transfers from and to this province, with how each stands now."""
    with opened(config) as gateway:
        book = book_of(gateway)
        requests = book.requests(None if everything else gateway.settings.province or None, newest=limit)
        states = book.states(requests)
        block = book.block.number
        entries = [entry_of(one, state, gateway.codes) for one, state in zip(requests, states, strict=True)]
    payload = {"block": block, "transfers": entries}
    console.emit(
        payload, as_json=as_json, text=lambda out: listed(_table(requests, states), out, "没有转换", "no transfers")
    )


def show(ref: RefArgument, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Show one transfer: flagged as soon as the credential is suspended or revoked after the award."""
    wanted = Ref.read(ref)
    with opened(config) as gateway:
        book = book_of(gateway)
        request = book.find(wanted)
        [state] = book.states([request])
        block = book.block.number
        row = book.row(request.ref)
        letters = _letters(gateway, row)
        entry = entry_of(request, state, gateway.codes)
    appeal = Appeal(row.appeal)
    filed = appeal is not Appeal.NONE
    payload = {"block": block, **entry, "appeal": appeal.word if filed else None, "letters": letters}
    told = {**entry, "appeal": console.say(appeal.zh, appeal.en) if filed else None}
    console.emit(payload, as_json=as_json, text=lambda out: _sheet(told, state, letters, out))


def _letters(gateway: Gateway, row: TransferRow) -> dict[str, Any]:
    """The texts that go with the transfer, where this centre is one of the two that can read them."""
    if gateway.settings.province not in {row.source, row.target}:
        return {}
    found: dict[str, Any] = {}
    for name, topic in _TOPICS.items():
        try:
            letter = gateway.recognition.correspondence.read(topic, row)
        except HurenError as error:
            found[name] = {"text": None, "problem": error.to_json()}
        else:
            if letter is not None:
                found[name] = {"text": letter.text, "problem": None}
    return found


def entry_of(request: Request, state: TransferState, codes: Labels) -> dict[str, Any]:
    """A transfer as JSON; codes are null where nobody here ever saw them in clear."""
    details = request.details
    return {
        "transfer": str(request.ref),
        "standing": state.standing.name.lower(),
        "reason": None if state.reason is Return.NONE else state.reason.word,
        "quoted": credits_text(state.quoted),
        "awarded": credits_text(state.awarded),
        "hash": hex0x(details.leaf),
        "institution": institution_text(details.institution),
        "outcome": hex0x(details.outcome),
        "outcomeCode": codes.get(details.outcome),
        "agreement": hex0x(details.agreement),
        "rule": details.rule + 1,
        "targetInstitution": institution_text(details.target_institution),
        "programme": hex0x(details.programme),
        "programmeCode": codes.get(details.programme),
        "course": hex0x(details.course),
        "courseCode": codes.get(details.course),
        "consent": hex0x(details.consent),
        "requestedAt": moment_text(request.requested_at),
        "deadline": moment_text(state.deadline),
        "decidedAt": moment_text(state.decided_at),
    }


def tell(settled: Sequence[Submission], done: str, out: Console) -> None:
    """What became of transactions: done, or the contract's refusal in words and what to do about it."""
    for entry in settled:
        if entry.state is not OutboxState.FAILED:
            out.print(done, markup=False)
            continue
        problem = entry.error or {}
        out.print(f"✗ {problem.get('zh')}\n  {problem.get('en')}", style="red", markup=False)
        if problem.get("hintZh"):
            out.print(f"  → {problem['hintZh']} / {problem['hintEn']}", markup=False)


def tell_settled(ref: str, act: str, words: tuple[str, str], settled: Sequence[Submission], *, as_json: bool) -> None:
    """Tell what became of the one transaction about a transfer, and end with 1 where the chain refused.

    Raises:
        typer.Exit: it did.
    """
    payload = {"transfer": ref, "act": act, "transactions": [transaction_json(one) for one in settled]}
    console.emit(payload, as_json=as_json, text=lambda out: tell(settled, console.say(*words), out))
    settled_exit(settled)


def _table(requests: Sequence[Request], states: Sequence[TransferState]) -> Any:  # noqa: ANN401 - a rich table
    rows = table("转换 / transfer", "状态 / standing", "来源 / from", "目标 / to", "报价 / quoted", "所得 / awarded")
    for one, state in zip(requests, states, strict=True):
        details = one.details
        rows.add_row(
            str(one.ref),
            _standing(state),
            institution_text(details.institution),
            institution_text(details.target_institution),
            credits_text(state.quoted),
            credits_text(state.awarded) if state.awarded else "—",
        )
    return rows


def _standing(state: TransferState) -> str:
    said = console.say(state.standing.zh, state.standing.en)
    if state.standing is TransferStanding.RETURNED:
        said += f"（{console.say(state.reason.zh, state.reason.en)}）"
    return said


def _sheet(entry: dict[str, Any], state: TransferState, letters: dict[str, Any], out: Console) -> None:
    out.print(entry["transfer"], style="bold", markup=False)
    out.print(_standing(state), style="yellow" if state.standing is TransferStanding.FLAGGED else None, markup=False)
    rows = table("", "")
    for key, label in _LABELS.items():
        value = entry[key]
        if key in _CODED and value is not None:
            value = None if value == _NONE else entry[f"{key}Code"] or f"{value[:_DIGEST_SHOWN]}…"
        if value is not None:
            rows.add_row(console.say(*label), str(value))
    out.print(rows)
    for name, letter in letters.items():
        out.print(console.say(*_TITLES[name]), style="bold", markup=False)
        problem = letter["problem"]
        said = letter["text"] if problem is None else f"✗ {console.say(problem['zh'], problem['en'])}"
        for line in said.splitlines():
            out.print(plain(f"  {line}"))
