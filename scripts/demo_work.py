"""The demo's third act: two hundred learners' certificates at work, in bulk, and what stops every second use."""

from __future__ import annotations

import csv
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parent))
from demo_office import oversee
from demo_portal import Portal, ask_with_token
from demo_recognition import CAP, ELSEWHERE, JIANGSU, LEAST_GRADE, OUTCOME, PROGRAMME, SHANGHAI, ZHEJIANG, place
from story import StoryError, expect

from gateway.domain.hashing import hex0x
from gateway.domain.receipt import Certificate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stage import Centre, Stage
    from story import Story

LEARNERS, STUDIOUS = 200, 4
"""How many learners go to Zhejiang with a certificate each, and how many of them with courses too."""
FIRST = 1000
"""The first of these students' numbers: those of the second act are others."""
COURSES = (("JS-GOV-101", "行政管理学"), ("JS-LAW-102", "行政法基础"), ("JS-WRI-103", "公文写作"))
WORTH = 4
"""Credits of a course: with the certificate's 8, the third of them is above the cap."""
_PATIENCE = 120.0
ROSTER = Path(__file__).resolve().parent.parent / "tests/rosters/jiangsu-administrative-service-clerks-2024.csv"


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate of the act: its file, hash, number and whose it is (by the roster)."""

    path: Path
    leaf: str
    number: str
    name: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Of a certificate's file."""
        certificate = Certificate.parse(path.read_bytes())
        subject = certificate.credential.document.credential_subject
        leaf = hex0x(certificate.leaf().leaf)
        return cls(path, leaf, subject.license_number, subject.identifier[0].identity_hash)


def work(story: Story, stage: Stage, agreement: str, certificates: Path, scratch: Path) -> None:
    """The third act, under the agreement of the second."""
    jiangsu = stage.centres[JIANGSU]
    rows = _roster()
    clerks = _clerks(jiangsu, certificates, rows)
    look_up(story, jiangsu, clerks[0])
    with Portal(stage.centres[ZHEJIANG]) as portal:
        courses = issue_courses(story, stage, clerks, rows, scratch)
        refs = request(story, stage, agreement, clerks, courses, scratch)
        accept(story, stage, refs, scratch)
        portal.heard(story, len(refs))
    ask_with_token(story, stage, scratch)
    learner = account_of(jiangsu, clerks[1].number)
    statement(story, jiangsu, account_of(jiangsu, clerks[0].number))
    refuse_second_uses(story, stage, agreement, clerks, scratch)
    reopen(story, stage, agreement, clerks[1], learner, rows, scratch)
    flag(story, stage, refs, clerks[2])
    oversee(story, stage, clerks[2].leaf, scratch)


def look_up(story: Story, jiangsu: Centre, held: Held) -> None:
    """What one certificate would give, and where."""
    story.tell("这份证书在哪里能换多少学分？", "what would this certificate give, and where?")
    found = jiangsu.run("options", str(held.path), "--json").json
    expect("where it counts", {one["target"]["province"] for one in found["options"]}, {SHANGHAI, ZHEJIANG})
    for one in found["options"]:
        names = one["target"]["provinceName"]
        story.result(f"{names['zh']}：{one['credits']} 学分", f"{names['en']}: {one['credits']} credits")
    for miss in found["others"][:1]:
        story.result(f"规则 {miss['rule']} 不适用：{miss['reasons'][0]['zh']}", miss["reasons"][0]["en"])


def issue_courses(
    story: Story, stage: Stage, clerks: Sequence[Held], rows: dict[str, dict[str, str]], scratch: Path
) -> list[Held]:
    """Courses of a few of the same learners."""
    jiangsu = stage.centres[JIANGSU]
    story.tell(
        f"其中 {STUDIOUS} 位学习者另有 {len(COURSES)} 门课程成果", f"{STUDIOUS} of the learners have courses as well"
    )
    made = [
        rows[clerk.number]
        | {"序号": str(who * len(COURSES) + which + 1), "成果编码": code, "成果名称": title, "成果类别": "学历"}
        | {"等级框架": "区域", "等级": "5", "学分": str(WORTH), "学时": "72", "成绩": "88"}
        | {"证书编号": f"K2026{who:04d}{which:04d}"}
        for who, clerk in enumerate(clerks[:STUDIOUS])
        for which, (code, title) in enumerate(COURSES)
    ]
    roster, folder = scratch / "courses.csv", scratch / "courses"
    _write(roster, made)
    jiangsu.run("issue", str(roster), "--yes", "--wait", "--out", str(folder))
    for centre in (jiangsu, stage.centres[ZHEJIANG]):
        centre.wait_until_indexed(stage.block())
    held = sorted((Held.read(path) for path in folder.glob("*.huren.json")), key=lambda one: one.number)
    expect("certificates of courses", len(held), STUDIOUS * len(COURSES))
    deadline = time.monotonic() + _PATIENCE
    while _obstacles(jiangsu, held[0]) and time.monotonic() < deadline:  # another province has to attest them first
        time.sleep(0.5)
    expect("what stands in the way", _obstacles(jiangsu, held[0]), [])
    story.result(f"{len(held)} 份课程证书", f"{len(held)} certificates of {WORTH} credits each")
    return held


def request(
    story: Story, stage: Stage, agreement: str, clerks: Sequence[Held], courses: Sequence[Held], scratch: Path
) -> dict[str, str]:
    """All of them go to Zhejiang; return the transfers by the certificates' hashes."""
    jiangsu, target = stage.centres[JIANGSU], stage.centres[ZHEJIANG].home.institution
    many = len(clerks) + len(courses)
    story.tell(
        f"{LEARNERS} 位学习者的证书成批转入浙江，每位的同意书各自加密存档",
        f"{LEARNERS} learners' certificates go to Zhejiang in one command, each with the consent that was signed",
    )
    evidence = scratch / "consents"
    evidence.mkdir()
    refs: dict[str, str] = {}
    with story.timed(f"{many} transfers requested with their letters, final", many):
        for rule, papers in ((1, clerks), (3, courses)):
            listed = scratch / f"rule-{rule}.txt"
            listed.write_text("".join(f"{one.leaf}\n" for one in papers), encoding="utf-8")
            for one in papers:
                text = f"本人同意以 {one.number} 申请学分转换，并向浙江开放大学出示姓名。\n"
                (evidence / f"{one.number}.txt").write_text(text, encoding="utf-8")
            words = ("--file", str(listed), "--evidence", str(evidence), "--yes", "--json")
            asked = jiangsu.run("transfer", "request", *words, *place(agreement, rule, target, PROGRAMME)).json
            refs |= {one["hash"]: one["transfer"] for one in asked["requests"]}
    expect("requests that got a number", sum(ref is not None for ref in refs.values()), many)
    first, last = refs[clerks[0].leaf], refs[courses[-1].leaf]
    story.result(f"{first} … {last}", f"{many} requests, each quoted by the ledger itself")
    return refs


def accept(story: Story, stage: Stage, refs: dict[str, str], scratch: Path) -> None:
    """The officer opens the letters, fills in students' numbers, decides all at once; the cap bites."""
    zhejiang = stage.centres[ZHEJIANG]
    story.tell(
        "浙江的收件箱：逐封解密、核验，导出为表格", "Zhejiang's inbox: each letter opened, verified, into a table"
    )
    table = scratch / "inbox.csv"
    with story.timed(f"{len(refs)} letters opened and verified at the target", len(refs)):
        waiting = zhejiang.run("transfer", "inbox", "--out", str(table), "--limit", "1000", "--json").json["waiting"]
    fit = sum((one["verdict"], one["problem"]) == ("valid", None) for one in waiting)
    expect("letters that verify", fit, len(refs))
    story.result(f"{fit} 封密信全部核验通过", f"all {fit} verify, document against chain")

    story.tell(
        "审核人按姓名填入学号，一次决定全部", "the officer fills in students' numbers by name, decides all at once"
    )
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    students = {name: f"2026{number:04d}" for number, name in enumerate(sorted({row["name"] for row in rows}), FIRST)}
    _write(table, [row | {"student": students[row["name"]]} for row in rows])
    with story.timed(f"{len(refs)} transfers decided in bulk by an officer, final", len(refs)):
        decided = zhejiang.run("transfer", "accept", "--file", str(table), "--yes", "--json", ok=(1,)).json["decisions"]
    problems = [one["problem"] for one in decided if one["problem"] is not None]
    expect("what was refused, and why", [one["code"] for one in problems], ["CapExceeded"] * STUDIOUS)
    accepted = len(decided) - len(problems)
    story.result(f"{accepted} 项已接受", f"{accepted} accepted")
    story.result(f"{len(problems)} 项被累计上限 {CAP} 学分拦下：{problems[0]['zh']}", problems[0]["en"])
    standings = _standings(zhejiang, decided)
    expect("nothing half done", (standings.count("accepted"), standings.count("requested")), (accepted, STUDIOUS))

    story.tell(
        f"上限之内还有 {CAP - 16} 学分：审核人只授予这些", f"{CAP - 16} credits are left below the cap: just these"
    )
    rest = [row for row, one in zip(_read(table), decided, strict=True) if one["problem"] is not None]
    _write(table, [row | {"credits": f"{CAP - 16}.00"} for row in rest])
    again = zhejiang.run("transfer", "accept", "--file", str(table), "--yes", "--json").json["decisions"]
    expect("awarded", [one["awarded"] for one in again], [f"{CAP - 16}.00"] * STUDIOUS)
    story.result(
        f"{STUDIOUS} 项各授予 {CAP - 16}.00 学分，至上限为止", f"{STUDIOUS} times {CAP - 16}.00, up to the cap"
    )


def statement(story: Story, jiangsu: Centre, learner: int) -> None:
    """What one learner holds, has used and has left."""
    story.tell("学习者的对账单：持有、已用、剩余", "a learner's statement: held, used, left")
    total = jiangsu.run("statement", "learner", str(learner), "--json").json["total"]
    expect("awarded elsewhere", total["awarded"], f"{CAP}.00")
    story.result(
        f"持有 {total['held']}，已用 {total['used']}，所获 {total['awarded']}，剩余 {total['left']} 学分",
        f"holds {total['held']}, used {total['used']}, was awarded {total['awarded']}, has {total['left']} left",
    )


def refuse_second_uses(story: Story, stage: Stage, agreement: str, clerks: Sequence[Held], scratch: Path) -> None:
    """All of them once more, to Shanghai: every one refused, by the transfer that used it, before anything is sent."""
    jiangsu, shanghai = stage.centres[JIANGSU], stage.centres[SHANGHAI]
    story.tell(f"同样 {LEARNERS} 份证书再次申请，这次转入上海", f"the same {LEARNERS} once more, to Shanghai this time")
    words = ("--file", str(scratch / "rule-1.txt"), "--consent-on-file", "--yes", "--json")
    where = place(agreement, 2, shanghai.home.institution, ELSEWHERE)
    with story.timed(f"{LEARNERS} second uses refused", LEARNERS):
        problems = jiangsu.run("transfer", "request", *words, *where, ok=(1,)).json["findings"]
    expect("the reasons", {one["code"] for one in problems}, {"transfer.used"})
    expect("how many", len(problems), len(clerks))
    story.result(f"{len(problems)} 份全部拒绝：{problems[0]['zh']}", f"all {len(problems)}: {problems[0]['en']}")


def reopen(
    story: Story,
    stage: Stage,
    agreement: str,
    held: Held,
    learner: int,
    rows: dict[str, dict[str, str]],
    scratch: Path,
) -> None:
    """A learner takes their data along and has the account deleted; a new account changes nothing about the outcome."""
    jiangsu, zhejiang = stage.centres[JIANGSU], stage.centres[ZHEJIANG]
    story.tell("一位学习者带走全部数据，随后注销账户", "a learner takes all their data along, and leaves")
    export = scratch / "export.zip"
    jiangsu.run("statement", "export", str(learner), "--out", str(export))
    deleted = jiangsu.run("account", "delete", str(learner), "--yes", "--json").json
    expect("deleted", deleted["learner"], learner)
    expect("found afterwards", jiangsu.run("find", "--certificate", held.number, "--json", ok=(1,)).json, [])
    story.result(f"导出 {export.stat().st_size:,} 字节；密钥已销毁", "exported whole; the account's key is destroyed")

    story.tell(
        "重新开户：同一成果不能再登记一次，只能换发",
        "a new account: the outcome is not registered twice, only reissued",
    )
    roster, folder = scratch / "reopened.csv", scratch / "reopened"
    row = rows[held.number] | {"证书编号": f"{held.number}-N"}
    _write(roster, [row])
    found = jiangsu.run("issue", str(roster), "--yes", "--json", ok=(1,)).json["findings"]
    story.result(found[0]["zh"], found[0]["en"])
    _write(roster, [row | {"替代证书编号": held.number}])
    jiangsu.run("issue", str(roster), "--yes", "--wait", "--out", str(folder))
    [paper] = folder.glob("*.huren.json")
    words = ("transfer", "request", str(paper), "--consent-on-file", "--yes", "--json")
    where = place(agreement, 1, zhejiang.home.institution, PROGRAMME)
    [problem] = jiangsu.run(*words, *where, ok=(1,)).json["findings"]
    expect("the reason", problem["code"], "transfer.used")
    story.result(f"账户是新的，成果是旧的：{problem['zh']}", f"a new account, but {problem['en']}")


def flag(story: Story, stage: Stage, refs: dict[str, str], held: Held) -> None:
    """A certificate is revoked: its transfer is flagged at once."""
    jiangsu, zhejiang = stage.centres[JIANGSU], stage.centres[ZHEJIANG]
    ref = refs[held.leaf]
    story.tell(
        "江苏吊销其中一份：浙江的转换随即标记", "Jiangsu revokes one of them: the transfer is flagged in Zhejiang"
    )
    jiangsu.run("revoke", held.leaf, "--reason", "fraud")
    shown = zhejiang.run("transfer", "show", ref, "--json").json
    expect("standing", shown["standing"], "flagged")
    story.result(f"{ref} 已标记，{shown['awarded']} 学分待撤回", f"flagged: {shown['awarded']} credits to withdraw")


def account_of(centre: Centre, number: str) -> int:
    """The account that holds a certificate, by its number."""
    [found] = centre.run("find", "--certificate", number, "--json").json
    return int(found["learner"])


def _obstacles(jiangsu: Centre, held: Held) -> list[str]:
    """What keeps a certificate from counting anywhere at present."""
    return [one["code"] for one in jiangsu.run("options", str(held.path), "--json").json["obstacles"]]


def _standings(centre: Centre, decided: Sequence[dict[str, Any]]) -> list[str]:
    """How each of the transfers stands."""
    wanted = {one["transfer"] for one in decided}
    listed = centre.run("transfer", "list", "--limit", "1000", "--json").json["transfers"]
    return [one["standing"] for one in listed if one["transfer"] in wanted]


def _clerks(jiangsu: Centre, certificates: Path, rows: dict[str, dict[str, str]]) -> list[Held]:
    """Certificates of the outcome that are in force and not asked for yet, passed with the least grade."""
    taken = {one["hash"] for one in jiangsu.run("transfer", "list", "--limit", "1000", "--json").json["transfers"]}
    found: list[Held] = []
    names: set[str] = set()
    for path in sorted((certificates / "jiangsu").glob("*.huren.json"), reverse=True):
        subject = json.loads(path.read_bytes())["credential"]["credentialSubject"]
        row = rows[subject["licenseNumber"]]
        passed = row["成绩"] == "合格" or float(row["成绩"]) >= LEAST_GRADE
        # The officer tells students by name: in this story no two share one.
        if (
            row["成果编码"] == OUTCOME
            and passed
            and row["姓名"] not in names
            and (held := Held.read(path)).leaf not in taken
        ):
            found.append(held)
            names.add(held.name)
        if len(found) == LEARNERS:
            return found
    raise StoryError(f"only {len(found)} certificates of {OUTCOME}")


def _roster() -> dict[str, dict[str, str]]:
    with ROSTER.open(encoding="gb18030", newline="") as file:
        return {row["证书编号"]: row for row in csv.DictReader(file)}


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
