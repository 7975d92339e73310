"""Building the object graph of one gateway, in one place, from its settings. Nothing is opened before it is asked for.

    gateway = Gateway(load_settings(path))
    gateway.verifier.by_file(data)
    with gateway.running():           # the sender's and the indexer's threads
        …
    gateway.close()

Verification opens no key: a gateway that only verifies needs no passphrase.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gateway.accounts.service import AccountBook
from gateway.backup.catching_up import CatchingUp
from gateway.bootstrap.documents import DocumentParts
from gateway.bootstrap.issuing import issuer_of, superseder_of
from gateway.bootstrap.life import running
from gateway.bootstrap.readiness import readiness_of
from gateway.issuance import anchoring
from gateway.issuance.book import SqlInstitutionBook
from gateway.issuance.export import Exporter
from gateway.issuance.profiles import Names
from gateway.issuance.published_lists import PublishedLists
from gateway.issuance.records import Records
from gateway.issuance.reissues import Reissues
from gateway.issuance.row_keys import RowKeys
from gateway.issuance.search import Search
from gateway.issuance.work import Work
from gateway.keys.opening import ring_of
from gateway.keys.secrets import Purpose
from gateway.ledger.anchoring import KIND as ANCHOR
from gateway.ledger.anchoring import AnchoredByUs
from gateway.ledger.attesting import Attester
from gateway.ledger.calls import ChainCalls
from gateway.ledger.code_book import CodeBook
from gateway.ledger.contracts import KnownContracts
from gateway.ledger.holdings import Holdings
from gateway.ledger.index_reader import IndexReader
from gateway.ledger.indexer import Indexer
from gateway.ledger.manifests import ManifestIngest
from gateway.ledger.reader import ChainReader
from gateway.ledger.sender import Sender
from gateway.ledger.settlement import Endings
from gateway.ledger.status import StatusChanger
from gateway.ledger.status_plan import StatusPlanner
from gateway.recognition.applications import rows as application_rows
from gateway.recognition.transfers.adoption import DoneAlready
from gateway.recognition.transfers.request import REQUEST
from gateway.store.belonging import open_own
from gateway.store.engine import open_database
from gateway.store.leaves import LeafIndex
from gateway.verification.service import Verifier
from gateway.verification.views import LedgerViews
from node.client.deployment import Deployment
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

    from gateway.bootstrap.audit import AuditParts
    from gateway.bootstrap.recognition import RecognitionParts
    from gateway.bootstrap.statements import StatementParts
    from gateway.bootstrap.webhooks import WebhookParts
    from gateway.documents.blobs import KeptBlobs
    from gateway.documents.peers import Library
    from gateway.issuance.ports import BatchDraft
    from gateway.issuance.service import Issuer
    from gateway.issuance.supersession import Superseder
    from gateway.keys.ring import KeyRing
    from gateway.settings import Settings
    from gateway.store.engine import Database


class Gateway:
    """The parts of one gateway; each is made at its first use.

    Whole rooms (recognition, statements, audit, webhooks) are imported then, too: most commands need none of them.
    """

    def __init__(self, settings: Settings, *, prompt: bool = False) -> None:
        """Take the settings; nothing is opened yet. With ``prompt``, passphrases may be asked for at the terminal."""
        self.settings = settings
        self._prompt = prompt

    # --- the outside

    @cached_property
    def deployment(self) -> Deployment:
        """The network's deployment file."""
        return Deployment.load(self.settings.deployment)

    @cached_property
    def database(self) -> Database:
        """This gateway's database, migrated."""
        url = self.settings.database_url
        return open_database(self.settings.database) if url is None else open_own(url, self.settings.data_dir)

    @cached_property
    def rpc(self) -> JsonRpc:
        """The chain's node."""
        return JsonRpc(self.settings.rpc_url)

    @cached_property
    def calls(self) -> ChainCalls:
        """The contracts."""
        return ChainCalls(self.rpc, self.deployment)

    @cached_property
    def codes(self) -> CodeBook:
        """What digests of codes stand for, as far as this gateway has seen them in clear."""
        return CodeBook(self.database)

    @cached_property
    def contracts(self) -> KnownContracts:
        """The CredentialRegistry, now, before and next, also while the node is away."""
        return KnownContracts(self.calls, self.database)

    @cached_property
    def reader(self) -> ChainReader:
        """Live reads."""
        return ChainReader(self.calls)

    @cached_property
    def documents(self) -> DocumentParts:
        """What keeps documents, here and by others."""
        return DocumentParts(self)

    @property
    def blobs(self) -> KeptBlobs:
        """This gateway's own blobs."""
        return self.documents.store

    @property
    def library(self) -> Library:
        """Own blobs, and other provinces' for what is lacking."""
        return self.documents.library

    @cached_property
    def leaves(self) -> LeafIndex:
        """The index of all leaves."""
        return LeafIndex(self.settings.leaves)

    @cached_property
    def index(self) -> IndexReader:
        """What was followed, for reading."""
        return IndexReader(self.database)

    @cached_property
    def holdings(self) -> Holdings:
        """The manifests that are held."""
        return Holdings(self.database, self.leaves, self.blobs)

    # --- keys

    @cached_property
    def keys(self) -> KeyRing:
        """The key ring; a passphrase is read when a key is first needed."""
        return ring_of(self.settings, prompt=self._prompt)

    @cached_property
    def operator(self) -> LocalAccount:
        """The account that sends transactions."""
        return self.keys.operator()

    @cached_property
    def accounts(self) -> AccountBook:
        """Learners' accounts."""
        return AccountBook(self.database, self.keys.master(), self.keys.pseudonym())

    # --- capabilities

    @cached_property
    def book(self) -> SqlInstitutionBook:
        """Institutions, for issuing."""
        return SqlInstitutionBook(self.database, self.keys)

    def issuer(self, ask: Callable[[BatchDraft], bool], officer: str | None = None) -> Issuer:
        """Issues rosters; ``ask`` shows each batch to the institution's officer before it is approved.

        Raises:
            NotCaughtUp: it was restored from a backup and does not know yet what it issued since.
        """
        return issuer_of(self, ask, officer)

    @cached_property
    def row_keys(self) -> RowKeys:
        """How a roster's row, and a certificate by its number, is known again."""
        return RowKeys(self.keys.master().derive(Purpose.ROW_INDEX))

    @cached_property
    def records(self) -> Records:
        """What this centre has issued."""
        return Records(self.database)

    @cached_property
    def search(self) -> Search:
        """A clerk's search; what it answers is personal data."""
        return Search(self.records, self.accounts, self.blobs, self.row_keys)

    @cached_property
    def work(self) -> Work:
        """What is going on here."""
        return Work(self.database)

    @cached_property
    def exporter(self) -> Exporter:
        """Makes certificate files."""
        anchors = anchoring.LedgerAnchors(self.reader, self.deployment.chain_id)
        return Exporter(self.records, self.accounts, self.blobs, anchors)

    @cached_property
    def views(self) -> LedgerViews:
        """What the ledger says, no older than the settings allow."""
        return LedgerViews(
            self.reader,
            self.index,
            staleness_seconds=self.settings.staleness_seconds,
            clock=time.time,
            wall_clock=self.deployment.finality.wall_clock,
        )

    @cached_property
    def verifier(self) -> Verifier:
        """Answers about credentials."""
        return Verifier(
            self.views,
            self.holdings,
            Names(self.database),
            chain_id=self.deployment.chain_id,
            registries=self.contracts,
            clock=time.time,
            moment=self.database.moment,
        )

    @cached_property
    def recognition(self) -> RecognitionParts:
        """What works on mutual recognition."""
        from gateway.bootstrap.recognition import RecognitionParts  # noqa: PLC0415 - see the class's docstring

        return RecognitionParts(self)

    @cached_property
    def statements(self) -> StatementParts:
        """What makes statements."""
        from gateway.bootstrap.statements import StatementParts  # noqa: PLC0415 - see the class's docstring

        return StatementParts(self)

    @cached_property
    def audit(self) -> AuditParts:
        """What audits."""
        from gateway.bootstrap.audit import AuditParts  # noqa: PLC0415 - see the class's docstring

        return AuditParts(self)

    @cached_property
    def webhooks(self) -> WebhookParts:
        """What tells others."""
        from gateway.bootstrap.webhooks import WebhookParts  # noqa: PLC0415 - see the class's docstring

        return WebhookParts(self)

    @cached_property
    def sender(self) -> Sender:
        """The only hand that sends."""
        endings = Endings(
            handlers={ANCHOR: anchoring.settled, REQUEST: application_rows.settled},
            adopters={
                ANCHOR: AnchoredByUs(self.reader, self.settings.province),
                **DoneAlready(self.calls, self.settings.province).adopters(),
            },
        )
        before = self.catching_up.run
        return Sender(self.database, self.calls, self.operator, locks=self._locks, endings=endings, before=before)

    @cached_property
    def catching_up(self) -> CatchingUp:
        """What a gateway that was restored from a backup has to find out before it acts."""
        settings = self.settings
        return CatchingUp(self.database, self.calls, settings.province, settings.data_dir, settings.keys.operator)

    def indexer(self, *, attesting: bool) -> Indexer:
        """The indexer; with ``attesting`` it queues attestations and supersessions, which needs the operator's key.

        An observer fetches and checks what all others do, and never attests.
        """
        attester, after = None, None
        if attesting and not self.settings.observer:
            attester = Attester(self.database, self.calls, self.settings.province, self.sender.address)
            after = Reissues(self.database, lambda: self.superseder)
        ingest = ManifestIngest(self.database, self.library, self.leaves)
        return Indexer(
            self.database, self.calls, ingest, self.leaves, locks=self._locks, attester=attester, after=after
        )

    def status_planner(self) -> StatusPlanner:
        """Plans changes of status; a gone member's are this province's where it is its custodian."""
        return StatusPlanner(
            self.database,
            self.index,
            self.holdings,
            self.settings.province,
            lambda provinces: self.reader.custodians(provinces, self.reader.final_block()),
        )

    def status_changer(self) -> StatusChanger:
        """Queues changes of status."""
        gas = self.settings.limits.transaction_gas
        return StatusChanger(self.database, self.blobs, self.calls, self.sender.address, gas)

    @cached_property
    def superseder(self) -> Superseder:
        """Lets corrected certificates take the place of earlier ones."""
        return superseder_of(self)

    @cached_property
    def status_lists(self) -> PublishedLists:
        """The lists that this centre publishes."""
        return PublishedLists(self.database, self.index, self.holdings, self.keys, public_url=self.settings.public_url)

    def readiness(self) -> dict[str, Any]:
        """Whether this gateway can answer, and if not, why."""
        return readiness_of(self)

    # --- life

    def running(self, *, read_only: bool = False) -> AbstractContextManager[None]:
        """A block in which this gateway does its own work, in threads; unless ``read_only`` it sends and attests."""
        return running(self, read_only=read_only)

    def close(self) -> None:
        """Close what was opened."""
        for name in ("documents", "rpc", "database"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()

    @property
    def _locks(self) -> Path:
        return self.settings.data_dir / "locks"
