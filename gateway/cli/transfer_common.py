"""What the commands about transfers share."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console
from gateway.cli.progress import Bars, Lines
from gateway.domain.errors import AGAINST, HurenError
from gateway.domain.receipt import Certificate
from gateway.ledger.outbox import enqueue
from gateway.store.models import OutboxState
from gateway.verification.service import parse_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gateway.bootstrap import Gateway
    from gateway.issuance.records import CredentialRow
    from gateway.ledger.outbox import Intent, Submission

RefArgument = Annotated[
    str, typer.Argument(help="转换编号 来源-目标-序号 / the transfer: source-target-number", metavar="TRANSFER")
]
WaitOption = Annotated[int, typer.Option("--wait", min=1, help="等待最终确认的秒数 / seconds to wait until final")]
TOGETHER: Final = 25
"""How many are worked on before progress is shown again."""
_FEW: Final = 20


class NotOurs(HurenError):
    """A certificate that this centre did not issue, or whose learner is deleted."""

    code = "transfer.not_ours"
    exit_code = AGAINST
    zh = "本中心没有签发过 {value}，或其学习者已注销"
    en = "this centre did not issue {value}, or its learner was deleted"
    hint_zh = "请由签发的中心申请，或给出证书文件"
    hint_en = "the centre that issued it applies; or give the certificate file"


class Step(StrEnum):
    """What takes long where there are many."""

    APPLYING = "applying"
    REQUESTING = "requesting"
    EXAMINING = "examining"
    DECIDING = "deciding"


_STEPS: Final[Mapping[StrEnum, tuple[str, str]]] = {
    Step.APPLYING: ("登记申请", "entering applications"),
    Step.REQUESTING: ("确认并上链", "confirming"),
    Step.EXAMINING: ("核验", "verifying"),
    Step.DECIDING: ("上链", "deciding"),
}


@contextmanager
def progress(count: int, *, as_json: bool) -> Iterator[Callable[[StrEnum, int, int], None]]:
    """A bar (or lines of JSON, for a program) where there are many; nothing where there are few."""
    shown = Bars(_STEPS) if count >= _FEW and console.err.is_terminal and not as_json else None
    lines = Lines() if count >= _FEW and as_json else None
    with shown.display if shown is not None else nullcontext():
        yield shown or lines or (lambda *_: None)


def well_formed(name: str) -> None:
    """Whether it may name a certificate: a file, or a hash.

    Raises:
        MalformedHash: it is neither.
    """
    if not Path(name).is_file():
        parse_hash(name)


def certificate_of(gateway: Gateway, name: str) -> Certificate:
    """A certificate by its file, or by its hash out of this centre's own store.

    Raises:
        NotOurs: this centre has none of that hash.
    """
    found = certificates_of(gateway, [name])[0]
    if isinstance(found, HurenError):
        raise found
    return found


def certificates_of(gateway: Gateway, names: Sequence[str]) -> list[Certificate | HurenError]:
    """Certificates by file or hash, each by itself; those of one batch cost one reading of it."""
    found: list[Certificate | HurenError | None] = [None] * len(names)
    rows: dict[int, CredentialRow] = {}
    for place, name in enumerate(names):
        try:
            if Path(name).is_file():
                found[place] = Certificate.parse(Path(name).read_bytes())
            else:
                rows[place] = _row_of(gateway, name)
        except HurenError as error:
            found[place] = error
    files = gateway.exporter.many(list(rows.values())) if rows else {}
    for place, row in rows.items():
        content = files.get(row.leaf)
        found[place] = NotOurs(names[place]) if content is None else Certificate.parse(content)
    return [one for one in found if one is not None]


def _row_of(gateway: Gateway, name: str) -> CredentialRow:
    leaf = parse_hash(name)
    for held in gateway.holdings.find(leaf):
        row = gateway.records.at(held.institution, held.root, held.position)
        if row is not None:
            return row
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
    return gateway.recognition.desk.ledger()


def transaction_json(entry: Submission) -> dict[str, Any]:
    """What became of a transaction, as --json shows it."""
    return {"state": entry.state.value, "block": entry.block, "problem": entry.error}


def settled_exit(settled: Sequence[Submission]) -> None:
    """End the command with 1 where the chain refused.

    Raises:
        typer.Exit: it did.
    """
    if any(entry.state is OutboxState.FAILED for entry in settled):
        raise typer.Exit(console.Exit.AGAINST)


def parts(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """A long list in pieces of TOGETHER."""
    for start in range(0, len(things), TOGETHER):
        yield things[start : start + TOGETHER]
