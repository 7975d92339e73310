"""`make demo`: four provinces on one machine: one credential's whole life, what it is worth elsewhere, and at work.

    scripts/demo.py [--once] [--folder FOLDER]

Without --once the gateways stay up and their addresses are printed, until Ctrl-C. Every step is a command of the
product or a request to a gateway, and the demo stops where something else happens than it tells.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent))
from anchored import anchored_leaves, anchors_of
from demo_office import REPORTS, TERM_DAYS
from demo_recognition import recognise
from demo_work import work
from stage import HUREN, Centre, Stage, run
from story import Story, StoryError, ask, expect, out, told, verify, visibly
from synthetic_rosters import write_roster

from gateway.domain.tree import MAX_LEAVES

ROOT = Path(__file__).resolve().parent.parent
ROSTERS = ROOT / "tests" / "rosters"
SHANGHAI, JIANGSU, ZHEJIANG, ANHUI = 310000, 320000, 330000, 340000
DAYS_AGO, LEFT = 30, 16
"""When the chain starts, and the days of it that the second act still has: a public notice passes by its clock."""
KILLED_ROWS = 70_000
KILLS = 5
"""How often the kill is tried: on a busy machine it may come when all is done."""
UNKNOWN = "0x" + "5a" * 32


def raise_stage(story: Story, stage: Stage) -> None:
    """The chain, and four centres with keys, accreditation and gateways."""
    story.tell("四省联盟成立：链从 30 天前开始", "four provinces found the consortium; its chain starts 30 days ago")
    with story.timed("network up and constituted"):
        stage.raise_network()
    story.tell(
        "各中心在本地生成密钥，认可机构并登记密钥（双人确认）", "each centre makes its keys, accredits its institution"
    )
    with story.timed("four centres prepared"), ThreadPoolExecutor(2) as pool:
        list(pool.map(Centre.prepare, stage.centres.values()))
        list(pool.map(Centre.accredit, stage.centres.values()))
    stage.node("advance", "--days", str(DAYS_AGO - LEFT))
    for centre in stage.centres.values():
        centre.serve()
        story.result(f"{centre.home.name_zh}：{centre.url}", centre.home.name_en)


def issue_rosters(story: Story, stage: Stage, certificates: Path) -> None:
    """The rosters of three centres, and Zhejiang's dirty one."""
    jiangsus = ROSTERS / "jiangsu-administrative-service-clerks-2024.csv"
    for province, roster, good in (
        (SHANGHAI, ROSTERS / "shanghai-courses-2024.csv", 1488),
        (JIANGSU, jiangsus, 2385),
        (ANHUI, ROSTERS / "anhui-mixed-2024.csv", 896),
    ):
        centre = stage.centres[province]
        story.tell(f"{centre.home.name_zh}签发 {roster.name}", f"{centre.home.name_en} issues {roster.name}")
        # A few rows have a grade over 100, which no credential can say (decision 0003): named, and left to be mended.
        with story.timed(f"issue {roster.name}, anchored, final, {good:,} files written", good):
            folder = str(certificates / centre.home.slug)
            visibly(centre, "issue", str(roster), "--accept-good-rows", "--yes", "--wait", "--out", folder)
        expect("leaves on the chain", len(anchored_leaves(stage)[province]), good)
    again = stage.centres[JIANGSU].run("issue", str(jiangsus), "--accept-good-rows", "--yes", "--json").json
    expect("issued by a second run of the same file", again["issued"], 0)
    story.result("再次签发同一文件：没有新的内容", "the same file again: nothing to do")

    zhejiang = stage.centres[ZHEJIANG]
    dirty = str(ROSTERS / "zhejiang-dirty.csv")
    story.tell(
        "浙江的名册有问题：列出全部问题，不签发", "Zhejiang's roster is dirty: every finding at once, nothing issued"
    )
    template = certificates / "zhejiang-to-mend.xlsx"
    visibly(zhejiang, "issue", dirty, "--yes", "--template", str(template), ok=(1,))
    expect("leaves anchored by Zhejiang", anchored_leaves(stage).get(ZHEJIANG, []), [])
    story.tell("浙江决定先签发合格的行", "Zhejiang issues the good rows")
    those = ("--accept-good-rows", "--yes", "--wait", "--out", str(certificates / "zhejiang"))
    visibly(zhejiang, "issue", dirty, *those)


def verify_elsewhere(story: Story, stage: Stage, certificates: Path, scratch: Path) -> tuple[Path, str]:
    """A Jiangsu certificate at Anhui's gateway: by file, by hash, without Jiangsu, and from an empty database."""
    jiangsu, anhui = stage.centres[JIANGSU], stage.centres[ANHUI]
    with story.timed("other provinces hold every manifest"):
        block = stage.block()
        for centre in stage.centres.values():
            centre.wait_until_indexed(block)
    paper = min((certificates / "jiangsu").glob("*.huren.json"))
    story.tell("江苏的证书在安徽核验：文件", "a Jiangsu certificate at Anhui's gateway: the file")
    verdict = verify(anhui, paper)
    expect("verdict", verdict["verdict"], "valid")
    story.result(*told(verdict))
    leaf = str(verdict["hash"])
    story.tell("只凭哈希核验", "the hash alone")
    verdict = ask(anhui, leaf)
    expect("verdict", verdict["verdict"], "registered")
    story.result(*told(verdict))

    story.tell("部分出示：只显示名称与学分", "a partial certificate that shows name and credits only")
    partial = scratch / "partial.huren.json"
    run(HUREN, "present", str(paper), "--show", "name,creditsEarned", "--out", str(partial))
    verdict = verify(anhui, partial)
    expect("verdict", verdict["verdict"], "valid")
    story.result(*told(verdict))

    story.tell(
        "江苏的网关停机，文件夹消失；安徽照常核验", "Jiangsu's gateway and folder are gone; Anhui still verifies"
    )
    jiangsu.stop()
    gone = scratch / "jiangsu-set-aside"
    jiangsu.folder.rename(gone)
    expect("by file", verify(anhui, paper)["verdict"], "valid")
    expect("by hash", ask(anhui, leaf)["verdict"], "registered")
    story.result("有效、已登记", "valid and registered")
    story.tell("安徽清空数据库，只凭链和其他省的清单重建", "Anhui starts from an empty database")
    anhui.stop()
    kept = scratch / "anhui-data-set-aside"
    anhui.data.rename(kept)
    shutil.copytree(kept / "keys", anhui.data / "keys")
    with story.timed("index rebuilt from nothing"):
        anhui.run("index", "rebuild")
    expect("by file", verify(anhui, paper)["verdict"], "valid")
    story.result("有效", "valid")
    shutil.rmtree(anhui.data)
    kept.rename(anhui.data)
    gone.rename(jiangsu.folder)
    anhui.serve()
    jiangsu.serve()
    return paper, leaf


def tamper_and_revoke(story: Story, stage: Stage, paper: Path, leaf: str, scratch: Path) -> None:
    """One byte changed, a revocation seen elsewhere, an unknown hash, the chain away and back."""
    jiangsu, anhui = stage.centres[JIANGSU], stage.centres[ANHUI]
    story.tell("改动一个字节", "one byte is changed")
    data = bytearray(paper.read_bytes())
    at = data.index(b'"creditsEarned":') + len(b'"creditsEarned":')
    data[at] = ord("9") if data[at] != ord("9") else ord("7")
    altered = scratch / "altered.huren.json"
    altered.write_bytes(bytes(data))
    verdict = verify(anhui, altered)
    expect("verdict", verdict["verdict"], "invalid")
    story.result(*told(verdict))

    story.tell("江苏撤销该证书，安徽看到日期与原因", "Jiangsu revokes it; Anhui sees when and why")
    with story.timed("revoked and seen in another province"):
        jiangsu.run("revoke", leaf, "--reason", "error")
        anhui.wait_until_indexed(stage.block())
    verdict = ask(anhui, leaf)
    expect("verdict", verdict["verdict"], "revoked")
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(verdict["status"]["since"]))
    zh, en = told(verdict)
    story.result(f"{zh}（{since}）", f"{en} ({since})")

    story.tell("查询一个不存在的哈希", "a hash that nobody anchored")
    verdict = ask(anhui, UNKNOWN)
    expect("verdict", verdict["verdict"], "not-found")
    story.result(*told(verdict))

    story.tell("链停止：无法核验，而不是无效", "the chain stops: cannot check, which is not invalid")
    stage.node("down")
    deadline = time.monotonic() + 180
    while (verdict := ask(anhui, leaf))["verdict"] != "cannot-check" and time.monotonic() < deadline:
        time.sleep(0.5)
    expect("verdict", verdict["verdict"], "cannot-check")
    story.result(*told(verdict))
    stage.node("up")
    anhui.wait_until_indexed(stage.block())
    expect("verdict", ask(anhui, leaf)["verdict"], "revoked")
    story.result("链恢复，答案照旧", "the chain is back, and so is the answer")


def kill_in_the_middle(story: Story, stage: Stage, scratch: Path) -> None:
    """A gateway and its issuing killed with -9, started again: nothing missing, nothing twice, counted on the chain."""
    shanghai = stage.centres[SHANGHAI]
    many, batches = f"{KILLED_ROWS:,}", -(-KILLED_ROWS // MAX_LEAVES)
    story.tell(
        f"签发 {many} 行（{batches} 批），首批上链即以 kill -9 杀死网关与签发进程",
        f"{many} rows are issued in {batches} batches; once the first is anchored, kill -9 on gateway and issuing",
    )
    for number in range(KILLS):
        roster, first = scratch / f"many-{number}.csv", number * KILLED_ROWS
        code = shanghai.home.institution
        write_roster(roster, KILLED_ROWS, province=SHANGHAI, institution=code, seed=7, first=first)
        before = anchored_leaves(stage)[SHANGHAI]
        anchored = _killed_after_the_first_anchor(stage, shanghai, roster)
        if anchored < batches:
            break
        shanghai.serve()  # this machine was looking elsewhere, and all are there: the next roster
    else:
        raise StoryError(f"the kill was to fall between the anchors, and came after all {batches} for {KILLS} rosters")
    found = len(anchored_leaves(stage)[SHANGHAI]) - len(before)
    story.result(
        f"已杀死；链上有 {batches} 批中的 {anchored} 批，{many} 份中的 {found:,} 份",
        f"killed; found on the chain: {anchored} of {batches} batches, {found:,} of {many} leaves",
    )
    shanghai.serve()
    with story.timed("issue the others after the kill", KILLED_ROWS - found):
        shanghai.run("issue", str(roster), "--yes", "--wait")
    leaves = anchored_leaves(stage)[SHANGHAI]
    expect("leaves on the chain", len(leaves) - len(before), KILLED_ROWS)
    expect("leaves that are there twice", len(leaves) - len(set(leaves)), 0)
    story.result("不多不少，各一次（在链上清点）", "none missing, none twice: counted on the chain")


def _killed_after_the_first_anchor(stage: Stage, centre: Centre, roster: Path) -> int:
    """Issue a roster, kill issuing and gateway once a batch of it is anchored; how many are, a block later."""
    province = centre.home.province
    before = len(anchors_of(stage, province))
    words = [HUREN, "issue", str(roster), "--yes", "--wait", "--config", str(centre.config)]
    issuing = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(anchors_of(stage, province)) == before and issuing.poll() is None:
        time.sleep(0.1)
    issuing.send_signal(signal.SIGKILL)
    expect("how issuing ended", issuing.wait(), -signal.SIGKILL)
    centre.stop(how=signal.SIGKILL)
    # What was on its way to the node is mined by the next block.
    block = stage.block()
    while stage.block() == block:
        time.sleep(0.1)
    return len(anchors_of(stage, province)) - before


def summary(story: Story, stage: Stage) -> None:
    """The table of what was measured."""
    table = Table("实测 / measured on this machine", "", title_justify="left")
    for what, value in story.measured:
        table.add_row(what, value)
    for province, leaves in sorted(anchored_leaves(stage).items()):
        table.add_row(f"leaves anchored by {province}", f"{len(leaves):,}")
    out.print()
    out.print(table)


def main() -> int:
    """Tell the story; exit 0 if everything happened as told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story")
    parser.add_argument("--folder", type=Path, help="where to play (default: a new temporary folder)")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="huren-demo-"))
    scratch, certificates = folder / "scratch", folder / "certificates"
    scratch.mkdir(parents=True, exist_ok=True)
    stage = Stage(folder, days_ago=DAYS_AGO, term_days=TERM_DAYS, settings={"staleness_seconds": "5"})
    story = Story()
    try:
        raise_stage(story, stage)
        issue_rosters(story, stage, certificates)
        paper, leaf = verify_elsewhere(story, stage, certificates, scratch)
        tamper_and_revoke(story, stage, paper, leaf, scratch)
        kill_in_the_middle(story, stage, scratch)
        agreement = recognise(story, stage, certificates, scratch, leaf)
        work(story, stage, agreement, certificates, scratch)
        summary(story, stage)
        if not options.once:
            stay(stage)
    except StoryError as error:
        out.print(f"\n✗ {error}", style="bold red", markup=False)
        return 1
    finally:
        stage.close()
    if options.folder is None:
        for place in folder.iterdir():
            if place.name != REPORTS:  # the month's report outlives the demo: its path was printed
                shutil.rmtree(place, ignore_errors=True)
    return 0


def stay(stage: Stage) -> None:
    """Keep the gateways up until Ctrl-C."""
    out.print("\n网关保持运行，Ctrl-C 结束 / the gateways stay up; Ctrl-C ends them")
    for centre in (*stage.centres.values(), stage.office):
        out.print(f"  {centre.home.name_zh}  {centre.url}/v1/credentials/0x…   {centre.config}", markup=False)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


if __name__ == "__main__":
    sys.exit(main())
