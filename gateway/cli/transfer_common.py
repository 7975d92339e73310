"""What the commands about transfers share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.domain.credits import as_decimal
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.ledger.outbox import Submission

RefArgument = Annotated[
    str, typer.Argument(help="转换编号 来源-目标-序号 / the transfer: source-target-number", metavar="TRANSFER")
]
WaitOption = Annotated[int, typer.Option("--wait", min=1, help="等待最终确认的秒数 / seconds to wait until final")]
OfficerOption = Annotated[
    str | None,
    typer.Option("--officer", help="审核人密钥的标签 / the label of the officer's key", metavar="LABEL"),
]


def credits_text(hundredths: int) -> str:
    """Hundredths as a decimal with two places."""
    return str(as_decimal(hundredths))


def settled_exit(settled: Sequence[Submission]) -> None:
    """End the command with 1 where the chain refused.

    Raises:
        typer.Exit: it did.
    """
    if any(entry.state is OutboxState.FAILED for entry in settled):
        raise typer.Exit(console.Exit.AGAINST)
