"""``huren transfer``: credits for a certificate, from the province that issued it to an institution of another.

Exit codes: 0 done; 1 findings, a refusal by rule or chain, or nobody said yes; 2 it could not be done now; 64 usage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from gateway.cli import (
    console,
    transfer_after,
    transfer_applications,
    transfer_decide,
    transfer_inbox,
    transfer_views,
)
from gateway.cli.acting import together
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_applications import apply_for, confirm_all, preview, report_requests
from gateway.cli.transfer_asking import Asking, CertificatesArgument
from gateway.cli.transfer_common import RefArgument, WaitOption, ledger_of, send
from gateway.recognition.transfers.request import cancellation
from gateway.recognition.transfers.values import Ref
from node.client.hands import YesOption

if TYPE_CHECKING:
    from gateway.recognition.applications.values import Application

HELP: Final = "学分转换：申请、决定、查看 / transfers of credits: request, decide, show"
CLERK: Final = "cli"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
    group.command("request", help="申请并确认，一步上链（先显示可得学分） / apply and confirm; the quote comes first")(
        together(Asking)(request)
    )
    transfer_applications.register(group)
    group.command("cancel", help="撤回尚未决定的申请 / take a request back")(cancel)
    transfer_inbox.register(group)
    transfer_decide.register(group)
    transfer_after.register(group)
    transfer_views.register(group)
    app.add_typer(group, name="transfer")


def request(
    asking: Asking,
    certificates: CertificatesArgument = None,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Ask for credits: only the facts that the rule reads are opened, and the quote is shown first.

    What is under way already is not asked for twice: after an interruption the same command goes on.
    """
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        wishes, findings = asking.wishes(gateway, certificates or [])
        if not yes:
            quoted = preview(gateway, wishes, findings)
            if not as_json:
                console.out.print(quoted)
            count = len(wishes)
            console.confirmed(yes, f"申请 {count} 项转换？", f"Ask for these {count} transfers?", as_json=as_json)
        entered = apply_for(gateway, wishes, findings, by=CLERK, as_json=as_json)
        asked: list[Application] = confirm_all(gateway, entered, findings, wait, by=CLERK, as_json=as_json)
    report_requests(asked, findings, as_json=as_json)


def cancel(
    ref: RefArgument,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Take a request back before it is decided; the outcome is free again."""
    wanted = Ref.read(ref)
    with opened(config) as gateway:
        found = transfer_views.book_of(gateway).find(wanted)
        console.confirmed(yes, f"撤回申请 {ref}？", f"Take {ref} back?", as_json=as_json)
        settled = send(gateway, [cancellation(found, ledger_of(gateway))], wait)
    words = (f"{ref} 已撤回", f"{ref} taken back")
    transfer_views.tell_settled(ref, "cancelled", words, settled, as_json=as_json)
