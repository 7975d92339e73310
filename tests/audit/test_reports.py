"""Reports: the same bytes at every gateway for the same block, signed, and made again by whoever doubts them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from deeds import Deeds, ready
from ground import Ground
from ledger_world import SHANGHAI, ZHEJIANG, World, account
from observing import Office
from stores import Stores

from gateway.audit.reports.figures_law import EVENTS, rules_in_force
from gateway.audit.reports.files import FORMS, ReportFiles
from gateway.audit.reports.report import ReportBook
from gateway.cli.main import run
from gateway.domain.civil_time import month_of, month_text
from gateway.domain.hashing import sha256
from gateway.domain.jcs import canonicalise
from gateway.ledger.calls import Call
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.recognition.agreements.chain import AgreementBook
from gateway.recognition.agreements.values import AgreementState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgres_server import Server

    from gateway.bootstrap import Gateway

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]
PASSPHRASE = "an office's own"


class Reporting:
    """Deeds up to a block, more deeds after it; an office that stopped at the block, and one that went on."""

    def __init__(self, law: World, folder: Path, capture: Any, postgres: Server) -> None:  # noqa: ANN401 - of pytest
        self.folder = folder
        self.dids: dict[str, str] = {}
        ground = Ground(law, folder / "ground")
        ready(ground, capture)
        self.deeds = deeds = Deeds(ground, ground.shanghai.folder / "data" / "blobs")
        made = deeds.anchor(*(sha256(b"person %d" % number) for number in range(8)))
        refs = [deeds.request(one) for one in made]
        deeds.accept(refs[0], 250)
        deeds.accept(refs[1], 125)
        deeds.reject(refs[2], reason=2)
        law.transact(account(SHANGHAI, "operator"), "TransferLedger", "appeal", _ref(refs[2]), sha256(b"grounds"))
        ground.pass_days(33)
        deeds.reject(refs[3], reason=1)
        deeds.reverse(refs[1])
        deeds.revoke(made[0])
        self.early = Office(law, folder / "early", capture, deeds.blobs)
        self.early.follow()
        self.block = int(law.chain.call("eth_blockNumber"), 16)
        ground.pass_days(20)
        deeds.accept(refs[4], 50)
        deeds.reject(refs[5], reason=4)
        deeds.reverse(refs[0])
        self._quarrel(bytes.fromhex(deeds.propose_more()[2:]), bytes.fromhex(ground.agreement[2:]))
        self.late = Office(law, folder / "late", capture, deeds.blobs)
        self.stores = Stores(postgres)
        self.late.follow()

    def _quarrel(self, second: bytes, first: bytes) -> None:
        """The second agreement is suspended twice and goes on once; the first ends after its notice of withdrawal."""
        law, ground = self.deeds.law, self.deeds.ground
        law.twice(ZHEJIANG, "AgreementRegistry", "object", second, sha256(b"during the notice"))
        for province in (SHANGHAI, ZHEJIANG):
            law.twice(province, "AgreementRegistry", "approve", second, 2)
        ground.pass_days(8)
        law.twice(SHANGHAI, "AgreementRegistry", "object", second, sha256(b"while in force"))
        law.twice(SHANGHAI, "AgreementRegistry", "withdraw", first)
        ground.pass_days(31)

    def report(self, office: Office, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - JSON
        return office.huren("audit", "reports", *words, code=code)

    def key(self, name: str) -> tuple[Path, str, Path]:
        """A report key, made once: its file, its did:key, and the file with its passphrase."""
        key, passphrase = self.folder / f"{name}.key.json", self.folder / "passphrase"
        if not passphrase.exists():
            passphrase.write_text(PASSPHRASE)
            passphrase.chmod(0o600)
        if not key.exists():
            assert run(["key", "report", "--out", str(key), "--passphrase-file", str(passphrase), "--json"]) == 0
            self.dids[name] = json.loads(self.early.capture())["did"]
        return key, self.dids[name], passphrase

    def on_postgresql(self) -> tuple[Gateway, ReportFiles]:
        """The late office's gateway with a database of the other kind, followed from the beginning."""
        gateway = self.late.gateway()
        gateway.__dict__["database"] = self.stores.open(self.folder / "late-pg" / "huren.db")
        gateway.settings.data_dir.joinpath("locks").mkdir(exist_ok=True)
        gateway.leaves.clear()
        gateway.indexer(attesting=False).advance()
        return gateway, ReportFiles(ReportBook(gateway.database, gateway.calls))


def _ref(ref: str) -> tuple[int, ...]:
    return tuple(map(int, ref.split("-")))


@pytest.fixture(scope="module")
def made(law: World, tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Iterator[Reporting]:
    said: list[str] = []
    patch = pytest.MonkeyPatch()
    patch.setattr("typer.echo", lambda text="", **_: said.append(str(text)))

    def capture() -> str:
        told, said[:] = "\n".join(said), []
        return told

    world = Reporting(law, tmp_path_factory.mktemp("reports"), capture, postgres)
    patch.undo()
    yield world
    world.stores.close()


@pytest.fixture
def world(made: Reporting, capsys: pytest.CaptureFixture[str]) -> Reporting:
    made.early.capture = made.late.capture = lambda: capsys.readouterr().out
    return made


def test_the_report_says_what_the_events_up_to_its_block_say(world: Reporting) -> None:
    told = world.report(world.early, "--block", str(world.block))
    [first] = told["figures"][:1]
    rows = told["figures"]
    assert first["applied"] == sum(row["applied"] for row in rows) == 8
    assert sum(row["accepted"] for row in rows) == 2
    assert sum(row["reversed"] for row in rows) == 1
    assert first["rejected"] | {"documents-missing": 1, "not-equivalent": 1} == first["rejected"]
    assert (first["pending"], first["appeals"]["filed"], first["awarded"], first["withdrawn"]) == (4, 1, "3.75", "1.25")
    assert first["medianDays"] == 0
    later = next(row for row in rows if row["month"] > first["month"])
    assert (later["applied"], later["decidedInMonth"]["rejected"]) == (0, 1)
    assert told["block"]["number"] == world.block
    assert [rule["rule"] for rule in told["rulesInForce"]] == [1]
    [revoked] = told["revocations"]
    assert (revoked["province"], revoked["credentials"]) == (SHANGHAI, 1)
    assert {head["contract"] for head in told["heads"]} >= {"TransferLedger", "AgreementRegistry", "Consortium"}


def test_every_gateway_writes_the_same_bytes_for_the_same_block_whatever_it_runs_on(world: Reporting) -> None:
    early = world.early.gateway()
    block = early.audit.reports.book.block(world.block)
    month = month_of(block.time)
    late = world.late.gateway()
    elsewhere, files = world.on_postgresql()
    try:
        assert elsewhere.database.engine.dialect.name == "postgresql"
        reports = [early.audit.reports, late.audit.reports, files]
        assert [one.book.block(world.block) for one in reports] == [block] * 3
        for form in FORMS:
            language = "both" if form == "pdf" else None
            found = {one.content(one.book.at(block), form, month=month, language=language) for one in reports}
            assert len(found) == 1, form
        assert len({one.book.at(block).canonical for one in reports}) == 1
        before = files.book.at(files.book.block()).canonical
        late.indexer(attesting=False).rebuild()
        assert late.audit.reports.book.at(block).canonical == early.audit.reports.book.at(block).canonical
        assert late.audit.reports.book.at(late.audit.reports.book.block()).canonical == before
    finally:
        for gateway in (early, late, elsewhere):
            gateway.close()


def test_a_report_carries_the_hash_of_all_the_rest_in_canonical_json(world: Reporting, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    world.report(world.early, "--block", str(world.block), "--out", str(path))
    told = json.loads(path.read_bytes())
    assert canonicalise(told) == path.read_bytes()
    claimed = told.pop("hash")
    assert claimed == "0x" + sha256(canonicalise(told)).hex()


@pytest.mark.parametrize("form", FORMS)
def test_a_signed_report_is_made_again_and_found_the_same_by_another_office(
    world: Reporting, tmp_path: Path, form: str
) -> None:
    key, did, passphrase = world.key("office")
    path = tmp_path / f"report.{form}"
    month = month_text(month_of(_time(world)))
    words = ("--block", str(world.block), "--month", month, "--out", str(path))
    signing = ("--key", str(key), "--key-passphrase-file", str(passphrase))
    assert world.report(world.early, *words, *signing)["signer"] == did
    told = world.late.huren("audit", "check-report", str(path), "--signer", did)
    assert (told["good"], told["signature"], told["expectedSigner"], told["sameFromOwnIndex"]) == (
        True, "yes", "yes", "yes",
    )  # fmt: skip
    _, other, _ = world.key("other")
    told = world.late.huren("audit", "check-report", str(path), "--signer", other, code=1)
    assert (told["signature"], told["expectedSigner"]) == ("yes", "no")
    assert told["sameFigures"] == "yes"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    if form != "json":  # a broken JSON report may not even be JSON
        told = world.late.huren("audit", "check-report", str(path), code=1)
        assert (told["good"], told["signature"], told["sameFromOwnIndex"]) == (False, "no", "no")


def test_a_report_that_somebody_improved_is_found_out_even_with_a_new_hash(world: Reporting, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    world.report(world.early, "--block", str(world.block), "--out", str(path))
    told = json.loads(path.read_bytes())
    told["figures"][0]["accepted"] += 1
    path.write_bytes(canonicalise(told))
    found = world.late.huren("audit", "check-report", str(path), code=1)
    assert (found["hash"], found["sameFromOwnIndex"]) == ("no", "no")
    del told["hash"]
    path.write_bytes(canonicalise({**told, "hash": "0x" + sha256(canonicalise(told)).hex()}))
    found = world.late.huren("audit", "check-report", str(path), code=1)
    assert (found["hash"], found["sameFigures"], found["sameFromOwnIndex"]) == ("yes", "no", "no")


def test_an_office_that_has_not_come_so_far_says_so_and_does_not_call_the_report_wrong(
    world: Reporting, tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    world.report(world.late, "--out", str(path))
    found = world.early.huren("audit", "check-report", str(path), code=2)
    assert (found["good"], found["hash"], found["sameFromOwnIndex"]) == (False, "yes", "unknown")
    assert found["problem"]["code"] == "report.block_ahead"


def test_what_cannot_be_made_or_checked_is_said_with_what_to_do(world: Reporting, tmp_path: Path) -> None:
    refused = (
        (("reports", "--month", "2026-13"), 64, "transfer.month"),
        (("reports", "--out", str(tmp_path / "report.doc")), 64, "report.form"),
        (("reports", "--out", str(tmp_path / "report.pdf")), 64, "report.month_missing"),
        (("reports", "--month", "2999-01"), 2, "report.month_ahead"),
        (("reports", "--block", "99999999"), 2, "report.block_ahead"),
    )
    for words, code, problem in refused:
        told = world.early.huren("audit", *words, code=code)["error"]
        assert told["code"] == problem
        assert told["hintZh"]
        assert told["hintEn"]
    csv = tmp_path / "report.csv"
    csv.write_text("source\n")
    assert world.early.huren("audit", "check-report", str(csv), code=2)["error"]["code"] == "report.signature_missing"
    (tmp_path / "report.csv.sig.json").write_text("{}")
    told = world.early.huren("audit", "check-report", str(csv), code=64)["error"]
    assert told["code"] == "report.signature_malformed"
    other = tmp_path / "other.json"
    for text in ("{}", "[]", "x", '{"type": "HurenAuditReport", "version": 1, "block": {"number": "1"}}'):
        other.write_text(text)
        assert world.early.huren("audit", "check-report", str(other), code=64)["error"]["code"] == "report.malformed"


def test_the_heads_of_any_block_are_those_that_the_contracts_stored_there(world: Reporting) -> None:
    gateway = world.late.gateway()
    try:
        book = gateway.audit.reports.book
        for number in (world.block, world.block - 7, book.block().number):
            block = book.block(number)
            heads = book.at(block).heads
            calls = [Call(one.contract, "headOf", (one.subject,), at="0x" + one.address.hex()) for one in heads]
            stored = gateway.calls.answers(calls, block)
            assert [(one.head, one.sequence) for one in heads] == [(bytes(head), number) for head, number in stored]
            assert len(heads) > 10
    finally:
        gateway.close()


def test_the_rules_in_force_are_those_of_the_agreements_that_the_chain_calls_active(world: Reporting) -> None:
    gateway = world.late.gateway()
    try:
        book = gateway.audit.reports.book
        events = RecognitionEvents(gateway.database)
        found = []
        for number in range(1, book.block().number + 1):
            block = book.block(number)
            chain = AgreementBook(gateway.calls, events)
            chain.__dict__["block"] = block
            proposed = [one.agreement for one in chain.proposals() if one.block <= number]
            states = chain.states(proposed, block.time) if proposed else []
            active = {one for one, state in zip(proposed, states, strict=True) if state is AgreementState.ACTIVE}
            assert {rule.agreement for rule in rules_in_force(events.read(*EVENTS), block)} == active
            found.append(len(active))
        assert {0, 1, 2} == set(found)
        assert found[-1] == 0
    finally:
        gateway.close()


def _time(world: Reporting) -> int:
    return int(world.deeds.law.chain.call("eth_getBlockByNumber", hex(world.block), False)["timestamp"], 16)  # noqa: FBT003


def test_a_list_counts_what_the_report_counts(world: Reporting, tmp_path: Path) -> None:
    as_of = ("--block", str(world.block))
    row = world.report(world.early, *as_of)["figures"][0]
    pair = ("--from-province", str(row["source"]), "--to-province", str(row["target"]), "--category", row["category"])
    where = (*as_of, *pair, "--month", row["month"])
    told = world.late.huren("audit", "transfers", *where)
    assert told["count"] == row["applied"] == len(told["transfers"])
    for stage, many in (("requested", row["pending"]), ("accepted", 1), ("reversed", row["reversed"]), ("returned", 2)):
        assert world.late.huren("audit", "transfers", *where, "--stage", stage)["count"] == many
    [first] = world.late.huren("audit", "transfers", *where, "--limit", "1")["transfers"]
    assert first == told["transfers"][0]
    assert world.late.huren("audit", "transfers", "--stage", "returned")["count"] == 3
    agreement = first["agreement"]
    assert world.late.huren("audit", "transfers", "--agreement", agreement, "--rule", "1")["count"] == row["applied"]
    for form in ("csv", "xlsx", "parquet"):
        first_path, second_path = tmp_path / f"early.{form}", tmp_path / f"late.{form}"
        assert world.early.huren("audit", "transfers", *where, "--out", str(first_path))["count"] == row["applied"]
        world.late.huren("audit", "transfers", *where, "--out", str(second_path))
        assert first_path.read_bytes() == second_path.read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (("--from-province", "320000", "--to-province", "320000"), "filter.same_province", "to-province"),
        (("--rule", "1"), "filter.rule_without_agreement", "rule"),
        (("--agreement", "0xfeedfeedfeed"), "agreement.unknown", "agreement"),
        (("--institution", "123200004660001235"), "filter.institution", "institution"),
        (("--first-month", "2999-01"), "filter.months_backwards", "first-month"),
    ],
)
def test_a_list_that_makes_no_sense_ends_with_64_and_names_the_field(
    world: Reporting, words: tuple[str, ...], code: str, field: str
) -> None:
    told = world.late.huren("audit", "transfers", *words, code=64)["error"]
    assert (told["code"], told["field"]) == (code, field)


def test_a_person_reads_figures_lists_and_checks_in_both_languages(world: Reporting, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    shown = world.late.tell("audit", "reports", "--out", str(path))
    assert "上海 → 浙江" in shown
    assert "rules in force" in shown
    assert "共 8 项" in world.late.tell("audit", "transfers")
    assert "made again from this gateway's index" in world.late.tell("audit", "check-report", str(path))
