"""How samples are shown: as JSON and for a person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from gateway.cli import console
from gateway.cli.acting import table
from gateway.domain.civil_time import moment_text
from gateway.domain.hashing import hex0x
from gateway.domain.provinces import province_names
from gateway.store.models import SampleState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from rich.console import Console

    from gateway.audit.samples.book import Item, Sample
    from gateway.audit.samples.draw import Name

_STATES: Final = {
    SampleState.WAITING: ("待答复", "waiting"),
    SampleState.RIGHT: ("无误", "right"),
    SampleState.WRONG: ("有误", "wrong"),
    SampleState.REFUSED: ("无法开启", "refused"),
}
_STYLES: Final = {SampleState.WRONG: "red", SampleState.REFUSED: "yellow"}


def sample_json(sample: Sample, now: int, only: Collection[Name] | None = None) -> dict[str, Any]:
    """A sample as JSON, with the record from the draw on; before, its announcement is all that may be shown."""
    record, drawn = sample.record, sample.block_hash is not None
    late = {item.transfer for item in sample.late(now)}
    items = [item for item in sample.items if only is None or item.transfer in only]
    return {
        "announcement": hex0x(record.announcement),
        "announcedAt": moment_text(sample.announced_at),
        "count": record.count,
        "pairs": [f"{source}-{target}" for source, target in record.pairs],
        "accepted": record.accepted,
        "through": record.through,
        "atBlock": record.at_block,
        "officeKey": hex0x(record.office_key),
        "record": record.to_json() if drawn else None,
        "digest": hex0x(record.digest) if drawn else None,
        "blockHash": None if sample.block_hash is None else hex0x(sample.block_hash),
        "drawnAt": moment_text(sample.drawn_at or 0),
        "answerBy": moment_text(sample.answer_by or 0),
        "sources": _sources(sample.items, late),
        "transfers": [
            {
                "transfer": item.name,
                "state": item.state.value,
                "late": item.transfer in late,
                "answeredAt": moment_text(item.answered_at or 0),
                "findings": list(item.findings),
            }
            for item in items
        ],
    }


def _sources(items: Sequence[Item], late: Collection[Name]) -> list[dict[str, Any]]:
    found = []
    for source in sorted({item.transfer[0] for item in items}):
        mine = [item for item in items if item.transfer[0] == source]
        counts = Counter(item.state for item in mine)
        found.append(
            {
                "province": source,
                "drawn": len(mine),
                **{state.value: counts[state] for state in SampleState},
                "late": sum(item.transfer in late for item in mine),
            }
        )
    return found


def sheet(sample: Sample, now: int, out: Console, only: Collection[Name] | None = None) -> None:
    """A sample for a person."""
    told = sample_json(sample, now, only)
    out.print(console.say("公告值", "announcement"), told["announcement"], style="bold", markup=False)
    if sample.block_hash is None:
        zh = f"待区块 {sample.record.at_block} 抽签。请现在公布公告值；抽签前不要出示记录"
        en = f"block {sample.record.at_block} draws. Publish the announcement now; show the record to nobody before"
        out.print(f"{zh}\n{en}", markup=False)
        return
    zh = f"区块 {sample.record.at_block} 抽取 {len(sample.items)} 项，答复期限 {told['answerBy']}"
    en = f"block {sample.record.at_block} drew {len(sample.items)}; to be answered by {told['answerBy']}"
    out.print(console.say(zh, en), markup=False)
    for one in told["sources"]:
        names = console.say(*province_names(one["province"]))
        counts = ", ".join(f"{console.say(*_STATES[state])} {one[state.value]}" for state in SampleState)
        out.print(f"  {names}: {counts}, {console.say('逾期', 'late')} {one['late']}", markup=False)
    rows = table("转换 / transfer", "状态 / state", "发现 / found")
    for item in sample.items:
        if only is None or item.transfer in only:
            found = "\n".join(f"{one['zh']} / {one['en']}" for one in item.findings)
            rows.add_row(item.name, console.say(*_STATES[item.state]), found, style=_STYLES.get(item.state))
    out.print(rows)


def listed(samples: Sequence[Sample], now: int, out: Console) -> None:
    """All samples, a line each."""
    rows = table("公告值 / announcement", "区块 / block", "抽取 / drawn", "待答复 / waiting", "逾期 / late")
    for one in samples:
        waiting = sum(item.state is SampleState.WAITING for item in one.items)
        rows.add_row(
            hex0x(one.record.announcement),
            str(one.record.at_block),
            str(len(one.items)) if one.block_hash is not None else "—",
            str(waiting),
            str(len(one.late(now))),
        )
    out.print(rows)
