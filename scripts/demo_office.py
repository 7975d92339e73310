"""The demo's last steps: the chair rotates, and the regional office proves, names, draws and reports."""

from __future__ import annotations

import datetime as dt
import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from demo_recognition import CHINA, JIANGSU, SHANGHAI, ZHEJIANG, account
from stage import HUREN, HUREN_NODE, run
from story import StoryError, expect, out
from synthetic_rosters import institution_code
from tampering import DropEvent
from tampering_proxy import TamperingProxy

from node.client.abi import event_topic
from node.client.artifact import load
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from stage import Centre, Stage
    from story import Story

ANHUI = 340000
TERM_DAYS = 25
"""A chair's term in this trial: it ends in the third act. A consortium in earnest would take a year."""
STEP_DAYS = 4
REPORTS = "reports"
"""The folder of the month's report."""
DRAWN, AHEAD = 5, 12
"""How many transfers a sample draws, and by how many blocks at least it is announced before."""


def oversee(story: Story, stage: Stage, flagged: str, scratch: Path) -> None:
    """The chair rotates; then the office's part. ``flagged`` is the hash of a certificate revoked after its use."""
    rotate(story, stage)
    office = raise_office(story, stage)
    prove(story, stage, office)
    sample = announce(story, stage, office, scratch)
    find(story, office, flagged)
    draw(story, stage, office, sample, scratch)
    report(story, stage, office, scratch)


def rotate(story: Story, stage: Stage) -> None:
    """The chair's one power is the agenda: its motions take votes at once, another's after the notice."""
    story.tell("轮值：任期届满，轮值省份依次更换", "the chair rotates: when a term is over, the next member has it")
    before = stage.node("status", "--json").json["chair"]
    stage.node("advance", "--days", str(STEP_DAYS))
    after = stage.node("status", "--json").json["chair"]
    expect("who chaired, who chairs", (before["province"], after["province"]), (SHANGHAI, JIANGSU))
    story.result(f"{before['zh']} → {after['zh']}", f"{before['en']} → {after['en']}")
    waits = {}
    for province in (JIANGSU, ZHEJIANG):
        opened = _motion(stage, province)
        now = stage.node("status", "--json").json["block_time"]
        waits[province] = max(0, round((opened["opensAt"] - now) / 86_400))
    expect("days until votes are taken", waits, {JIANGSU: 0, ZHEJIANG: 3})
    story.result(
        "轮值只有议程权：江苏的动议即可表决，浙江的须公示 3 天",
        "the agenda is all its power: Jiangsu's motion takes votes at once, Zhejiang's in 3 days",
    )


def raise_office(story: Story, stage: Stage) -> Centre:
    """The office's gateway: no province, no key; everything it knows comes from the chain and the manifests."""
    story.tell(
        "区域合作办公室的网关：没有密钥，从链与清单重建一切",
        "the Regional Cooperation Office's gateway: no key; all from the chain and the manifests",
    )
    stage.node("advance", "--now")
    office = stage.office
    with story.timed("the office's gateway, from nothing to the newest block"):
        office.prepare()
        office.serve()
        office.wait_until_indexed(stage.block())
    story.result(f"{office.home.name_zh}：{office.url}", f"{office.home.name_en}, an observer")
    return office


def prove(story: Story, stage: Stage, office: Centre) -> None:
    """Nothing is missing; then a node that leaves one event out is found out, and the event named."""
    story.tell(
        "完整性：逐一重算所有事件的摘要，与链上证明比对", "completeness: every head folded again, held to proofs"
    )
    began = time.perf_counter()
    honest = office.run("audit", "completeness", "--json").json
    seconds = time.perf_counter() - began
    expect("findings", (honest["findings"], honest["furtherFindings"]), ([], 0))
    events, heads = f"{honest['events']:,}", len(honest["heads"])
    story.measured.append((f"completeness over {events} events", f"{seconds:.2f} s"))
    story.result(
        f"{honest['zh']}：{events} 个事件，{heads} 个摘要已证明", f"{honest['en']}: {events} events, {heads} heads"
    )

    story.tell(
        "一个节点隐去一次学分授予：报表不变，证明不符", "a node hides one award of credits: the proofs do not fit"
    )
    hidden = _an_award(stage)
    with TamperingProxy(stage.rpc_url, [DropEvent(hidden)]) as proxy:
        lied = office.run("audit", "completeness", "--rpc", proxy.url, "--json", ok=(1,)).json
    expect("verdict on the liar", lied["verdict"], "incomplete")
    expect("events that it shows", lied["events"], honest["events"] - 1)
    [finding] = lied["findings"]
    story.result(f"{lied['zh']}：{finding['zh']}", f"{lied['en']}: {finding['en']}")


def find(story: Story, office: Centre, flagged: str) -> None:
    """What asks for a second look, and one credential's whole life."""
    story.tell("疑点清单：什么值得再看一眼", "findings: what asks for a second look")
    found = office.run("audit", "findings", "--json", ok=(0, 1)).json
    by_code: dict[str, list[dict[str, Any]]] = {}
    for one in found["findings"]:
        by_code.setdefault(one["code"], []).append(one)
    for ones in by_code.values():
        story.result(f"{len(ones)} × {ones[0]['zh']}", ones[0]["en"])
    if not any(flagged in str(one) for one in found["findings"]):
        raise StoryError(f"no finding names the revoked {flagged}")
    story.tell("一份凭证的全部经历，一页看完", "everything that ever happened to one credential, on one page")
    traced = office.run("audit", "trace", flagged, "--json").json
    story.result(
        f"{len(traced['events'])} 个事件，逐一对上链头", f"{len(traced['events'])} events, each checked by its head"
    )
    for one in traced["events"]:
        out.print(f"     {one['time'][:16]}  {one['zh']} / {one['en']}", markup=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that is announced: the block that will draw, the office's key and its public part."""

    at: int
    key: Path
    passphrase: tuple[str, str]
    public: str


def announce(story: Story, stage: Stage, office: Centre, scratch: Path) -> Sample:
    """Say that a sample will be drawn, before anybody can know what."""
    key, passphrase = scratch / "office.json", _passphrase(scratch / "office.passphrase")
    began = time.perf_counter()
    public = run(HUREN, "audit", "sample", "key", "--out", str(key), *passphrase, "--json").json["officeKey"]
    at = stage.block() + AHEAD + round(6 * (time.perf_counter() - began))  # a busy machine takes its time
    story.tell(
        f"抽查 {DRAWN} 项：先公告，由尚未产生的区块 {at} 抽签",
        f"a sample of {DRAWN} is announced: the block {at}, which nobody knows yet, will draw it",
    )
    which = ("--count", str(DRAWN), "--at-block", str(at), "--accepted", "--pair", f"{JIANGSU}-{ZHEJIANG}")
    told = office.run("audit", "sample", "announce", *which, "--key", str(key), "--json").json
    stage.centres[JIANGSU].run("audit", "note", told["announcement"])
    story.result(
        f"公告值 {told['announcement'][:18]}… 江苏已记下", "it tells nothing and binds the office; Jiangsu notes it"
    )
    return Sample(at, key, passphrase, public)


def draw(story: Story, stage: Stage, office: Centre, sample: Sample, scratch: Path) -> None:
    """The block draws, and the centre opens what was drawn to the office alone."""
    jiangsu = stage.centres[JIANGSU]
    story.tell(
        "区块已产生：抽签；江苏只向办公室开启", "the block is there and draws; Jiangsu opens to the office alone"
    )
    while stage.block() <= sample.at:
        time.sleep(0.2)
    drawn = office.run("audit", "sample", "draw", "--json").json["transfers"]
    expect("transfers drawn", len(drawn), DRAWN)
    story.result("、".join(one["transfer"] for one in drawn), "the same at every gateway")
    [asked] = office.run("audit", "sample", "requests", "--out", str(scratch / "asked"), "--json").json["requests"]
    answer = scratch / "answer.sealed"
    to = ("--to", sample.public, "--out", str(answer), "--yes", "--json")
    gone = jiangsu.run("audit", "open", asked["file"], *to, ok=(0, 1)).json["refused"]
    own = ("--key", str(sample.key), *sample.passphrase)
    checked = office.run("audit", "sample", "check", str(answer), *own, "--json", ok=(0, 1)).json["transfers"]
    right = {one["transfer"] for one in checked if one["state"] == "right"}
    expect("answers that are right", right, {one["transfer"] for one in drawn} - set(gone))
    story.result("证件号码、凭证与权属标识逐项核对无误", "number, document and claim of each are what the chain says")
    # Nobody knows what will be drawn: now and then a transfer of the learner whose account this story deleted, and who
    # has another since. The key of the documents is gone.
    why = [one["findings"][0]["code"] for one in checked if one["state"] == "refused"]
    expect("reasons for what could not be opened", why, ["document.unreadable"] * len(gone))
    for transfer in gone:
        story.result(f"{transfer} 的账户已注销，无从开启", f"{transfer} is of a deleted account: nobody can open it")


def report(story: Story, stage: Stage, office: Centre, scratch: Path) -> None:
    """The month's report, signed; another province makes it again, byte for byte."""
    month = dt.datetime.fromtimestamp(stage.node("status", "--json").json["block_time"], CHINA).strftime("%Y-%m")
    story.tell(
        f"{month} 月报：中英文 PDF，附图，签名", f"the report of {month}: a PDF in both languages, charts, signed"
    )
    key, passphrase = scratch / "report-key.json", _passphrase(scratch / "report.passphrase")
    signer = run(HUREN, "key", "report", "--out", str(key), *passphrase, "--json").json["did"]
    folder = scratch.parent / REPORTS
    folder.mkdir(exist_ok=True)
    pdf, data = folder / f"huren-{month}.pdf", folder / f"huren-{month}.json"
    signed = ("--key", str(key), "--key-passphrase-file", passphrase[1])
    with story.timed("the monthly report, as PDF and JSON, signed"):
        told = office.run(
            "audit", "reports", "--month", month, "--out", str(pdf), "--out", str(data), *signed, "--json"
        ).json
    expect("files", [Path(name).exists() for name in told["files"]], [True] * len(told["files"]))
    story.result(f"{pdf}", f"{pdf.stat().st_size:,} bytes")
    anhui = stage.centres[ANHUI]
    again = anhui.run("audit", "check-report", str(data), "--signer", signer, "--json").json
    expect("made again in Anhui", (again["sameFromOwnIndex"], again["signature"]), ("yes", "yes"))
    story.result(
        "安徽的网关由自己的索引重算：逐字节相同，签名有效", "Anhui makes it again from its own index: the same bytes"
    )


def _motion(stage: Stage, province: int) -> dict[str, Any]:
    """Open a motion of the province: may it accredit an institution whose code is of another place?"""
    centre = stage.centres[province]
    words = ("open", "permit", f"institution={institution_code(110000)}", f"province={province}", "--yes", "--json")
    two = (*account(centre, "admin"), *account(centre, "law-1", secret=False))
    opened = _node(stage, *words, *two)
    shown: dict[str, Any] = _node(stage, "show", opened["motion"], "--json")
    return shown


def _node(stage: Stage, *words: str) -> Any:  # noqa: ANN401 - what the command prints
    return run(HUREN_NODE, "motion", *words, "--dir", str(stage.network)).json


def _an_award(stage: Stage) -> int:
    """Which event of the chain, from 1, is the newest award of credits."""
    award = event_topic(load("TransferLedger"), "TransferAccepted")
    with JsonRpc(stage.rpc_url) as rpc:
        logs = rpc.call("eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"})
    return max(number for number, log in enumerate(logs, 1) if log["topics"][0] == award)


def _passphrase(path: Path) -> tuple[str, str]:
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    return "--passphrase-file", str(path)
