"""What the tests of issuance share: the rosters, and a book of institutions that says what a test wants."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.accounts.service import AccountBook
from gateway.documents.blobs import FolderStore
from gateway.documents.place import BlobPlace
from gateway.issuance.anchoring import OutboxAnchors
from gateway.issuance.approval import KeyringApprover
from gateway.issuance.book import SqlInstitutionBook
from gateway.issuance.roster.findings import Finding
from gateway.issuance.roster.judge import RowJudge, Rules
from gateway.issuance.roster.reader import open_roster
from gateway.issuance.roster.rows import Row
from gateway.issuance.row_keys import RowKeys
from gateway.issuance.service import Issuer
from gateway.keys.ring import KeyRing, Passphrases, PassphraseSource
from gateway.keys.secrets import Purpose
from gateway.store.engine import Database, open_database, open_url
from gateway.store.models import InstitutionProfile
from node.client.deployment import DeployedContract, Deployment, Finality

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path; roster_rows is shared by name

if TYPE_CHECKING:
    from stores import Stores

    from gateway.issuance.ports import BatchDraft, InstitutionScope

ROSTERS = Path(__file__).parent.parent / "rosters"
TODAY = dt.date(2026, 3, 1)


@dataclass
class Book:
    """A book of institutions; an institution it does not name is unknown to the ledger and has a key."""

    scopes: dict[str, InstitutionScope] = field(default_factory=dict)
    without_key: frozenset[str] = frozenset()

    def scope(self, institution: str) -> InstitutionScope | None:
        return self.scopes.get(institution)

    def issues_for(self, institution: str) -> bool:
        return institution not in self.without_key


def judge_file(path: Path, province: int, book: Book | None = None) -> tuple[list[Row], list[Finding]]:
    roster = open_roster(path)
    judge = RowJudge(roster.header, Rules(province, TODAY, book or Book()))
    rows = [row for raw in roster.rows() if (row := judge.judge(raw))]
    return rows, judge.findings


Judge = Callable[..., tuple[list[Row], list[Finding]]]


@pytest.fixture(scope="session")
def rosters() -> Path:
    return ROSTERS


@pytest.fixture(scope="session")
def judge() -> Judge:
    return judge_file


@pytest.fixture
def book() -> Book:
    return Book()


# --- a whole centre, with the real store, accounts, keys and documents

OPERATOR = bytes.fromhex("11" * 20)
REGISTRY = bytes.fromhex("22" * 20)
CHAIN_ID = 31337
DEPLOYMENT = Deployment(
    chain_id=CHAIN_ID,
    network="test",
    genesis_hash="0x" + "00" * 32,
    block=1,
    finality=Finality(kind="instant", confirmations=0),
    contracts={
        name: DeployedContract(address="0x" + address.hex(), block=1, code_hash="0x" + "00" * 32, version=1)
        for name, address in (("CredentialRegistry", REGISTRY), ("Directory", b"\x11" * 20))
    },
    provinces={},
)
INSTITUTIONS = {
    310000: ("123100004250004560", "上海开放大学"),
    320000: ("123200004660001235", "江苏开放大学"),
    330000: ("123300004700007891", "浙江开放大学"),
    340000: ("12340000485000321G", "安徽开放大学"),
}
NOW = 1_772_323_200  # 2026-03-01 in UTC+8


@dataclass
class Centre:
    """A province's centre in a folder; ``issuer`` may be made anew, as a restarted process would."""

    folder: Path
    province: int
    keys: KeyRing
    database: Database
    url: str = ""
    drafts: list[BatchDraft] = field(default_factory=list)

    @property
    def institution(self) -> str:
        return INSTITUTIONS[self.province][0]

    def accounts(self) -> AccountBook:
        return AccountBook(self.database, self.keys.master(), self.keys.pseudonym())

    def issuer(self, **changes: Any) -> Issuer:  # noqa: ANN401 (whatever part a test replaces)
        def ask(draft: BatchDraft) -> bool:
            self.drafts.append(draft)
            return True

        parts: dict[str, Any] = {
            "database": self.database,
            "accounts": self.accounts(),
            "book": SqlInstitutionBook(self.database, self.keys),
            "keys": self.keys,
            "row_keys": RowKeys(self.keys.master().derive(Purpose.ROW_INDEX)),
            "blobs": FolderStore(self.folder / "blobs"),
            "blobs_place": BlobPlace(str(self.folder / "blobs")),
            "approver": KeyringApprover(self.keys, CHAIN_ID, lambda: [REGISTRY], ask),
            "anchors": OutboxAnchors(OPERATOR),
            "province": self.province,
            "public_url": "https://credit-bank.example",
            "work_folder": self.folder / "work",
            "workers": 0,
            "clock": lambda: NOW,
        }
        return Issuer(**(parts | changes))

    def rows(self, statement: str) -> list[Any]:
        with self.database.read() as connection:
            return connection.exec_driver_sql(statement).all()


def open_centre(folder: Path, province: int, url: str = "") -> Centre:
    """The centre in ``folder``; made, with all its keys, where there is none. ``url``: of its database."""
    source = PassphraseSource("test", folder / "passphrase")
    keys = KeyRing(folder / "keys", Passphrases(source, source, source, source), cost=2)
    fresh = not (folder / "passphrase").exists()
    if fresh:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "passphrase").write_text("correct horse battery staple\n")
        (folder / "passphrase").chmod(0o600)
        keys.create_master(now=NOW)
        keys.create_pseudonym(now=NOW)
    database = open_url(url) if url else open_database(folder / "huren.db")
    if fresh:
        institution, name = INSTITUTIONS[province]
        keys.create_issuing_key(institution, now=NOW)
        keys.create_officer(institution, "officer-1", cost=2)
        with database.session() as session:
            session.add(InstitutionProfile(institution=institution, name_zh=name, name_en="OU", added_at=NOW))
    return Centre(folder, province, keys, database, url)


@pytest.fixture
def centre(tmp_path: Path, stores: Stores) -> Iterator[Callable[[int], Centre]]:
    opened: list[Centre] = []

    def make(province: int) -> Centre:
        folder = tmp_path / str(province)
        opened.append(open_centre(folder, province, stores.url(folder / "huren.db")))
        return opened[-1]

    yield make
    for each in opened:
        each.database.close()


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    return DEPLOYMENT
