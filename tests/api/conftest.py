"""The application over services that a test drives: verifier and chain as a test says, database and blobs real."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))  # tests are imported by path; modules shared by name
sys.path.insert(0, str(Path(__file__).parents[1] / "recognition"))
sys.path.insert(0, str(Path(__file__).parent))

from housing import (
    BODY_BYTES,
    CHAIN_ID,
    INSTITUTION,
    SOURCE,
    TARGET,
    Answers,
    Books,
    Clock,
    House,
    Lists,
    NoWork,
    OneMember,
    accreditation,
)
from two_gateways import World, over_one_chain

from gateway.api.access import AccessTokens
from gateway.api.app import create_app
from gateway.api.services import Services
from gateway.api.streaming import EventStream
from gateway.documents.blobs import FolderStore
from gateway.ledger.recognition_feed import RecognitionFeed
from gateway.ledger.transfer_rows import TransferRows
from gateway.replication.packs import PackBook
from gateway.store.engine import open_database
from gateway.store.models import Learner

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three institutions and two learners; migrating one takes longer than most of these tests."""
    path = tmp_path_factory.mktemp("template") / "huren.db"
    database = open_database(path)
    with database.session() as session:
        places = ((SOURCE, 310000), (TARGET, 330000), (INSTITUTION, 320000))
        session.add_all([accreditation(institution, province) for institution, province in places])
        session.add_all([Learner(id=number, number_index=bytes([number]) * 16, opened_at=1) for number in (1, 2)])
    database.close()
    return path


@pytest.fixture
def house(tmp_path: Path, template: Path) -> Iterator[House]:
    verifier, blobs, ready = Answers(), FolderStore(tmp_path / "blobs"), {"ready": True}
    database, clock = open_database(Path(shutil.copy(template, tmp_path / "huren.db"))), Clock()
    books = Books(TransferRows(database), RecognitionFeed(database))
    tokens = AccessTokens(database, clock=clock)
    book = PackBook(database, OneMember(), province=320000, chain_id=CHAIN_ID, clock=clock)
    services = Services(
        verifier, blobs, book, Lists(), lambda: ready, tokens, books, cast("Any", NoWork()), EventStream(books.feed)
    )
    app = create_app(services, body_bytes=BODY_BYTES)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield House(verifier, blobs, client, ready, database, tokens, books, clock, services)
    database.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two provinces' gateways before one chain."""
    with over_one_chain(tmp_path_factory.mktemp("api")) as made:
        yield made
