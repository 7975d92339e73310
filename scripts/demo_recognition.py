"""The demo's second act: a panel evaluates, three provinces agree, ten certificates count in another province."""

from __future__ import annotations

import csv
import datetime as dt
import json
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))
from stage import HUREN, run
from story import StoryError, expect, verify

if TYPE_CHECKING:
    from stage import Centre, Done, Stage
    from story import Story

SHANGHAI, JIANGSU, ZHEJIANG = 310000, 320000, 330000
OUTCOME = "JS-ASC-4"
PROGRAMME = "ZJ-ADMIN-2026"
ELSEWHERE = "SH-ADMIN-2026"
LEAST_GRADE = 60
NOTICE_DAYS = 7
CAP = 18
"""Credits: what one student may be awarded in all in the programme (it bites in the third act)."""
TEXT = "# 江苏行政服务办事员职业技能等级证书互认协议\n\n上海、江苏、浙江按所附规则承认该证书，每项成果只使用一次。\n"
DOSSIER = "# 行政服务办事员（四级/中级工）评审材料\n\n课程标准、192 学时教学计划、考核样卷。\n"
PANEL = (ZHEJIANG, ZHEJIANG, JIANGSU, JIANGSU, SHANGHAI)
CHINA = dt.timezone(dt.timedelta(hours=8))


def recognise(story: Story, stage: Stage, certificates: Path, scratch: Path, revoked: str) -> str:
    """The second act. ``revoked`` is the hash of a Jiangsu certificate that counts no more. Return the agreement."""
    evaluate(story, stage, scratch)
    agreement = agree(story, stage, scratch)
    papers = transfer(story, stage, agreement, chosen(certificates, revoked, 10), scratch)
    use_twice(story, stage, agreement, papers, scratch)
    flag(story, stage, papers)
    return agreement


@dataclass(frozen=True)
class _Expert:
    """An expert with a keystore of their own, at their province's gateway."""

    centre: Centre
    keystore: Path
    passphrase: Path

    @classmethod
    def seated(cls, stage: Stage, province: int, evaluation: str, number: int) -> _Expert:
        """Make the key, and have the province seat the expert: a binding act."""
        centre = stage.centres[province]
        folder = centre.folder / "experts"
        folder.mkdir(exist_ok=True, mode=0o700)
        passphrase = folder / f"expert-{number}.passphrase"
        passphrase.touch(mode=0o600)
        passphrase.write_text(secrets.token_urlsafe(24), encoding="utf-8")
        made = cls(centre, folder / f"expert-{number}.json", passphrase)
        words = ("evaluation", "expert", str(made.keystore), "--new", "--passphrase-file", str(passphrase), "--json")
        own = run(HUREN, *words).json
        named = ("--expert", own["expert"], "--key", own["key"])
        two = (*account(centre, "admin"), *account(centre, "law-1", secret=False))
        centre.run("evaluation", "nominate", evaluation, *named, *two, "--yes")
        return made

    def run(self, *words: str) -> Done:
        """A command with the expert's own key."""
        key = ("--account", str(self.keystore), "--passphrase-file", str(self.passphrase))
        return self.centre.run(*words, *key)


def evaluate(story: Story, stage: Stage, scratch: Path) -> None:
    """Five experts of three provinces evaluate the outcome."""
    jiangsu = stage.centres[JIANGSU]
    story.tell(
        f"江苏请专家评审 {OUTCOME}：材料加密给评审组，链上只留摘要",
        f"Jiangsu has {OUTCOME} evaluated: the dossier goes to the panel encrypted, its digest on the chain",
    )
    dossier = scratch / "dossier.md"
    dossier.write_text(DOSSIER, encoding="utf-8")
    subject = ("--category", "vocational", "--awarded-from", "2023-01", "--awarded-to", "2027-12")
    targets = ("--target", str(SHANGHAI), "--target", str(ZHEJIANG))
    words = ("evaluation", "open", jiangsu.home.institution, OUTCOME, "--dossier", str(dossier), *targets, *subject)
    two = (*account(jiangsu, "admin"), *account(jiangsu, "law-1", secret=False))
    evaluation = str(jiangsu.run(*words, "--json", "--yes", *two).json["evaluation"])
    panel = [_Expert.seated(stage, province, evaluation, number) for number, province in enumerate(PANEL, 1)]
    sealed = scratch / "dossier.sealed"
    jiangsu.run("evaluation", "seal", evaluation, str(dossier), "--out", str(sealed))
    read = scratch / "dossier-read.md"
    panel[0].run("evaluation", "read", str(sealed), "--out", str(read))
    expect("what an expert in Zhejiang reads", read.read_text(encoding="utf-8"), DOSSIER)
    story.result("五位专家（浙江 2、江苏 2、上海 1）各自解密材料", "each of the five decrypts it")
    report = scratch / "report.md"
    report.write_text("评审意见\n", encoding="utf-8")
    with story.timed("five opinions given"):
        for expert, found in zip(panel, ("8", "8.5", "8", "8", None), strict=True):
            given = ("--unfavourable",) if found is None else ("--favourable", "--level", "4", "--credits", found)
            expert.run("evaluation", "opine", evaluation, *given, "--report", str(report), "--yes")
    closed = jiangsu.run("evaluation", "close", evaluation, "--json", *account(jiangsu, "law-1")).json
    expect("the panel's finding", (closed["phase"], closed["level"]), ("passed", 4))
    story.result(
        f"通过：4 级，{closed['credits']} 学分（赞成意见的下中位数）", f"passed: level 4, {closed['credits']} credits"
    )


def agree(story: Story, stage: Stage, scratch: Path) -> str:
    """Three provinces agree; the public notice passes by the chain's clock. Return the agreement's id."""
    file = _agreement(stage, scratch)
    jiangsu = stage.centres[JIANGSU]
    story.tell(
        "互认协议写成 YAML：先核对，问题连行号一并指出",
        "an agreement is a file: checked, each finding with its line",
    )
    wrong = file.with_name("wrong.yaml")
    wrong.write_text(file.read_text(encoding="utf-8").replace("8 学分", "192 学时", 1), encoding="utf-8")
    finding = jiangsu.run("agreement", "check", str(wrong), "--json", ok=(1,)).json["findings"][0]
    story.result(f"第 {finding['line']} 行：{finding['zh']}；{finding['hintZh']}", f"{finding['en']}")
    checked = jiangsu.run("agreement", "check", str(file), "--json").json
    story.result(checked["rules"][0]["zh"], checked["rules"][0]["en"])
    for example in checked["rules"][0]["examples"][:3]:
        given = f"{example['credits']} 学分" if example["refusal"] == "none" else example["whyZh"]
        gives = f"{example['credits']} credits" if example["refusal"] == "none" else example["whyEn"]
        story.result(f"{example['zh']} → {given}", f"{example['en']} → {gives}")

    story.tell("江苏提出，三省各由两个账户批准", "Jiangsu proposes; three provinces approve, two accounts each")
    with story.timed("agreement proposed and approved by three provinces"):
        told = jiangsu.run("agreement", "propose", str(file), "--yes", "--json", *account(jiangsu, "law-1")).json
        agreement = str(told["agreement"])
        for province in (JIANGSU, SHANGHAI, ZHEJIANG):
            centre = stage.centres[province]
            words = ("agreement", "approve", agreement, "--file", str(file), "--yes", "--json")
            told = centre.run(*words, *account(centre, "admin"), *account(centre, "law-1", secret=False)).json
    expect("state after the last approval", told["state"], "notice")
    story.result(f"{agreement[:18]}… 公示 {NOTICE_DAYS} 天", f"in public notice for {NOTICE_DAYS} days")
    stage.node("advance", "--days", str(NOTICE_DAYS + 1))
    shown = jiangsu.run("agreement", "show", agreement, "--json").json
    expect("state after the notice", shown["state"], "active")
    story.result("公示期满（链的时钟前移），协议生效", "the notice is over by the chain's clock: in force")
    return agreement


def transfer(story: Story, stage: Stage, agreement: str, papers: list[Path], scratch: Path) -> dict[str, Path]:
    """Ten certificates go to Zhejiang; an officer there accepts eight and rejects two. Return papers by transfer."""
    jiangsu, zhejiang = stage.centres[JIANGSU], stage.centres[ZHEJIANG]
    target = zhejiang.home.institution
    story.tell("浙江的审核人登记专业，累计上限按全程计", "Zhejiang's officer declares the programme")
    zhejiang.run("programme", "declare", target, PROGRAMME, "--window", "whole", "--headcount", "400", "--yes")
    story.tell("十份江苏证书申请转入浙江：先显示可得学分", "ten Jiangsu certificates go to Zhejiang: the quote first")
    with story.timed("ten transfers requested, final"):
        words = ("transfer", "request", *map(str, papers), *_consents(papers, scratch), "--yes", "--json")
        asked = jiangsu.run(*words, *place(agreement, 1, target, PROGRAMME)).json["requests"]
    refs = [one["transfer"] for one in asked]
    expect("requests that got a number", [bool(ref) for ref in refs], [True] * 10)
    story.result(f"{refs[0]} … {refs[-1]}，各 {asked[0]['quoted']} 学分", f"quoted {asked[0]['quoted']} credits each")
    story.tell(
        "每项申请附一封只有双方能解开的密信：同意书与出示的证书；浙江的网关自行取来、解开、核验",
        "with each goes a letter that only the two can open: consent, presentation; Zhejiang fetches and verifies it",
    )
    waiting = zhejiang.run("transfer", "inbox", "--json").json["waiting"]
    expect("letters that verify", [(one["verdict"], one["problem"]) for one in waiting], [("valid", None)] * 10)

    story.tell("浙江的审核人先核验再决定：接受 8 份，拒绝 2 份", "an officer there verifies, accepts 8, rejects 2")
    with story.timed("ten transfers decided by an officer"):
        decisions = scratch / "decisions.csv"
        rows = [f"{ref},2026{number:04d}" for number, ref in enumerate(refs)]
        decisions.write_text("\n".join(["transfer,student", *rows[:-2]]), encoding="utf-8")
        zhejiang.run("transfer", "accept", "--file", str(decisions), "--yes")
        why = scratch / "explanation.txt"
        why.write_text("本专业学生名册中没有该生。\n", encoding="utf-8")
        zhejiang.run("transfer", "reject", *refs[-2:], "--reason", "not-enrolled", "--explanation", str(why), "--yes")
    listed = zhejiang.run("transfer", "list", "--json").json["transfers"]
    standings = [one["standing"] for one in listed]
    expect("accepted and returned", (standings.count("accepted"), standings.count("returned")), (8, 2))
    story.result("8 份已接受，2 份已退回（非本校学生）", "8 accepted, 2 returned (not enrolled)")
    told = jiangsu.run("transfer", "show", refs[-1], "--json").json["letters"]["explanation"]["text"]
    expect("the explanation that Jiangsu reads", told, why.read_text(encoding="utf-8"))
    return dict(zip(refs, papers, strict=True))


def use_twice(story: Story, stage: Stage, agreement: str, papers: dict[str, Path], scratch: Path) -> None:
    """The same outcome again, in another province, and after a reissue: refused by the transfer that used it."""
    jiangsu, zhejiang, shanghai = stage.centres[JIANGSU], stage.centres[ZHEJIANG], stage.centres[SHANGHAI]
    first, paper = next(iter(papers.items()))
    story.tell("同一成果再用一次，或转入另一省：拒绝", "the same outcome again, also elsewhere: refused")
    target = zhejiang.home.institution
    _refused(story, jiangsu, paper, place(agreement, 1, target, PROGRAMME))
    shanghai.run("programme", "declare", shanghai.home.institution, ELSEWHERE, "--window", "year", "--yes")
    _refused(story, jiangsu, paper, place(agreement, 2, shanghai.home.institution, ELSEWHERE))

    story.tell("证书更正重发，成果仍是同一项：拒绝", "the certificate is reissued, the outcome is the same: refused")
    again = _reissued(jiangsu, paper, scratch)
    expect("the corrected certificate", verify(zhejiang, again)["verdict"], "valid")
    expect("the earlier one", verify(zhejiang, paper)["verdict"], "revoked")
    _refused(story, jiangsu, again, place(agreement, 1, target, PROGRAMME))
    shown = zhejiang.run("transfer", "show", first, "--json").json
    expect("the transfer of the reissued certificate follows its successor", shown["standing"], "accepted")
    story.result("原转换随新证书继续有效", "its transfer follows the successor and stands")

    story.tell("被拒绝的可以再次申请", "what was rejected may be asked for again")
    returned = list(papers.values())[-1]
    words = ("transfer", "request", str(returned), *_consents([returned], scratch), "--yes", "--json")
    once_more = jiangsu.run(*words, *place(agreement, 1, target, PROGRAMME)).json["requests"][0]
    story.result(f"新的申请 {once_more['transfer']}", f"a new request, {once_more['transfer']}")
    jiangsu.run("transfer", "cancel", once_more["transfer"], "--yes")


def flag(story: Story, stage: Stage, papers: dict[str, Path]) -> None:
    """A revocation in Jiangsu shows on the transfer in Zhejiang, with no further call."""
    jiangsu, zhejiang = stage.centres[JIANGSU], stage.centres[ZHEJIANG]
    ref, paper = list(papers.items())[1]
    story.tell("江苏吊销一份已转换的证书：转换随即标记", "Jiangsu revokes one that counted: its transfer is flagged")
    leaf = verify(jiangsu, paper)["hash"]
    jiangsu.run("revoke", leaf, "--reason", "fraud")
    shown = zhejiang.run("transfer", "show", ref, "--json").json
    expect("standing", shown["standing"], "flagged")
    story.result(f"{ref} 已标记，{shown['awarded']} 学分待撤回", f"flagged, {shown['awarded']} credits to withdraw")


def chosen(certificates: Path, without: str, count: int) -> list[Path]:
    """Jiangsu's certificates of the outcome, passed with the least grade, but for the one with that hash."""
    found = []
    for path in sorted((certificates / "jiangsu").glob("*.huren.json")):
        subject = json.loads(path.read_text(encoding="utf-8"))["credential"]["credentialSubject"]
        grade = subject.get("result", [{}])[0].get("value", "0")
        passed = grade == "合格" or float(grade) >= LEAST_GRADE
        if subject["achievement"]["humanCode"] == OUTCOME and passed and path.name.rsplit("-")[-1][:8] != without[2:10]:
            found.append(path)
        if len(found) == count:
            return found
    raise StoryError(f"only {len(found)} certificates of {OUTCOME}")


def _agreement(stage: Stage, scratch: Path) -> Path:
    now = dt.datetime.fromtimestamp(stage.node("status", "--json").json["block_time"], CHINA).date()
    day = dt.timedelta(days=1)
    homes = {province: stage.centres[province].home.institution for province in (SHANGHAI, JIANGSU, ZHEJIANG)}
    rules = "".join(
        f"""  - 名称: {OUTCOME}，江苏 → {name}
    来源:
      省份: 江苏
      机构: "{homes[JIANGSU]}"
      成果: {OUTCOME}
      类别: 职业
      等级: 4
      最低成绩: {LEAST_GRADE}
      接受无成绩: 是
    评审: 1
    目标: {{省份: {name}, 机构: "{homes[province]}", 专业: {programme}, 学分类别: 职业}}
    转换比例: 1/1
    单次上限: 8 学分
    累计上限: {CAP} 学分
"""
        for name, province, programme in (("浙江", ZHEJIANG, PROGRAMME), ("上海", SHANGHAI, ELSEWHERE))
    )
    rules += f"""  - 名称: 江苏开放大学课程，江苏 → 浙江
    来源: {{省份: 江苏, 机构: "{homes[JIANGSU]}", 类别: 学历, 最低成绩: {LEAST_GRADE}}}
    目标: {{省份: 浙江, 机构: "{homes[ZHEJIANG]}", 专业: {PROGRAMME}, 学分类别: 学历}}
    转换比例: 1/1
    单次上限: 4 学分
    累计上限: {CAP} 学分
"""
    text = f"""名称: 江苏行政服务办事员职业技能等级证书互认协议
缔约方: [上海, 江苏, 浙江]
起始日期: {now - day}
截止日期: {now + 1825 * day}
批准截止日期: {now + 60 * day}
公示期: {NOTICE_DAYS} 天
退出通知期: 90 天
协议文本: agreement.md
规则:
{rules}"""
    (scratch / "agreement.md").write_text(TEXT, encoding="utf-8")
    file = scratch / "agreement.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def account(centre: Centre, name: str, *, secret: bool = True) -> tuple[str, ...]:
    """The options that name one of the province's accounts."""
    words = ("--account", str(centre.folder / "secrets" / f"{name}.json"))
    return (*words, "--passphrase-file", str(centre.folder / "secrets" / "operator")) if secret else words


def place(agreement: str, rule: int, institution: str, programme: str) -> tuple[str, ...]:
    """The options that say where credits are wanted, under which rule."""
    return ("--agreement", agreement, "--rule", str(rule), "--to", institution, "--programme", programme)


def _consents(papers: list[Path], scratch: Path) -> list[str]:
    """What each learner signed."""
    words = []
    for paper in papers:
        signed = scratch / f"consent-{paper.stem}.txt"
        signed.write_text(f"本人同意以 {paper.name} 申请学分转换。\n", encoding="utf-8")
        words += ["--consent", str(signed)]
    return words


def _refused(story: Story, centre: Centre, paper: Path, place: tuple[str, ...]) -> None:
    words = ("transfer", "request", str(paper), "--consent-on-file", "--yes", "--json")
    done: Done = centre.run(*words, *place, ok=(1,))
    [problem] = done.json["findings"]
    expect("the reason", problem["code"], "transfer.used")
    story.result(problem["zh"], problem["en"])


def _reissued(centre: Centre, paper: Path, scratch: Path) -> Path:
    """The certificate again under another number, by a roster that names the one it replaces."""
    document = json.loads(paper.read_text(encoding="utf-8"))["credential"]["credentialSubject"]
    number = document["licenseNumber"]
    roster = Path(__file__).resolve().parent.parent / "tests/rosters/jiangsu-administrative-service-clerks-2024.csv"
    with roster.open(encoding="gb18030", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["证书编号"] == number)
    row |= {"证书编号": f"{number}-1", "替代证书编号": number}
    corrected = scratch / "corrected.csv"
    with corrected.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    folder = scratch / "corrected"
    centre.run("issue", str(corrected), "--yes", "--wait", "--out", str(folder))
    [made] = folder.glob("*.huren.json")
    return made
