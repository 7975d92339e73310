"""What the commands about transfers share."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.domain.credits import as_decimal
from gateway.domain.errors import HurenError
from gateway.domain.receipt import Certificate
from gateway.ledger.outbox import enqueue
from gateway.recognition.transfer_chain import TRANSFERS
from gateway.store.models import OutboxState
from gateway.verification.service import parse_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.bootstrap import Gateway
    from gateway.ledger.outbox import Intent, Submission

RefArgument = Annotated[
    str, typer.Argument(help="转换编号 来源-目标-序号 / the transfer: source-target-number", metavar="TRANSFER")
]
WaitOption = Annotated[int, typer.Option("--wait", min=1, help="等待最终确认的秒数 / seconds to wait until final")]
OfficerOption = Annotated[
    str | None,
    typer.Option("--officer", help="审核人密钥的标签 / the label of the officer's key", metavar="LABEL"),
]


class NotOurs(HurenError):
    """A certificate that this centre did not issue, or whose learner is deleted."""

    code = "transfer.not_ours"
    zh = "本中心没有签发过 {value}，或其学习者已注销"
    en = "this centre did not issue {value}, or its learner was deleted"
    hint_zh = "请由签发的中心申请，或给出证书文件"
    hint_en = "the centre that issued it applies; or give the certificate file"


def certificate_of(gateway: Gateway, name: str) -> Certificate:
    """A certificate by its file, or by its hash out of this centre's own store.

    Raises:
        NotOurs: this centre has none of that hash.
    """
    if Path(name).is_file():
        return Certificate.parse(Path(name).read_bytes())
    leaf = parse_hash(name)
    for held in gateway.holdings.find(leaf):
        row = gateway.records.at(held.institution, held.root, held.position)
        made = None if row is None else gateway.exporter.credential(row)
        if made is not None:
            return Certificate.parse(made[1])
    raise NotOurs(name)


def send(gateway: Gateway, intents: Sequence[Intent], wait: int) -> list[Submission]:
    """Queue transactions of the operator, and wait until they are final or refused."""
    with gateway.database.write() as connection:
        entries = enqueue(connection, gateway.sender.address, intents, now=int(time.time()))
    settled = gateway.sender.settle(entries, seconds=wait)
    gateway.indexer(attesting=False).advance()
    return settled


def ledger_of(gateway: Gateway) -> bytes:
    """The address of the TransferLedger in force, 20 bytes."""
    return bytes.fromhex(gateway.calls.address(TRANSFERS)[2:])


def transaction_json(entry: Submission) -> dict[str, Any]:
    """What became of a transaction, as --json shows it."""
    return {"state": entry.state.value, "block": entry.block, "problem": entry.error}


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
