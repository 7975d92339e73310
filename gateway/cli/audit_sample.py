"""``huren audit sample``: transfers that a later block draws, and what the centres open of them to the office.

Exit codes: 0 done, nothing wrong; 1 something opened is wrong, refused or late; 2 it could not be done now; 64 usage.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from nacl.public import PrivateKey

from gateway.audit.samples.answers import MAGIC, READER, read_answer
from gateway.audit.samples.check import SampleCheck, Tags
from gateway.audit.samples.errors import SampleEmpty, SampleFileMalformed, SampleOtherKey
from gateway.audit.samples.kept import SampleKept
from gateway.audit.samples.key import create_office_key, office_key_of, open_office_key
from gateway.audit.samples.values import MOST, SampleRecord
from gateway.cli import console
from gateway.cli.audit_sample_views import listed, sample_json, sheet
from gateway.cli.context import ConfigOption, opened
from gateway.domain.hashing import hex0x
from gateway.keys.keyfile import require_absent
from gateway.recognition.sealed import parted, unseal
from gateway.store.models import SampleState
from node.client.files import write_whole
from node.client.keystores import read_passphrase

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.audit.samples.book import Sample
    from gateway.bootstrap import Gateway

NameOption = Annotated[
    str | None,
    typer.Option(
        "--sample", help="抽查的公告值或其开头，默认最近一次 / its announcement, or its beginning", metavar="0x…"
    ),
]
KeyOption = Annotated[
    Path,
    typer.Option("--key", help="办公室密钥文件 / the office's key file", metavar="FILE", exists=True, dir_okay=False),
]
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="其口令文件 / its passphrase file", metavar="FILE")
]


def register(group: typer.Typer) -> None:
    """Add the commands."""
    help_text = "抽查：由将来的区块抽取转换 / transfers that a later block draws, opened to the office"
    sample = typer.Typer(help=help_text, no_args_is_help=True, rich_markup_mode=None)
    sample.command("key", help="生成办公室密钥 / make the key that answers are sealed to")(make_key)
    sample.command("announce", help="公告抽查（区块产生之前） / announce a sample, before the block is there")(announce)
    sample.command("draw", help="按区块哈希抽签 / draw by the block's hash")(draw)
    sample.command("requests", help="写出给各来源中心的文件 / write a file for each source centre")(requests)
    sample.command("check", help="核对中心的答复 / check a centre's answer")(check)
    sample.command("show", help="查看答复情况 / who has answered, who is late, what failed")(show)
    group.add_typer(sample, name="sample")


def make_key(
    out: Annotated[Path, typer.Option("--out", help="密钥文件 / the key file", metavar="FILE")],
    passphrase_file: PassphraseOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Make an X25519 key; the file stays with the office, its public part goes to the centres."""
    require_absent(out)
    public = create_office_key(out, _passphrase(passphrase_file), now=int(time.time()))
    payload = {"officeKey": hex0x(public), "file": str(out)}
    console.emit(payload, as_json=as_json, text=lambda where: where.print(hex0x(public), markup=False))


def announce(
    count: Annotated[int, typer.Option("--count", min=1, max=MOST, help="抽取项数 / how many")],
    at_block: Annotated[int, typer.Option("--at-block", min=1, help="将来的区块 / a block to come")],
    key: KeyOption,
    pair: Annotated[
        list[str] | None,
        typer.Option("--pair", help="来源-目标，默认全部 / source-target; by default all", metavar="310000-330000"),
    ] = None,
    accepted: Annotated[bool, typer.Option("--accepted", help="只抽已接受的 / accepted ones only")] = False,
    answer_days: Annotated[int, typer.Option("--answer-days", min=1, max=365, help="答复天数 / days to answer")] = 14,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Keep the record here, and publish its announcement now: it tells nothing, and binds the office."""
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        book = gateway.audit.samples
        block = gateway.audit.trace_record.block
        pairs = sorted({_pair(text) for text in pair}) if pair else book.pairs(block.number)
        record = SampleRecord(
            chain_id=gateway.deployment.chain_id,
            genesis=gateway.deployment.genesis_hash,
            count=count,
            pairs=tuple(pairs),
            accepted=accepted,
            through=block.number,
            through_hash=block.hash,
            at_block=at_block,
            office_key=office_key_of(key),
            answer_days=answer_days,
            nonce=SampleRecord.new_nonce(),
        )
        if not pairs:
            raise SampleEmpty("—")
        sample = book.announce(record, int(time.time()))
    _told(sample, as_json=as_json)


def draw(name: NameOption = None, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Draw, once the block is final; the same at every gateway."""
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        sample = gateway.audit.samples.draw(gateway.audit.samples.find(name))
    _told(sample, as_json=as_json)


def requests(
    out: Annotated[Path, typer.Option("--out", help="输出目录 / folder", metavar="DIR", file_okay=False)],
    name: NameOption = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """One file for each source province; it shows the record, so that the centre can draw again by itself."""
    with opened(config) as gateway:
        asked = gateway.audit.samples.requests(gateway.audit.samples.find(name))
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for one in asked:
        path = out / f"{hex0x(one.record.announcement)[2:18]}-{one.source}.request.json"
        write_whole(path, orjson.dumps(one.to_json(), option=orjson.OPT_INDENT_2))
        files.append({"source": one.source, "transfers": len(one.transfers), "file": str(path)})
    console.emit({"requests": files}, as_json=as_json, text=lambda where: _files(files, where))


def check(
    answer: Annotated[Path, typer.Argument(help="中心的答复 / a centre's answer", metavar="ANSWER", exists=True)],
    key: KeyOption,
    passphrase_file: PassphraseOption = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Verify document, leaf, number, claim and consistency; keep the outcome, and nothing that is personal."""
    box = parted(MAGIC, answer.read_bytes())
    office_key_of(key)  # nobody is asked for the passphrase of a key that is not there
    private = open_office_key(key, _passphrase(passphrase_file))
    with opened(config) as gateway:
        book = gateway.audit.samples
        try:
            sample, source = book.find(str(box.header["sample"])), int(box.header["source"])
        except (KeyError, TypeError, ValueError) as error:
            raise SampleFileMalformed("header") from error
        if bytes(PrivateKey(private).public_key) != sample.record.office_key:
            raise SampleOtherKey(hex0x(sample.record.office_key), expected=hex0x(bytes(PrivateKey(private).public_key)))
        answers = read_answer(unseal(box, READER, PrivateKey(private)), sample.record.digest, source)
        gateway.indexer(attesting=False).advance()
        checker = SampleCheck(SampleKept(gateway.database), gateway.verifier, Tags(private))
        asked = [item.transfer for item in sample.items if item.transfer[0] == source]
        outcomes = checker.check(answers, asked)
        book.answered(sample, [(one.transfer, one.values) for one in outcomes], int(time.time()))
        sample = book.find(hex0x(sample.record.announcement))
    console.note("答复文件含个人信息，核对后请销毁", "the answer holds personal data: destroy it once it is checked")
    mine = {one.transfer for one in outcomes}
    payload = {"source": source, **sample_json(sample, int(time.time()), mine)}
    console.emit(payload, as_json=as_json, text=lambda out: sheet(sample, int(time.time()), out, mine))
    good = len(outcomes) == len(asked) and all(one.state is SampleState.RIGHT for one in outcomes)
    raise typer.Exit(console.Exit.OK if good else console.Exit.AGAINST)


def show(
    name: NameOption = None,
    everything: Annotated[bool, typer.Option("--all", help="列出所有抽查 / list all samples")] = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Show one sample, by default the newest. Exit 1 where an answer is wrong, refused or late."""
    now = int(time.time())
    with opened(config) as gateway:
        samples = gateway.audit.samples.all() if everything else [gateway.audit.samples.find(name)]
        now = _now(gateway, now)
    if everything:
        payload: dict[str, Any] = {"samples": [sample_json(one, now) for one in samples]}
        console.emit(payload, as_json=as_json, text=lambda out: listed(samples, now, out))
    else:
        payload = sample_json(samples[0], now)
        console.emit(payload, as_json=as_json, text=lambda out: sheet(samples[0], now, out))
    bad = any(
        one.late(now) or any(item.state in {SampleState.WRONG, SampleState.REFUSED} for item in one.items)
        for one in samples
    )
    raise typer.Exit(console.Exit.AGAINST if bad else console.Exit.OK)


def _now(gateway: Gateway, clock: int) -> int:
    """The later of the wall clock and the index's: a trial's chain may be ahead, a halted one behind."""
    checked = gateway.index.checked()
    return clock if checked is None else max(clock, checked[0].time)


def _files(files: list[dict[str, Any]], out: Console) -> None:
    for one in files:
        out.print(f"{one['source']}  {one['transfers']}  {one['file']}", markup=False)


def _told(sample: Sample, *, as_json: bool) -> None:
    now = int(time.time())
    console.emit(sample_json(sample, now), as_json=as_json, text=lambda out: sheet(sample, now, out))


def _pair(text: str) -> tuple[int, int]:
    source, _, target = text.partition("-")
    if not (source.isdecimal() and target.isdecimal()):
        raise typer.BadParameter(f"{text!r}: 310000-330000", param_hint="--pair")
    return int(source), int(target)


def _passphrase(file: Path | None) -> str:
    return read_passphrase(file=file, prompt="办公室密钥口令 / passphrase of the office's key: ")
