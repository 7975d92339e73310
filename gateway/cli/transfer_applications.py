"""``huren transfer apply``, ``applications``, ``confirm`` and ``withdraw``: what comes before the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console
from gateway.cli.acting import listed, table, together
from gateway.cli.agreement_report import lines, plain
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_asking import Asking, CertificatesArgument
from gateway.cli.transfer_common import Step, WaitOption, parts, progress
from gateway.domain.credits import credits_text
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.recognition.applications.values import state_words
from gateway.store.models import ApplicationState
from node.client.hands import YesOption

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from gateway.bootstrap import Gateway
    from gateway.recognition.applications.values import Application, Wish

CLERK: Final = "cli"
Findings = list[tuple[str, HurenError]]
NumbersArgument = Annotated[
    list[int] | None,
    typer.Argument(help="申请编号 / numbers of applications", metavar="APPLICATION...", min=1),
]


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("apply", help="登记学习者的申请，待操作员确认 / enter applications, to be confirmed")(
        together(Asking)(apply)
    )
    group.command("applications", help="列出申请 / list applications")(applications)
    group.command("confirm", help="确认申请：加密寄送并上链 / confirm: the letter is sealed, the chain asked")(confirm)
    group.command("withdraw", help="撤销尚未确认的申请 / withdraw an application before it is confirmed")(withdraw)


def apply(
    asking: Asking,
    certificates: CertificatesArgument = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Enter applications; each waits until an operator confirms it (huren transfer confirm)."""
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        wishes, findings = asking.wishes(gateway, certificates or [])
        told = _told(gateway, apply_for(gateway, wishes, findings, by=CLERK, as_json=as_json))
    _report(told, findings, as_json=as_json)


def applications(
    state: Annotated[ApplicationState | None, typer.Option("--state", help="只列此状态 / only these")] = None,
    learner: Annotated[int | None, typer.Option("--learner", min=1, help="学习者编号 / a learner's number")] = None,
    after: Annotated[int, typer.Option("--after", min=0, help="此编号之后 / after this number")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="最多几项 / at most")] = 200,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """List applications, oldest first."""
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        found = gateway.recognition.applications.page(state=state, learner=learner, after=after, limit=limit)
        told = _told(gateway, found)
    _report(told, [], as_json=as_json)


def confirm(
    numbers: NumbersArgument = None,
    everything: Annotated[bool, typer.Option("--all", help="所有待确认的 / all that wait")] = False,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Confirm: what goes to the target institution is sealed to it, and the chain is asked, once."""
    if bool(numbers) == everything:
        told = ("请给出申请编号，或 --all", "give numbers of applications, or --all")
        raise typer.BadParameter(console.say(*told), param_hint="APPLICATION")
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        service = gateway.recognition.applications
        waiting = (
            service.page(state=ApplicationState.WAITING, limit=100_000)
            if everything
            else [service.find(number) for number in numbers or []]
        )
        if not as_json:
            console.out.print(_table(_told(gateway, waiting), []))
        count = len(waiting)
        console.confirmed(
            yes, f"确认这 {count} 项申请？", f"Applications to confirm: {count}. Confirm?", as_json=as_json
        )
        findings: Findings = []
        asked = confirm_all(gateway, waiting, findings, wait, by=CLERK, as_json=as_json)
    report_requests(asked, findings, as_json=as_json)


def withdraw(
    number: Annotated[int, typer.Argument(help="申请编号 / the application", metavar="APPLICATION", min=1)],
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Withdraw an application that nobody has confirmed; what is on the chain is taken back by ``cancel``."""
    with opened(config) as gateway:
        told = _told(gateway, [gateway.recognition.applications.withdraw(number, by=CLERK)])
    _report(told, [], as_json=as_json)


# --- shared with `huren transfer request`


def preview(gateway: Gateway, wishes: Sequence[Wish], findings: Findings) -> Any:  # noqa: ANN401 - a table
    """What each would give, before anything is written down."""
    rows = table("证书 / certificate", "可得 / gives")
    for wish, quoted in zip(wishes, gateway.recognition.applications.quotes(wishes), strict=True):
        name = hex0x(wish.certificate.leaf().leaf)
        if isinstance(quoted, HurenError):
            rows.add_row(name, plain(f"✗ {console.say(quoted.message('zh'), quoted.message('en'))}"))
        else:
            rows.add_row(name, credits_text(quoted))
    for name, error in findings:
        rows.add_row(plain(name), plain(f"✗ {console.say(error.message('zh'), error.message('en'))}"))
    return rows


def apply_for(
    gateway: Gateway, wishes: Sequence[Wish], findings: Findings, *, by: str, as_json: bool
) -> list[Application]:
    """Enter applications with progress; what is wrong joins ``findings``."""
    entered: list[Application] = []
    with progress(len(wishes), as_json=as_json) as tell:
        for part in parts(wishes):
            for wish, made in zip(part, gateway.recognition.applications.apply(part, by=by), strict=True):
                if isinstance(made, HurenError):
                    findings.append((hex0x(wish.certificate.leaf().leaf), made))
                else:
                    entered.append(made)
            tell(Step.APPLYING, len(entered) + len(findings), len(wishes))
    return entered


def confirm_all(
    gateway: Gateway, entered: Sequence[Application], findings: Findings, wait: int, *, by: str, as_json: bool
) -> list[Application]:
    """Confirm with progress, send what is queued, and return how each stands then."""
    service = gateway.recognition.applications
    good: list[Application] = []
    with progress(len(entered), as_json=as_json) as tell:
        for part in parts(entered):
            for one, made in zip(part, service.confirm([one.id for one in part], by=by), strict=True):
                if isinstance(made, HurenError):
                    findings.append((hex0x(one.leaf), made))
                else:
                    good.append(made)
            tell(Step.REQUESTING, len(good), len(entered))
    open_entries = [one.outbox for one in good if one.outbox is not None]
    if open_entries:
        gateway.sender.settle(open_entries, seconds=wait)
    gateway.indexer(attesting=False).advance()
    return [service.find(one.id) for one in good]


def report_requests(asked: Sequence[Application], findings: Findings, *, as_json: bool) -> None:
    """Tell what became of requests, with the number that each got.

    Raises:
        typer.Exit: always; with 1 where something was refused.
    """
    payload = {
        "requests": [
            {
                "application": one.id,
                "hash": hex0x(one.leaf),
                "transfer": one.transfer,
                "quoted": credits_text(one.quoted),
                "letter": None if one.consent is None else hex0x(one.consent),
                "state": "final" if one.state is ApplicationState.REQUESTED else one.state.value,
                "problem": None if one.problem is None else dict(one.problem),
            }
            for one in asked
        ],
        "findings": [{"certificate": name, **error.to_json()} for name, error in findings],
    }

    def text(out: Console) -> None:
        for one in asked:
            name = one.transfer or hex0x(one.leaf)
            if one.problem is None:
                out.print(f"{name}  {state_words(one.state)}  {credits_text(one.quoted)}", markup=False)
            else:
                out.print(f"✗ {name}  {one.problem.get('zh')}\n  {one.problem.get('en')}", style="red", markup=False)
                out.print(f"  → {one.problem.get('hintZh')} / {one.problem.get('hintEn')}", markup=False)
        _show_findings(findings, out)

    console.emit(payload, as_json=as_json, text=text)
    refused = findings or any(one.state is ApplicationState.FAILED for one in asked)
    raise typer.Exit(console.Exit.AGAINST if refused else console.Exit.OK)


def _told(gateway: Gateway, found: Sequence[Application]) -> list[dict[str, Any]]:
    return [gateway.recognition.naming.of(one.to_json()) for one in found]


def _report(told: Sequence[Mapping[str, Any]], findings: Findings, *, as_json: bool) -> None:
    payload = {
        "applications": told,
        "findings": [{"certificate": name, **error.to_json()} for name, error in findings],
    }

    def text(out: Console) -> None:
        listed(_table(told, findings), out, "没有申请", "no applications")
        _show_findings(findings, out)

    console.emit(payload, as_json=as_json, text=text)
    if findings:
        raise typer.Exit(console.Exit.AGAINST)


def _show_findings(findings: Findings, out: Console) -> None:
    for name, error in findings:
        out.print(f"✗ {name}  {error.message('zh')}\n  {error.message('en')}", style="red", markup=False)
        if error.hint("zh"):
            out.print(f"  → {error.hint('zh')} / {error.hint('en')}", markup=False)


def _table(told: Sequence[Mapping[str, Any]], findings: Findings) -> Any:  # noqa: ANN401 - a rich table
    rows = table("编号 / no.", "状态 / state", "证书 / certificate", "目标 / to", "可得 / gives", "转换 / transfer")
    for one in told:
        state = str(state_words(ApplicationState(one["state"])))
        place = one["targetInstitutionName"] or one["targetInstitution"]
        programme = one["programmeCode"] or f"{one['programme'][:10]}…"
        target = lines(place, programme)
        rows.add_row(str(one["application"]), state, one["hash"], target, one["quoted"], one["transfer"] or "—")
    for name, _ in findings:
        rows.add_row("—", "✗", plain(name), "—", "—", "—")
    return rows
