"""Two provinces between which certificates count: what the tests of transfers stand on."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

from agreed import Centre, write_keystore
from ledger_world import ANHUI, DAY, SHANGHAI, ZHEJIANG, World, account

from gateway.domain.civil_time import day_of
from gateway.domain.identifiers import institution_word
from gateway.issuance.service import IssueOptions
from gateway.keys.opening import ring_of
from gateway.keys.ring import KeyRing
from gateway.ledger.values import KeyKind
from gateway.settings import load_settings
from gateway.store.models import InstitutionProfile

ROSTER = Path(__file__).parents[1] / "rosters" / "shanghai-courses-2024.csv"
SOURCE, TARGET = "123100004250004560", "123300004700007891"
CODE, PROGRAMME = "SOU-ACC-101", "ZJ-ACC-2026"
AGREEMENT = f"""\
parties: [Shanghai, Zhejiang]
from: {{begin}}
until: {{end}}
approve_by: {{by}}
public_notice: 7 days
withdrawal_notice: 30 days
text: agreement.yaml
rules:
  - source: {{{{province: Shanghai, institution: "{SOURCE}", outcome: {CODE}, category: academic, minimum_grade: 60}}}}
    target: {{{{province: Zhejiang, institution: "{TARGET}", kind: academic}}}}
    ratio: 3/4
    most_credits: 4
    cap: 6
"""


class Ground:
    """Shanghai with anchored certificates, Zhejiang with an officer, and an agreement in force between them."""

    def __init__(self, law: World, folder: Path) -> None:
        self.law = law
        nothing = lambda: ""  # noqa: E731 - until a test lends its capture
        self.shanghai = Centre(law, SHANGHAI, folder / "shanghai", nothing)
        self.zhejiang = Centre(law, ZHEJIANG, folder / "zhejiang", nothing)
        self.papers: list[Path] = []
        self.low: list[Path] = []
        self.agreement = ""
        for centre, institution in ((self.shanghai, SOURCE), (self.zhejiang, TARGET)):
            self.law.accredit(institution)
            keys = centre.folder / "data" / "keys" / "officers" / institution / "officer-1.json"
            write_keystore(keys, account(institution, "officer"))
            self._keys(centre)
        self._issue(folder)

    def _keys(self, centre: Centre) -> None:
        settings = load_settings(centre.folder / "gateway.toml")
        ring = KeyRing(settings.key_folder, ring_of(settings)._passphrases, operator=settings.keys.operator, cost=2)
        ring.create_master(now=1)
        ring.create_pseudonym(now=1)
        institution, province = (SOURCE, SHANGHAI) if centre is self.shanghai else (TARGET, ZHEJIANG)
        letters = ring.agreement.create(institution, now=1).public_key
        place = institution_word(institution)
        self.law.twice(province, "InstitutionRegistry", "addKey", place, KeyKind.AGREEMENT, letters, 0)
        if centre is self.shanghai:
            key = ring.create_issuing_key(SOURCE, now=1)
            word = institution_word(SOURCE)
            self.law.twice(SHANGHAI, "InstitutionRegistry", "addKey", word, KeyKind.SIGNING, key.public_key, 0)

    def _issue(self, folder: Path) -> None:
        with ROSTER.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["成果编码"] == CODE and row["成绩"] != "合格"]
        good = [row for row in rows if 60 <= float(row["成绩"]) <= 100][:16]
        low = [row for row in rows if float(row["成绩"]) < 60][:1]
        roster = folder / "roster.csv"
        with roster.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(good + low)
        gateway = self.shanghai.gateway()
        try:
            with gateway.database.session() as session:
                session.add(InstitutionProfile(institution=SOURCE, name_zh="上海开放大学", name_en="SOU", added_at=1))
            report = gateway.issuer(lambda _: True).issue(roster, IssueOptions())
            assert report.issued == len(good) + len(low)
            gateway.sender.settle([batch.outbox for batch in report.batches], seconds=60)
            gateway.indexer(attesting=False).advance()
            for name, content in gateway.exporter.batch(1):
                path = folder / name
                path.write_bytes(content)
                number = json.loads(content)["credential"]["credentialSubject"]["licenseNumber"]
                (self.low if number in {row["证书编号"] for row in low} else self.papers).append(path)
            [root] = {json.loads(path.read_bytes())["receipt"]["root"] for path in self.papers}
            (self.zhejiang.folder / "data" / "blobs").mkdir(parents=True)
            for blob in gateway.settings.blobs.rglob("*"):
                if blob.is_file():
                    place = self.zhejiang.folder / "data" / "blobs" / blob.relative_to(gateway.settings.blobs)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(blob.read_bytes())
        finally:
            gateway.close()
        pair = (institution_word(SOURCE), bytes.fromhex(root[2:]))
        self.law.transact(self.law.operator(ANHUI), "CredentialRegistry", "attest", [pair])

    def agree(self, capture: Any) -> None:  # noqa: ANN401 - of pytest
        """Propose, approve, and let the notice pass."""
        self.lend(capture)
        today = day_of(self.law.now)
        day = dt.timedelta(days=1)
        path = self.shanghai.folder / "agreement.yaml"
        path.write_text(AGREEMENT.format(begin=today, end=today + 900 * day, by=today + 60 * day))
        told = self.shanghai.huren("agreement", "propose", str(path), "--yes", *self.shanghai.by("law"))
        self.agreement = str(told["agreement"])
        for centre in (self.shanghai, self.zhejiang):
            centre.huren("agreement", "approve", self.agreement, "--yes", *centre.by("admin", "law"))

    def carry(self) -> None:
        """Blobs from Shanghai's folder to Zhejiang's and back, as peers give them to each other."""
        folders = [centre.folder / "data" / "blobs" for centre in (self.shanghai, self.zhejiang)]
        for source, target in (folders, folders[::-1]):
            for blob in source.rglob("bafk*"):
                place = target / blob.relative_to(source)
                if not place.exists():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(blob.read_bytes())

    def lend(self, capture: Any) -> None:  # noqa: ANN401 - of pytest
        self.shanghai.capture = self.zhejiang.capture = capture

    def pass_days(self, days: int) -> None:
        self.law.chain.call("evm_increaseTime", days * DAY)
        self.law.chain.mine()

    def request(self, *papers: Path, code: int = 0, programme: str = PROGRAMME, more: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
        words = ("--agreement", self.agreement, "--rule", "1", "--to", TARGET, "--programme", programme)
        words += more or ("--consent-on-file",)
        told = self.shanghai.huren("transfer", "request", *map(str, papers), "--yes", *words, code=code)
        self.carry()
        return told

    def apply(self, *papers: Path, more: tuple[str, ...] = (), code: int = 0) -> Any:  # noqa: ANN401
        return self.shanghai.huren("transfer", "apply", *map(str, papers), *self.words(1), *more, code=code)

    def words(self, rule: int) -> tuple[str, ...]:
        place = ("--to", TARGET, "--programme", PROGRAMME)
        return ("--agreement", self.agreement, "--rule", str(rule), *place, "--consent-on-file")

    def requested(self, paper: Path) -> str:
        return str(self.request(paper)["requests"][0]["transfer"])

    def show(self, ref: str) -> Any:  # noqa: ANN401
        return self.zhejiang.huren("transfer", "show", ref)

    def accept(self, ref: str, student: str, *more: str, code: int = 0) -> Any:  # noqa: ANN401
        """By a file: a student's number is never among the arguments."""
        given = dict(zip(more[::2], more[1::2], strict=True))
        row = (ref, student, given.get("--credits", ""), given.get("--presentation", ""))
        table = self.zhejiang.folder / "one.csv"
        table.write_text("transfer,student,credits,presentation\n" + ",".join(row) + "\n")
        return self.zhejiang.huren("transfer", "accept", "--file", str(table), "--yes", code=code)["decisions"][0]

    def in_force(self, capture: Any) -> Ground:  # noqa: ANN401
        """The agreement in force, the programme declared, the officer three days in office; ``capture`` is lent."""
        self.lend(capture)
        if not self.agreement:
            self.agree(capture)
            self.pass_days(8)
            words = ("programme", "declare", TARGET, PROGRAMME, "--window", "whole", "--headcount", "40", "--yes")
            self.zhejiang.huren(*words)
        return self
