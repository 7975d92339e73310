"""``huren audit open``: a centre opens to the regional office the transfers that a block drew, and no others.

Exit codes: 0 all opened; 1 something could not be opened, or the request is not what was announced; 2 it could not be
done now; 64 usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import structlog
import typer

from gateway.audit.samples.answers import MAGIC, READER, answer
from gateway.audit.samples.errors import (
    NothingOfOurs,
    SampleNotAnnounced,
    SampleOfThePast,
    SampleOtherDraw,
    SampleOtherKey,
)
from gateway.audit.samples.values import SampleRequest
from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import DAY
from gateway.domain.hashing import hex0x
from gateway.ledger.transfer_rows import TransferRows
from gateway.recognition.sealed import seal
from gateway.verification.service import parse_hash
from node.client.files import write_whole
from node.client.hands import YesOption

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway

log = structlog.get_logger(__name__)

PRIVATE = 0o600
OLDEST_DAYS = 31
"""Before its announcement was noted, a sample's last request that counts."""


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("note", help="中心：记下监管办公室的公告值 / a centre: note what the office announced")(note)
    group.command("open", help="中心：向监管办公室开启被抽中的转换 / a centre: open what was drawn to the office")(
        open_drawn
    )


def note(
    announcement: Annotated[str, typer.Argument(help="办公室的公告值 / what the office announced", metavar="0x…")],
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Keep it with the newest final block of this moment: only what a later block drew is ever opened."""
    value = parse_hash(announcement)
    with opened(config) as gateway:
        noted = gateway.audit.announcements.note(value, gateway.reader.final_block())
    zh, en = f"已记下，时为区块 {noted.block}", f"noted, at block {noted.block}"
    console.emit(noted.to_json(), as_json=as_json, text=lambda out: out.print(console.say(zh, en), markup=False))


def open_drawn(
    request: Annotated[
        Path, typer.Argument(help="办公室的文件 / the office's request", metavar="FILE", exists=True, dir_okay=False)
    ],
    office_key: Annotated[
        str, typer.Option("--to", help="办公室公钥（另行核对） / the office's key, known by other means", metavar="0x…")
    ],
    out: Annotated[Path, typer.Option("--out", help="答复文件（加密） / the sealed answer", metavar="FILE")],
    yes: YesOption = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Check announcement, key and draw; then seal number, document and the person's claim key to the office."""
    asked = SampleRequest.read(request.read_bytes())
    with opened(config) as gateway:
        gateway.keys.master()
        gateway.indexer(attesting=False).advance()
        _examined(gateway, asked, office_key)
        count, population = len(asked.transfers), gateway.audit.samples.population(asked.record)
        zh = f"向监管办公室开启 {count} 项转换的证件号码与凭证？抽自 {population} 项"
        en = f"Open {count} transfers, with document numbers? They were drawn out of {population}"
        console.confirmed(yes, zh, en, as_json=as_json)
        content = answer(asked, TransferRows(gateway.database), gateway.audit.openings)
    header = {"sample": hex0x(asked.record.announcement), "source": asked.source}
    write_whole(out, seal(MAGIC, header, {READER: asked.record.office_key}, content), PRIVATE)
    refused = [item["transfer"] for item in orjson.loads(content)["items"] if "refused" in item]
    log.warning("audit.opened", sample=header["sample"], transfers=count, population=population, refused=len(refused))
    payload = {"file": str(out), "opened": count - len(refused), "population": population, "refused": refused, **header}
    sentence = console.say(f"已开启 {count - len(refused)} 项：{out}", f"{count - len(refused)} opened: {out}")
    console.emit(payload, as_json=as_json, text=lambda where: where.print(sentence, markup=False))
    raise typer.Exit(console.Exit.AGAINST if refused else console.Exit.OK)


def _examined(gateway: Gateway, asked: SampleRequest, office_key: str) -> None:
    """Whether this is what was announced, to the key that is known, and what the block drew.

    Raises:
        SampleError: it is not; nothing is opened.
    """
    record = asked.record
    noted = gateway.audit.announcements.of(record.announcement)
    if noted is None or record.at_block <= noted.block:
        raise SampleNotAnnounced(hex0x(record.announcement), block=record.at_block)
    if gateway.audit.samples.counted_at(record) < noted.time - OLDEST_DAYS * DAY:
        raise SampleOfThePast(record.through, days=OLDEST_DAYS)
    if hex0x(record.office_key) != office_key.lower():
        raise SampleOtherKey(hex0x(record.office_key), expected=office_key)
    if asked.source != gateway.settings.province:
        raise NothingOfOurs(gateway.settings.province)
    block, drawn = gateway.audit.samples.drawn_by(record)
    mine = [name for name in drawn if name[0] == asked.source]
    if block.hash != asked.block_hash or sorted(mine) != sorted(asked.transfers):
        others = set(asked.transfers) ^ set(mine)
        raise SampleOtherDraw(", ".join("-".join(map(str, name)) for name in sorted(others)) or hex0x(block.hash))
