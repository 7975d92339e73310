"""The application over services that a test drives; the verifier is one of them, the rest is real."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from gateway.api.app import create_app
from gateway.api.services import Services
from gateway.documents.blobs import FolderStore
from gateway.domain.verdict import Kind, Reason, Source, Verdict, report_steps
from gateway.issuance.errors import NoStatusList
from gateway.verification.views import Look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGISTERED = Verdict(Kind.REGISTERED, report_steps({}), Source.INDEX, leaf=b"\x01" * 32, block=7, block_time=8)
CANNOT = Verdict(
    Kind.CANNOT_CHECK, report_steps({}), Source.NONE, Reason("ledger.unavailable", "链暂时无法读取", "cannot be read")
)
BODY_BYTES = 4_096
INSTITUTION = "123200004660001235"


@dataclass
class Answers:
    """A verifier that says what a test wants, and remembers what it was asked."""

    verdict: Verdict = REGISTERED
    live: Verdict | None = None
    error: Exception | None = None
    asked: list[tuple[bytes, Look]] = field(default_factory=list)

    def by_hash(self, leaf: bytes, look: Look) -> Verdict:
        return self._answer(leaf, look)

    def by_file(self, data: bytes, look: Look) -> Verdict:
        return self._answer(data, look)

    def _answer(self, what: bytes, look: Look) -> Verdict:
        self.asked.append((what, look))
        if self.error is not None:
            raise self.error
        return self.verdict if look is Look.INDEX or self.live is None else self.live


@dataclass(frozen=True)
class Published:
    document: dict[str, Any]
    block: int


class Lists:
    def credential(self, institution: str, number: int) -> Published:
        if (institution, number) != (INSTITUTION, 0):
            raise NoStatusList(f"{institution}/{number}")
        return Published({"id": f"https://bank.example/v1/status/{institution}/{number}"}, 7)


@dataclass
class House:
    """The services, and a client of the application over them."""

    verifier: Answers
    blobs: FolderStore
    client: TestClient
    ready: dict[str, Any]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    verifier, blobs, ready = Answers(), FolderStore(tmp_path / "blobs"), {"ready": True}
    app = create_app(Services(verifier, blobs, Lists(), lambda: ready), body_bytes=BODY_BYTES)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield House(verifier, blobs, client, ready)
