"""Two centres between which certificates count, for tests that kill: an agreement, certificates, an officer."""

from __future__ import annotations

import datetime as dt
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anchored import events
from killing import fresh_roster

from gateway.domain.receipt import Certificate

if TYPE_CHECKING:
    from pathlib import Path

    from stage import Centre, Stage

SHANGHAI, JIANGSU = 310000, 320000
LEDGER = "TransferLedger"
PROGRAMME = "SH-KILL-2026"
ACADEMIC = {"SOU-PM-118", "SOU-DB-210", "SOU-ACC-101"}
CHINA = dt.timezone(dt.timedelta(hours=8))
NOTICE_SECONDS = 7 * 86_400 + 3_600
"""The week of public notice and an hour: what is left of the days that the stage lies back is for those who wait."""
AGREEMENT = """\
parties: [Shanghai, Jiangsu]
from: {begin}
until: {end}
approve_by: {by}
public_notice: 7 days
withdrawal_notice: 30 days
text: agreement.yaml
rules:
  - source: {{province: Jiangsu, institution: "{source}", category: academic}}
    target: {{province: Shanghai, institution: "{target}", kind: academic}}
    ratio: 1/1
    most_credits: 8
    cap: 400
"""


@dataclass
class Trade:
    """Jiangsu asks, Shanghai's institution decides."""

    stage: Stage
    folder: Path
    agreement: str = ""
    papers: list[Path] = field(default_factory=list)

    @property
    def source(self) -> Centre:
        return self.stage.centres[JIANGSU]

    @property
    def target(self) -> Centre:
        return self.stage.centres[SHANGHAI]

    def begin(self, rows: int) -> None:
        """Agree, let the notice pass, declare the programme, and issue; Shanghai is serving, and attests.

        Jiangsu serves as long as its manifest is fetched.
        """
        self.agree()
        self.source.serve()
        self.issue(rows)
        self.source.stop()

    def agree(self) -> None:
        """Agree, let the notice pass by the chain's clock, and declare the programme."""
        now = self.stage.node("status", "--json").json["block_time"]
        today, day = dt.datetime.fromtimestamp(now, CHINA).date(), dt.timedelta(days=1)
        path = self.folder / "agreement.yaml"
        institutions = {"source": self.source.home.institution, "target": self.target.home.institution}
        path.write_text(AGREEMENT.format(begin=today - day, end=today + 900 * day, by=today + 60 * day, **institutions))
        told = self.source.run("agreement", "propose", str(path), "--yes", "--json", *_by(self.source, "law-1")).json
        self.agreement = str(told["agreement"])
        for centre in (self.source, self.target):
            two = (*_by(centre, "admin"), *_by(centre, "law-1"))
            centre.run("agreement", "approve", self.agreement, "--yes", "--json", *two)
        self.stage.node("advance", "--seconds", str(NOTICE_SECONDS))
        programme = ("programme", "declare", self.target.home.institution, PROGRAMME)
        self.target.run(*programme, "--window", "whole", "--headcount", "400", "--yes")

    def issue(self, rows: int) -> None:
        """Issue at the source, and wait until the target has attested it; both are serving."""
        out = self.folder / "papers"
        self.source.run(
            "issue", str(fresh_roster(self.source, self.folder, rows, 40)), "--yes", "--wait", "--out", str(out)
        )
        for paper in sorted(out.glob("*.huren.json")):
            subject = json.loads(paper.read_text(encoding="utf-8"))["credential"]["credentialSubject"]
            if subject["achievement"]["humanCode"] in ACADEMIC:
                self.papers.append(paper)
        root = json.loads(self.papers[0].read_text(encoding="utf-8"))["receipt"]["root"]
        deadline = time.monotonic() + 90
        while (SHANGHAI, root) not in {
            (said["province"], "0x" + said["root"].hex()) for said in events(self.stage, "Attested")
        }:
            assert time.monotonic() < deadline, self.target.log_tail()
            time.sleep(0.2)

    def take(self, count: int) -> list[Path]:
        """So many certificates that nobody has asked for."""
        taken, self.papers = self.papers[:count], self.papers[count:]
        assert len(taken) == count
        return taken

    def asking(self, papers: list[Path], *more: str) -> tuple[str, ...]:
        """The command that requests."""
        place = ("--to", self.target.home.institution, "--programme", PROGRAMME, "--consent-on-file", "--yes", "--json")
        return ("transfer", "request", *map(str, papers), "--agreement", self.agreement, "--rule", "1", *place, *more)

    def requested(self, papers: list[Path], *more: str) -> list[str]:
        """Request, and return the transfers."""
        return [one["transfer"] for one in self.source.run(*self.asking(papers, *more)).json["requests"]]

    def accepting(self, refs: list[str], first: int) -> tuple[str, ...]:
        """The command that accepts, each for another student."""
        table = self.folder / f"accept-{first}.csv"
        rows = [f"{ref},2026{first + place:06d}" for place, ref in enumerate(refs)]
        table.write_text("\n".join(["transfer,student", *rows]), encoding="utf-8")
        return ("transfer", "accept", "--file", str(table), "--yes", "--json")

    def rejecting(self, refs: list[str]) -> tuple[str, ...]:
        """The command that rejects, with an explanation."""
        why = self.folder / "why.txt"
        why.write_text("不在名册中", encoding="utf-8")
        return ("transfer", "reject", *refs, "--reason", "not-enrolled", "--explanation", str(why), "--yes", "--json")

    def appealing(self, ref: str) -> tuple[str, ...]:
        """The command that appeals against a rejection."""
        grounds = self.folder / "grounds.md"
        grounds.write_text("学生在册，请复核", encoding="utf-8")
        return ("transfer", "appeal", ref, "--statement", str(grounds), "--yes", "--json")

    def appeals(self, ref: str) -> list[bytes]:
        """The digest of every appeal about a transfer on the chain."""
        return [
            bytes(said["statement"])
            for said in events(self.stage, "AppealFiled", LEDGER)
            if f"{said['source']}-{said['target']}-{said['number']}" == ref
        ]

    def leaves_asked(self) -> list[str]:
        """The leaf of every request on the chain."""
        return ["0x" + said["details"].leaf.hex() for said in events(self.stage, "TransferRequested", LEDGER)]

    def ended(self) -> dict[str, list[str]]:
        """By transfer, how it ended on the chain; one that ended twice has two."""
        found: dict[str, list[str]] = {}
        for name in ("TransferAccepted", "TransferReturned"):
            for said in events(self.stage, name, LEDGER):
                ref = f"{said['source']}-{said['target']}-{said['number']}"
                found.setdefault(ref, []).append(name)
        return found

    def listed(self, centre: Centre) -> Any:  # noqa: ANN401 - what the command prints
        """Every transfer as a gateway tells it, but for the codes: only those who have seen them in clear know them."""
        told = centre.run("transfer", "list", "--all", "--limit", "1000", "--json").json["transfers"]
        codes = {"outcomeCode", "programmeCode", "courseCode"}
        return [{key: value for key, value in one.items() if key not in codes} for one in told]


def hash_of(paper: Path) -> str:
    """The leaf of a certificate."""
    return "0x" + Certificate.parse(paper.read_bytes()).leaf().leaf.hex()


def _by(centre: Centre, name: str) -> tuple[str, ...]:
    folder = centre.folder / "secrets"
    return ("--account", str(folder / f"{name}.json"), "--passphrase-file", str(folder / "operator"))
